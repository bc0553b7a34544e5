"""The results as Markdown: tables of one corpus, and RESULTS.md of all corpora that were measured."""
import statistics

# how many times as long as csearch an engine is meant to take, for any command and class
ASKED = {"lucene": 2, "xapian": 5, "fts5": 10}
ASKED_ANY_OF = {("lucene", "TOP_10"): 4}  # of or2, or3, …
COMMANDS = {"TOP_10": "best 10", "TOP_100": "best 100", "TOP_1000": "best 1000", "TOP_10_COUNT": "best 10 and their exact count",
            "COUNT": "count"}

HEAD = """# Measured against other engines

Written by `./dev bench --peers --write-results`; `README.md` beside this tells how it is measured and
what each engine does.

A time is the median of a query's rounds in µs, and p50 and p99 are over the queries of a class. Under an
engine's name: its p50 divided by csearch's, and in parentheses the same of p99, over the same queries.
**Below 1 csearch is the slower one.** `*`: the engine is slow and was asked fewer queries; the ratio is
over those. `-`: it has nothing of the kind.
"""


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(head, rows):
    return "\n".join([row(head), row(["---"] + ["---:"] * (len(head) - 1)), *map(row, rows)])


def p99(times):
    return sorted(times)[min(len(times) - 1, len(times) * 99 // 100)]


def ratios(mine, theirs):
    """(of the medians, of the 99th percentiles, whether the engine was asked fewer queries)"""
    n = len(theirs)
    return statistics.median(theirs) / statistics.median(mine[:n]), p99(theirs) / p99(mine[:n]), n < len(mine)


def figure(ratio):
    return f"{ratio:.2f}" if ratio < 9.95 else f"{ratio:.0f}"


def ratio_cell(mine, theirs):
    if theirs is None:
        return "-"
    middle, high, fewer = ratios(mine["median"], theirs["median"])
    return f"{figure(middle)} ({figure(high)}){'*' if fewer else ''}"


def ratio_table(engines):
    ours = engines["csearch"]
    others = [name for name in engines if name != "csearch"]
    lines = [[cls, f"{statistics.median(mine['median']):.1f}", f"{p99(mine['median']):.0f}",
              *(ratio_cell(mine, engines[name].get(cls)) for name in others)] for cls, mine in ours.items()]
    return table(["class", "csearch p50", "p99", *others], lines)


def asked_of(engine, command, cls):
    return ASKED_ANY_OF.get((engine, command), ASKED[engine]) if cls.startswith("or") else ASKED[engine]


def short_table(search):
    """Where an engine is closer than was asked for, worst first; slower ones than csearch's in bold."""
    lines = []
    for command, engines in search.items():
        for name in ASKED.keys() & engines.keys():
            found = [(ratios(mine["median"], engines[name][cls]["median"])[0], cls)
                     for cls, mine in engines["csearch"].items() if cls in engines[name]]
            short = sorted((ratio, cls) for ratio, cls in found if ratio < asked_of(name, command, cls))
            lines.append([f"{COMMANDS[command]}: {name}", len(found) - len(short), len(found),
                          ", ".join(f"**{cls} {ratio:.2f}**" if ratio < 1 else f"{cls} {ratio:.2f}" for ratio, cls in short) or "-"])
    order = list(ASKED)
    lines.sort(key=lambda line: order.index(line[0].split(": ")[1]))
    return table(["command and engine", "classes that reach it", "of", "the others"], lines)


def agreement(agree):
    return table(["engine", "classes", "counts asked", "differ from csearch's", "best 10 in common"],
                 [[name, f["classes"], f["asked"], ", ".join(f"{c} {n}" for c, n in f["by_class"].items()) or "0",
                   f"{f['best_10_in_common']:.0%}"] for name, f in agree.items()])


def indexing(figures, text):
    lines = []
    for key, f in sorted(figures.items(), key=lambda item: (item[0].split("/")[1:], item[1]["wall_s"])):
        name, mode, threads = key.split("/")
        ours = figures.get(f"csearch/{mode}/{threads}")
        peak = "-" if f["peak_rss"] is None else f"{f['peak_rss'] / 1e6:.0f}"
        lines.append([name, mode, threads, f"{f['wall_s']:.1f}", f"{text / 1e6 / f['wall_s']:.1f}", f"{f['cpu_s']:.1f}",
                      f"{f['wall_s'] / ours['wall_s']:.2f}" if ours else "-", f"{f['cpu_s'] / ours['cpu_s']:.2f}" if ours else "-",
                      peak, f"{f['bytes'] / 1e6:.1f}", f"{f['bytes'] / text:.1%}"])
    return table(["engine", "input", "threads", "s", "MB/s of text", "CPU s", "time ÷ ours", "CPU ÷ ours", "peak MB", "index MB",
                  "of the text"], lines)


def made(m):
    load = f"load {m['load'][0]:.1f}" if isinstance(m["load"], list) else ""
    return f"{m['when'][:16].replace('T', ' ')}, commit {m['commit']}{' with changes' if m['changed'] else ''}, {m['compiler']}, " \
           f"{m['cores']} cores of {m['cpu']}, {load}."


def report(results):
    """Everything that was measured of one corpus."""
    corpus, how = results["corpus"], results["made"]
    out = [f"## {corpus['documents']:,} documents, {corpus['text_bytes'] / 1e6:.1f} MB ({corpus['name']})"]
    if "search" in results:
        out += ["Searching: " + made(how["search"])]
        for command, engines in results["search"].items():
            out += [f"### The {COMMANDS[command]}", ratio_table(engines)]
        out += ["### Short of what was asked for",
                "Asked for: " + ", ".join(f"{name} {n} times as long as csearch" for name, n in ASKED.items())
                + "; Lucene 4 times for the best 10 of any of several words.", short_table(results["search"])]
    if "agree" in results:
        out += ["### Hit counts", agreement(results["agree"])]
    if "index" in results:
        out += ["### Indexing", made(how["index"]) + " `pre`: the same tokens, without the text; `raw`: each engine's own analysis, for "
                "csearch with surface forms and stored documents.", indexing(results["index"], corpus["text_bytes"])]
    return "\n\n".join(out) + "\n"


def document(all_results):
    return HEAD + "\n" + "\n".join(report(r) for r in sorted(all_results, key=lambda r: r["corpus"]["documents"]))
