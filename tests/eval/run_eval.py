#!/usr/bin/env python3
"""Index judged sets with csearch, evaluate with `csearch eval`, and hold floors. Speaks TAP.

data/eval is always there. Sets beside the checkout (shared/eval/ir: corpora with licences of
their own) are used when present and told as skipped when not. Each index is checked afterwards.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

FLOORS = {  # nDCG@10 on development queries
    "data": 0.965,
    "ru-xquad": 0.97, "ru-tydiqa": 0.947, "ru-rubq-paras": 0.507, "ru-flores": 0.592,
    "kk-flores": 0.57, "kk-kazqad-big": 0.74, "kk-law-titles": 0.9,
}


def run(*args, **kwargs):
    return subprocess.run(args, capture_output=True, text=True, **kwargs)


def evaluate(csearch, folder, index, topics, qrels, *corpus):
    made = run(csearch, "-i", index, "index", "-q", *corpus)
    if made.returncode != 0:
        return None, f"index: {made.stderr.strip()}"
    result = run(csearch, "-i", index, "eval", "--topics", topics, "--qrels", qrels, "--format", "json")
    if result.returncode != 0:
        return None, f"eval: {result.stderr.strip()}"
    checked = run(csearch, "-i", index, "check")
    if checked.returncode != 0:
        return None, f"check: {checked.stdout}{checked.stderr}".strip()
    return json.loads(result.stdout)["sets"][0]["ndcg_10"], ""


def sets(root):
    yield "data", root / "data/eval/queries.tsv", root / "data/eval/qrels.txt", root / "data/articles"
    shared = root.parent / "shared/eval/ir"
    for name in FLOORS:
        if name != "data":
            folder = shared / name
            yield name, folder / "queries.tsv", folder / "qrels.txt", folder / "corpus.jsonl.zst"


def main(root, csearch, names):
    chosen = [s for s in sets(root) if not names or s[0] in names]
    print(f"1..{len(chosen)}")
    failed = False
    for number, (name, topics, qrels, corpus) in enumerate(chosen, 1):
        if not corpus.exists():
            print(f"ok {number} - {name} # SKIP {corpus.name} is not beside this checkout")
            continue
        with tempfile.TemporaryDirectory() as folder:
            value, problem = evaluate(csearch, folder, f"{folder}/index", str(topics), str(qrels), str(corpus))
        good = value is not None and value >= FLOORS[name]
        failed |= not good
        detail = problem or f"nDCG@10 {value:.4f}, floor {FLOORS[name]}"
        print(f"{'ok' if good else 'not ok'} {number} - {name}: {detail}", flush=True)
    return failed


sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:]))
