#!/usr/bin/env python3
"""Measure script_tables.c: how Kazakh words look in Cyrillic, Latin and Arabic letters.

  gen_script.py KAZAKH.txt LATIN.txt=WEIGHT… -- ARABIC.txt=WEIGHT… > script_tables.c

All files are plain UTF-8 text: Kazakh in Cyrillic, then other languages in Latin letters, then
other languages in Arabic letters, each with its weight among its kind. Kazakh in the other
letters is made from the Cyrillic text by the official alphabets and, with a seeded choice of
habits, as people type it. The tables in the repository were measured on 74 MB of Kazakh
(encyclopedia, legal texts, news), a thousand sentences of news in each of 30 languages of Latin
and 6 of Arabic letters, and the Latin words of Russian technical pages. Standard library only;
the result depends on the input alone.
"""
import collections
import math
import random
import re
import sys
import unicodedata

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
LATIN = "abcdefghijklmnopqrstuvwxyz~"  # the last for any other
ARABIC = "ابپتجچحدرزژسشعغفقكگڭلمنهھەوۇۆۋۈېىيیئأإآؤةثذخصضطظٴ~"
PLAIN = dict(zip("гвфдбзклмнопрстае", "gvfdbzklmnoprstae"), ь="", ъ="", һ="h", э="e", ё="е")
ALPHABETS = [  # in the order of әғқңөұү ыіийу жшчщ хц яю
    "a' g' q n' o' u u' y i i' i' y' j s' c' s' h ts i'a i'y'",
    "á ǵ q ń ó u ú y i ı ı ý j sh ch sh h ts ıa ıý",
    "ä ğ q ñ ö ū ü y ı i i u j ş ch ş h ts ia iu",
    "ä ğ q ŋ ö ū ü y ı i i u j ş ch ş h ts ia iu",
    "ä ğ q ñ ö u ü ı i ï y w j ş ç şç x c ya yu",
    "ä gh q ng ö ū ü y i ī y ū zh sh ch shch kh ts ya yu",
]
HABITS = ("a,a,a,ae,e g,g,gh q,q,k,k,kh n,n,ng o u u y,y,i,u i i i,y,y,j u,u,w j,j,zh "
          "sh,sh,sh,s ch sh h,kh,x c,ts ya,ia yu,iu")
ORDER = "әғқңөұүыіийужшчщхцяю"
TOTE = dict(zip("әғқңөұүһіыийужшчщхцэяювабгдезклмнопрстф",
                "ا ع ق ڭ و ۇ ۇ ھ ى ى ي ي ۋ ج ش چ شش ح تس ە يا يۋ ۆ ا ب گ د ە ز ك ل م ن و پ ر س ت ف".split()),
            ь="", ъ="")
SPELLERS, TYPED, TYPED_FROM = 6, 1000, 4000
FLOOR, LEVELS, NATS_3, NATS_4 = "]", 34, 3, 4  # tables are strings from ']' to '~'


def words(path, letters):
    counts = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = re.sub("[’ʼ‘ʻ]", "'", line.replace("İ", "i").lower())
            counts.update(re.findall(letters, unicodedata.normalize("NFKC", line)))
    return counts


def write_as(word, table):
    return "".join(table.get(c, c) for c in word)


def habits(rng):
    return dict(PLAIN, **{c: rng.choice(h.split(",")) for c, h in zip(ORDER, HABITS.split())})


def tote(word):
    front = set(word) & set("әөүі") and not set(word) & set("егк")
    return ("ٴ" if front else "") + write_as(word, TOTE)


def skeleton(word):
    odd = {"ə": "a", "ı": "i", "ŋ": "n", "ß": "s", "æ": "a", "ø": "o", "ł": "l", "đ": "d"}
    kept = (odd.get(c) or unicodedata.normalize("NFD", c)[0] for c in word if c != "'")
    return "".join(c if "a" <= c <= "z" else "~" for c in kept)


def bones(word):
    word = word.replace("ک", "ك").replace("ء", "ٴ")
    return "".join(c if c in ARABIC else "~" for c in word)


def grams(tables, n, shape):
    """Counts of runs of n letters; frequent words count less than they occur."""
    counts = collections.Counter()
    for table, weight in tables:
        total = sum(k ** 0.8 for k in table.values())
        for word, k in table.items():
            padded = " " * (n - 1) + shape(word) + " "
            for i in range(n - 1, len(padded)):
                counts[padded[i - n + 1:i + 1]] += k ** 0.8 * weight * 1e6 / total
    return counts


def chances(counts, alphabet, n, doubt):
    """log P(last letter | the ones before) of every run, smoothed with shorter runs."""
    by_length = [collections.Counter() for _ in range(n + 1)]
    for run, k in counts.items():
        for m in range(n + 1):
            by_length[m][run[n - m:]] += k
    before = [collections.Counter() for _ in range(n + 1)]
    for m in range(1, n + 1):
        for run, k in by_length[m].items():
            before[m][run[:-1]] += k
    size = len(alphabet) + 1

    def chance(run):
        if not run:
            return 1 / size
        m = len(run)
        return (by_length[m][run] + doubt * chance(run[1:])) / (before[m][run[:-1]] + doubt)

    runs = [""]
    for _ in range(n):
        runs = [r + c for r in runs for c in " " + alphabet]
    return {run: math.log(chance(run)) for run in runs}


def compare(kazakh, other, alphabet, n, shape):
    ours = chances(grams(kazakh, n, shape), alphabet, n, 150)
    theirs = chances(grams(other, n, shape), alphabet, n, 150)
    return {run: ours[run] - theirs[run] for run in ours}


def marks(kazakh, other):
    """log-odds of each marked letter (and each left plain) given the letter without marks."""
    def count(tables):
        found, bases = collections.Counter(), collections.Counter()
        for table, weight in tables:
            total = sum(k ** 0.8 for k in table.values())
            for word, k in table.items():
                for c, base in zip(word.replace("'", ""), skeleton(word)):
                    found[c] += k ** 0.8 * weight * 1e6 / total
                    bases[base] += k ** 0.8 * weight * 1e6 / total
        return found, bases
    (ours, our_bases), (theirs, their_bases) = count(kazakh), count(other)
    for c in sorted(set(ours) | set(theirs)):
        base = skeleton(c)
        yield c, base, math.log((ours[c] + 20) / (our_bases[base] + 40) * (their_bases[base] + 40) /
                                (theirs[c] + 20))


def typed_words(kazakh):
    """What the spellings of frequent words most often stand for."""
    rng = random.Random(2)
    meant = collections.defaultdict(collections.Counter)
    for word, n in kazakh.most_common(TYPED_FROM):
        for _ in range(40):
            meant[write_as(word, habits(rng))][word] += n
    best = []
    for typed, table in meant.items():
        word, n = table.most_common(1)[0]
        if n > 0.6 * sum(table.values()) and set(word) & set("әғқңөұүһіыйу"):
            best.append((-n ** 0.5, typed, word))
    return sorted((typed, word) for _, typed, word in sorted(best)[:TYPED])


def level(value, per_nat, low):
    return chr(ord(FLOOR) + max(0, min(LEVELS - 1, round(value * per_nat) - low)))


def print_strings(name, size, width, table, alphabet, per_nat, low):
    print(f"const char clus__script_{name}[{size}][{width + 1}] = {{")
    symbols = " " + alphabet
    firsts = sorted({run[:-1] for run in table}, key=lambda r: [symbols.index(c) for c in r])
    for first in firsts:
        print('    "%s",' % "".join(level(table[first + c], per_nat, low) for c in symbols))
    print("};\n")


def read(args, letters):
    return [(words(name, letters), float(weight)) for name, weight in
            (arg.rsplit("=", 1) for arg in args)]


def main():
    kazakh = words(sys.argv[1], f"[{CYRILLIC}ё]+")
    kazakh = collections.Counter({w.replace("ё", "е"): n for w, n in kazakh.items() if n > 2})
    split = sys.argv.index("--")
    letter = "a-zß-öø-ɏə"
    latin = read(sys.argv[2:split], f"[{letter}]+(?:'[{letter}]+)*")
    arabic = read(sys.argv[split + 1:], "[ء-يٮ-ۓەۺ-ۿ]+")
    flat = collections.Counter({w: min(n, 3000) ** 0.9375 for w, n in kazakh.items()})
    shapes = [dict(PLAIN, **dict(zip(ORDER, a.split()))) for a in ALPHABETS]
    rng = random.Random(1)
    shapes += [habits(rng) for _ in range(SPELLERS)]
    frequent = kazakh.most_common(30000)
    ours = []
    for i, shape in enumerate(shapes):
        table = collections.Counter()
        for word, n in frequent:
            table[write_as(word, shape)] += n
        ours.append((table, 1 if i < len(ALPHABETS) else 0.4))
    ours_arabic = collections.Counter()
    for word, n in frequent:
        ours_arabic[tote(word)] += n
    print("/* Made by gen_script.py: measured on text; a string holds a level a character. */")
    print('#include "text/script_tables.h"\n\n/* clang-format off */')
    cyrillic = chances(grams([(flat, 1)], 3, str), CYRILLIC, 3, 5)
    print_strings("cyrillic", "SCRIPT_CYRILLIC * SCRIPT_CYRILLIC", len(CYRILLIC) + 1,
                  cyrillic, CYRILLIC, NATS_3, -LEVELS + 1)
    print_strings("latin", "SCRIPT_LATIN_SYMBOLS * SCRIPT_LATIN_SYMBOLS", len(LATIN) + 1,
                  compare(ours, latin, LATIN, 3, skeleton), LATIN, NATS_4, -LEVELS // 2 + 1)
    print_strings("arabic", "SCRIPT_ARABIC", len(ARABIC) + 1,
                  compare([(ours_arabic, 1)], arabic, ARABIC, 2, bones), ARABIC, NATS_4,
                  -LEVELS // 2 + 1)
    print("const struct script_letter clus__script_letters[] = {")
    rows = [(ord(c), base, round(16 * max(-5, min(5, w)))) for c, base, w in marks(ours, latin)]
    rows = ["{0x%X, '%s', %d}," % row for row in rows 
            if row[0] < 128 or abs(row[2]) > 4 or chr(row[0]) in "".join(ALPHABETS)]
    for i in range(0, len(rows), 5):
        print("    " + " ".join(rows[i:i + 5]))
    print("};\n\nconst size_t clus__script_n_letters = "
          "sizeof clus__script_letters / sizeof clus__script_letters[0];\n")
    print("const struct script_typed clus__script_typed[] = {")
    for typed, word in typed_words(kazakh):
        print('    {"%s", "%s"},' % (typed, word))
    print("};\n/* clang-format on */\n")
    print("const size_t clus__script_n_typed =\n    "
          "sizeof clus__script_typed / sizeof clus__script_typed[0];")


if __name__ == "__main__":
    main()
