#!/usr/bin/env python3
"""Other search engines beside csearch, on the same tokens and queries: see README.md.

  bench/peers/run.py [index] [load] [agree] [search] [--engines a,b] [--documents N] [--rounds N] …
  bench/peers/run.py --write-results

Without steps: all. Results are kept in build/peers/<documents>/ as results.json and results.md.
"""
import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "suite"))  # corpus, machine

import corpus
import engines
import inputs
import loading
import machine
import measure
import results as tables
import token_queries

STEPS = ("index", "load", "agree", "search")
KEPT = engines.ROOT / "build/peers"


def usable(setting, asked):
    """The engines that are there; tells what the others lack."""
    log = setting.folder / "make.log"
    with log.open("w") as out:
        subprocess.run(["make", "-k", "-C", str(engines.HERE)], stdout=out, stderr=out)
    there = []
    for name in asked:
        engine = engines.ENGINES[name]
        missing = engines.lacking(engine, measure.values_of(setting, name, "pre", 1))
        if missing:
            print(f"{name}: left out, there is no {', '.join(missing)}; Debian packages: {engine.packages or '-'} (build: {log})")
        else:
            there.append(name)
    return there


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; default: all")
    parser.add_argument("--packages", action="store_true", help="print the Debian packages, a line for each engine, and end")
    parser.add_argument("--write-results", action="store_true", help="write RESULTS.md from what is kept of all runs, and end")
    parser.add_argument("--engines", default=",".join(engines.ENGINES), help="which ones, csearch first (%(default)s)")
    parser.add_argument("--csearch", type=pathlib.Path, default=engines.ROOT / "build/cli/csearch")
    parser.add_argument("--corpus", type=pathlib.Path, help="JSON lines with title and text, or those compressed (.zst)")
    parser.add_argument("--documents", type=int, default=100_000, help="at most so many; 0: all (%(default)s)")
    parser.add_argument("--modes", default="pre,raw", help="what is indexed (%(default)s)")
    parser.add_argument("--commands", default=",".join(tables.COMMANDS), help="what is asked for (%(default)s)")
    parser.add_argument("--classes", help="of queries, for a look: nothing is kept; default: all (see token_queries.py)")
    parser.add_argument("--queries", type=int, default=200, dest="per_class", help="in a class (%(default)s)")
    parser.add_argument("--checked", type=int, default=50, help="queries of a class whose counts are compared (%(default)s)")
    parser.add_argument("--warm", type=float, default=60, help="most seconds of warming up an engine for a command (%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="of each query (%(default)s)")
    parser.add_argument("--budget", type=float, default=1, help="seconds for an engine, class and command (%(default)s)")
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args()
    wrong = [step for step in args.steps if step not in STEPS] + [e for e in args.engines.split(",") if e not in engines.ENGINES]
    if wrong:
        parser.error(f"unknown: {', '.join(wrong)}")
    for name in ("engines", "modes", "commands"):
        setattr(args, name, getattr(args, name).split(","))
    args.steps = args.steps or list(STEPS)
    args.folder = KEPT / str(args.documents or "all")
    return args


def prepare(setting):
    """What is kept of this corpus, with its inputs and queries."""
    kept = setting.folder / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    source = setting.corpus or corpus.default_source()
    if results.get("source") != str(source):
        results = {"source": str(source),
                   "corpus": inputs.write(setting.folder, engines.BIN, setting.documents, setting.seed, source)}
    if results.get("drawn") != [setting.per_class, setting.seed]:
        results["queries"] = token_queries.draw(setting.folder / "pre.tsv", setting.per_class, setting.seed)
        results["drawn"] = [setting.per_class, setting.seed]
    return kept, results


def keep(results, found, made):
    """Put what was found in place of what is there; a run of some engines leaves the others' figures."""
    results.update({name: {"made": made, "found": figures} for name, figures in found.items()})


def write_results():
    found = [json.loads(path.read_text()) for path in KEPT.glob("*/results.json")]
    if not found:
        print("nothing was measured yet")
        return 1
    path = engines.HERE / "RESULTS.md"
    path.write_text(tables.document(found))
    print(f"written: {path}")
    return 0


def main():
    setting = parse_args()
    if setting.packages:
        print("\n".join(e.packages for e in engines.ENGINES.values() if e.packages))
        return 0
    if setting.write_results:
        return write_results()
    setting.folder.mkdir(parents=True, exist_ok=True)
    names = usable(setting, setting.engines)
    if names[:1] != ["csearch"]:
        print("csearch is what the others are compared with: build it, and name it first")
        return 1
    kept, results = prepare(setting)
    wanted = setting.classes.split(",") if setting.classes else results["queries"]
    drawn = {name: results["queries"][name] for name in wanted}
    for step in setting.steps:
        made = machine.describe()
        if step == "index":
            keep(results.setdefault(step, {}), measure.index(setting, names), made)
        elif step == "load":
            keep(results.setdefault(step, {}), loading.measure(setting, names), made)
        elif step == "agree":
            keep(results.setdefault(step, {}), measure.agree(setting, names, drawn), made)
        else:
            for command, found in measure.search(setting, names, drawn).items():
                keep(results.setdefault(step, {}).setdefault(command, {}), found, made)
        if not setting.classes:
            kept.write_text(json.dumps(results, ensure_ascii=False) + "\n")
            (setting.folder / "results.md").write_text(tables.report(results))
    print(tables.report(results))
    return 0


sys.exit(main())
