#!/usr/bin/env python3
"""Tune the parameters of ranking on judged queries, by cross-validation.

    bench/tune/tune.py build/cli/csearch ../shared/eval/ir                  # the grid below
    bench/tune/tune.py build/cli/csearch ../shared/eval/ir b=.4,.5 idf=1,2  # of one's own
    bench/tune/tune.py build/cli/csearch ../shared/eval/ir --against '--expand stem'

A set is a folder with corpus.jsonl.zst, queries.tsv and qrels.txt; each is indexed once. One
parameter after the other takes the value with the highest mean nDCG@10 over all sets, until
none changes. That is done on four fifths of each set's queries and judged on the fifth left
out, five times over: the line "left out" is what tuning promises for queries it has not seen.
--against compares the defaults with other options instead. p is that of a paired randomisation
test: how often 10,000 random exchanges of both rankings' values, query by query, give as large
a difference of means. A difference with p above 0.05 is called noise.
"""
import argparse
import collections
import hashlib
import math
import pathlib
import random
import subprocess
import tempfile

FOLDS = 5
GRID = {
    "idf": [1, 1.25, 1.5, 1.75], "k1": [1.2, 1.5, 1.8], "b": [0.4, 0.5, 0.6, 0.7], "title": [1, 2, 4],
    "lead": [0, 0.5, 1], "share": [0, 0.5, 0.85, 1.2], "exact": [0, 0.1, 0.16, 0.2, 0.3], "family": [0, 0.5, 0.7, 0.9],
}


class Set:
    def __init__(self, csearch, folder, room):
        self.name, self.csearch, self.folder = folder.name, csearch, folder
        self.index, self.run = f"{room}/{folder.name}", f"{room}/{folder.name}.run"
        self.grades = collections.defaultdict(dict)
        for line in (folder / "qrels.txt").read_text(encoding="utf-8").splitlines():
            query, _, document, grade = line.split()
            if float(grade) > 0:
                self.grades[query][document] = float(grade)
        self.call("index", "-q", str(folder / "corpus.jsonl.zst"))

    def call(self, *args):
        subprocess.run([self.csearch, "-i", self.index, *args], check=True, stdout=subprocess.DEVNULL)

    def evaluate(self, options):
        """nDCG@10 of each judged query."""
        self.call("eval", "--topics", str(self.folder / "queries.tsv"), "--qrels", str(self.folder / "qrels.txt"),
                  "-n", "10", "--run", self.run, *options)
        gains = dict.fromkeys(self.grades, 0.0)
        with open(self.run, encoding="utf-8") as file:
            for line in file:
                query, _, document, rank, _, _ = line.split()
                grade = self.grades.get(query, {}).get(document)
                if grade:
                    gains[query] += grade / math.log2(int(rank) + 1)
        for query, grades in self.grades.items():
            best = sorted(grades.values(), reverse=True)[:10]
            gains[query] /= sum(g / math.log2(i + 2) for i, g in enumerate(best))
        return gains


def fold_of(query):
    return hashlib.sha256(query.encode()).digest()[0] % FOLDS


class Tuner:
    def __init__(self, sets, grid):
        self.sets, self.grid, self.known = sets, grid, {}

    def values(self, chosen):
        """By set, of each query; every setting is run once."""
        key = ",".join(f"{name}={value}" for name, value in sorted(chosen.items()))
        if key not in self.known:
            options = ["--rank", key] if key else []
            self.known[key] = {s.name: s.evaluate(options) for s in self.sets}
        return self.known[key]

    def mean(self, chosen, wanted):
        per_set = means(self.values(chosen), wanted)
        return sum(per_set.values()) / len(per_set)

    def climb(self, wanted):
        """The best setting for the queries that are wanted."""
        chosen, best, changed = {}, self.mean({}, wanted), True
        while changed:
            changed = False
            for name, candidates in self.grid.items():
                for value in candidates:
                    trial = {**chosen, name: value}
                    score = self.mean(trial, wanted)
                    if score > best + 1e-5:
                        chosen, best, changed = trial, score, True
        return chosen


def means(values, wanted=lambda query: True):
    result = {}
    for name, by_query in values.items():
        some = [v for q, v in by_query.items() if wanted(q)]
        result[name] = sum(some) / len(some)
    return result


def significance(a, b):
    """p of the difference of means by random exchange, from a fixed seed."""
    differences = [a[q] - b[q] for q in a if a[q] != b[q]]
    seen, rng, count = abs(sum(differences)), random.Random(1), 0
    for _ in range(10000):
        count += abs(sum(d if rng.random() < 0.5 else -d for d in differences)) >= seen - 1e-12
    return count / 10000


def table(title, values, base):
    print(title)
    for name, by_query in values.items():
        before, after = base[name], by_query
        mean = sum(after.values()) / len(after)
        old = sum(before.values()) / len(before)
        p = significance(after, before)
        print(f"  {name:16} {old:.4f} -> {mean:.4f}  {mean - old:+.4f}  p {p:.3f}{'' if p <= 0.05 else '  noise'}")
    print(f"  {'mean':16} {average(base):.4f} -> {average(values):.4f}", flush=True)


def average(values):
    per_set = means(values)
    return sum(per_set.values()) / len(per_set)


def cross_validate(tuner):
    left_out = {s.name: {} for s in tuner.sets}
    for fold in range(FOLDS):
        chosen = tuner.climb(lambda query, fold=fold: fold_of(query) != fold)
        print(f"fold {fold}: {chosen or 'the defaults'}", flush=True)
        for name, by_query in tuner.values(chosen).items():
            left_out[name].update({q: v for q, v in by_query.items() if fold_of(q) == fold})
    table("left out (defaults -> tuned on the other folds)", left_out, tuner.values({}))
    chosen = tuner.climb(lambda query: True)
    table(f"all queries (defaults -> {chosen or 'the defaults'})", tuner.values(chosen), tuner.values({}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csearch")
    parser.add_argument("sets", type=pathlib.Path)
    parser.add_argument("grid", nargs="*", metavar="NAME=VALUE,…")
    parser.add_argument("--against", metavar="OPTIONS", help="of csearch eval, in one word")
    args = parser.parse_args()
    grid = dict(entry.split("=") for entry in args.grid)
    grid = {name: [float(v) for v in values.split(",")] for name, values in grid.items()} or GRID
    with tempfile.TemporaryDirectory() as room:
        folders = sorted(f for f in args.sets.iterdir() if (f / "qrels.txt").exists())
        tuner = Tuner([Set(args.csearch, folder, room) for folder in folders], grid)
        if args.against:
            other = {s.name: s.evaluate(args.against.split()) for s in tuner.sets}
            table(f"{args.against} -> the defaults", tuner.values({}), other)
        else:
            cross_validate(tuner)


if __name__ == "__main__":
    main()
