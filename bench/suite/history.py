"""Figures over earlier reports: *.json of a folder, by their time."""
import json

import charts


def read(folder, report):
    """Earlier reports, oldest first; others' files and `report` itself are left out."""
    found = []
    for path in sorted(folder.glob("*.json")) if folder else []:
        try:
            earlier = json.loads(path.read_text())
            if earlier["machine"]["when"] < report["machine"]["when"]:
                found.append(earlier)
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda r: r["machine"]["when"])


def tracked(report):
    """{name: (value, how to print it)} of the figures that a history is drawn of."""
    found = {}
    if "load" in report:
        found["load"] = (report["load"]["mb_per_s"]["median"], lambda v: f"{v:.1f} MB/s")
        found["index of the text"] = (report["load"]["parts"]["live"] / report["load"]["text_bytes"], lambda v: f"{v:.1%}")
        found["peak memory"] = (report["load"]["peak_bytes"], charts.size)
    for row in report.get("small_commits", []):
        found["100 documents" + (", durable" if row["durable"] else "")] = (1e3 * row["searchable_ms"]["p50"], charts.duration_us)
    if "feed" in report:
        found["file / live data"] = (report["feed"]["max_file_over_live"], lambda v: f"{v:.2f}")
    for row in report.get("search", []):
        if row["mode"] in ("top10", "count"):
            found[row["class"] + (", count" if row["mode"] == "count" else "")] = (row["us"]["p50"], charts.duration_us)
    for area in ("tokenise", "stem", "load"):
        if area in report.get("instructions", {}).get("counts", {}):
            found[f"{area}, instructions"] = (report["instructions"]["counts"][area], charts.number)
    return found


def small_multiples(reports):
    known = [(r["machine"], tracked(r)) for r in reports]
    cards = []
    for name, (value, form) in known[-1][1].items():
        points = [(f"{m['when'][:10]} {m['commit']}: {form(t[name][0])}", t[name][0]) for m, t in known if name in t]
        if len(points) > 1:
            cards.append(f'<figure class="card">{charts.escape(name)} <b>{charts.escape(form(value))}</b>'
                         f"{charts.sparkline(points, name)}</figure>")
    return f'<div class="small">{"".join(cards)}</div>'
