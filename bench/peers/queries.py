"""Queries by class, drawn with a seed from the analysed corpus.

The words of a query come from one document, so that every query has a hit:
  term_rare, term_middle, term_frequent   in 10 documents .. 0.1 %, .. 3 %, and above
  and2 and3 or2 or3 or5 or10              different words, none of the 40 most frequent ones
  mixed                                   the same, three: the first is required, `+a b c`
  phrase2 phrase3                         words in a row, no stop word; not all of them stop words
  phrase_stop                             two words in a row of which at least one is a stop word
"""
import array
import collections
import random

N_STOP = 40
LEAST_DOCUMENTS = 5


class Sample:
    def __init__(self, path, seed):
        self.rng = random.Random(seed)
        self.file = path.open("rb")
        self.file.readline()
        self.starts = array.array("Q")
        self.df = collections.Counter()
        at = self.file.tell()
        for line in self.file:
            self.df.update(set(line.split(b"\t", 1)[1].split()))
            self.starts.append(at)
            at += len(line)
        self.stop = {term for term, _ in self.df.most_common(N_STOP)}

    def document(self):
        while True:
            self.file.seek(self.rng.choice(self.starts))
            tokens = self.file.readline().split(b"\t", 1)[1].split()
            if len(tokens) >= 12:
                return tokens

    def words(self, n):
        while True:
            known = sorted({t for t in self.document() if self.df[t] >= LEAST_DOCUMENTS and t not in self.stop})
            if len(known) >= n:
                return [t.decode() for t in self.rng.sample(known, n)]

    def run(self, n, fits):
        while True:
            tokens = self.document()
            start = self.rng.randrange(len(tokens) - n + 1)
            row = tokens[start:start + n]
            if len(set(row)) == n and fits(sum(t in self.stop for t in row)):
                return '"' + " ".join(t.decode() for t in row) + '"'

    def terms(self, least, below, n):
        band = sorted(t for t, df in self.df.items() if least <= df < below and len(t) > 1)
        return [t.decode() for t in self.rng.sample(band, min(n, len(band)))]


def required(words):
    return " ".join("+" + word for word in words)


def draw(path, per_class, seed):
    """{class: [query]}"""
    sample = Sample(path, seed)
    n = len(sample.starts)
    bands = {"term_rare": (10, n * 0.001), "term_middle": (n * 0.001, n * 0.03), "term_frequent": (n * 0.03, n + 1)}
    out = {name: sample.terms(*band, per_class) for name, band in bands.items()}
    makers = {
        "and2": lambda: required(sample.words(2)), "and3": lambda: required(sample.words(3)),
        **{f"or{k}": lambda k=k: " ".join(sample.words(k)) for k in (2, 3, 5, 10)},
        "mixed": lambda: "+" + " ".join(sample.words(3)),
        "phrase2": lambda: sample.run(2, lambda stops: stops == 0),
        "phrase3": lambda: sample.run(3, lambda stops: stops < 3),
        "phrase_stop": lambda: sample.run(2, lambda stops: stops > 0),
    }
    for name, make in makers.items():
        drawn = {}
        for _ in range(per_class * 20):
            drawn.setdefault(make())
            if len(drawn) == per_class:
                break
        out[name] = list(drawn)
    return {name: found for name, found in out.items() if found}
