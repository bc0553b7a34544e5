#!/usr/bin/env python3
"""Queries in one language over documents in the other, with `--expand dictionary`. Speaks TAP.

Titles of the parallel articles of data/ must find their counterpart; FLORES beside the checkout
(queries and documents share ids) is used when present. The option must not harm queries over
documents of their own language.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PARALLEL = 0.9  # mean reciprocal rank of the counterpart, either way
CROSS = {("ru-flores", "kk-flores"): 0.35, ("kk-flores", "ru-flores"): 0.38}  # queries, documents: nDCG@10
HARM = 0.005  # a query or two of 263


def run(csearch, index, *args):
    result = subprocess.run([csearch, "-i", index, *map(str, args)], capture_output=True, text=True)
    if result.returncode > 1:
        sys.exit(f"Bail out! {args[0]}: {result.stderr.strip()}")
    return result.stdout


def rank_of_counterpart(csearch, index, asked, wanted):
    title = json.loads(run(csearch, index, "query", "--format", "jsonl", "-n", "1", f"id:{asked}"))["title"]
    words = " ".join(re.findall(r"\w+", title))
    ids = run(csearch, index, "query", "--expand", "dictionary", "--lang", wanted[:2], "--format", "ids",
              "-n", "100", "--", words).split()
    return 1 / (ids.index(wanted) + 1) if wanted in ids else 0


def parallel(root, csearch, index):
    pairs = [line.split("\t") for line in (root / "data/parallel.tsv").read_text().splitlines()]
    run(csearch, index, "index", "-q", root / "data/articles")
    for asked, wanted in (0, 1), (1, 0):
        ranks = [rank_of_counterpart(csearch, index, pair[asked], pair[wanted]) for pair in pairs]
        value = sum(ranks) / len(ranks)
        yield value >= PARALLEL, f"{('ru', 'kk')[asked]} titles over the others: MRR {value:.3f}, floor {PARALLEL}"


def ndcg(csearch, index, queries, judged, *options):
    out = run(csearch, index, "eval", "--topics", queries / "queries.tsv", "--qrels", judged / "qrels.txt",
              "--format", "json", *options)
    return json.loads(out)["sets"][0]["ndcg_10"]


def flores(shared, csearch, folder):
    for (asked, held), floor in CROSS.items():
        index = f"{folder}/{held}"
        run(csearch, index, "index", "-q", shared / held / "corpus.jsonl.zst")
        value = ndcg(csearch, index, shared / asked, shared / held, "--expand", "dictionary")
        yield value >= floor, f"{asked} over {held}: nDCG@10 {value:.4f}, floor {floor}"
        off = ndcg(csearch, index, shared / held, shared / held)
        value = ndcg(csearch, index, shared / held, shared / held, "--expand", "dictionary")
        yield value >= off - HARM, f"{held} with the dictionary: nDCG@10 {value:.4f}, without {off:.4f}"


def main(root, csearch):
    shared = root.parent / "shared/eval/ir"
    there = all((shared / held / "corpus.jsonl.zst").exists() for _, held in CROSS)
    print(f"1..{2 + 2 * len(CROSS)}")
    failed, number = False, 0
    with tempfile.TemporaryDirectory() as folder:
        results = [*parallel(root, csearch, f"{folder}/articles")]
        results += flores(shared, csearch, folder) if there else []
    for number, (good, detail) in enumerate(results, 1):
        failed |= not good
        print(f"{'ok' if good else 'not ok'} {number} - {detail}")
    for number in range(number + 1, 3 + 2 * len(CROSS)):
        print(f"ok {number} - # SKIP the sets are not beside this checkout")
    return failed


sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]))
