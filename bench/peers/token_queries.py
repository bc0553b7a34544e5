"""Queries by class, drawn with a seed from the analysed corpus.

The words of a query come from one document, so that every query has a hit:
  term_rare, term_middle, term_frequent   in 10 documents .. 0.1 %, .. 3 %, and above
  and2 and3 or2 or3 or5 or10              different words, none of the 40 most frequent ones
  mixed                                   the same, three: the first is required, `+a b c`
  phrase2 phrase3                         words in a row, no stop word; not all of them stop words
  phrase_stop                             two words in a row of which at least one is a stop word
  near                                    two words with at most four others between, in any order
  prefix                                  the first four letters of a word; at most 1,000 words begin so
  fuzzy                                   a word of six letters or more with one of them replaced;
                                          at most 50 words are within an edit of that, for engines
                                          that find more take 50 of them, not all the same
  filtered                                a word, in documents of one source only
"""
import array
import bisect
import collections
import random

N_STOP = 40
LEAST_DOCUMENTS = 5
NEAR = 5
PREFIX_LETTERS, PREFIX_WORDS, FUZZY_LETTERS, FUZZY_WORDS = 4, 1000, 6, 50
LETTERS = "абвгдеиклмнопрст"  # that replace another one


class Sample:
    def __init__(self, path, seed):
        self.rng = random.Random(seed)
        self.file = path.open("rb")
        self.file.readline()
        self.starts = array.array("Q")
        self.df = collections.Counter()
        at = self.file.tell()
        for line in self.file:
            self.df.update(set(line.split(b"\t", 2)[2].split()))
            self.starts.append(at)
            at += len(line)
        self.stop = {term for term, _ in self.df.most_common(N_STOP)}
        self.terms = sorted(self.df)
        self.letters = sorted({c for term in self.terms for c in term.decode()})

    def document(self):
        """(source, tokens)"""
        while True:
            self.file.seek(self.rng.choice(self.starts))
            _, source, text = self.file.readline().split(b"\t", 2)
            tokens = text.split()
            if len(tokens) >= 12:
                return source.decode(), tokens

    def known(self, tokens):
        return sorted({t for t in tokens if self.df[t] >= LEAST_DOCUMENTS and t not in self.stop})

    def words(self, n):
        while True:
            known = self.known(self.document()[1])
            if len(known) >= n:
                return [t.decode() for t in self.rng.sample(known, n)]

    def row(self, n, fits):
        while True:
            _, tokens = self.document()
            start = self.rng.randrange(len(tokens) - n + 1)
            row = tokens[start:start + n]
            if len(set(row)) == n and fits(sum(t in self.stop for t in row)):
                return [t.decode() for t in row]

    def phrase(self, n, fits):
        return '"' + " ".join(self.row(n, fits)) + '"'

    def near(self):
        row = self.row(NEAR + 1, lambda stops: stops == 0)
        return f"{row[0]} NEAR/{NEAR} {self.rng.choice(row[1:])}"

    def long_word(self, letters):
        while True:
            word = self.words(1)[0]
            if len(word) >= letters and word.isalpha():
                return word

    def prefix(self):
        while True:
            start = self.long_word(PREFIX_LETTERS + 1)[:PREFIX_LETTERS].encode()
            if bisect.bisect(self.terms, start + b"\xff") - bisect.bisect_left(self.terms, start) <= PREFIX_WORDS:
                return start.decode() + "*"

    def fuzzy(self):
        while True:
            word = self.long_word(FUZZY_LETTERS)
            at = self.rng.randrange(1, len(word))
            misspelt = word[:at] + self.rng.choice(LETTERS.replace(word[at], "")) + word[at + 1:]
            if self.near_words(misspelt) <= FUZZY_WORDS:
                return misspelt + "~1"

    def near_words(self, word):
        """How many words there are within one edit."""
        cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
        near = {word} | {a + b[1:] for a, b in cuts} | {a + b[1:2] + b[:1] + b[2:] for a, b in cuts}
        near |= {a + c + rest for a, b in cuts for c in self.letters for rest in (b, b[1:])}
        return sum(w.encode() in self.df for w in near)

    def filtered(self):
        while True:
            source, tokens = self.document()
            known = self.known(tokens)
            if known:
                return f"+{self.rng.choice(known).decode()} +source:{source}"

    def band(self, least, below, n):
        band = [t for t in self.terms if least <= self.df[t] < below and len(t) > 1]
        return [t.decode() for t in self.rng.sample(band, min(n, len(band)))]


def required(words):
    return " ".join("+" + word for word in words)


def draw(path, per_class, seed):
    """{class: [query]}"""
    sample = Sample(path, seed)
    n = len(sample.starts)
    bands = {"term_rare": (10, n * 0.001), "term_middle": (n * 0.001, n * 0.03), "term_frequent": (n * 0.03, n + 1)}
    out = {name: sample.band(*band, per_class) for name, band in bands.items()}
    makers = {
        "and2": lambda: required(sample.words(2)), "and3": lambda: required(sample.words(3)),
        **{f"or{k}": lambda k=k: " ".join(sample.words(k)) for k in (2, 3, 5, 10)},
        "mixed": lambda: "+" + " ".join(sample.words(3)),
        "phrase2": lambda: sample.phrase(2, lambda stops: stops == 0),
        "phrase3": lambda: sample.phrase(3, lambda stops: stops < 3),
        "phrase_stop": lambda: sample.phrase(2, lambda stops: stops > 0),
        "near": sample.near, "prefix": sample.prefix, "fuzzy": sample.fuzzy, "filtered": sample.filtered,
    }
    for name, make in makers.items():
        drawn = {}
        for _ in range(per_class * 20):
            drawn.setdefault(make())
            if len(drawn) == per_class:
                break
        out[name] = list(drawn)
    return {name: found for name, found in out.items() if found}
