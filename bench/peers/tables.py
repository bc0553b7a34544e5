"""Tables of the results, in Markdown."""


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(head, rows):
    return "\n".join([row(head), row(["---"] + ["---:"] * (len(head) - 1)), *map(row, rows)])


def index_table(results):
    text = results["corpus"]["text_bytes"]
    figures = results["index"]
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


def agreement_table(results):
    return table(["engine", "counts asked", "differ from csearch", "where", "best 10 in common"],
                 [[name, f["asked"], f["differ"], ", ".join(f"{c} {n}" for c, n in f["by_class"].items()) or "-",
                   f"{f['best_10_in_common']:.0%}"] for name, f in results["agree"].items()])


def ratio_table(results, command, clock, figure):
    """How many times as long as csearch each engine takes; * where a slow one got fewer queries."""
    by_engine = {name: commands[command] for name, commands in results["search"].items() if command in commands}
    ours = by_engine.pop("csearch", {})
    lines = []
    for cls, mine in ours.items():
        base = mine[clock][figure]
        cells = [cls, f"{base:.1f}"]
        for theirs in by_engine.values():
            f = theirs.get(cls)
            cells.append("-" if not f else f"{f[clock][figure] / base:.2f}" + ("*" if f["queries"] < mine["queries"] else ""))
        lines.append(cells)
    return table(["class", "csearch µs", *by_engine], lines)


def report(results, short=False):
    """All tables; `short`: of times only the medians."""
    made = results["made"]
    out = [f"# Peers, {results['corpus']['documents']} documents, {results['corpus']['text_bytes'] / 1e6:.1f} MB ({results['corpus']['name']})",
           f"{made['date']}, commit {made['commit']}, {made['cores']} cores of {made['cpu']}, {made['compiler']}, load {made['load']:.1f}."]
    if results.get("index"):
        out += ["## Indexing", index_table(results)]
    if results.get("agree"):
        out += ["## Agreement", agreement_table(results)]
    figures = [("p50", "wall")] if short else [(f, clock) for f in ("p50", "p99") for clock in ("wall", "best")]
    for command in results.get("search", {}).get("csearch", {}):
        for figure, clock in figures:
            rounds = {"wall": "median of the rounds", "best": "best of the rounds"}[clock]
            out += [f"## {command}: time ÷ csearch's, {figure} over the queries, {rounds}",
                    ratio_table(results, command, clock, figure)]
    return "\n\n".join(out) + "\n"
