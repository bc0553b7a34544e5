#!/usr/bin/env python3
"""Is a Kazakh stem better than the first five letters, and no worse than the word as it is? Speaks TAP.

    stems.py ROOT CSEARCH

Titles, texts and queries of judged sets are turned into tokens that are stems, beginnings or words,
indexed with --analyzer whitespace and searched, so that all three meet the same ranking. Sets beside the
checkout are used when present and told as skipped when not.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SETS = ("kk-kazqad-big", "kk-flores", "kk-law-titles")
WORD = re.compile(r"\w+")


def run(*args, **kwargs):
    return subprocess.run(args, capture_output=True, text=True, check=True, **kwargs).stdout


def words_of(text):
    return WORD.findall(text.lower())


def stems_of(csearch, texts):
    words = sorted({word for text in texts for word in words_of(text)})
    lines = run(csearch, "analyze", "--words", "--lang", "kk", input="\n".join(words) + "\n").splitlines()
    return dict(line.split("\t")[:2] for line in lines)


def ndcg(csearch, folder, documents, queries, qrels, token):
    def turned(text):
        return " ".join(token(word) or word for word in words_of(text))
    corpus, topics, index = (f"{folder}/{name}" for name in ("corpus.jsonl", "topics.tsv", "index"))
    with open(corpus, "w", encoding="utf-8") as out:
        for d in documents:
            d = {"id": d["id"], "title": turned(d["title"]), "text": turned(d["text"])}
            print(json.dumps(d, ensure_ascii=False), file=out)
    with open(topics, "w", encoding="utf-8") as out:
        for name, query in queries:
            print(name, turned(query) + (" ?" if query.rstrip().endswith("?") else ""), sep="\t", file=out)
    run(csearch, "-i", index, "index", "-q", "--analyzer", "whitespace", corpus)
    found = run(csearch, "-i", index, "eval", "--topics", topics, "--qrels", str(qrels), "--format", "json")
    return json.loads(found)["sets"][0]["ndcg_10"]


def compare(csearch, folder):
    documents = [json.loads(line) for line in run("zstd", "-dcq", str(folder / "corpus.jsonl.zst")).splitlines()]
    lines = (folder / "queries.tsv").read_text(encoding="utf-8").splitlines()
    queries = [line.split("\t") for line in lines]
    texts = [d[part] for d in documents for part in ("title", "text")] + [query for _, query in queries]
    stems = stems_of(csearch, texts)
    values = {}
    for name, token in (("stems", stems.get), ("five letters", lambda w: w[:5]), ("words", lambda w: w)):
        with tempfile.TemporaryDirectory() as place:
            values[name] = ndcg(csearch, place, documents, queries, folder / "qrels.txt", token)
    return values


def main(root, csearch):
    print(f"1..{len(SETS)}")
    failed = False
    for number, name in enumerate(SETS, 1):
        folder = root.parent / "shared/eval/ir" / name
        if not (folder / "corpus.jsonl.zst").exists():
            print(f"ok {number} - {name} # SKIP is not beside this checkout")
            continue
        values = compare(csearch, folder)
        good = values["stems"] == max(values.values())
        failed |= not good
        told = ", ".join(f"{key} {value:.4f}" for key, value in values.items())
        print(f"{'ok' if good else 'not ok'} {number} - {name}: nDCG@10 of {told}", flush=True)
    return failed


sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]))
