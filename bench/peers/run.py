#!/usr/bin/env python3
"""Other search engines beside csearch, on the same tokens and queries: see README.md.

  bench/peers/run.py [index] [agree] [search] [--engines a,b] [--documents N] [--rounds N] …

Without steps: all. Results are kept in build/peers/<documents>/ as results.json and results.md.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

import corpus
import engines
import measure
import queries
import tables

STEPS = ("index", "agree", "search")
COMMANDS = "TOP_10,TOP_100,TOP_1000,TOP_10_COUNT,COUNT"


def first_line(command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()
    except (OSError, IndexError):
        return "?"


def how_made():
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"date": datetime.datetime.now().isoformat(timespec="minutes"), "cores": os.cpu_count(), "cpu": cpu.group(1) if cpu else "?",
            "commit": first_line(["git", "-C", str(engines.ROOT), "describe", "--always", "--dirty"]),
            "compiler": first_line(["cc", "--version"]), "load": os.getloadavg()[0]}


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
    parser.add_argument("--engines", default=",".join(engines.ENGINES), help="which ones, csearch first (%(default)s)")
    parser.add_argument("--csearch", type=pathlib.Path, default=engines.ROOT / "build/cli/csearch")
    parser.add_argument("--corpus", type=pathlib.Path, help="JSON lines with title and text, or those compressed (.zst)")
    parser.add_argument("--documents", type=int, default=100_000, help="at most so many; 0: all (%(default)s)")
    parser.add_argument("--modes", default="pre,raw", help="what is indexed (%(default)s)")
    parser.add_argument("--commands", default=COMMANDS, help="what is asked for (%(default)s)")
    parser.add_argument("--classes", help="of queries; default: all (see queries.py)")
    parser.add_argument("--queries", type=int, default=100, dest="per_class", help="in a class (%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="of each query (%(default)s)")
    parser.add_argument("--budget", type=float, default=3, help="seconds for an engine, class and command (%(default)s)")
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args()
    wrong = [step for step in args.steps if step not in STEPS] + [e for e in args.engines.split(",") if e not in engines.ENGINES]
    if wrong:
        parser.error(f"unknown: {', '.join(wrong)}")
    for name in ("engines", "modes", "commands"):
        setattr(args, name, getattr(args, name).split(","))
    args.steps = args.steps or list(STEPS)
    args.folder = engines.ROOT / "build/peers" / str(args.documents or "all")
    args.checked = args.per_class
    return args


def main():
    setting = parse_args()
    if setting.packages:
        print("\n".join(e.packages for e in engines.ENGINES.values() if e.packages))
        return 0
    setting.folder.mkdir(parents=True, exist_ok=True)
    kept = setting.folder / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    names = usable(setting, setting.engines)
    if names[:1] != ["csearch"]:
        print("csearch is what the others are compared with: build it, and name it first")
        return 1
    source = setting.corpus or (corpus.SAMPLE if corpus.SAMPLE.exists() else None)
    if results.get("source") != str(source):
        results = {"source": str(source), "corpus": corpus.write(setting.folder, engines.BIN, setting.documents, source)}
    if results.get("drawn") != [setting.per_class, setting.seed]:
        results["queries"] = queries.draw(setting.folder / "pre.tsv", setting.per_class, setting.seed)
        results["drawn"] = [setting.per_class, setting.seed]
    wanted = setting.classes.split(",") if setting.classes else results["queries"]
    drawn = {name: results["queries"][name] for name in wanted}
    for step in setting.steps:
        results["made"] = how_made()
        if step == "index":
            results.setdefault("index", {}).update(measure.index(setting, names))
        else:
            results[step] = getattr(measure, step)(setting, names, drawn)
        kept.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    (setting.folder / "results.md").write_text(tables.report(results))
    print(tables.report(results, short=True))
    return 0


sys.exit(main())
