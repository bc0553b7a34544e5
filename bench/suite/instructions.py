"""Instructions that a fixed amount of work takes, against a committed baseline.

Times on a shared machine are noisy, counts under callgrind are not: the same inputs, one thread, the
same environment and relative paths, since hashes are seeded by addresses. libc's own choice among its
string functions by processor is switched off, so that a count depends on compiler, architecture and
level of the vector kernels only; the baseline file is keyed by these.

  bench/suite/instructions.py --build build --work FOLDER [--update-baseline]

Exit status: 0, 1 for a regression beyond the margin, 77 where there is nothing to compare with.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import corpus as corpora
import queries as query_classes
import system
from machine import ROOT, first_line

BASELINE = ROOT / "bench/instructions.json"
MARGIN_PERCENT = 3
DOCUMENTS, LOADED, QUERIES, SEED = 6000, 300, 12, 20
PLAIN_LIBC = "glibc.cpu.hwcaps=-AVX2,-AVX,-ERMS,-FSRM,-SSSE3,-SSE4_1,-SSE4_2,-AVX_Fast_Unaligned_Load"


def make_inputs(csearch, folder):
    """Documents, an index of them made on one thread, and queries by class; all from the seed."""
    every = corpora.Corpus(None, DOCUMENTS, SEED, folder / "all.jsonl")
    corpora.Corpus(None, LOADED, SEED + 1, folder / "loaded.jsonl")
    system.run([csearch, "-i", folder / "index", "index", "-q", "--jobs", "1", every.path])
    classes = query_classes.make(every.sample(2000), None, SEED, QUERIES)
    with (folder / "queries.tsv").open("w") as file:
        for name, (operator, lines) in classes.items():
            file.writelines(f"{name}\t{operator}\t{line}\n" for line in lines)


def count(build, folder):
    """{area: instructions}, and the compiler and level of the vector kernels."""
    for old in folder.glob("callgrind.*"):
        old.unlink()
    shutil.rmtree(folder / "load", ignore_errors=True)
    args = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=callgrind",
            str(build / "bench/instructions"), "loaded.jsonl", "index", "queries.tsv", "."]
    env = {"PATH": os.environ["PATH"], "GLIBC_TUNABLES": PLAIN_LIBC}
    done = subprocess.run(args, capture_output=True, text=True, env=env, cwd=folder)
    if done.returncode:
        system.fail(args, done.stderr)
    counts = {}
    for path in sorted(folder.glob("callgrind.*"), key=lambda p: int(p.suffix[1:])):
        text = path.read_text()
        area = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
        if area:
            counts[area.group(1)] = int(re.search(r"^(?:totals|summary): (\d+)", text, re.M).group(1))
    return counts, done.stdout.strip()


def measure(build):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a path of the same length everywhere
        folder = pathlib.Path(folder)
        make_inputs(build / "cli/csearch", folder)
        counts, built = count(build, folder)
    return {"key": f"{built}, {platform.machine()}", "margin_percent": MARGIN_PERCENT, "counts": counts}


def read_baseline():
    return json.loads(BASELINE.read_text()) if BASELINE.exists() else {}


def compare(measured):
    """(rows, regressions); rows are None where the baseline has nothing for this key."""
    known = read_baseline().get(measured["key"])
    if known is None:
        return None, []
    rows = [{"area": area, "before": known.get(area), "now": now,
             "percent": 100 * (now / known[area] - 1) if known.get(area) else None} for area, now in measured["counts"].items()]
    worse = [row for row in rows if row["before"] and 100 * row["now"] > (100 + MARGIN_PERCENT) * row["before"]]
    return rows, worse + [{"area": area, "before": known[area], "now": None, "percent": None}
                          for area in known if area not in measured["counts"]]


def update(measured):
    BASELINE.write_text(json.dumps({**read_baseline(), measured["key"]: measured["counts"]}, indent=1, sort_keys=True) + "\n")


def check(build, update_baseline=False):
    """Print the comparison; (what was measured, exit status)."""
    measured = measure(build)
    print(f"instructions: {measured['key']}")
    if update_baseline:
        update(measured)
        print(f"instructions: baseline of {len(measured['counts'])} areas written")
        return measured, 0
    rows, worse = compare(measured)
    if rows is None:
        print("instructions: no baseline for this compiler, architecture and level: nothing compared")
        return measured, 77
    measured["rows"] = rows
    for row in rows:
        change = f"{row['percent']:+7.2f} %" if row["percent"] is not None else "   new"
        print(f"  {row['area']:24} {row['now']:14,} {change}{'   REGRESSION' if row in worse else ''}")
    for row in worse:
        if row["now"] is None:
            print(f"  {row['area']:24} is in the baseline, but was not measured")
    print(f"instructions: {len(rows)} areas, {len(worse)} beyond +{MARGIN_PERCENT} %"
          + ("; see HACKING.md, Measuring" if worse else ""))
    return measured, 1 if worse else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--update-baseline", action="store_true")
    args = parser.parse_args()
    return check(args.build.resolve(), args.update_baseline)[1]


if __name__ == "__main__":
    sys.exit(main())
