#!/usr/bin/env python3
"""Whole-system benchmark: load a corpus with csearch, then time each class of queries.

  bench/suite.py --csearch build/cli/csearch [--quick] [--corpus FILE --queries DIR] [--out FILE.json]

The corpus is shared/corpus beside the checkout when it is there, else documents made from
data/articles with a seed, and queries drawn from them. Prints a table; --out keeps the figures with
commit, compiler and machine. Times on a shared machine are noisy: the spread is printed with them.
"""
import argparse
import json
import os
import pathlib
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORD = re.compile(r"[^\W\d_]{3,}")
CLASSES = {  # file of queries: (operator, how a line becomes a query)
    "term": ("or", "{}"), "and2": ("and", "{}"), "and3": ("and", "{}"), "or2": ("or", "{}"),
    "or3": ("or", "{}"), "or5": ("or", "{}"), "phrase2": ("and", '"{}"'), "phrase3": ("and", '"{}"'),
    "prefix": ("or", "{}"), "fuzzy": ("or", "{}"),
}


def open_lines(path):
    if path.suffix != ".zst":
        yield from path.open("rb")
        return
    with subprocess.Popen(["zstd", "-dcq", "--long=27", str(path)], stdout=subprocess.PIPE) as process:
        yield from process.stdout
        process.stdout.close()


def made_documents(count, seed):
    """Documents from sentences of data/articles, shuffled: the words and their order within a
    sentence are real, topics mix as in a news feed."""
    rng = random.Random(seed)
    sentences = []
    for path in sorted((ROOT / "data/articles").rglob("*.md")):
        body = path.read_text().split("---", 2)[-1]
        sentences += [s.strip() for s in re.split(r"(?<=[.!?…])\s+", body) if len(s) > 40]
    for number in range(count):
        text = " ".join(rng.choice(sentences) for _ in range(rng.randint(4, 20)))
        title = rng.choice(sentences)[:60]
        yield json.dumps({"id": f"made-{number}", "title": title, "text": text}, ensure_ascii=False).encode() + b"\n"


def write_corpus(source, documents, seed, out):
    lines = open_lines(source) if source else made_documents(documents, seed)
    size = 0
    with out.open("wb") as file:
        for number, line in enumerate(lines):
            if number >= documents:
                break
            file.write(line)
            size += len(line)
    return size


def made_queries(corpus, folder, seed):
    rng = random.Random(seed)
    texts = [json.loads(line)["text"] for line in corpus.open("rb")]
    for name, words in (("term", 1), ("and2", 2), ("and3", 3), ("or2", 2), ("or3", 3), ("or5", 5),
                        ("phrase2", 2), ("phrase3", 3), ("prefix", 1), ("fuzzy", 1)):
        lines = []
        while len(lines) < 100:
            found = WORD.findall(rng.choice(texts))
            start = rng.randrange(max(1, len(found) - words))
            picked = found[start:start + words] if "phrase" in name else rng.sample(found, min(words, len(found)))
            if name == "prefix":
                picked = [picked[0][:4] + "*"]
            if name == "fuzzy":
                picked = [picked[0][:-1] + "ъ~1"]
            lines.append(" ".join(picked))
        (folder / f"ru_{name}.txt").write_text("\n".join(lines) + "\n")


def timed(args):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(args, check=True, capture_output=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss * 1024


def load(csearch, corpus, size, index, jobs):
    wall, cpu, peak = timed([csearch, "-i", index, "index", "-q", "--jobs", str(jobs), str(corpus)])
    stats = json.loads(subprocess.run([csearch, "-i", index, "stats", "--format", "json"], check=True,
                                      capture_output=True, text=True).stdout)
    figures = {"jobs": jobs, "text_mb": size / 1e6, "wall_s": wall, "cpu_s": cpu, "mb_per_s": size / 1e6 / wall,
               "peak_rss_mb": peak / 1e6, "documents": stats["documents"], "segments": stats["segments"],
               "bytes": stats["bytes"]}
    print(f"load: {stats['documents']} documents, {size / 1e6:.0f} MB in {wall:.1f} s on {jobs} threads, "
          f"{figures['mb_per_s']:.1f} MB/s, peak {peak / 1e6:.0f} MB")
    return figures


def search_class(csearch, index, queries, name, mode, repeat):
    operator, shape = CLASSES[name]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(shape.format(line) + "\n" for line in queries.read_text().splitlines() if line))
        file.flush()
        out = subprocess.run([csearch, "-i", index, "bench", "--queries", file.name, "--mode", mode, "--op", operator,
                              "--repeat", str(repeat), "--format", "tsv"], check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t") for line in out.splitlines() if not line.startswith("#")]
    medians = sorted(float(row[2]) for row in rows)
    spread = sorted(float(row[4]) / max(float(row[3]), 0.01) for row in rows)
    return {"class": name, "mode": mode, "queries": len(rows), "p50_us": medians[len(medians) // 2],
            "p99_us": medians[min(len(medians) - 1, len(medians) * 99 // 100)],
            "mean_hits": sum(int(row[1]) for row in rows) / len(rows), "max_over_min": spread[len(spread) // 2]}


def machine():
    def first(args):
        try:
            return subprocess.run(args, capture_output=True, text=True).stdout.splitlines()[0].strip()
        except (OSError, IndexError):
            return "?"
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"commit": first(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]), "compiler": first(["cc", "--version"]),
            "cpu": cpu.group(1) if cpu else platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--csearch", default=str(ROOT / "build/cli/csearch"))
    parser.add_argument("--quick", action="store_true", help="10,000 documents, fewer rounds: under two minutes")
    parser.add_argument("--documents", type=int, help="how many documents (100,000)")
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--queries", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=pathlib.Path)
    args = parser.parse_args()
    shared = ROOT.parent / "shared/corpus"
    source = args.corpus or (shared / "ru-sample.jsonl.zst" if shared.exists() else None)
    documents = args.documents or (10_000 if args.quick else 100_000)
    repeat = 3 if args.quick else 7
    report = {"machine": machine(), "corpus": source.name if source else "made from data/articles", "seed": args.seed}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        corpus, index = folder / "corpus.jsonl", str(folder / "index")
        size = write_corpus(source, documents, args.seed, corpus)
        queries = args.queries or (shared / "queries" if source and shared.exists() else folder)
        if queries == folder:
            made_queries(corpus, folder, args.seed)
        report["load"] = load(args.csearch, corpus, size, index, args.jobs)
        report["search"] = []
        print(f"{'class':8} {'mode':12} {'n':>4} {'p50 us':>9} {'p99 us':>9} {'max/min':>8} {'mean hits':>10}")
        for name in CLASSES:
            for mode in ("top10", "top1000", "count") if not args.quick else ("top10",):
                row = search_class(args.csearch, index, queries / f"ru_{name}.txt", name, mode, repeat)
                report["search"].append(row)
                print(f"{name:8} {mode:12} {row['queries']:4} {row['p50_us']:9.1f} {row['p99_us']:9.1f} "
                      f"{row['max_over_min']:8.2f} {row['mean_hits']:10.0f}", flush=True)
    if args.out:
        args.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


sys.exit(main())
