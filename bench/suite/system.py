"""The whole system: loading, merging, searching by class, readers on several threads."""
import json
import os
import shutil
import subprocess
import tempfile
import time

import figures

THREAD_CLASSES = ("term_frequent", "and2", "or3", "phrase2")


def fail(args, errors):
    raise SystemExit(f"bench: {' '.join(str(a) for a in args)}: {errors.strip()[-500:]}")


def run(args):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    if done.returncode:
        fail(args, done.stderr)
    return done.stdout


def timed(args, stdin=None):
    """Wall and CPU seconds and peak memory of one process."""
    with tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen([str(a) for a in args], stdin=stdin, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        if process.returncode:
            errors.seek(0)
            fail(args, errors.read())
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * 1024,
            "written_bytes": usage.ru_oublock * 512}


def stats(csearch, index):
    return json.loads(run([csearch, "-i", index, "stats", "--format", "json"]))


def load(csearch, corpus, index, jobs, rounds):
    """Index the corpus `rounds` times; the last index stays."""
    times = []
    for _ in range(rounds):
        shutil.rmtree(index, ignore_errors=True)
        times.append(timed([csearch, "-i", index, "index", "-q", "--jobs", jobs, corpus.path]))
    facts = stats(csearch, index)
    text = corpus.bytes
    return {"jobs": jobs, "text_bytes": text, "documents": facts["documents"], "segments": facts["segments"],
            "mb_per_s": figures.spread([text / 1e6 / t["wall_s"] for t in times]),
            "mb_per_cpu_s": figures.spread([text / 1e6 / t["cpu_s"] for t in times]),
            "peak_bytes": max(t["peak_bytes"] for t in times),
            "written_per_byte": figures.spread([t["written_bytes"] / text for t in times]),
            "terms": facts["terms"], "forms": facts["forms"], "postings": facts["postings"], "tokens": facts["tokens"],
            "parts": facts["bytes"]}


def merge(csearch, corpus, index, jobs):
    """Compact an index that was loaded in commits of 4 MB, so that it has segments to merge."""
    run([csearch, "-i", index, "index", "-q", "--jobs", jobs, "--batch-mb", "4", corpus.path])
    before = stats(csearch, index)
    took = timed([csearch, "-i", index, "compact", "-q"])
    live = before["bytes"]["live"]
    shutil.rmtree(index)
    return {"segments": before["segments"], "live_bytes": live, "wall_s": took["wall_s"], "cpu_s": took["cpu_s"],
            "mb_per_s": live / 1e6 / took["wall_s"], "peak_bytes": took["peak_bytes"]}


def bench(csearch, index, operator, lines, mode="top10", repeat=7, threads=1):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(line + "\n" for line in lines))
        file.flush()
        return json.loads(run([csearch, "-i", index, "bench", "--queries", file.name, "--mode", mode, "--op", operator,
                               "--repeat", repeat, "--threads", threads, "--format", "json"]))


def search(csearch, index, classes, modes, repeat):
    """Latency of each class in each mode: the distribution of the queries' medians over `repeat` runs."""
    rows = []
    for name in classes:
        operator, lines = classes[name]
        for mode in modes:
            answer = bench(csearch, index, operator, lines, mode, repeat)
            queries = answer["queries"]
            noise = sorted(q["max_us"] / max(q["min_us"], 0.01) for q in queries)
            rows.append({"class": name, "mode": mode, "hits": sum(q["hits"] for q in queries) / len(queries),
                         "max_over_min": figures.quantile(noise, 0.5),
                         "us": figures.distribution([q["median_us"] for q in queries]),
                         "least_us": figures.distribution([q["min_us"] for q in queries])})
    return rows


def threads(csearch, index, classes, most, rounds=5):
    """Queries a second on 1 … `most` threads, alternating; a round takes about half a second."""
    rows = []
    for name in THREAD_CLASSES:
        operator, lines = classes[name]
        once = bench(csearch, index, operator, lines, repeat=3)["queries_per_second"]
        repeat = max(3, int(0.5 * once / len(lines)))
        rates = {n: [] for n in range(1, most + 1)}
        for _ in range(rounds):
            for n in rates:
                rates[n].append(bench(csearch, index, operator, lines, repeat=repeat, threads=n)["queries_per_second"])
        one = figures.spread(rates[1])["median"]
        rows += [{"class": name, "threads": n, "queries_per_s": figures.spread(rates[n]),
                  "times": figures.spread(rates[n])["median"] / one} for n in rates]
    return rows


def micro(build, articles):
    """Lines "NAME TAB UNIT TAB MIN TAB MEDIAN TAB MAX" of the micro benchmarks."""
    rows = []
    for program, args in (("micro_text", articles), ("micro_codec", []), ("micro_frame", articles), ("micro_search", articles), ("micro_levels", articles)):
        for line in run([build / "bench" / program, *args]).splitlines():
            name, unit, low, median, high = line.split("\t")
            rows.append({"area": program[6:], "name": name, "unit": unit, "min": float(low), "median": float(median), "max": float(high)})
    return rows


