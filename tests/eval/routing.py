#!/usr/bin/env python3
"""How often is a word read in its language where Kazakh and Russian mix? Speaks TAP.

    routing.py ROOT CSEARCH [KAZAKH.txt RUSSIAN.txt]

Texts are made from sentences of known language (of data/articles, or of the files named), so every
word's language is known: each language alone, sentences in turn, a few words of one language put
into a sentence of the other, and sentences cut in the middle. Words without a Cyrillic letter are
not counted. Prints the share of words, and of sentences most of whose words are right.
"""
import json
import pathlib
import random
import re
import subprocess
import sys

FLOORS = {  # shares of words, of sentences
    "kazakh alone": (0.99, 0.99), "russian alone": (0.985, 0.99), "sentences in turn": (0.99, 0.99),
    "kazakh with russian words": (0.90, 0.99), "russian with kazakh words": (0.94, 0.99),
    "halves": (0.97, 0.99),
}
SENTENCES = 600
CYRILLIC = re.compile("[а-яёәғқңөұүһі]", re.I)


def sentences(paths):
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            for sentence in re.split(r"(?<=[.!?…])\s+(?=[А-ЯЁӘҒҚҢӨҰҮІ])", line.strip()):
                if len(sentence.split()) >= 5 and not re.search(r"[a-zA-Z:/<>#|]", sentence):
                    yield sentence.rstrip(".!?… ")


def mixed(rng, host, guest, host_lang, guest_lang):
    """A sentence with one to three words in a row of another put into it."""
    words, other = host.split(), guest.split()
    n = rng.randrange(1, 4)
    at, start = rng.randrange(1, len(words)), rng.randrange(len(other) - n + 1)
    return [(w, host_lang) for w in words[:at]] + [(w, guest_lang) for w in other[start:start + n]] + \
           [(w, host_lang) for w in words[at:]]


def labelled(sentence, lang):
    return [(w, lang) for w in sentence.split()]


def texts(kazakh, russian):
    """{kind: texts, each a list of sentences, each a list of (word, language)}"""
    rng = random.Random(7)
    kk, ru = list(kazakh), list(russian)
    rng.shuffle(kk), rng.shuffle(ru)
    kk, ru = kk[:SENTENCES], ru[:SENTENCES]
    pairs = list(zip(kk, ru))
    return {
        "kazakh alone": [[labelled(s, "kk")] for s in kk],
        "russian alone": [[labelled(s, "ru")] for s in ru],
        "sentences in turn": [[labelled(a, "kk"), labelled(b, "ru")] for a, b in pairs],
        "kazakh with russian words": [[mixed(rng, a, b, "kk", "ru")] for a, b in pairs],
        "russian with kazakh words": [[mixed(rng, b, a, "ru", "kk")] for a, b in pairs],
        "halves": [[labelled(a, "kk")[:len(a.split()) // 2 + 1] + labelled(b, "ru")[len(b.split()) // 2:]]
                   for a, b in pairs],
    }


def languages(csearch, text):
    """{byte: language} of the tokens' beginnings."""
    out = subprocess.run([csearch, "analyze", "--format", "json"], input=text.encode(), capture_output=True,
                         check=True).stdout
    return {t["start"]: t["lang"] for t in map(json.loads, out.splitlines())}


def measure(csearch, kind):
    words = right = wrong_sentences = n_sentences = 0
    errors = {}
    for text in kind:
        joined, spans = b"", []
        for sentence in text:
            spans.append([])
            for word, lang in sentence:
                spans[-1].append((len(joined), len(joined) + len(word.encode()), lang, word))
                joined += word.encode() + b" "
            joined = joined[:-1] + b". "
        read = languages(csearch, joined.decode())
        for sentence in spans:
            good = n = 0
            for start, end, lang, word in sentence:
                for at in range(start, end):
                    if at in read and CYRILLIC.match(joined[at:at + 2].decode(errors="ignore")):
                        n += 1
                        good += read[at] == lang
                        if read[at] != lang:
                            errors[word] = errors.get(word, 0) + 1
            words, right, n_sentences = words + n, right + good, n_sentences + 1
            wrong_sentences += 2 * good <= n
    return right / words, 1 - wrong_sentences / n_sentences, words, errors


def main(root, csearch, *files):
    folder = root / "data/articles"
    sources = [[pathlib.Path(f)] for f in files] or [sorted((folder / lang).glob("*.*")) for lang in ("kk", "ru")]
    kinds = texts(*map(sentences, sources))
    print(f"1..{len(kinds)}")
    failed = False
    for number, (name, kind) in enumerate(kinds.items(), 1):
        by_word, by_sentence, words, errors = measure(csearch, kind)
        good = by_word >= FLOORS[name][0] and by_sentence >= FLOORS[name][1]
        failed |= not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}: words {by_word:.4f} of {words}, floor "
              f"{FLOORS[name][0]}; sentences {by_sentence:.4f}, floor {FLOORS[name][1]}")
        worst = sorted(errors, key=lambda w: (-errors[w], w))[:12]
        print("# read wrongly:", " ".join(f"{w}*{errors[w]}" for w in worst), flush=True)
    return failed


sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), *sys.argv[2:]))
