#!/usr/bin/env python3
"""Words to test the Kazakh stemmer with: those of data/articles, and listed stems inflected by the rules.

  gen_vocabulary.py voc > voc.txt
  gen_vocabulary.py judge     (by output.txt: how many inflected forms come to the stem they were made of)

Every word that rules.txt lists takes its turn through the chains of suffixes below, so that each slot
meets all kinds of stem ends. Standard library only; the result depends on the repository alone.
"""
import html
import pathlib
import re
import sys

import gen_kazakh as kk

HERE = pathlib.Path(__file__).parent
ARTICLES = HERE.parents[2] / "data/articles/kk"
NOMINAL = ("gen dat acc loc abl ins pl p3 p1 p1p p2 adj pl+gen pl+dat pl+acc pl+p3 pl+loc pl+ins p3j+gen3 p3j+dat3 "
           "p3j+acc3 p3j+loc3 p3j+abl3 p1p+loc p1p+gen pl+p1p pl+p1p+abl pl+p3j+dat3 loc+pred pl+adj").split()
VERB = ("past pastp cond pres3 presp gan gan+loc gan+pl convp atyn atyn+pl u u+p3 u+dat imp3 neg+past neg+gan "
        "neg+cond gysh ushy").split()
A_WORD = 6  # chains, of those above in turn


def article_words():
    letters = re.compile("[%s]+" % kk.ALPHABET)
    for path in sorted(ARTICLES.iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            text = html.unescape(re.sub(r"<[^>]*>", " ", text))
        yield from (w for w in letters.findall(text.lower().replace("ё", "е")) if len(w) <= 40)


def is_back(word):
    decisive = [c for c in word if c in kk.BACK | kk.FRONT]
    return not decisive or decisive[-1] in kk.BACK


def attach(rules, text, slot, back):
    """The text with the slot's first suffix that fits; None where spelling changes more than a letter."""
    rows = [r for r in rules.rules if r.slot == slot]
    if ("+y" in {r.restore for r in rows} and text[-1] in "ыі") or text[-1] in "ьъ" or \
            ("+j" in {r.restore for r in rows} and text[-1] == "й") or ("+p" in {r.restore for r in rows} and text[-1] == "п"):
        return None
    for r in rows:
        harmonic = not (r.back and not back) and not (r.front and back)
        if r.restore or not harmonic or (r.left not in ("", "*") and kk.left_class(text[-1]) not in r.left):
            continue
        if r.suffix[0] in kk.VOWELS and len(text) > 2:
            text = {stem: short for short, stem in rules.lost.items()}.get(text, text)
            text = text[:-1] + {"қ": "ғ", "к": "г", "п": "б"}.get(text[-1], text[-1])
        return text + r.suffix
    return None


def inflected(rules):
    """(form, stem)"""
    for kind, chains in (("nominal", NOMINAL), ("verb", VERB)):
        for number, word in enumerate(sorted(rules.listed[kind])):
            for turn in range(A_WORD):
                text, back = word, is_back(word)
                for slot in chains[(number * A_WORD + turn) % len(chains)].split("+"):
                    text = text and attach(rules, text, slot, back)
                if text:
                    yield text, rules.stem(word)


def main(mode):
    rules = kk.Rules(HERE / "rules.txt")
    if mode == "voc":
        print("\n".join(sorted(set(article_words()) | {form for form, _ in inflected(rules)})))
    elif mode == "judge":
        words, stems = ((HERE / name).read_text(encoding="utf-8").split() for name in ("voc.txt", "output.txt"))
        stem_of = dict(zip(words, stems))
        right = [stem_of[form] == stem for form, stem in inflected(rules)]
        print(f"{sum(right)} of {len(right)} inflected forms come to their stem, {sum(right) / len(right):.4f}")


main(*sys.argv[1:])
