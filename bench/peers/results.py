"""The results as Markdown: tables of one corpus, and RESULTS.md of all corpora that were measured."""
import statistics

import loading

# how many times as long as csearch an engine is meant to take, for any command and class
ASKED = {"lucene": 2, "xapian": 5, "fts5": 10}
OURS = ("csearch", "reordered")
ASKED_ANY_OF = {("lucene", "TOP_10"): 4}  # of or2, or3, …
# medians of the best 10 by those of Lucene 8.7, measured elsewhere on these 100,000 documents
ELSEWHERE = {"Lucene 10.3": {"or2": 0.50, "or5": 0.40, "and2": 0.88, "term_frequent": 0.70},
             "PISA": {"or2": 0.39, "or5": 0.20, "and2": 0.52, "term_frequent": 0.61},
             "PISA, reordered and quantised": {"or2": 0.24, "or5": 0.15, "and2": 0.29, "term_frequent": 0.32}}
COMMANDS = {"TOP_10": "best 10", "TOP_100": "best 100", "TOP_1000": "best 1000", "TOP_10_COUNT": "best 10 and their exact count",
            "COUNT": "count"}

HEAD = """# Measured against other engines

Written by `./dev bench --peers --write-results`; `README.md` beside this tells how it is measured and
what each engine does.

A time is the median of a query's rounds in µs, and p50 and p99 are over the queries of a class. Under an
engine's name: its p50 divided by csearch's, and in parentheses the same of p99, over the same queries.
**Below 1 csearch is the slower one.** `*`: the engine was asked fewer queries, as it is slow, or, in
`all`, which is all classes together, as it has nothing of one kind; the ratio is over those. `-`: it has nothing of the kind.
"""


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(head, rows):
    return "\n".join([row(head), row(["---"] + ["---:"] * (len(head) - 1)), *map(row, rows)])


def p99(times):
    return sorted(times)[min(len(times) - 1, len(times) * 99 // 100)]


def ratios(theirs):
    """Of the medians and of the 99th percentiles, over the queries that both were asked in one run."""
    mine, times = zip(*zip(theirs["csearch"], theirs["median"]))
    return statistics.median(times) / statistics.median(mine), p99(times) / p99(mine)


def figure(ratio):
    return f"{ratio:.2f}" if ratio < 9.95 else f"{ratio:.0f}"


def ratio_cell(mine, theirs):
    if theirs is None:
        return "-"
    middle, high = ratios(theirs)
    return f"{figure(middle)} ({figure(high)}){'*' if len(theirs['median']) < len(mine['median']) else ''}"


def in_order(search):
    return [(command, search[command]) for command in COMMANDS if command in search]


def made(m):
    return f"{m['when'][:16].replace('T', ' ')}, commit {m['commit']}{' with changes' if m['changed'] else ''}, load {m['load'][0]:.1f}"


def runs(kept):
    """Which engines were measured together, and when."""
    by_run = {}
    for name, one in kept.items():
        by_run.setdefault(made(one["made"]), []).append(name)
    return "; ".join(f"{', '.join(names)}: {when}" for when, names in by_run.items()) + "."


def runs_of_load(kept):
    return ("Neither waits for the disk; CPU seconds in columns named so. `merged`: with merging into one piece. "
            + "; ".join(sorted({made(one["made"]) for one in kept.values()})) + ".")


def with_all(found):
    """The classes, and behind them all of their queries as one."""
    return {**found, "all": {key: [time for f in found.values() for time in f[key]] for key in ("median", "csearch")}}


def ratio_table(kept):
    ours = with_all(kept["csearch"]["found"])
    others = {name: with_all(one["found"]) for name, one in kept.items() if name != "csearch"}
    lines = [[cls, f"{statistics.median(mine['median']):.1f}", f"{p99(mine['median']):.0f}",
              *(ratio_cell(mine, theirs.get(cls)) for theirs in others.values())] for cls, mine in ours.items()]
    return table(["class", "csearch p50", "p99", *others], lines)


def asked_of(engine, command, cls):
    return ASKED_ANY_OF.get((engine, command), ASKED[engine]) if cls.startswith("or") else ASKED[engine]


def against(ours, theirs):
    """An engine's figures beside those of one of our two indexes, class by class, where one run has both."""
    if theirs["made"] != ours["made"]:
        return {}
    return {cls: {**f, "csearch": ours["found"][cls]["median"][:len(f["median"])]} for cls, f in theirs["found"].items()
            if cls in ours["found"]}


def short_row(ours, name, command, kept):
    found = [(ratios(theirs)[0], cls) for cls, theirs in against(kept[ours], kept[name]).items()]
    short = sorted((ratio, cls) for ratio, cls in found if ratio < asked_of(name, command, cls))
    tell = ", ".join(f"**{cls} {ratio:.2f}**" if ratio < 1 else f"{cls} {ratio:.2f}" for ratio, cls in short)
    return [f"{COMMANDS[command]}: {name}", ours, len(found) - len(short), len(found), tell or "-"] if found else None


def short_table(search):
    """Where an engine is closer than was asked for, closest first; those faster than ours in bold."""
    lines = [short_row(ours, name, command, kept) for name in ASKED for command, kept in in_order(search)
             for ours in OURS if name in kept and ours in kept]
    return table(["command and engine", "of our indexes", "classes that reach it", "of", "the others"], filter(None, lines))


def newer_table(kept):
    """Newer and static engines, as they stood to Lucene 8.7, and what ours take by Lucene's time in this run."""
    ours = {name: against(kept[name], kept["lucene"]) for name in OURS if name in kept and "lucene" in kept}
    classes = [cls for cls in ELSEWHERE["PISA"] if all(cls in found for found in ours.values())]
    return table(["class", *ELSEWHERE, *ours],
                 [[cls, *(f"{found[cls]:.2f}" for found in ELSEWHERE.values()),
                   *(f"{1 / ratios(found[cls])[0]:.2f}" for found in ours.values())] for cls in classes])


def agreement(kept):
    return table(["engine", "classes", "counts asked", "differ from csearch's", "best 10 in common"],
                 [[name, f["classes"], f["asked"], ", ".join(f"{c} {n}" for c, n in f["by_class"].items()) or "0",
                   f"{f['best_10_in_common']:.0%}"] for name, f in ((name, one["found"]) for name, one in kept.items())])


def indexing(kept, text):
    figures = {name: one["found"] for name, one in kept.items()}
    lines = []
    for key, f in sorted(figures.items(), key=lambda item: (item[0].split("/")[1:], item[1]["wall_s"])):
        name, mode, threads = key.split("/")
        ours = figures.get(f"csearch/{mode}/{threads}")
        peak = "-" if f["peak_rss"] is None else f"{f['peak_rss'] / 1e6:.0f}"
        lines.append([name, mode, threads, f"{f['wall_s']:.1f}", f"{text / 1e6 / f['wall_s']:.1f}", f"{f['cpu_s']:.1f}",
                      f"{f['wall_s'] / ours['wall_s']:.2f}" if ours else "-", f"{f['cpu_s'] / ours['cpu_s']:.2f}" if ours else "-",
                      peak, f"{f['bytes'] / 1e6:.1f}", f"{f['bytes'] / text:.1%}", f"{f['load']:.1f}"])
    return table(["engine", "input", "threads", "s", "MB/s of text", "CPU s", "time ÷ ours", "CPU ÷ ours", "peak MB", "index MB",
                  "of the text", "load"], lines)


def machine(results):
    runs = [results.get("index", {}), results.get("load", {}), *results.get("search", {}).values()]
    kept = next(one for run in runs for one in run.values())
    return f"{kept['made']['cores']} cores of {kept['made']['cpu']}, {kept['made']['compiler']}."


def report(results):
    """Everything that was measured of one corpus."""
    corpus = results["corpus"]
    out = [f"## {corpus['documents']:,} documents, {corpus['text_bytes'] / 1e6:.1f} MB ({corpus['name']})", machine(results)]
    for command, kept in in_order(results.get("search", {})):
        out += [f"### The {COMMANDS[command]}", runs(kept), ratio_table(kept)]
    if "search" in results:
        out += ["### Short of what was asked for",
                "Asked for: " + ", ".join(f"{name} {n} times as long as csearch" for name, n in ASKED.items())
                + "; Lucene 4 times for the best 10 of any of several words.", short_table(results["search"])]
        if corpus["documents"] == 100_000 and "lucene" in results["search"].get("TOP_10", {}):
            out += ["### Beside newer and static engines", "The best 10, medians by Lucene 8.7's: the others as measured elsewhere on this "
                    "corpus (PISA is static and in memory), ours in this run.", newer_table(results["search"]["TOP_10"])]
    if "agree" in results:
        out += ["### Hit counts", agreement(results["agree"])]
    if "index" in results:
        out += ["### Indexing", "`pre`: the same tokens, without the text; `raw`: each engine's own analysis, for "
                "csearch with surface forms and stored documents. Where others used the machine, compare by CPU time.",
                indexing(results["index"], corpus["text_bytes"])]
    if "load" in results:
        out += ["### Loading beside FTS5, like for like", runs_of_load(results["load"]), table(loading.HEAD, loading.rows(
            results["load"], corpus["text_bytes"]))]
    return "\n\n".join(out) + "\n"


def document(all_results):
    return HEAD + "\n" + "\n".join(report(r) for r in sorted(all_results, key=lambda r: r["corpus"]["documents"]))
