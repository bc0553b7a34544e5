"""The suite's own arithmetic and page, on made-up figures: run by the tests.

A fit finds the exponent it was given; a count beyond the margin, or one that is gone, is a regression;
drawn queries are the same in every process; the page is well-formed, complete and asks for nothing.
"""
import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
sys.path[1:1] = [str(HERE.parent / "peers"), str(HERE.parents[1] / "tests/cli")]

import charts
import corpus
import figures
import instructions
import measure
import queries
import report
import results
import token_queries
from tap import check, equal, main

DOCUMENTS = [json.loads(line) for line in corpus.made_documents(400, 3)]


class Tags(html.parser.HTMLParser):
    """Keeps the open tags, and every address that a tag would load."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses, self.count = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.count += 1
        self.addresses += [v for k, v in attrs if k in ("src", "href", "xlink:href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.count += 1

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes something else"


def sample_report():
    spread, us = figures.spread([1.0, 2.0, 3.0]), figures.distribution([float(v) for v in range(10, 40)])
    minute = {"second": 0.0, "n": 5.0, "p50": 10.0, "p90": 20.0, "p99": 30.0, "max": 31.0}
    point = {"second": 1.0, "file": 3e6, "live": 2e6, "exact_live": 2e6, "documents": 10.0, "segments": 2.0}
    rows = [{"documents": 10 ** n, "text_bytes": 10 ** n, "load_s": 10.0 ** (n - 4), "cpu_s": 10.0 ** (n - 4), "file_bytes": 10 ** n, "peak_bytes": 10 ** 6, "open_us": 10.0,
             "segments": 1, "p50_us": {"and2/top10": 10.0 * n, "or2/top10": 9.0 * n}} for n in (4, 5)]
    return {"machine": {"when": "2026-01-01T00:00:00Z", "commit": "abc", "changed": True, "subject": "<a & b>", "compiler": "cc", "cores": 2, "cpu": "x",
                        "memory_gb": 1, "load": [1, 1, 1]}, "seed": 1, "corpus": {"name": "made", "documents": 10, "bytes": 1000},
            "search": [{"class": c, "mode": m, "hits": 4, "max_over_min": 1.5, "us": us} for c in ("and2", "or2") for m in ("top10", "count")],
            "load": {"jobs": 2, "text_bytes": 1000, "documents": 10, "segments": 1, "mb_per_s": spread, "mb_per_cpu_s": spread, "peak_bytes": 1000,
                     "written_per_byte": spread, "terms": 1, "forms": 1, "postings": 1, "tokens": 1, "parts": {"postings": 10, "live": 11, "total": 12}},
            "threads": [{"class": "and2", "threads": n, "queries_per_s": spread, "times": float(n)} for n in (1, 2)],
            "small_commits": [{"documents": 100, "durable": False, "searchable_ms": us}],
            "feed": {"batches": "1/1", "seconds": 60, "base": 1, "replace_percent": 30, "delete_percent": 5, "commits": 1, "max_file_over_view": 1.5,
                     "max_file_over_live": 1.5, "quiet_us": minute, "queries_us": [minute, {**minute, "second": 60.0}], "searchable_ms": {"1": us},
                     "compact": {"wall_s": 1.0, "live_bytes": 1.0, "file_bytes": 1.0, "peak_bytes": 1.5}, "timeline": [point, {**point, "second": 60.0}]},
            "scale": {"what": "made", "modes": ["top10"], "rows": rows}, "micro": [{"area": "text", "name": "n", "unit": "ns", "min": 1, "median": 2, "max": 3}],
            "instructions": {"key": "k", "margin_percent": 3, "counts": {"load": 100}}}


def test_figures_exponent():
    check(abs(figures.exponent([(x, 3 * x ** 0.7) for x in (10, 100, 1000)]) - 0.7) < 1e-9)
    equal(figures.exponent([(10, 1), (10, 2)]), None)


def test_figures_distribution():
    d = figures.distribution(list(range(100, 0, -1)))
    equal((d["min"], d["p50"], d["p99"], d["max"]), (1, 51, 100, 100))
    equal(len(d["quantiles"]), 21)


def compare(counts, baseline):
    known, instructions.read_baseline = instructions.read_baseline, lambda: {"k": baseline}
    try:
        return instructions.compare({"key": "k", "counts": counts})
    finally:
        instructions.read_baseline = known


def test_counts_margin():
    equal(compare({"a": 1030, "new": 5}, {"a": 1000})[1], [])
    equal([row["area"] for row in compare({"a": 1031}, {"a": 1000})[1]], ["a"])


def test_counts_area_gone():
    equal([row["area"] for row in compare({"a": 1}, {"a": 1, "b": 1})[1]], ["b"])


def test_counts_nothing_known():
    equal(instructions.compare({"key": "no such compiler", "counts": {"a": 1}}), (None, []))


def test_queries_same_in_every_process():
    program = f"import sys; sys.path.insert(0, {str(HERE)!r}); import check, queries; print(queries.make(check.DOCUMENTS, None, 3, 4))"
    runs = {subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
            for seed in ("1", "2")}
    equal(len(runs), 1)


def test_queries_bands():
    made = queries.make(DOCUMENTS, None, 3, 8)
    held = lambda word: sum(word in queries.WORD.findall(d["text"].lower()) for d in DOCUMENTS) / len(DOCUMENTS)
    check(max(map(held, made["term_rare"][1])) < 0.01)
    check(min(map(held, made["term_frequent"][1])) > 0.1)


def test_queries_small_corpus():
    queries.make(DOCUMENTS[:3], None, 3, 4)


def test_queries_every_class():
    made = queries.make(DOCUMENTS, None, 3, 4)
    equal(list(made), list(queries.CLASSES))
    check(all(len(lines) == 4 and all(lines) for _, lines in made.values()))


def tokens(folder):
    path = pathlib.Path(folder, "pre.tsv")
    rows = [f"{n}\t{n % 3 + 1}\t" + " ".join(queries.WORD.findall(d["text"].lower())) for n, d in enumerate(DOCUMENTS)]
    path.write_text("\n".join(["id\tsource\ttext", *rows]) + "\n")
    return path


def test_peers_every_query_has_its_documents():
    with tempfile.TemporaryDirectory() as folder:
        path = tokens(folder)
        drawn = token_queries.draw(path, 5, 3)
        held = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    equal(len(drawn), 16)  # so few documents have no rare words
    texts = [f" {text} " for _, _, text in held]
    for phrase in drawn["phrase2"] + drawn["phrase_stop"]:
        check(any(f" {phrase.strip(chr(34))} " in text for text in texts), phrase)
    for start in drawn["prefix"]:
        check(any(f" {start[:-1]}" in text for text in texts), start)
    for query in drawn["filtered"]:
        word, source = query.removeprefix("+").split(" +source:")
        check(any(f" {word} " in f" {text} " and source == number for _, number, text in held), query)
    for query in drawn["near"]:
        a, _, b = query.split()
        rows = [text.split() for text in texts]
        check(any(w == a and b in words[max(0, at - 5):at + 6] for words in rows for at, w in enumerate(words)), query)


def test_peers_ratios_are_over_the_same_queries():
    figures = lambda *times: {"median": list(times)}
    ours, theirs = {"or2": figures(10.0, 20.0, 30.0, 1000.0)}, {"or2": figures(30.0, 60.0, 90.0)}
    equal(results.ratios(measure.beside(ours, theirs)["or2"]), (3.0, 3.0))
    equal(results.ratio_cell(ours["or2"], measure.beside(ours, theirs)["or2"]), "3.00 (3.00)*")
    equal(results.ratio_cell(ours["or2"], None), "-")


def test_peers_what_is_short_is_told():
    engine = lambda **times: {"made": sample_report()["machine"], "found": {c: {"median": [t, t], "csearch": [10, 10]} for c, t in times.items()}}
    search = {"TOP_10": {"csearch": engine(or2=10, and2=10, near=10), "reordered": engine(or2=5, and2=10, near=10),
                         "lucene": engine(or2=39, and2=20, near=5)}}
    text = results.document([{"corpus": {"documents": 100_000, "text_bytes": 10, "name": "made"}, "search": search}])
    for line in ("| and2 | 10.0 | 10 | 1.00 (1.00) | 2.00 (2.00) |",
                 "| best 10: lucene | csearch | 1 | 3 | **near 0.50**, or2 3.90 |",
                 "| best 10: lucene | reordered | 2 | 3 | **near 0.50** |",
                 "| or2 | 0.50 | 0.39 | 0.24 | 0.26 | 0.13 |"):
        check(line in text, line)
    search["TOP_10"]["reordered"]["made"] = {**sample_report()["machine"], "when": "2025-01-01T00:00:00Z"}
    text = results.document([{"corpus": {"documents": 10, "text_bytes": 10, "name": "made"}, "search": search}])
    check("lucene | reordered |" not in text, "another run's figures are not set beside")


def test_page_well_formed_and_alone():
    r = sample_report()
    text = report.page(r, [{**r, "machine": {**r["machine"], "when": "2025-01-01T00:00:00Z"}}])
    tags = Tags()
    tags.feed(text)
    equal((tags.open, tags.addresses), ([], []))
    check("url(" not in text)
    check("&lt;a &amp; b&gt;" in text, "&lt;a &amp; b&gt;")
    for title in ("Latency by class", "Loading and size", "continuous feed", "Scale", "History", "Instructions", "Micro"):
        check(title in text, title)


def test_page_numbers():
    equal([charts.number(v) for v in (0, 12.345, 999.7, 1500, 2.5e6)], ["0", "12.3", "1 k", "1.5 k", "2.5 M"])
    equal([charts.duration_us(v) for v in (3.21, 999.7, 1500, 2e6)], ["3.21 µs", "1 ms", "1.5 ms", "2 s"])


if __name__ == "__main__":
    main(globals())
