#!/usr/bin/env python3
"""The benchmark suite; ./dev bench builds and runs it.

  python3 bench/suite [--build build] [--quick] [--only PART,…] [--documents N] [--scale 10k,100k,…]
                      [--out FILE.json] [--html FILE.html] [--history DIR]

Parts: micro, load, merge, search, threads, commits, readers, feed, instructions.
The corpus is shared/corpus beside the checkout when it is there, else made from data/articles with a
seed; classes of queries that have no list are drawn from it. Prints tables; the figures go to FILE.json
with commit, compiler, processor, load and spread, and as charts into FILE.html. Times on a shared machine are noisy: read the
spread, and the instruction counts.
"""
import argparse
import json
import pathlib
import sys
import tempfile

import corpus as corpora
import feed
import history
import instructions
import machine
import queries as query_classes
import report as page
import scale
import system
import tables

ON_CORPUS = ("load", "merge", "search", "threads", "commits", "readers", "feed")
PARTS = ("micro", *ON_CORPUS, "instructions")
ARTICLES = [machine.ROOT / "data/articles/ru", machine.ROOT / "data/articles/kk"]


def parse(argv):
    parser = argparse.ArgumentParser(prog="bench/suite", description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=machine.ROOT / "build")
    parser.add_argument("--quick", action="store_true", help="a made corpus and few rounds, under two minutes: for CI")
    parser.add_argument("--only", help="parts to run, of " + ",".join(PARTS))
    parser.add_argument("--scale", type=scale.parse_sizes, metavar="10k,100k,1M", help="curves over these numbers of documents; alone unless --only names parts")
    parser.add_argument("--documents", help="of the corpus: a number or 'all' (100000; quick: 10000)")
    parser.add_argument("--corpus", type=pathlib.Path, help="JSON lines, plain or .zst")
    parser.add_argument("--queries", type=pathlib.Path, help="folder of ru_CLASS.txt")
    parser.add_argument("--dir", type=pathlib.Path, help="for corpora and indexes while it runs (the system's for temporary files)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=pathlib.Path, help="BUILD/bench/report.json")
    parser.add_argument("--html", type=pathlib.Path, help="BUILD/bench/report.html")
    parser.add_argument("--history", type=pathlib.Path, help="folder of earlier reports (.json) to draw figures over time")
    parser.add_argument("--update-baseline", action="store_true", help="take the instructions counted as the new baseline")
    args = parser.parse_args(argv)
    args.build = args.build.resolve()
    args.only = args.only.split(",") if args.only else [] if args.scale else list(PARTS)
    if unknown := set(args.only) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return args


def open_corpus(args, folder):
    """The corpus, and queries by class."""
    made = args.quick and not args.corpus
    source = None if made else args.corpus or corpora.default_source()
    lists = args.queries or (None if made or args.corpus else corpora.default_queries())
    documents = args.documents or (10_000 if args.quick else 100_000)
    most = int(documents) if documents != "all" else None if source else 100_000
    corpus = corpora.Corpus(source, most, args.seed, folder / "corpus.jsonl")
    classes = query_classes.make(corpus.sample(1500 if args.quick else 5000), lists, args.seed, 40 if args.quick else 200)
    return corpus, classes


def whole_system(args, report, corpus, classes, folder):
    csearch, index, quick = args.build / "cli/csearch", folder / "index", args.quick
    if {"load", "search", "threads"} & set(args.only):
        report["load"] = tables.load(system.load(csearch, corpus, index, args.jobs, 3 if "load" in args.only and not quick else 1))
    if "merge" in args.only:
        report["merge"] = tables.merge(system.merge(csearch, corpus, folder / "merged", args.jobs))
    if "search" in args.only:
        modes = ("top10", "count") if quick else query_classes.MODES
        report["search"] = tables.search(system.search(csearch, index, classes, modes, 3 if quick else 7))
    if "threads" in args.only:
        report["threads"] = tables.threads(system.threads(csearch, index, classes, 2, 1 if quick else 5))


def beside_queries(args, report, corpus, classes, folder):
    mixed = folder / "mixed.txt"
    names = ("term", "and2", "or2", "or3", "phrase2", "prefix")
    mixed.write_text("".join(line + "\n" for lines in zip(*(classes[n][1] for n in names)) for line in lines))
    if "commits" in args.only:
        report["small_commits"] = tables.commits(feed.small_commits(args.build, corpus, mixed, folder, 20 if args.quick else 100))
    if "readers" in args.only:
        report["readers"] = tables.readers(feed.readers(args.build, corpus, mixed, folder, 20 if args.quick else 200))
    if "feed" in args.only:
        report["feed"] = tables.feed(feed.hour(args.build, corpus, mixed, folder, args.quick))


def main():
    args = parse(sys.argv[1:])
    status = 0
    report = {"machine": machine.describe(), "quick": args.quick, "seed": args.seed}
    with tempfile.TemporaryDirectory(prefix="clus-bench-", dir=args.dir) as folder:
        folder = pathlib.Path(folder)
        tables.machine(report["machine"])
        if "micro" in args.only:
            report["micro"] = tables.micro(system.micro(args.build, ARTICLES))
        if set(args.only) & set(ON_CORPUS):
            corpus, classes = open_corpus(args, folder)
            report["corpus"] = tables.corpus(corpus.describe())
            whole_system(args, report, corpus, classes, folder)
            beside_queries(args, report, corpus, classes, folder)
        if args.scale:
            report["scale"] = scale.run(args.build / "cli/csearch", args.scale, args.seed, folder, args.jobs, tables.scale_row)
            tables.exponents(report["scale"]["exponents"])
    if "instructions" in args.only:
        report["instructions"], status = instructions.check(args.build, args.update_baseline)
    report["machine"]["load_after"] = machine.describe()["load"]
    out, html = args.out or args.build / "bench/report.json", args.html or args.build / "bench/report.html"
    out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    html.write_text(page.page(report, history.read(args.history, report)))
    print(f"written: {out} and {html}")
    return 1 if status == 1 else 0


sys.exit(main())
