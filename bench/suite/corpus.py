"""The documents: shared/corpus beside the checkout when it is there, else made from data/articles.

Made documents consist of real sentences, shuffled, so that words and their order within a sentence
are real and topics mix as in a news feed. Between them stand invented words of Zipf's frequencies, for
the articles' own words are too few to be rare.
"""
import itertools
import json
import pathlib
import random
import re
import subprocess

from machine import ROOT

SHARED = ROOT.parent / "shared/corpus"
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
WORD = re.compile(r"[^\W\d_]+")


def open_lines(path):
    if path.suffix != ".zst":
        with path.open("rb") as file:
            yield from file
        return
    with subprocess.Popen(["zstd", "-dcq", "--long=27", str(path)], stdout=subprocess.PIPE) as process:
        yield from process.stdout
        process.stdout.close()


def article_sentences():
    sentences = []
    for path in sorted((ROOT / "data/articles").rglob("*.md")):
        body = path.read_text().split("---", 2)[-1]
        sentences += [s.strip() for s in SENTENCE.split(body) if len(s) > 40]
    return sentences


def invented_words(sentences, count, rng):
    """Beginnings and endings of real words, put together anew."""
    words = sorted({w.lower() for s in sentences for w in WORD.findall(s) if len(w) > 5})
    return [rng.choice(words)[:4] + rng.choice(words)[3:] for _ in range(count)]


def made_documents(count, seed):
    rng = random.Random(seed)
    sentences = article_sentences()
    invented = invented_words(sentences, 50_000, random.Random(0))
    for number in range(count):
        parts = []
        for _ in range(rng.randint(4, 20)):
            rank = int(len(invented) ** rng.random()) - 1  # about Zipf: each octave of ranks alike often
            parts.append(f"{rng.choice(sentences)} {invented[rank].capitalize()}.")
        document = {"id": f"made-{number}", "title": rng.choice(sentences)[:60], "text": " ".join(parts),
                    "source": f"made {rng.randrange(8)}", "date": f"2025-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"}
        yield json.dumps(document, ensure_ascii=False).encode() + b"\n"


def documents(source, most, seed):
    """At most so many JSON lines (None: all) of a file, or made with the seed where there is none."""
    lines = open_lines(source) if source else made_documents(most, seed)
    yield from itertools.islice(lines, most)
    lines.close()


def name_of(source):
    return source.name if source else "made from data/articles"


class Corpus:
    """`documents` lines of `source` (None: made with the seed) in the file `path`."""

    def __init__(self, source, most, seed, path):
        self.name = name_of(source)
        self.path = path
        self.documents = self.bytes = 0
        with path.open("wb") as file:
            for line in documents(source, most, seed):
                file.write(line)
                self.documents += 1
                self.bytes += len(line)

    def sample(self, most):
        """Evenly spread documents, parsed."""
        step = max(1, self.documents // most)
        with self.path.open("rb") as file:
            return [json.loads(line) for number, line in enumerate(file) if number % step == 0][:most]

    def describe(self):
        return {"name": self.name, "documents": self.documents, "bytes": self.bytes}


def default_source():
    path = SHARED / "ru-sample.jsonl.zst"
    return path if path.exists() else None


def default_queries():
    path = SHARED / "queries"
    return path if path.exists() else None
