#!/usr/bin/env python3
"""Close a test run: totals over all suites of the build folders named, then "N passed, N failed".

A program that speaks TAP counts each of its tests; any other counts as one. A TAP program that
failed without saying which test did (a crash, a timeout) counts as one failure more.
"""
import json
import pathlib
import re
import sys

LINE = re.compile(r"^(ok|not ok)\b(?!.*#\s*skip)", re.I | re.M)
GOOD = {"OK", "EXPECTEDFAIL", "SKIP"}


def count(test):
    lines = LINE.findall(test.get("stdout") or "")
    ok = sum(line.lower() == "ok" for line in lines)
    bad = len(lines) - ok
    good = test["result"] in GOOD
    if not lines:
        return (1, 0) if good else (0, 1)
    return ok, bad if good or bad else 1


def reasons(test):
    """What a program that failed said: its failed tests and the remarks behind them, else its last lines."""
    out = test.get("stdout") or ""
    told = "".join(re.findall(r"^not ok\b.*\n(?:#.*\n)*", out, re.M)).splitlines()
    return [f"    {line}" for line in told[:20] or (out + (test.get("stderr") or "")).splitlines()[-10:]]


def suite_of(test):  # "clustersearch:unit / base_buf" → "unit"
    head, _, rest = test["name"].partition(" / ")
    return head.split(":")[-1] if rest else "other"


def main(folders):
    passed = failed = 0
    for folder in folders:
        log = pathlib.Path(folder, "meson-logs", "testlog.json")
        suites = {}
        for line in log.read_text().splitlines():
            test = json.loads(line)
            ok, bad = count(test)
            had = suites.get(suite_of(test), (0, 0))
            suites[suite_of(test)] = had[0] + ok, had[1] + bad
            if bad:
                print(f"FAILED in {folder}: {test['name']} ({test['result']})", *reasons(test), sep="\n")
        for name, (ok, bad) in sorted(suites.items()):
            print(f"{folder:12} {name:8} {ok:5} passed {bad:3} failed")
            passed, failed = passed + ok, failed + bad
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or passed == 0


sys.exit(main(sys.argv[1:]))
