"""The three measurements: making indexes, agreement of counts, times of queries."""
import contextlib
import glob
import json
import os
import random
import shutil
import statistics
import time

import engines
from process import Daemon, Failed, Searcher, run, timed

LEAST_QUERIES, LEAST_ROUNDS = 10, 3  # of a class, however slow the engine is
STEADY_S = 10  # seconds without a gain that end warming up

# (mode, threads): the same tokens on one thread; raw text with each engine's own analysis
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
    """{name: Searcher} over the indexes of tokens."""
    with contextlib.ExitStack() as stack:
        out = {}
        for name in names:
            engine, values = engines.ENGINES[name], values_of(setting, name, "pre", 1)
            try:
                stack.enter_context(Daemon(engine, values))
                out[name] = Searcher(engine, values)
            except (Failed, OSError) as error:
                say(f"{name}: left out, it does not start: {error}")
        yield out
        for searcher in out.values():
            searcher.close()


def agree(setting, names, queries):
    """Counts of every engine against csearch's, by both ways of counting."""
    asked = {cls: qs[:setting.checked] for cls, qs in queries.items()}
    answers = {}
    with searchers(setting, names) as running:
        for name, searcher in running.items():
            answers[name] = {(cls, command): searcher.ask(command, qs)
                             for cls, qs in asked.items() if searcher.answers("COUNT", qs[0]) for command in ("COUNT", "TOP_10_COUNT")}
    found = {}
    for name, mine in answers.items():
        compared, differ, overlap = 0, {}, []
        for (cls, command), got in mine.items():
            for query, ours, theirs in zip(asked[cls], answers["csearch"][cls, command], got):
                compared += 1
                if ours[0] != theirs[0]:
                    differ.setdefault(cls, []).append([query, command, ours[0], theirs[0]])
                if ours[2]:
                    overlap.append(len(set(ours[2]) & set(theirs[2])) / len(ours[2]))
        found[name] = {"asked": compared, "classes": len({cls for cls, _ in mine}), "by_class": {c: len(d) for c, d in differ.items()},
                       "examples": [d[0] for d in differ.values()], "best_10_in_common": round(statistics.mean(overlap or [0]), 3)}
        say(f"counts of {name:9} differ from csearch's in {sum(map(len, differ.values()))} of {compared}; "
            f"of its best 10, {found[name]['best_10_in_common']:.0%} are csearch's {found[name]['examples'] or ''}")
    return found


def in_one_order(queries, seed):
    """All queries of all classes, shuffled: (class, number within it)."""
    order = [(cls, i) for cls, qs in queries.items() for i in range(len(qs))]
    random.Random(seed).shuffle(order)
    return order


class Contestant:
    """One engine answering one command: the classes it can answer, and how often it is asked."""

    def __init__(self, searcher, command, queries, setting):
        self.searcher, self.command, self.setting = searcher, command, setting
        self.queries = {cls: qs for cls, qs in queries.items() if searcher.answers(command, qs[0])}
        self.plan = self.make_plan({cls: self.first_times(qs) for cls, qs in self.queries.items()})
        self.plan = self.make_plan(self.warm_up())
        self.wall = {cls: [[] for _ in range(n)] for cls, (n, _) in self.plan.items()}
        self.cpu = {cls: [] for cls in self.plan}

    def first_times(self, queries):
        return [wall for _, wall, _, _ in self.searcher.ask(self.command, queries[:3])]

    def make_plan(self, times):
        """{class: (queries, rounds)} within the budget, from some queries' times: a slow engine gets fewer rounds, then
        fewer queries."""
        plan = {}
        for cls, queries in self.queries.items():
            took = max(statistics.mean(times[cls]), 100) / 1e9
            n = min(len(queries), max(LEAST_QUERIES, int(self.setting.budget / LEAST_ROUNDS / took)))
            plan[cls] = n, max(LEAST_ROUNDS, min(self.setting.rounds, int(self.setting.budget / (took * n))))
        return plan

    def ask(self, number):
        """[((class, query), answer)] of a round; its order is the same for every engine."""
        order = [(cls, i) for cls, i in in_one_order(self.queries, number) if i < self.plan[cls][0] and number < self.plan[cls][1]]
        return zip(order, self.searcher.ask(self.command, [self.queries[cls][i] for cls, i in order]))

    def warm_up(self):
        """Rounds until those of the last STEADY_S, two at least, have together lowered the sum of the queries' best times by
        less than 1 %: caches are warm then, and a compiler that works meanwhile is done. Best times, so that a busy machine
        does not end it early. {class: [a query's best time]}"""
        best, sums, end = {}, [], time.monotonic() + self.setting.warm
        while time.monotonic() < end:
            for asked, (_, wall, _, _) in self.ask(-1 - len(sums)):
                best[asked] = min(wall, best.get(asked, wall))
            sums.append((time.monotonic(), sum(best.values())))
            earlier = [total for when, total in sums[:-2] if when < sums[-1][0] - STEADY_S]
            if earlier and sums[-1][1] > 0.99 * earlier[-1]:
                break
        return {cls: [t for (c, _), t in best.items() if c == cls] for cls in self.queries}

    def round(self, number):
        for (cls, i), (_, wall, _, cpu) in self.ask(number):
            self.wall[cls][i].append(wall / 1e3)
            self.cpu[cls].append(cpu / 1e3)

    def figures(self):
        """By class: of each query the median and the least of its times, in microseconds."""
        return {cls: {"rounds": self.plan[cls][1], "median": [round(statistics.median(t), 2) for t in times],
                      "best": [round(min(t), 2) for t in times], "cpu_mean": round(statistics.mean(self.cpu[cls]), 2)}
                for cls, times in self.wall.items()}


def beside(ours, theirs):
    """An engine's figures, with csearch's of the same run for the same queries: what they are compared with."""
    return {cls: {**f, "csearch": ours[cls]["median"][:len(f["median"])]} for cls, f in theirs.items()}


def search(setting, names, queries):
    """{command: {engine: {class: figures}}}"""
    found = {}
    for command in setting.commands:
        with searchers(setting, names) as running:
            contestants = {name: Contestant(searcher, command, queries, setting) for name, searcher in running.items()}
            for number in range(setting.rounds):
                for contestant in contestants.values():
                    contestant.round(number)
        figures = {name: contestant.figures() for name, contestant in contestants.items()}
        found[command] = {name: beside(figures["csearch"], f) for name, f in figures.items()}
        for cls in queries:
            say(f"{command:13}{cls:14}" + "  ".join(f"{name} {statistics.median(f[cls]['median']):.0f}"
                                                    for name, f in found[command].items() if cls in f) + " us")
    return found
