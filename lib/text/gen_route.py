#!/usr/bin/env python3
"""Measure route_tables.c: how much more Kazakh than Russian letter pairs, endings and words are.

  gen_route.py KAZAKH.txt RUSSIAN.txt > route_tables.c

Both files are plain UTF-8 text of one language. Fits a logistic regression to the words that
letters alone do not decide; Kazakh text counts a second time as it is typed on a Russian
keyboard, without its own letters. The table in the repository was measured on 68 MB of Kazakh
(encyclopedia, legal titles, news) and 26 MB of Russian (encyclopedia, technical pages). Standard
library only; the result depends on the input alone.
"""
import collections
import math
import random
import re
import sys

LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
KAZAKH = "әғқңөұүһі"
TYPED = str.maketrans(KAZAKH, "агкноуухи")
WORDS = {  # function words; the weights are measured
    "kk": "да де деп мен бен пен бар жок бул ол сол осы ал бир еки уш ушин не емес екен еди болып болды болган "
          "болады бойынша туралы аркылы дейин кейин кеш бурын немесе сондай кандай ете тек гана жане жэне маган "
          "оган оны онын менин сенин бизге сизге кан тур жур отыр калды жылы жылдын жылгы керек шыгар баска бас "
          "арасында ишинде бойы рет сайын дейди деген келе келип алып барлык кейбир егер бирак сонда мунда неге "
          "кашан кайда канша адам жаксы жаман бала ара кала жер ма ме ба бе па пе гой та те сияты сиякты",
    "ru": "и в во на с со к ко по за из от до о об у не ни но а да же ли бы что чтобы как так это этот эта эти того "
          "этого для при или он она они его ее их ему ей им мы вы ты я мне меня нас вас вам нам был была было были "
          "быть есть нет который которая которые которых все всех весь также только уже еще если когда где там тут "
          "под над между через после перед без более может можно год года году лет один два первый сам свой себя "
          "себе чем то та те тем том ее раз потому поэтому очень затем между вот где куда почему кто чего",
}
ENDINGS, EPOCHS, RATE, DECAY, CAP = 320, 6, 0.25, 2e-7, 100


def words(path):
    counts = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            counts.update(re.findall("[а-яәғқңөұүһі]+", line.lower().replace("ё", "е")))
    return counts


def samples(kazakh, russian):
    mass = collections.defaultdict(lambda: [0.0, 0.0])
    typed = collections.Counter()
    for word, n in kazakh.items():
        typed[word.translate(TYPED)] += n
    open_words = {w: n for w, n in kazakh.items() if not set(w) & set(KAZAKH)}
    for table, label in ((open_words, 1), (typed, 1), (russian, 0)):
        total = sum(table.values())
        for word, n in table.items():
            if n > 1 and not set(word) & set(KAZAKH):
                mass[word][label] += n * 1e6 / total * (0.5 if label else 1)
    rows = []  # frequent words count less than they occur, at the same odds
    for word, both in mass.items():
        share = min(CAP, sum(both)) ** 0.5 / sum(both)
        rows += [(word, label, both[label] * share) for label in (0, 1) if both[label]]
    return rows


def features(word):
    padded = " " + word + " "
    found = [padded[i:i + 2] for i in range(len(padded) - 1)]
    if len(word) >= 3:
        found.append(word[-3:] + "$")
    found.append("=" + word)
    return found


def fit(rows, allowed):
    weight, seen = collections.defaultdict(float), collections.defaultdict(float)
    data = [([f for f in features(w) if allowed(f)], y, m) for w, y, m in rows]
    order = random.Random(1)
    for _ in range(EPOCHS):
        order.shuffle(data)
        for found, label, mass in data:
            z = sum(weight[f] for f in found)
            step = (label - 1 / (1 + math.exp(-max(-30, min(30, z))))) * mass
            for f in found:
                seen[f] += step * step
                weight[f] += RATE * step / math.sqrt(1 + seen[f]) - DECAY * weight[f]
    return weight


def choose(rows):
    """The endings that carry most evidence, then the weights again with those alone."""
    listed = {"=" + w for table in WORDS.values() for w in table.split()}
    first = fit(rows, lambda f: f[-1] == "$" or len(f) == 2 and f[0] != "=" or f in listed)
    use = collections.Counter()
    for word, _, mass in rows:
        if len(word) >= 3:
            use[word[-3:] + "$"] += mass
    endings = sorted(use, key=lambda f: (-abs(first[f]) * use[f] ** 0.5, f))[:ENDINGS]
    allowed = set(endings) | listed
    return fit(rows, lambda f: f in allowed or len(f) == 2 and f[0] != "="), endings, listed


def clamp(w):
    return max(-127, min(127, round(w * 16)))


def main():
    weight, endings, listed = choose(samples(words(sys.argv[1]), words(sys.argv[2])))
    print("/* Made by gen_route.py: measured weights in 1/16 nat, positive for Kazakh. */")
    print('#include "text/route_tables.h"\n')
    print("/* clang-format off */")
    print("const int8_t clus__route_pairs[ROUTE_SYMBOLS][ROUTE_SYMBOLS] = {")
    for a in " " + LETTERS:
        print("    {" + ",".join(str(clamp(weight[a + b])) for b in " " + LETTERS) + "},")
    print("};\n\nconst struct route_weight clus__route_words[] = {")
    entries = sorted([("-" + e[:-1], weight[e]) for e in endings] +
                     [(w[1:], weight[w]) for w in listed], key=lambda e: e[0].encode())
    entries = [(w, clamp(x)) for w, x in entries if clamp(x)]
    for i in range(0, len(entries), 5):
        print("    " + " ".join('{"%s", %d},' % e for e in entries[i:i + 5]))
    print("};\n/* clang-format on */\n")
    print("const size_t clus__route_n_words =")
    print("    sizeof clus__route_words / sizeof clus__route_words[0];")


main()
