"""Load time, size, memory, opening and latency over the number of documents.

Documents come from the generator beside the shared corpus (frequencies, neighbours and growth of the
vocabulary as in the real text), trained on texts cut to their first words so that ten million of them
fit a small machine; without it they are made from data/articles. The corpus of each size is the
beginning of the largest one, and all sizes answer the same queries, drawn from its first documents. Of
each query the least of its repeats counts: other work on the machine makes long queries longer than
short ones, and would bend the curves.
"""
import json
import re
import shutil
import subprocess
import time

import corpus as corpora
import figures
import queries as query_classes
import system

SUFFIX = {"k": 10**3, "M": 10**6}
WORDS, TRAINING_MB, QUERIES = 30, 40, 60
MODES = ("top10", "top1000", "count")
CLASSES = ("term_rare", "term_middle", "term_frequent", "and2", "and3", "or2", "or5", "mixed", "phrase2", "phrase_stop", "near",
           "prefix", "fuzzy", "filtered")
REPEAT_BELOW = 500_000  # larger sizes are loaded and asked with fewer repeats


def parse_sizes(text):
    """"10k,1M" → [10000, 1000000]."""
    found = [re.fullmatch(r"(\d+)([kM]?)", part) for part in text.split(",")]
    if not all(found):
        raise SystemExit("bench: --scale is a list of sizes like 10k,100k,1M")
    return sorted(int(m.group(1)) * SUFFIX.get(m.group(2), 1) for m in found)


def train(folder):
    """A model of the generator and its program; None where there is no generator."""
    source = corpora.default_source()
    if not source or not (corpora.SHARED / "gen_corpus.py").exists():
        return None
    short, model, program = folder / "short.jsonl", folder / "scale.model", folder / "gen_corpus"
    with short.open("wb") as file:
        for line in corpora.open_lines(source):
            document = json.loads(line)
            document["text"] = " ".join(document["text"].split()[:WORDS])
            file.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
    system.run(["python3", corpora.SHARED / "gen_corpus.py", "train", short, model, "--max-mb", TRAINING_MB])
    short.unlink()
    system.run(["cc", "-O2", "-o", program, corpora.SHARED / "gen_corpus.c", "-lm"])
    return program, model


def generate(folder, documents, seed, path):
    trained = train(folder)
    if trained:
        system.run([*trained, path, documents, seed, "ru", 0])
        return f"Documents of some {WORDS} words from the generator beside the shared corpus, seed {seed}."
    with path.open("wb") as file:
        file.writelines(corpora.made_documents(documents, seed))
    return f"Documents made from data/articles, seed {seed}."


def first_documents(path, count):
    found = []
    with path.open("rb") as file:
        for line in file:
            found.append(json.loads(line))
            if len(found) == count:
                break
    return found


def prefix_bytes(path, documents):
    """Length of the first lines."""
    with path.open("rb") as file:
        return sum(len(line) for _, line in zip(range(documents), file))


def opening_us(csearch, index):
    """Until `csearch stats` has opened the index and answered, less the start of a process."""
    def best(args):
        times = []
        for _ in range(7):
            start = time.monotonic()
            system.run(args)
            times.append(time.monotonic() - start)
        return min(times)
    return 1e6 * max(0, best([csearch, "-i", index, "stats"]) - best([csearch, "version"]))


def load(csearch, path, size, index, jobs):
    with subprocess.Popen(["head", "-c", str(size), str(path)], stdout=subprocess.PIPE) as head:
        return system.timed([csearch, "-i", index, "index", "-q", "--jobs", jobs, "-"], stdin=head.stdout)


def measure(csearch, path, documents, folder, classes, jobs):
    index = folder / "scaled"
    size = prefix_bytes(path, documents)
    loads = []
    for _ in range(3 if documents < REPEAT_BELOW else 1):
        shutil.rmtree(index, ignore_errors=True)
        loads.append(load(csearch, path, size, index, jobs))
    facts = system.stats(csearch, index)
    rows = system.search(csearch, index, classes, MODES, 5 if documents < REPEAT_BELOW else 3)
    found = {"documents": documents, "text_bytes": size, "load_s": figures.spread([t["wall_s"] for t in loads])["median"],
             "load_spread_s": figures.spread([t["wall_s"] for t in loads]), "cpu_s": figures.spread([t["cpu_s"] for t in loads])["median"],
             "peak_bytes": max(t["peak_bytes"] for t in loads), "file_bytes": facts["bytes"]["total"], "parts": facts["bytes"],
             "segments": facts["segments"], "terms": facts["terms"], "postings": facts["postings"], "open_us": opening_us(csearch, index),
             "p50_us": {f"{row['class']}/{row['mode']}": row["least_us"]["p50"] for row in rows},
             "p99_us": {f"{row['class']}/{row['mode']}": row["least_us"]["p99"] for row in rows},
             "hits": {row["class"]: row["hits"] for row in rows if row["mode"] == "count"}}
    shutil.rmtree(index)
    return found


def run(csearch, sizes, seed, folder, jobs, tell):
    """All sizes; `tell` is called with each row as it is done."""
    path = folder / "scale.jsonl"
    what = generate(folder, sizes[-1], seed, path)
    drawn = query_classes.make(first_documents(path, 10_000), None, seed, QUERIES)
    classes = {name: drawn[name] for name in CLASSES}
    rows = []
    for documents in sizes:
        rows.append(measure(csearch, path, documents, folder, classes, jobs))
        tell(rows[-1])
    path.unlink()
    return {"what": what, "modes": list(MODES), "rows": rows, "exponents": exponents(rows)}


def exponents(rows):
    fit = lambda values: figures.exponent([(row["documents"], value) for row, value in zip(rows, values)])
    found = {key: fit([row[key] for row in rows]) for key in ("load_s", "cpu_s", "file_bytes", "peak_bytes", "open_us", "terms")}
    found.update({name: fit([row["p50_us"][name] for row in rows]) for name in rows[0]["p50_us"]})
    return found
