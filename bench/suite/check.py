"""The suite's own arithmetic and page, on made-up figures: run by the tests.

A fit finds the exponent it was given; a count beyond the margin, or one that is gone, is a regression;
drawn queries are the same in every process; the page is well-formed, complete and asks for nothing.
"""
import html.parser
import io
import json
import pathlib
import subprocess
import sys
import unittest

import charts
import corpus
import figures
import instructions
import queries
import report

HERE = pathlib.Path(__file__).parent
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
                     "compact": {"wall_s": 1.0, "live_bytes": 1.0, "file_bytes": 1.0}, "timeline": [point, {**point, "second": 60.0}]},
            "scale": {"what": "made", "modes": ["top10"], "rows": rows}, "micro": [{"area": "text", "name": "n", "unit": "ns", "min": 1, "median": 2, "max": 3}],
            "instructions": {"key": "k", "margin_percent": 3, "counts": {"load": 100}}}


class Figures(unittest.TestCase):
    def test_exponent(self):
        self.assertAlmostEqual(figures.exponent([(x, 3 * x ** 0.7) for x in (10, 100, 1000)]), 0.7)
        self.assertIsNone(figures.exponent([(10, 1), (10, 2)]))

    def test_distribution(self):
        d = figures.distribution(list(range(100, 0, -1)))
        self.assertEqual((d["min"], d["p50"], d["p99"], d["max"]), (1, 51, 100, 100))
        self.assertEqual(len(d["quantiles"]), 21)


class Counts(unittest.TestCase):
    def compare(self, counts, baseline):
        known, instructions.read_baseline = instructions.read_baseline, lambda: {"k": baseline}
        try:
            return instructions.compare({"key": "k", "counts": counts})
        finally:
            instructions.read_baseline = known

    def test_margin(self):
        self.assertEqual(self.compare({"a": 1030, "new": 5}, {"a": 1000})[1], [])
        self.assertEqual([row["area"] for row in self.compare({"a": 1031}, {"a": 1000})[1]], ["a"])

    def test_area_gone(self):
        self.assertEqual([row["area"] for row in self.compare({"a": 1}, {"a": 1, "b": 1})[1]], ["b"])

    def test_nothing_known(self):
        self.assertEqual(instructions.compare({"key": "no such compiler", "counts": {"a": 1}}), (None, []))


class Queries(unittest.TestCase):
    def test_same_in_every_process(self):
        program = f"import sys; sys.path.insert(0, {str(HERE)!r}); import check, queries; print(queries.make(check.DOCUMENTS, None, 3, 4))"
        runs = {subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
                for seed in ("1", "2")}
        self.assertEqual(len(runs), 1)

    def test_bands(self):
        made = queries.make(DOCUMENTS, None, 3, 8)
        held = lambda word: sum(word in queries.WORD.findall(d["text"].lower()) for d in DOCUMENTS) / len(DOCUMENTS)
        self.assertLess(max(map(held, made["term_rare"][1])), 0.01)
        self.assertGreater(min(map(held, made["term_frequent"][1])), 0.1)

    def test_small_corpus(self):
        queries.make(DOCUMENTS[:3], None, 3, 4)

    def test_every_class(self):
        made = queries.make(DOCUMENTS, None, 3, 4)
        self.assertEqual(list(made), list(queries.CLASSES))
        self.assertTrue(all(len(lines) == 4 and all(lines) for _, lines in made.values()))


class Page(unittest.TestCase):
    def test_well_formed_and_alone(self):
        r = sample_report()
        text = report.page(r, [{**r, "machine": {**r["machine"], "when": "2025-01-01T00:00:00Z"}}])
        tags = Tags()
        tags.feed(text)
        self.assertEqual((tags.open, tags.addresses), ([], []))
        self.assertNotIn("url(", text)
        self.assertIn("&lt;a &amp; b&gt;", text)
        for title in ("Latency by class", "Loading and size", "continuous feed", "Scale", "History", "Instructions", "Micro"):
            self.assertIn(title, text)

    def test_numbers(self):
        self.assertEqual([charts.number(v) for v in (0, 12.345, 999.7, 1500, 2.5e6)], ["0", "12.3", "1 k", "1.5 k", "2.5 M"])
        self.assertEqual([charts.duration_us(v) for v in (3.21, 999.7, 1500, 2e6)], ["3.21 µs", "1 ms", "1.5 ms", "2 s"])


def main():
    """As TAP, a line a test, for the summary of the whole run."""
    result = unittest.TextTestRunner(stream=io.StringIO(), resultclass=Tap).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    print(f"1..{result.testsRun}")
    return 0 if result.wasSuccessful() else 1


class Tap(unittest.TextTestResult):
    def addSuccess(self, test):
        print(f"ok {self.testsRun} - {test.id()}")

    def addFailure(self, test, err):
        print(f"not ok {self.testsRun} - {test.id()}\n# " + self._exc_info_to_string(err, test).replace("\n", "\n# "))
        super().addFailure(test, err)

    addError = addFailure


if __name__ == "__main__":
    sys.exit(main())
