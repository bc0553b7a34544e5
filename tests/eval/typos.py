#!/usr/bin/env python3
"""How many typing errors are put right, and how many corrections are right? Speaks TAP.

    typos.py ROOT CSEARCH [INDEX]

Words are drawn from an index's own dictionary (of data/articles, or the one named), a word as often as
documents have it; each gets one error, long ones sometimes two: the key beside, two letters exchanged,
one left out, doubled, put in or replaced, in the first letter or behind it. A garbled word that is a word
itself is drawn again. Right is a correction whose stem is the word's.
"""
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

WORDS = 1500
ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
KAZAKH = "әғқңөұүһі"
FLOORS = {"put right": 0.96, "right of those proposed": 0.98}


def beside(letter):
    for row in ROWS:
        at = row.find(letter)
        if at >= 0:
            return [row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)]
    return []


def garble(rng, word, at):
    """The word with an error at a letter, and the error's name."""
    kind = rng.choice(("beside", "exchanged", "left out", "doubled", "put in", "replaced"))
    letters = ROWS[0] + ROWS[1] + ROWS[2]
    if any(c in KAZAKH for c in word):
        letters += KAZAKH
    a, c, b = word[:at], word[at], word[at + 1:]
    if kind == "beside" and beside(c):
        return a + rng.choice(beside(c)) + b, kind
    if kind == "exchanged" and b and b[0] != c:
        return a + b[0] + c + b[1:], kind
    if kind == "left out":
        return a + b, kind
    if kind == "doubled":
        return a + c + c + b, kind
    if kind == "put in":
        return a + rng.choice(letters) + c + b, kind
    return a + rng.choice(letters.replace(c, "")) + b, "replaced"


def forms_of(csearch, index):
    out = subprocess.run([csearch, "-i", index, "terms", "-d", "forms"], capture_output=True, text=True, check=True)
    forms = {}
    for line in out.stdout.splitlines():
        form, documents, _ = line.split("\t")
        if form.isalpha() and not form.isascii():
            forms[form] = int(documents)
    return forms


def errors(rng, forms):
    """(typed, meant, kinds) WORDS times."""
    words = sorted(w for w in forms if 5 <= len(w) <= 20)
    weights = [forms[w] for w in words]
    while True:
        meant = rng.choices(words, weights)[0]
        # an error in the last letter alone is not looked at: it is likelier another form
        place = 0 if rng.random() < 0.1 else rng.randrange(1, len(meant) - 1)
        typed, kind = garble(rng, meant, place)
        kinds = ["first letter" if place == 0 else kind]
        if len(meant) >= 8 and rng.random() < 0.2 and len(typed) > 4:
            typed, _ = garble(rng, typed, rng.randrange(1, len(typed) - 1))
            kinds = ["two errors"]
        if any(c in KAZAKH for c in meant):
            kinds.append("with kazakh letters")
        if typed not in forms and typed != meant:
            yield typed, meant, kinds


def stems(csearch, words):
    out = {}
    for lang in ("ru", "kk"):
        r = subprocess.run([csearch, "analyze", "--words", "--lang", lang], input="\n".join(words) + "\n",
                           capture_output=True, text=True, check=True)
        for line in r.stdout.splitlines():
            word, term = line.split("\t")
            out.setdefault(word, set()).add(term)
    return out


def ask(csearch, index, typed):
    """{word: what it was corrected to}, {words that some document has}"""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as topics:
        topics.writelines(f"{i}\t{t}\n" for i, t in enumerate(typed))
        topics.flush()
        r = subprocess.run([csearch, "-i", index, "query", "-n", "1", "--no-snippet", "--format", "json",
                            "--expand", "stem,kk-letters,typo", "--topics", topics.name],
                           capture_output=True, text=True)
    corrected, known = {}, set()
    for line in r.stdout.splitlines():
        answer = json.loads(line)
        word = answer["query"]
        for e in answer.get("expanded", []):
            if e["kind"] == "typo":
                corrected.setdefault(word, e["reading"])
        if word not in corrected and answer["total"] > 0:
            known.add(word)
    return corrected, known


def measure(csearch, index):
    rng = random.Random(11)
    forms = forms_of(csearch, index)
    source = errors(rng, forms)
    cases = [next(source) for _ in range(WORDS)]
    corrected, known = ask(csearch, index, [c[0] for c in cases])
    cases = [c for c in cases if c[0] not in known]  # a form of another word, or of the same
    of = stems(csearch, sorted({c[1] for c in cases} | set(corrected.values())))
    counts = collections.defaultdict(lambda: [0, 0, 0])  # all, proposed, right
    for typed, meant, kinds in cases:
        right = typed in corrected and bool(of.get(corrected[typed], set()) & of[meant])
        for kind in ["all"] + kinds:
            for i, yes in enumerate((True, typed in corrected, right)):
                counts[kind][i] += yes
    return counts


def main(root, csearch, index):
    print("1..2")
    with tempfile.TemporaryDirectory() as folder:
        if not index:
            index = f"{folder}/index"
            subprocess.run([csearch, "-i", index, "index", "-q", str(root / "data/articles")], check=True)
        counts = measure(csearch, index)
    for kind, (n, proposed, right) in sorted(counts.items()):
        print(f"# {kind}: {n} errors, {right / n:.3f} put right, {right / max(proposed, 1):.3f} of {proposed} right")
    n, proposed, right = counts["all"]
    values = {"put right": right / n, "right of those proposed": right / max(proposed, 1)}
    failed = False
    for number, (name, floor) in enumerate(FLOORS.items(), 1):
        good = values[name] >= floor
        failed |= not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}: {values[name]:.3f}, floor {floor}")
    return failed


sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None))
