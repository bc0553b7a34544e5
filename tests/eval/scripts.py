#!/usr/bin/env python3
"""Does Kazakh in Latin and Arabic letters come to the terms of its Cyrillic original? Speaks TAP.

    scripts.py ROOT CSEARCH [KAZAKH.txt]

Sentences of data/articles, or of the file named, are written in each alphabet by the tables of
lib/text/gen_script.py, analysed as one text of short paragraphs, and compared word by word.
"""
import difflib
import html
import importlib.util
import json
import pathlib
import random
import re
import subprocess
import sys

FLOORS = {"2017": 0.965, "2018": 0.965, "2021": 0.965, "qazaqparat": 0.965, "bgn": 0.93, "tote": 0.955, "typed": 0.85}
ROWS = {"2017": 0, "2018": 1, "2021": 2, "qazaqparat": 4, "bgn": 5}
SENTENCES = 600


def tables(root):
    spec = importlib.util.spec_from_file_location("gen_script", root / "lib/text/gen_script.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sentences(paths):
    found = []
    for path in sorted(paths):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            text = html.unescape(re.sub(r"<[^>]*>", "\n", text))
        for line in text.splitlines():
            for s in re.split(r"(?<=[.!?…])\s+", line.strip()):
                if 5 <= len(s.split()) <= 30 and not re.search("[A-Za-z'’«»\"#|:<>-]", s):
                    found.append(s)
    random.Random(5).shuffle(found)
    return found[:SENTENCES]


def written(sentence, table):
    """In an alphabet, capitals kept."""
    out = []
    for c in sentence:
        letters = table.get(c.lower(), c.lower())
        out.append(letters[:1].upper() + letters[1:] if c.isupper() else letters)
    return "".join(out)


def analysed(csearch, texts):
    r = subprocess.run([csearch, "analyze", "--format", "json"], input="\n\n".join(texts), capture_output=True,
                       text=True, check=True)
    return [json.loads(line) for line in r.stdout.splitlines()]


def share(original, other):
    """Of Kazakh words, those that have their term in the other script."""
    kazakh = [t["lang"] == "kk" for t in original]
    a, b = ([t["term"] for t in tokens] for tokens in (original, other))
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return sum(sum(kazakh[m.a:m.a + m.size]) for m in blocks) / sum(kazakh)


def main(root, csearch, paths):
    gen = tables(root)
    texts = sentences(paths)
    original, rng, failed = analysed(csearch, texts), random.Random(3), False
    print(f"1..{len(FLOORS)}")
    for number, (name, floor) in enumerate(FLOORS.items(), 1):
        if name == "tote":
            other = [re.sub("[%s]+" % gen.CYRILLIC, lambda m: gen.tote(m.group()), s.lower()) for s in texts]
        elif name == "typed":
            other = [written(s, gen.habits(rng)) for s in texts]
        else:
            table = dict(gen.PLAIN, **dict(zip(gen.ORDER, gen.ALPHABETS[ROWS[name]].split())))
            other = [written(s, table) for s in texts]
        value = share(original, analysed(csearch, other))
        failed |= value < floor
        print(f"{'ok' if value >= floor else 'not ok'} {number} - {name}: {value:.4f} of words, floor {floor}")
    return failed


root = pathlib.Path(sys.argv[1]).resolve()
files = [pathlib.Path(p) for p in sys.argv[3:]] or list((root / "data/articles/kk").iterdir())
sys.exit(main(root, sys.argv[2], files))
