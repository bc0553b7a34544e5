"""The three measurements: making indexes, agreement of counts, times of queries."""
import contextlib
import glob
import json
import os
import shutil
import statistics
import time

import engines
from process import Daemon, Failed, Searcher, run, timed

# (mode, threads): the same tokens on one thread; raw text with each engine's own analysis
LEAST_QUERIES = 10  # of a class, however slow the engine is

INDEXING = [("pre", 1), ("raw", 1), ("raw", 2)]


def say(text):
    print(text, flush=True)


def disk_bytes(pattern):
    """Bytes on disk of the files a pattern names; holes do not count."""
    total = 0
    for path in glob.glob(pattern):
        files = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names] or [path]
        for file in files:
            stat = os.stat(file)
            total += min(stat.st_size, stat.st_blocks * 512)
    return total


def values_of(setting, name, mode, threads):
    return {"bin": engines.BIN, "csearch": setting.csearch, "input": setting.folder / f"{mode}.tsv", "mode": mode,
            "threads": threads, "dir": setting.folder / f"{name}.{mode}.{threads}"}


def index_one(engine, values):
    folder = values["dir"]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    options = ""
    if engine.indexes_in_daemon:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        run(engines.fill(engines.POSTGRES_INIT, values))
        options = engines.PG_INDEXING
    figures = {"wall_s": 0.0, "cpu_s": 0.0, "peak_rss": 0, "load": os.getloadavg()[0]}
    out = ""
    with Daemon(engine, values, options) if engine.indexes_in_daemon else contextlib.nullcontext() as daemon:
        before = daemon.cpu_ns() if daemon else 0
        for command in engines.fill(engine.index[values["mode"]], values):
            out, wall, cpu, peak = timed(command, engine.env)
            figures["wall_s"] += wall
            figures["cpu_s"] += cpu
            figures["peak_rss"] = max(figures["peak_rss"], peak)
        if daemon:
            figures["cpu_s"] += (daemon.cpu_ns() - before) / 1e9
            figures["peak_rss"] = None  # shared buffers are in every process
    figures["bytes"] = disk_bytes(engines.fill(engine.size, values)) if engine.size else json.loads(out)["bytes"]
    return figures


def index(setting, names):
    found = {}
    for mode, threads in INDEXING:
        for name in list(names):
            engine = engines.ENGINES[name]
            if mode not in setting.modes or (threads > 1 and not engine.threads):
                continue
            values = values_of(setting, name, mode, threads)
            try:
                figures = found[f"{name}/{mode}/{threads}"] = index_one(engine, values)
            except (Failed, OSError) as error:
                say(f"{name}: left out, its indexer failed: {error}")
                names.remove(name)
                continue
            say(f"indexed {name:9} {mode} on {threads}: {figures['wall_s']:7.1f} s, CPU {figures['cpu_s']:7.1f} s, "
                f"{figures['bytes'] / 1e6:6.1f} MB, load {figures['load']:.1f}")
            if mode == "raw":
                shutil.rmtree(values["dir"])
    return found


@contextlib.contextmanager
def searchers(setting, names):
    """{name: (Searcher, Daemon)} over the indexes of tokens."""
    with contextlib.ExitStack() as stack:
        out = {}
        for name in names:
            engine, values = engines.ENGINES[name], values_of(setting, name, "pre", 1)
            try:
                daemon = stack.enter_context(Daemon(engine, values))
                out[name] = (Searcher(engine, values), daemon)
            except (Failed, OSError) as error:
                say(f"{name}: left out, it does not start: {error}")
        yield out
        for searcher, _ in out.values():
            searcher.close()


def agree(setting, names, queries):
    """Counts of every engine against csearch's, by both ways of counting."""
    answers = {}
    with searchers(setting, names) as running:
        for name, (searcher, _) in running.items():
            answers[name] = {(cls, command): searcher.ask(command, qs[:setting.checked])
                             for cls, qs in queries.items() for command in ("COUNT", "TOP_10_COUNT")}
    found = {}
    for name, mine in answers.items():
        asked, differ, overlap = 0, {}, []
        for (cls, command), got in mine.items():
            for query, ours, theirs in zip(queries[cls], answers["csearch"][cls, command], got or []):
                asked += 1
                if ours[0] != theirs[0]:
                    differ.setdefault(cls, []).append([query, command, ours[0], theirs[0]])
                if ours[2]:
                    overlap.append(len(set(ours[2]) & set(theirs[2])) / len(ours[2]))
        found[name] = {"asked": asked, "differ": sum(map(len, differ.values())), "by_class": {c: len(d) for c, d in differ.items()},
                       "examples": [d[0] for d in differ.values()], "best_10_in_common": round(statistics.mean(overlap or [0]), 3)}
        say(f"counts of {name:9} differ from csearch's in {found[name]['differ']} of {asked}; "
            f"of its best 10, {found[name]['best_10_in_common']:.0%} are csearch's {found[name]['examples'] or ''}")
    return found


def percentiles(values):
    values = sorted(values)
    return {"p50": statistics.median(values), "p99": values[min(len(values) - 1, len(values) * 99 // 100)],
            "mean": statistics.mean(values)}


def warm_up(engine, searcher, setting, queries):
    """Page cache; a JIT needs some ten thousand queries of all kinds, whatever that takes."""
    for _ in range(engine.jit_rounds):
        for command in setting.commands:
            for qs in queries.values():
                searcher.ask(command, qs)
    for command in setting.commands:
        for qs in queries.values():
            end, at = time.monotonic() + setting.budget / 10, 0
            while time.monotonic() < end and at < len(qs) and searcher.ask(command, qs[at:at + 5]):
                at += 5


class Times:
    """One engine's times for one class and command."""

    def __init__(self, searcher, daemon, command, queries, setting):
        self.searcher, self.daemon, self.command = searcher, daemon, command
        start = time.monotonic()
        self.answers = searcher.ask(command, queries[:3]) is not None
        took = max((time.monotonic() - start) / 3, 1e-7)
        # the budget is for all rounds: a slow engine gets fewer of them, then fewer queries
        n = min(len(queries), max(LEAST_QUERIES, int(setting.budget / 2 / took)))
        self.queries = queries[:n]
        self.rounds = max(2, min(setting.rounds, int(setting.budget / (took * n))))
        self.wall, self.cpu, self.daemon_ns = [], [], 0

    def go(self, number):
        if not self.answers or number >= self.rounds:
            return
        before = self.daemon.cpu_ns()
        got = self.searcher.ask(self.command, self.queries)
        self.daemon_ns += self.daemon.cpu_ns() - before
        self.wall.append([answer[1] / 1e3 for answer in got])
        self.cpu.append([answer[3] / 1e3 for answer in got])

    def figures(self):
        return {"queries": len(self.queries), "rounds": self.rounds, "wall": percentiles(map(statistics.median, zip(*self.wall))),
                "best": percentiles(map(min, zip(*self.wall))), "cpu": percentiles(map(statistics.median, zip(*self.cpu))),
                "daemon_cpu_mean": self.daemon_ns / 1e3 / len(self.queries) / self.rounds}


def search(setting, names, queries):
    """{engine: {command: {class: figures}}}, microseconds; the engines take turns, round by round."""
    found = {}
    with searchers(setting, names) as running:
        for name, (searcher, _) in running.items():
            warm_up(engines.ENGINES[name], searcher, setting, queries)
        for command in setting.commands:
            for cls, qs in queries.items():
                times = {name: Times(*pair, command, qs, setting) for name, pair in running.items()}
                for number in range(setting.rounds):
                    for one in times.values():
                        one.go(number)
                answered = {name: one.figures() for name, one in times.items() if one.answers}
                for name, figures in answered.items():
                    found.setdefault(name, {}).setdefault(command, {})[cls] = figures
                say(f"{command:13}{cls:14}" + "  ".join(f"{name} {f['wall']['p50']:.0f}" for name, f in answered.items()) + " us")
    return found
