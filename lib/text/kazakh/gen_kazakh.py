#!/usr/bin/env python3
"""Turn rules.txt and weights.tsv into kazakh_tables.c, and measure the weights.

  gen_kazakh.py tables > ../kazakh_tables.c
  gen_kazakh.py train GOLD.tsv [PARADIGMS.tsv] > weights.tsv
  gen_kazakh.py folds GOLD.tsv [PARADIGMS.tsv] > stems.tsv      (form, stem; each lemma unseen)

GOLD has lines form, lemma, part of speech, count; PARADIGMS too, its forms count half. The
weights maximise the likelihood of the analyses whose stem is the lemma's (log-linear model,
AdaGrad with L1 and L2). A feature is kept only if forms of ten lemmas show it, so a weight
says something about Kazakh, not about a word. Standard library only; the result depends on the
input alone. The weights of the repository come from 5,775 lemmas with 28,071 forms of running
text and the paradigms of 1,178 nouns, all lemmas weighted alike.
"""
import collections
import hashlib
import math
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).parent
ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюяғқңөұүһіә"
VOWELS = set("аәеөоұүыіэяиую")
BACK, FRONT = set("аоұыя"), set("әеөүіэ")
LEFT = "vwrjlznt"  # classes of the letter before a suffix, bit by bit; t: all other letters
LEFT_LETTERS = dict(zip(LEFT, ("аәеөоұүыіэя", "иую", "р", "й", "л", "зж", "мнң")))
STATES = "WPCJASLDRFVGUX"
NO_END = "JAX"
RESTORE = {"": 0, "+j": 1, "+y": 2, "+p": 3, "name": 4}
CAPPED = [str(n) for n in range(11)]
SCALE, SHORTEST, BUDGET, PASSES, AGAIN_MIN = 32, 2, 1000, 2, 4
EPOCHS, RATE, L1, L2, LEMMAS_MIN, PARADIGM_WEIGHT, LEMMA_POWER = 12, 0.2, 2e-3, 5e-2, 10, 0.5, 0.6
LISTED_LEAST = 100  # a stem was listed because the measured weights alone go wrong
TEMPLATES = ("end-bare end-nominal end-verb join2 join length-before syllables-before first length "
             "syllables shape slots against listed").split()
Rule = collections.namedtuple("Rule", "slot source to left restore suffix back front")


def left_class(letter):
    return next((name for name, letters in LEFT_LETTERS.items() if letter in letters), "t")


def harmony(text):
    """'b', 'f', or '' where both may follow: no vowel, or и у ю last."""
    for letter in reversed(text):
        if letter in VOWELS:
            return "b" if letter in BACK else "f" if letter in FRONT else ""
    return ""


class Rules:
    def __init__(self, path):
        sections, name = collections.defaultdict(list), ""
        for line in open(path, encoding="utf-8"):
            if line.startswith("["):
                name = line.strip("[]\n")
            elif not line.startswith("#") and line.strip():
                sections[name].append(line)
        words = {key: " ".join(lines).split() for key, lines in sections.items()}
        pairs = {key: [w.split(":") for w in words[key]] for key in ("vowel-loss", "forms")}
        self.lost = {short: stem for stem, short in pairs["vowel-loss"]}
        self.forms = {form: stem for form, stem in pairs["forms"]}
        self.forms.update((w, w) for w in words["whole"])
        self.listed = {"nominal": {self.stem(w) for w in words["nominal"]},
                       "verb": {self.stem(w) for w in words["verb"]}}
        self.slots, self.rules = ["-"], []
        for line in sections["suffixes"]:
            self.read_slot(line)
        self.by_suffix = collections.defaultdict(list)
        for rule in self.rules:
            self.by_suffix[rule.suffix].append(rule)
        self.longest = max(map(len, self.by_suffix))

    def read_slot(self, line):
        fields = line.split()
        if not line[0].isspace():
            self.head, fields = fields[:3], fields[3:]
            self.slots.append(self.head[0])
        slot, source, to = self.head
        for item in fields:
            suffix, left, restore = (item + ":").split(":")[:3]
            both = {suffix.translate(str.maketrans("AYGK", letters)): back
                    for letters, back in (("аығқ", True), ("еігк", False))}
            for text, back in both.items():
                free = len(both) == 1
                self.rules.append(Rule(slot, source, to, left, restore, text, back and not free,
                                       not back and not free))

    def stem(self, text):
        """What is indexed for a stem as it is left: voiceless, single, without ь, its vowel back."""
        while len(text) > 2 and text[-1] in "ьъ":
            text = text[:-1]
        if len(text) > 3 and text[-1] == text[-2] and text[-1] not in VOWELS:
            text = text[:-1]
        text = text[:-1] + {"ғ": "қ", "г": "к", "б": "п"}.get(text[-1], text[-1])
        return self.lost.get(text, text)

    def is_stem(self, text):
        if len(text) == 2 and (text[0] not in VOWELS or text[1] in VOWELS):
            return text[1] in "иу" or any(text in group for group in self.listed.values())
        return any(c in VOWELS for c in text)

    def applies(self, rule, rest):
        """The stem that taking the suffix off leaves, or None; and whether harmony is broken."""
        if rule.left and rule.left != "*":
            letter = rest[-2] if rest[-1] in "ьъ" else rest[-1]
            if left_class(letter) not in rule.left:
                return None, False
        here = harmony(rest)
        broken = (rule.back and here == "f") or (rule.front and here == "b")
        if rule.restore == "+j":
            rest = rest + "й" if rest[-1] in VOWELS else None
        elif rule.restore == "+y":
            vowel = "і" if here == "f" or (not here and rule.front) else "ы"
            rest = None if rest[-1] in VOWELS else rest + vowel
        elif rule.restore == "+p":
            rest = rest[:-1] + "п" if rest[-2:] in ("ау", "еу") else None
        elif rule.restore == "name" and rest[-2:] not in ("ов", "ев", "ин"):
            rest = None
        return (rest if rest and self.is_stem(rest) else None), broken

    def analyses(self, word):
        """All (stem, [(rule, broken), ...] from the right, class of the stem)."""
        found, stack = [(word, (), "bare")], [(len(word), "W", ())]
        for _ in range(BUDGET):
            if not stack:
                break
            end, state, chain = stack.pop()
            for length in range(1, min(self.longest, end - SHORTEST) + 1):
                for rule in self.by_suffix.get(word[end - length:end], ()):
                    if state not in rule.source:
                        continue
                    stem, broken = self.applies(rule, word[:end - length])
                    if not stem:
                        continue
                    longer = chain + ((rule, broken),)
                    if rule.to not in NO_END:
                        found.append((stem, longer, "verb" if rule.to in "VGU" else "nominal"))
                    if len(stem) == end - length and rule.restore in ("", "name"):
                        stack.append((end - length, rule.to, longer))
        return found

    def features(self, stem, chain, kind):
        found, before = [], "-"
        for rule, broken in chain:
            found += [("suffix", rule.slot, rule.suffix), ("slots", before, rule.slot)]
            if broken:
                found.append(("against", rule.slot))
            before = rule.slot
        last = self.stem(stem)
        length, syllables = len(last), sum(c in VOWELS for c in last)
        found += [("length", kind, CAPPED[min(length, 10)]),
                  ("syllables", kind, CAPPED[min(syllables, 6)]),
                  ("shape", CAPPED[min(length, 8)], CAPPED[min(syllables, 4)])]
        edged = "^" + last
        found += [("end-" + kind, edged[-n:]) for n in range(1, 5) if len(edged) >= n]
        if chain:
            found += [("first", before), ("join", before, stem[-1]), ("join2", before, stem[-2:]),
                      ("length-before", before, CAPPED[min(length, 6)]),
                      ("syllables-before", before, CAPPED[min(syllables, 4)])]
        if last in self.listed["verb" if kind == "verb" else "nominal"]:
            found.append(("listed", kind))
        return found


def best(rules, weights, word):
    def score(analysis):
        return sum(weights.get(f, 0) for f in rules.features(*analysis)), -len(rules.stem(analysis[0]))
    return max(rules.analyses(word), key=score)


def stem_word(rules, weights, word):
    if word in rules.forms:
        return rules.stem(rules.forms[word])
    if len(word) < 2 or word in rules.listed["nominal"]:
        return word
    stem, _, kind = best(rules, weights, word)
    stem = rules.stem(stem)
    for _ in range(PASSES):
        if kind != "nominal" or stem in rules.listed["nominal"]:
            break
        again, _, kind = best(rules, weights, stem)
        again = rules.stem(again)
        if again == stem or len(again) < AGAIN_MIN:
            break
        stem = again
    return stem


# ---- measuring


def read_gold(paths):
    for path, weight in zip(paths, (None, PARADIGM_WEIGHT)):
        seen = set()
        for line in open(path, encoding="utf-8"):
            form, lemma, kind = line.rstrip("\n").split("\t")[:3]
            if not line.startswith("#") and form not in seen and set(form + lemma) <= set(ALPHABET) \
                    and kind in ("n", "np", "v", "adj", "adv", "num") and len(form) > 1:
                seen.add(form)
                yield form, lemma, weight


def examples_of(rules, gold):
    """[(weight, [(right, features), ...])] of the forms that can be got right and wrong."""
    sizes = collections.Counter(lemma for _, lemma, weight in gold if weight is None)
    lemmas, kept = collections.defaultdict(set), []
    for form, lemma, weight in gold:
        goal, analyses = rules.stem(lemma), rules.analyses(form)
        rows = [(rules.stem(a[0]) == goal, rules.features(*a)) for a in analyses]
        for feature in {f for _, features in rows for f in features}:
            if len(lemmas[feature]) < LEMMAS_MIN:
                lemmas[feature].add(lemma)
        if len({right for right, _ in rows}) == 2:
            kept.append((weight or sizes[lemma] ** LEMMA_POWER, rows))
    ids = {f: i for i, f in enumerate(f for f, s in lemmas.items() if len(s) >= LEMMAS_MIN)}
    return ids, [(w, [(r, [ids[f] for f in fs if f in ids]) for r, fs in rows]) for w, rows in kept]


def step(row, weight, values, squares):
    scores = [math.exp(sum(values[i] for i in features)) for _, features in row]
    total = sum(scores)
    right = sum(s for s, (good, _) in zip(scores, row) if good)
    for score, (good, features) in zip(scores, row):
        slope = weight * (score / total - (score / (right + 1e-12) if good else 0))
        if abs(slope) < 1e-5:
            continue
        for i in features:
            gradient = slope + L2 * values[i]
            squares[i] += gradient * gradient
            rate = RATE / math.sqrt(squares[i] + 1e-2)
            value = values[i] - rate * gradient
            values[i] = math.copysign(max(abs(value) - rate * L1, 0), value)


def train(rules, gold):
    ids, examples = examples_of(rules, gold)
    values, squares = [0.0] * len(ids), [0.0] * len(ids)
    order = random.Random(1)
    for _ in range(EPOCHS):
        order.shuffle(examples)
        for weight, row in examples:
            step(row, weight, values, squares)
    rounded = ((f, max(-127, min(127, round(values[i] * SCALE)))) for f, i in ids.items())
    weights = {f: v for f, v in rounded if v}
    listed = ("listed", "nominal")
    return {**weights, listed: max(LISTED_LEAST, weights.get(listed, 0))}


def print_weights(weights):
    print("# Weights of the features of an analysis in 1/%d nat; made by gen_kazakh.py train." % SCALE)
    for feature in sorted(weights, key=lambda f: tuple(map(str, f))):
        print(*feature, weights[feature], sep="\t")


def print_folds(rules, gold, folds=4):
    def fold(lemma):
        return hashlib.sha1(("x" + lemma).encode()).digest()[5] % folds
    for k in range(folds):
        weights = train(rules, [g for g in gold if fold(g[1]) != k])
        for form, lemma, _ in gold:
            if fold(lemma) == k:
                print(form, stem_word(rules, weights, form), sep="\t")


# ---- tables


def read_weights(path):
    for line in open(path, encoding="utf-8"):
        if not line.startswith("#"):
            *feature, value = line.rstrip("\n").split("\t")
            yield tuple(feature), int(value)


def letter(c):
    return 63 if c == "^" else ALPHABET.index(c) + 1


def pack_letters(text):
    key = 0
    for c in text:
        key = key << 6 | letter(c)
    return key


def key_of(feature, slots):
    name, *args = feature
    kinds = ("bare", "nominal", "verb")
    if name.startswith("end-"):
        value = pack_letters(args[0])
    elif name in ("join", "join2"):
        value = slots.index(args[0]) << 12 | pack_letters(args[1])
    elif name in ("length-before", "syllables-before"):
        value = slots.index(args[0]) << 4 | int(args[1])
    elif name in ("first", "against"):
        value = slots.index(args[0])
    elif name == "slots":
        value = slots.index(args[0]) << 7 | slots.index(args[1])
    elif name == "shape":
        value = int(args[0]) << 4 | int(args[1])
    else:
        value = kinds.index(args[0]) << 4 | (int(args[1]) if len(args) > 1 else 0)
    return TEMPLATES.index(name) << 28 | value


def bucket(key, bits):
    return (key * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - bits)


def text_hash(text):
    key = 0
    for c in text:
        key = key * 43 + letter(c) & 0xFFFFFFFF
    return key


def in_buckets(items, bits):
    """Items sorted by bucket of their key, and where each bucket begins."""
    items = sorted(items, key=lambda item: (bucket(item[0], bits), item))
    counts = collections.Counter(bucket(item[0], bits) for item in items)
    starts = [0]
    for b in range(1 << bits):
        starts.append(starts[-1] + counts[b])
    return items, starts


def array(kind, name, values, per_line=20):
    lines = [",".join(map(str, values[i:i + per_line])) for i in range(0, len(values), per_line)]
    return "const %s clus__kazakh_%s[] = {\n    %s};\n" % (kind, name, ",\n    ".join(lines))


def suffix_table(rules, weights, pool):
    rows, first = [], []
    ordered = sorted(rules.rules, key=lambda r: (letter(r.suffix[-1]), rules.rules.index(r)))
    for code in range(1, len(ALPHABET) + 2):
        first.append(sum(letter(r.suffix[-1]) < code for r in ordered))
    for r in ordered:
        source = sum(1 << STATES.index(s) for s in r.source)
        left = 255 if r.left in ("*", "") else sum(1 << LEFT.index(c) for c in r.left)
        turn = 1 if r.back else 2 if r.front else 0
        rows.append("{%d,%d,%d,%d,%d,%d,%d,%d,%d}" % (
            pool.add(r.suffix), source, len(r.suffix), STATES.index(r.to), left, turn,
            RESTORE[r.restore], rules.slots.index(r.slot),
            weights.get(("suffix", r.slot, r.suffix), 0)))
    return rows, [0] + first


class Pool:
    def __init__(self):
        self.text = ""

    def add(self, text):
        if text not in self.text:
            self.text += text
        return self.text.index(text)


def word_table(rules, pool):
    words = collections.defaultdict(lambda: [0, ""])
    for flag, group in ((1, rules.listed["nominal"]), (2, rules.listed["verb"])):
        for w in group:
            words[w][0] |= flag
    for flag, group in ((4, rules.forms), (8, rules.lost)):
        for w, target in group.items():
            target = rules.stem(target)
            if words[w][1] not in ("", target):
                sys.exit("two stems for " + w)
            words[w] = [words[w][0] | flag, target]
    for w in sorted(words, key=lambda w: (-max(len(w), len(words[w][1])), w)):
        pool.add(w), pool.add(words[w][1])
    items = [(text_hash(w), "{%d,%d,%d,%d,%d}" % (pool.add(w), pool.add(words[w][1]), len(w),
                                                  len(words[w][1]), words[w][0])) for w in words]
    return in_buckets(items, 9)


def print_tables(rules, weights):
    pool = Pool()
    words, word_starts = word_table(rules, pool)
    suffixes, first = suffix_table(rules, weights, pool)
    keyed = [(key_of(f, rules.slots), v) for f, v in weights.items() if f[0] != "suffix"]
    keyed, starts = in_buckets(keyed, 12)
    print("/* Suffixes, listed words and measured weights of Kazakh; made by kazakh/gen_kazakh.py. */")
    print('#include "text/kazakh_tables.h"\n\n/* clang-format off */')
    print("const struct kazakh_suffix clus__kazakh_suffixes[] = {\n    %s};" % ",\n    ".join(suffixes))
    print(array("uint16_t", "suffix_starts", first), end="")
    print("const struct kazakh_word clus__kazakh_words[] = {\n    %s};" % ",\n    ".join(w for _, w in words))
    print(array("uint16_t", "word_starts", word_starts), end="")
    print(array("uint8_t", "letters", [letter(c) for c in pool.text], 30), end="")
    print(array("uint32_t", "weight_keys", [k for k, _ in keyed], 9), end="")
    print(array("int8_t", "weights", [v for _, v in keyed], 24), end="")
    print(array("uint16_t", "weight_starts", starts), end="")
    print("/* clang-format on */")


def main(mode, *paths):
    rules = Rules(HERE / "rules.txt")
    if mode == "tables":
        print_tables(rules, dict(read_weights(HERE / "weights.tsv")))
    elif mode == "train":
        print_weights(train(rules, list(read_gold(paths))))
    elif mode == "folds":
        print_folds(rules, list(read_gold(paths)))
    elif mode == "stem":
        weights = dict(read_weights(HERE / "weights.tsv"))
        for line in sys.stdin:
            print(line.strip(), stem_word(rules, weights, line.strip()), sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
