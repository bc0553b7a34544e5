"""The figures of one run, and of earlier ones, as one HTML page that needs nothing else.

  python3 bench/suite/report.py REPORT.json PAGE.html [--history DIR]
"""
import argparse
import json
import pathlib
import sys

import charts
import figures
import history
from charts import duration_us, escape, number, seconds, size

MODE_NAMES = {"top10": "best 10", "top100": "best 100", "top1000": "best 1000", "count": "counting"}
CHARTED = ("term_frequent", "and2", "or2", "or5", "phrase2", "phrase_stop", "prefix", "fuzzy", "filtered")


def card(title, *content):
    return f'<figure class="card"><h3>{escape(title)}</h3>{"".join(content)}</figure>'


def note(what):
    return f'<p class="note">{escape(what)}</p>'


def table(heads, rows, classes=None):
    """rows of texts; `classes`: {(row, column): class}."""
    cell = lambda r, c, what: f'<td{f" class={chr(34)}{classes[r, c]}{chr(34)}" if classes and (r, c) in classes else ""}>{what}</td>'
    body = "".join("<tr>" + "".join(cell(r, c, escape(what)) for c, what in enumerate(row)) + "</tr>" for r, row in enumerate(rows))
    head = f'<tr>{"".join(f"<th>{escape(h)}</th>" for h in heads)}</tr>' if any(heads) else ""
    return f'<div class="scroll"><table>{head}{body}</table></div>'


def folded(title, content):
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def section(title, what, *content):
    return f"<section><h2>{escape(title)}</h2>{note(what) if what else ''}{''.join(content)}</section>"


def grid(cards):
    return f'<div class="grid-of">{"".join(cards)}</div>'


# ---- sections ----

def tiles(r):
    found = []
    if "load" in r:
        found += [(f"{r['load']['mb_per_s']['median']:.1f} MB/s", f"of text indexed on {r['load']['jobs']} threads"),
                  (f"{r['load']['parts']['live'] / r['load']['text_bytes']:.0%}", "of the text: the index, stored documents included")]
    for row in r.get("search", []):
        if row["mode"] == "top10" and row["class"] in ("and2", "or2", "phrase2"):
            found.append((duration_us(row["us"]["p50"]), f"median of {row['class']}, best 10"))
    if "small_commits" in r:
        found.append((f"{r['small_commits'][0]['searchable_ms']['p50']:.1f} ms", "until 100 documents are searchable, without waiting for the disk"))
    if "threads" in r:
        two = [row["times"] for row in r["threads"] if row["threads"] == 2]
        found.append((f"{figures.spread(two)['median']:.2f}×", "queries a second on two threads"))
    if "feed" in r:
        found.append((f"{r['feed']['max_file_over_live']:.2f}×", "largest file for its live data in the feed"))
    return '<div class="tiles">' + "".join(f'<div class="tile"><b>{escape(v)}</b><span>{escape(what)}</span></div>' for v, what in found) + "</div>"


def search(r):
    rows = r["search"]
    cards = []
    for mode in MODE_NAMES:
        of_mode = [(row["class"], row["us"]) for row in rows if row["mode"] == mode]
        if of_mode:
            cards.append(card(MODE_NAMES[mode], charts.ranges(of_mode, f"latency by class, {MODE_NAMES[mode]}")))
    full = table(("class", "mode", "queries", "mean hits", "p50 µs", "p90 µs", "p99 µs", "max µs", "max/min of repeats"),
                 [(row["class"], row["mode"], row["us"]["n"], number(row["hits"]), *(f"{row['us'][k]:.1f}" for k in ("p50", "p90", "p99", "max")),
                   f"{row['max_over_min']:.2f}") for row in rows])
    return section("Latency by class of query", "One thread, warm. Of each query the median of its repeats; the box holds the middle half "
                   "of a class's queries, the line goes from the 5th to the 99th percentile, the dot and the number are the median.",
                   grid(cards), folded("All figures", full))


def load_and_size(r):
    f = r["load"]
    parts = [(k, v) for k, v in f["parts"].items() if k not in ("total", "live") and v > 0]
    whole = sum(v for _, v in parts)
    rows = "".join(f'<tr><td><i class="s{i % 9 + 1}"></i>{escape(k)}</td><td>{size(v)}</td><td>{v / f["text_bytes"]:.1%}</td></tr>' for i, (k, v) in enumerate(parts))
    breakdown = (charts.stacked([(k, v / whole) for k, v in parts], "size by part")
                 + f'<div class="scroll"><table><tr><th>part</th><th>bytes</th><th>of the text</th></tr>{rows}'
                 + f'<tr><td>live</td><td>{size(f["parts"]["live"])}</td><td>{f["parts"]["live"] / f["text_bytes"]:.1%}</td></tr>'
                 + f'<tr><td>file</td><td>{size(f["parts"]["total"])}</td><td>{f["parts"]["total"] / f["text_bytes"]:.1%}</td></tr></table></div>')
    spread = lambda s, form: f"{form(s['median'])} ({form(s['min'])}–{form(s['max'])})"
    facts = [("text", size(f["text_bytes"])), ("documents", f"{f['documents']:,}"), ("MB/s", spread(f["mb_per_s"], lambda v: f"{v:.1f}")),
             ("MB a CPU second", spread(f["mb_per_cpu_s"], lambda v: f"{v:.1f}")), ("peak memory", size(f["peak_bytes"])),
             ("bytes written a byte", spread(f["written_per_byte"], lambda v: f"{v:.2f}")), ("segments", f["segments"]),
             ("terms", f"{f['terms']:,}"), ("postings", f"{f['postings']:,}"), ("tokens", f"{f['tokens']:,}")]
    cards = [card(f"Load, {f['jobs']} threads", table(("", f"median of {f['mb_per_s']['n']} (min–max)"), facts)), card("Size by part", breakdown)]
    if "merge" in r:
        m = r["merge"]
        cards.append(card("Merge of everything", table(("", ""), [("segments", m["segments"]), ("live data", size(m["live_bytes"])), ("time", seconds(m["wall_s"])),
                                                                   ("MB/s", f"{m['mb_per_s']:.1f}"), ("peak memory", size(m["peak_bytes"]))])))
    return section("Loading and size", "", grid(cards))


def beside(r):
    cards = []
    if "threads" in r:
        rows = [(row["class"], row["times"], f"{row['times']:.2f}× {number(row['queries_per_s']['median'])}/s") for row in r["threads"] if row["threads"] == 2]
        cards.append(card("Two reading threads, queries a second for one", charts.bars(rows, "two threads for one", lambda v: f"{v:g}×", target=1.8, top_value=2)))
    if "small_commits" in r:
        rows = [("durable" if row["durable"] else "not waiting", {**row["searchable_ms"], **{k: 1e3 * row["searchable_ms"][k] for k in ("p50", "p99", "max")},
                 "quantiles": [1e3 * q for q in row["searchable_ms"]["quantiles"]]}) for row in r["small_commits"]]
        cards.append(card("100 documents until they are searchable", charts.ranges(rows, "latency of small commits"),
                          note("Durable: each commit waits for the disk. The longest ones merge segments.")))
    if "readers" in r:
        f = r["readers"]
        beside_p50 = figures.spread([m["p50"] for m in f["beside_writer_us"]])["median"]
        beside_p99 = figures.spread([m["p99"] for m in f["beside_writer_us"]])["median"]
        cards.append(card("A reader under a writer", table(("", "p50", "p99"), [("alone", duration_us(f["quiet_us"]["p50"]), duration_us(f["quiet_us"]["p99"])),
                          ("beside commits of 100", duration_us(beside_p50), duration_us(beside_p99))]),
                          note("Beside commits every query sees a new snapshot, with the cost of opening it; medians of the p50 and p99 of stretches.")))
    return section("Reading and writing at once", "", grid(cards)) if cards else ""


def feed(r):
    f = r["feed"]
    t = f["timeline"]
    sizes = [("file", [(p["second"] / 60, p["file"]) for p in t]), ("in use", [(p["second"] / 60, p["live"]) for p in t]),
             ("live documents", [(p["second"] / 60, p["exact_live"]) for p in t])]
    minutes = lambda v: f"{v:g} min"
    latency = [(name, [(m["second"] / 60, m[name]) for m in f["queries_us"]]) for name in ("p50", "p90", "p99")]
    cards = [card("File and live data", charts.lines(sizes, "file and live data over time", minutes, size), charts.legend([(n, "") for n, _ in sizes])),
             card("Latency of queries beside it", charts.lines(latency, "latency over time", minutes, duration_us, log=False, log_y=True, zero=False),
                  charts.legend([("p50", ""), ("p90", ""), ("p99", "")]), note(f"Before the feed: p50 {duration_us(f['quiet_us']['p50'])}, p99 {duration_us(f['quiet_us']['p99'])}.")),
             card("Segments", charts.lines([("segments", [(p["second"] / 60, p["segments"]) for p in t])], "segments over time", minutes)),
             card("Batch until searchable", table(("documents", "batches", "p50", "p99", "max"), [
                 (n, d["n"], *(duration_us(1e3 * d[k]) for k in ("p50", "p99", "max"))) for n, d in f["searchable_ms"].items()]))]
    return section("A continuous feed", f"{f['seconds'] / 60:.0f} minutes in compressed time (batches {f['batches']}: size/seconds between) onto {number(f['base'])} documents; "
                   f"{f['replace_percent']} % of a batch replaces, {f['delete_percent']} % deletes; {f['commits']} commits. The file was at most {f['max_file_over_live']:.2f} times the data "
                   f"of live documents ({f['max_file_over_view']:.2f} times the bytes in use); compacting at the end took {seconds(f['compact']['wall_s'])} and left {size(f['compact']['live_bytes'])}, with a file of {f['compact']['peak_bytes'] / f['compact']['live_bytes']:.2f} times that at most.",
                   grid(cards))


def scale(r):
    s = r["scale"]
    rows = s["rows"]
    cards = []
    fitted = lambda points: "–" if figures.exponent(points) is None else f"{figures.exponent(points):.2f}"
    for title, key, form in (("Load time", "load_s", seconds), ("CPU time of loading", "cpu_s", seconds), ("Size of the file", "file_bytes", size), ("Peak memory of loading", "peak_bytes", size),
                             ("Opening, file verified", "open_us", duration_us)):
        points = [(row["documents"], row[key]) for row in rows if row.get(key)]
        if points:
            cards.append(card(f"{title}: exponent {fitted(points)}", charts.lines([(title, points)], title, number, form, log=True)))
    for mode in s["modes"]:
        names = [name for name in CHARTED if all(f"{name}/{mode}" in row["p50_us"] for row in rows)]
        series = [(name, [(row["documents"], row["p50_us"][f"{name}/{mode}"]) for row in rows]) for name in names]
        if series:
            cards.append(card(f"Median latency, {MODE_NAMES[mode]}", charts.lines(series, f"latency by documents, {mode}", number, duration_us, log=True, height=260),
                              charts.legend([(name, fitted(points)) for name, points in series])))
    full = table(("documents", "text", "load", "CPU", "MB/s", "file", "of the text", "peak memory", "segments", "open"),
                 [(f"{row['documents']:,}", size(row["text_bytes"]), seconds(row["load_s"]), seconds(row["cpu_s"]), f"{row['text_bytes'] / 1e6 / row['load_s']:.1f}", size(row["file_bytes"]),
                   f"{row['file_bytes'] / row['text_bytes']:.1%}", size(row["peak_bytes"]), row["segments"], duration_us(row["open_us"])) for row in rows])
    return section("Scale", f"{s['what']} Latencies are the least of each query's repeats. Both axes are logarithmic; an exponent of 1 is proportional to the number of documents.", grid(cards), folded("All figures", full))


def instructions(r):
    f = r["instructions"]
    rows = f.get("rows") or [{"area": a, "now": n, "before": None, "percent": None} for a, n in f["counts"].items()]
    bad = {(i, 3): "bad" for i, row in enumerate(rows) if row["percent"] and row["percent"] > f["margin_percent"]}
    return section("Instructions", f"Counted under callgrind for a fixed amount of work ({f['key']}); more than {f['margin_percent']} % above the baseline is a regression.",
                   folded(f"{len(rows)} areas, {len(bad)} regressions", table(("area", "now", "baseline", "change"), [
                       (row["area"], f"{row['now']:,}", f"{row['before']:,}" if row["before"] else "–",
                        f"{row['percent']:+.2f} %" if row["percent"] is not None else "new") for row in rows], bad)))


def micro(r):
    areas = {"text": "Words", "codec": "Lists and dictionary", "search": "Scoring, intersecting, patterns",
             "levels": "Whole searches by level of vector instructions"}
    content = [folded(title, table(("", "median", "min", "max", "unit"), [(m["name"], *(number(m[k]) for k in ("median", "min", "max")), m["unit"])
                                                                          for m in r["micro"] if m["area"] == area])) for area, title in areas.items()]
    return section("Micro benchmarks", "By CPU time of one thread.", *content)


def machine_line(r):
    m = r["machine"]
    changed = " with changes" if m["changed"] else ""
    corpus = f"; corpus {r['corpus']['name']}, {r['corpus']['documents']:,} documents, {size(r['corpus']['bytes'])}" if "corpus" in r else ""
    return (f"{m['when'][:10]}, commit {m['commit']}{changed} ({m['subject']}); {m['compiler']}; {m['cores']} cores of {m['cpu']}, {m['memory_gb']} GB; "
            f"load average {m['load'][0]} before, {m.get('load_after', m['load'])[0]} after{corpus}; seed {r['seed']}.")


SECTIONS = (("search", search), ("load", load_and_size), ("feed", feed), ("scale", scale), ("instructions", instructions), ("micro", micro))


def page(report, earlier=()):
    css = pathlib.Path(__file__).with_name("page.css").read_text()
    body = [make(report) for name, make in SECTIONS[:2] if name in report]
    body += [beside(report)] + [make(report) for name, make in SECTIONS[2:] if name in report]
    if earlier:
        body.append(section("History", "Each figure over the earlier reports given, by time; the last point is this run. Runs on other machines are not comparable.",
                            history.small_multiples([*earlier, report])))
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>libclustersearch benchmarks {escape(report['machine']['commit'])}</title><style>{css}</style></head><body>"
            f'<h1>libclustersearch: benchmarks</h1><p class="dim">{escape(machine_line(report))}</p>{tiles(report)}{"".join(body)}</body></html>\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--history", type=pathlib.Path)
    args = parser.parse_args()
    report = json.loads(args.report.read_text())
    args.page.write_text(page(report, history.read(args.history, report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
