"""Classes of queries: how a line of words becomes a query, and lines drawn from the corpus where
no list of the class is given."""
import collections
import random
import re

WORD = re.compile(r"[^\W\d_]+")

# class: (operator, words, how they become a query)
CLASSES = {
    "term": ("or", 1, "{}"), "term_rare": ("or", 1, "{}"), "term_middle": ("or", 1, "{}"),
    "term_frequent": ("or", 1, "{}"),
    "and2": ("and", 2, "{}"), "and3": ("and", 3, "{}"),
    "or2": ("or", 2, "{}"), "or3": ("or", 3, "{}"), "or5": ("or", 5, "{}"), "or10": ("or", 10, "{}"),
    "mixed": ("or", 3, "+{}"),
    "phrase2": ("and", 2, '"{}"'), "phrase3": ("and", 3, '"{}"'), "phrase_stop": ("and", 3, '"{}"'),
    "near": ("and", 2, "{}"), "prefix": ("or", 1, "{}"), "fuzzy": ("or", 1, "{}"), "filtered": ("and", 2, "{}"),
}
MODES = ("top10", "top100", "top1000", "count")


class Drawer:
    """Draws lines from a sample of parsed documents. A word is rare when at most 3 of the sample hold
    it, of middle frequency within 0.5-2 %, frequent above 10 %; the 30 most frequent are stop words."""

    def __init__(self, documents, seed):
        self.rng = random.Random(seed)
        self.texts = [(words, document) for document in documents
                      if len(words := [w.lower() for w in WORD.findall(document["text"])]) >= 20]
        df = collections.Counter(word for words, _ in self.texts for word in set(words))
        n, order = len(self.texts), sorted(df, key=lambda word: (-df[word], word))  # the same in every run
        self.stop = set(order[:30])
        plain = [word for word in order if len(word) > 2 and word not in self.stop]
        self.bands = {"term_rare": [w for w in plain if df[w] <= 3],
                      "term_middle": [w for w in plain if 0.005 * n <= df[w] <= 0.02 * n],
                      "term_frequent": [w for w in order if df[w] > 0.1 * n]}

    def words(self, count):
        words, _ = self.rng.choice(self.texts)
        return self.rng.sample([w for w in words if len(w) > 2], min(count, 3)) + \
            [self.rng.choice(self.rng.choice(self.texts)[0]) for _ in range(count - 3)]

    def run(self, count):
        words, _ = self.rng.choice(self.texts)
        start = self.rng.randrange(len(words) - count)
        return words[start:start + count]

    def phrase_stop(self):
        while True:
            words = self.run(3)
            if any(w in self.stop for w in words) and not all(w in self.stop for w in words):
                return " ".join(words)

    def near(self):
        words = self.run(6)
        return f"{words[0]} NEAR/5 {self.rng.choice(words[1:])}"

    def prefix(self):
        return next(w for w in iter(lambda: self.words(1)[0], None) if len(w) > 4)[:4] + "*"

    def fuzzy(self):
        word = next(w for w in iter(lambda: self.words(1)[0], None) if len(w) > 5)
        at = self.rng.randrange(1, len(word))
        return word[:at] + self.rng.choice("абвгдеиклмнопрст") + word[at + 1:] + "~1"

    def filtered(self):
        while True:
            words, document = self.rng.choice(self.texts)
            source = document.get("source", "")
            if source and '"' not in source:
                return f'{self.rng.choice([w for w in words if len(w) > 2])} source:"{source}"'

    def line(self, name):
        if name in self.bands:
            return self.rng.choice(self.bands[name] or self.words(1))  # a small corpus has no such words
        if hasattr(self, name):
            return getattr(self, name)()
        count = CLASSES[name][1]
        return " ".join(self.run(count) if name.startswith("phrase") else self.words(count))


def make(documents, folder, seed, count):
    """{class: (operator, queries)}: the first `count` of folder/ru_CLASS.txt, or drawn ones."""
    drawer = Drawer(documents, seed)
    out = {}
    for name, (operator, _, shape) in CLASSES.items():
        listed = folder / f"ru_{name}.txt" if folder else None
        if listed and listed.exists():
            lines = [line for line in listed.read_text().splitlines() if line][:count]
        else:
            lines = [drawer.line(name) for _ in range(count)]
        out[name] = (operator, [shape.format(line) for line in lines])
    return out
