#!/usr/bin/env python3
"""Turn endings.tsv and words.txt into russian_tables.c, and measure the endings.

  gen_russian.py tables > ../russian_tables.c
  gen_russian.py train FORMS.tsv > endings.tsv
  gen_russian.py folds FORMS.tsv > stems.tsv          (form, stem; each lemma unseen)

FORMS has lines form, lemma, count in running text, Snowball's stem; ё as е. An ending says what
Snowball's stem of a word with that ending needs: letters dropped, letters added. It is kept only
if forms of LEMMAS lemmas need it and outweigh those that the shorter ending would get right by
GAIN, so it says something about Russian, not about a word. The stem that the forms of a
lemma should share is first the one that most of them have, then the one that most get by the
endings of the round before. Standard library only; the result depends on the input alone. The
endings of the repository come from 37,000 lemmas with 360,000 forms, counted in news, laws,
encyclopedias and talk.
"""
import collections
import hashlib
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюя^"
EDGE_FIRST = "^" + ALPHABET[:-1]
LONGEST, LEMMAS, GAIN, ROUNDS, FOLDS = 9, 3, 0.7, 3, 4
DROP_MAX, ADD_MAX, STEM_MIN, SHORTER = 5, 4, 3, 0.95
NOTHING = (0, "")
NO_RULE, WHOLE, ADDED_MAX = 255, 254, 16
NOUNS = {"*": " а у ом е ы ов ам ами ах", "*м": " а у ом е", "*ж": "а ы е у ой", "*а": "а ы е у ой  ам ами ах",
         "*й": "й я ю ем е и ям ями ях",
         "*ов": "ов ова ову овым ове овой овы овых", "*ев": "ев ева еву евым еве евой евы евых",
         "*ин": "ин ина ину иным ине иной ины иных"}


# ---- measuring


def read_forms(path):
    lemmas = collections.defaultdict(list)
    for line in open(path, encoding="utf-8"):
        form, lemma, count, stem = line.rstrip("\n").split("\t")
        lemmas[lemma].append((form, stem, int(count)))
    return lemmas


def edit(stem, goal):
    same = 0
    while same < min(len(stem), len(goal)) and stem[same] == goal[same]:
        same += 1
    drop, add = len(stem) - same, goal[same:]
    return (drop, add) if drop <= DROP_MAX and len(add) <= ADD_MAX else None


def suffixes(form):
    edged = "^" + form
    return (edged[-n:] for n in range(1, min(LONGEST, len(edged)) + 1))


def apply(rules, form, stem):
    best = NOTHING
    for suffix in suffixes(form):
        best = rules.get(suffix, best)
    drop, add = best
    if drop > len(stem) or len(stem) - drop + len(add) < STEM_MIN:
        return stem
    return stem[:len(stem) - drop] + add


def count_edits(lemmas, goals):
    votes, seen = collections.defaultdict(collections.Counter), collections.defaultdict(set)
    for lemma, forms in lemmas.items():
        weights = [math.sqrt(count + 0.05) for _, _, count in forms]
        scale = (sum(count for _, _, count in forms) + 1) ** 0.3 / math.sqrt(sum(weights))
        for (form, stem, count), weight in zip(forms, weights):
            change = edit(stem, goals[lemma])
            for suffix in suffixes(form):
                votes[suffix][change] += weight * scale
                if count and len(seen[suffix, change]) < LEMMAS:
                    seen[suffix, change].add(lemma)
    kept = collections.defaultdict(dict)
    for (suffix, change), support in seen.items():
        if len(support) >= LEMMAS:
            kept[suffix][change] = votes[suffix][change]
    return kept


def learn(lemmas, goals):
    rules, votes = {}, count_edits(lemmas, goals)
    for suffix in sorted(votes, key=lambda s: (len(s), s)):
        inherited = NOTHING
        for shorter in (suffix[n:] for n in range(1, len(suffix))):
            if shorter in rules:
                inherited = rules[shorter]
                break
        change = max(votes[suffix], key=lambda e: (votes[suffix][e], str(e)))
        gain = votes[suffix][change] - votes[suffix].get(inherited, 0)
        if change and change != inherited and gain >= GAIN:
            rules[suffix] = change
    return rules


def train(lemmas):
    goals = {}
    for lemma, forms in lemmas.items():
        sizes = collections.Counter()
        for _, stem, count in forms:
            sizes[stem] += (1 + 3 * math.sqrt(count)) * SHORTER ** len(stem)
        goals[lemma] = sizes.most_common(1)[0][0]
    for _ in range(ROUNDS):
        rules = learn(lemmas, goals)
        for lemma, forms in lemmas.items():
            sizes = collections.Counter()
            for form, stem, count in forms:
                sizes[apply(rules, form, stem)] += 0.3 + math.sqrt(count)
            goals[lemma] = sizes.most_common(1)[0][0]
    return rules


def print_endings(rules):
    print("# What Snowball's stem of a word with this ending needs: letters dropped, letters added.\n"
          "# ^ is the word's beginning. Made by gen_russian.py train.")
    for suffix in sorted(rules, key=lambda s: s[::-1]):
        print(suffix, *rules[suffix], sep="\t")


def print_folds(lemmas):
    def fold(lemma):
        return hashlib.sha1(lemma.encode()).digest()[0] % FOLDS
    for k in range(FOLDS):
        rules = train({lemma: forms for lemma, forms in lemmas.items() if fold(lemma) != k})
        for lemma, forms in lemmas.items():
            if fold(lemma) == k:
                for form, stem, _ in forms:
                    print(form, apply(rules, form, stem), sep="\t")


# ---- tables


def words_of(name, fields):
    """(form, stem) of what stands behind "name:" in words.txt."""
    if name in NOUNS:
        ends = NOUNS[name].split(" ")
        bases = [noun[:len(noun) - len(ends[0])] for noun in fields]
        return [(base + end, base + ends[0] if len(name) > 2 else base) for base in bases for end in ends]
    return [(form, form if name == "=" else name) for form in fields]


def read_rules():
    """{suffix: (drop, add)}, of words.txt too: its words with ^ before them, their stem whole."""
    rules, listed, name = {}, {}, None
    for line in open(HERE / "endings.tsv", encoding="utf-8"):
        if not line.startswith("#"):
            suffix, drop, add = line.rstrip("\n").split("\t")
            rules[suffix] = (int(drop), add)
    for line in open(HERE / "words.txt", encoding="utf-8"):
        fields = line.split("#")[0].split()
        if fields and fields[0].endswith(":"):
            name = fields.pop(0)[:-1]
        if name and name[0] == "+":
            rules.update((ending, (0, name[1:])) for ending in fields)
            continue
        for form, stem in words_of(name, fields):
            if listed.setdefault("^" + form, (WHOLE, stem))[1] != stem:
                sys.exit("two stems for " + form)
    return {**rules, **listed}


def tree_of(rules):
    """Letter by letter from the word's end: {letter: subtree}, a rule under None."""
    root = {}
    for suffix, rule in rules.items():
        node = root
        for letter in reversed(suffix):
            node = node.setdefault(letter, {})
        node[None] = rule
    return root


def print_tables(rules):
    texts = sorted({add for _, add in rules.values() if add}, key=lambda t: (-len(t), t))
    pool = ""
    for text in texts:
        pool += "" if text in pool else text
    rows, queue = [], [tree_of(rules)]
    for node in queue:
        drop, add = node.get(None, (NO_RULE, ""))
        children = sorted((c for c in node if c), key=EDGE_FIRST.index)
        letters = sum(1 << ALPHABET.index(c) for c in children if c != "^")
        rows.append("{%d,%d,%d,%d,%d,%d}" % (letters, len(queue), pool.index(add), drop, len(add), "^" in node))
        queue.extend(node[c] for c in children)
    assert len(queue) < 1 << 16 and len(pool) < 1 << 16 and len(texts[0]) <= ADDED_MAX
    lines = [",".join(rows[i:i + 6]) for i in range(0, len(rows), 6)]
    codes = [str(ALPHABET.index(letter) + 1) for letter in pool]
    codes = [",".join(codes[i:i + 30]) for i in range(0, len(codes), 30)]
    print("/* Endings and words that mend Snowball's stems; made by russian/gen_russian.py. */")
    print('#include "text/russian_tables.h"\n\n/* clang-format off */')
    print("const struct russian_node clus__russian_nodes[] = {\n    %s};" % ",\n    ".join(lines))
    print("const uint8_t clus__russian_letters[] = {\n    %s};" % ",\n    ".join(codes))
    print("/* clang-format on */")


def main(mode, *paths):
    if mode == "tables":
        print_tables(read_rules())
    elif mode == "train":
        print_endings(train(read_forms(paths[0])))
    elif mode == "folds":
        print_folds(read_forms(paths[0]))


main(*sys.argv[1:])
