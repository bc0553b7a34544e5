#!/usr/bin/env python3
"""Turn rules.txt and weights.tsv into kazakh.sbl, the same stemmer in the Snowball language.

  gen_snowball.py > kazakh.sbl

Snowball's `among` takes the longest string that fits. A string with a routine is taken only if the
routine succeeds; those of walk look at one suffix, weigh what comes of it and always fail, so that all
analyses are seen. Weights are integers; the way to a suffix is a string, a letter for each slot.
"""
import collections
import pathlib

import gen_kazakh as kk

NAMES = dict(zip(kk.ALPHABET, (
    "a b v g d e zh z i j k l m n o p r s t u f kh ts ch sh shch hard y soft eh iu ia "
    "gh q ng oe uh ue hh ih ae").split()))
SLOT_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&*+-./:;<=>?@_~"
CLASSES = {**kk.LEFT_LETTERS, "t": "".join(c for c in kk.ALPHABET if kk.left_class(c) == "t")}
KINDS = ("bare", "nominal", "verb")
BOTH = "bare_or_nominal"

HEAD = """/* A stemmer for Kazakh; made by gen_snowball.py of rules.txt and weights.tsv.
 *
 * A word is read from its end. Every way to take suffixes off that the rules allow is an analysis;
 * its score is the sum of measured weights, and the stem of the best one is taken. The stem of a noun
 * is analysed once or twice more. Words come in lower case, {e} standing for U+0451 as well.
 *
 *   walk        looks at all suffixes that end at the cursor; their routines always fail
 *   slot_S      one kind of suffix: what may stand to its right, the analysis that ends here, and
 *               those that go on to the left
 *   weigh_...   what the parts of an analysis are worth, in 1/32 nat
 *   settle      a stem as it is indexed
 *
 * `way` has a letter for each suffix taken off, the last one first; `kind` of a stem: 0 the whole
 * word, 1 nominal, 2 verbal; `turn` of a suffix: 1 back vowels, 2 front ones, 0 either; `how` the
 * stem's end was changed before it: 0 not, 1 {j} is hidden in {ia} or {iu}, 2 {y} or {ih} in {i} or
 * {u}, 3 {p} became {u}, 4 not, but it must be that of a surname.
 */
"""

TOOLS = """
define has_vowel as ( test ( goto vowel ) )

// the last vowel left of the cursor is a back one, a front one: neither is true of {i}, {u} and {iu}
define after_back as ( test ( goto vowel back ) )
define after_front as ( test ( goto vowel front ) )

define against_harmony as (
    ( $turn == 1 after_front ) or ( $turn == 2 after_back )
)

// below, a mark '^' stands before the stem

define settle as (
    repeat ( test ( hop 4 ) [ '{soft}' or '{hard}' ] delete )
    do ( test ( hop 5 ) test double_letter [ next ] delete )
    do ( [substring] among (
        '{gh}' (<- '{q}')
        '{g}' (<- '{k}')
        '{b}' (<- '{p}')
    ) )
    do ( [substring] among (
@LOST@
    ) )
)

define measure as (
    $last = root
    $last ( attach '^' backwards settle )
    $length = lenof last
    $length -= 1
    $syllables = 0
    $last ( repeat ( gopast vowel $syllables += 1 ) )
)

// The stem that is left of the cursor, what spelling did to its end undone.
define cut as (
    test ( [ tolimit ] -> root )
    (
        $how == 0 has_vowel
    ) or (
        $how == 1 test vowel $root ( tolimit <+ '{j}' )
    ) or (
        $how == 2 test non-vowel
        ( after_front $root ( tolimit <+ '{ih}' ) ) or
        ( after_back $root ( tolimit <+ '{y}' ) ) or
        ( $turn == 2 $root ( tolimit <+ '{ih}' ) ) or
        $root ( tolimit <+ '{y}' )
    ) or (
        $how == 3 has_vowel test ( '{u}' '{a}' or '{e}' )
        $root ( backwards ( [ '{u}' ] <- '{p}' ) )
    ) or (
        $how == 4 has_vowel test ( ( '{v}' '{o}' or '{e}' ) or ( '{n}' '{i}' ) )
    )
    $root ( ( hop 3 ) or ( next '{i}' or '{u}' ) or ( vowel non-vowel ) or short_stem )
)
"""

FINISH = """
// An analysis whose stem has been measured, the weights of its suffixes in `sum`.
define finish as (
    ( $kind == 2 do ( $last ( backwards weigh_verb ) ) ) or
    ( $kind == 1 do ( $last ( backwards weigh_nominal ) ) ) or
    do ( $last ( backwards weigh_bare ) )
    do weigh_shape
    do (
        ( $sum > best_score ) or ( $sum == best_score $length < best_length )
        $best_score = sum
        $best_length = length
        $best_kind = kind
        $best = last
    )
)

define consider_whole as (
    $kind = 0
    $sum = 0
    test ( [ tolimit ] -> root )
    measure
    finish
)
"""

ANALYSE = """
define analyse as (
    $best_score = -1000000
    $way = '@START@'
    $score = 0
    $budget = 1000
    consider_whole
    do walk
)
"""

MAIN = """
define analyse_word as (
    backwards analyse
    $best ( [ '^' ] delete )
)

// a nominal stem that is not listed, once more, unless too little is left then
define again as (
    $best_kind == 1
    $last = best
    $last ( attach '^' backwards ( not listed_nominal ) )
    $before = best
    do ( [ tolimit ] <- best )
    analyse_word
    $length = lenof best
    ( $length >= 4 ) or ( $best = before false )
)

define stem as (
    test ( hop 2 )
    test ( repeat letter atlimit )
    whole_form or (
        do ( [ tolimit ] -> last )
        $last ( attach '^' backwards ( not listed_nominal ) )
        analyse_word
        do ( again again )
        [ tolimit ] <- best
    )
)
"""


def spell(text):
    return "".join(c if c == "^" else "{%s}" % NAMES[c] for c in text)


def quoted(text):
    return "'%s'" % spell(text)


def lines(items, indent, width=96):
    """Items with blanks between, in lines."""
    out, line = [], ""
    for item in items:
        if line and len(indent) + len(line) + 1 + len(item) > width:
            out.append(indent + line)
            line = ""
        line += (" " if line else "") + item
    return "\n".join(out + ([indent + line] if line else []))


def by_value(values, action, indent=" " * 8):
    """The entries of an among, strings of one action side by side."""
    groups = collections.defaultdict(list)
    for text, value in values.items():
        groups[value].append(text)
    out = []
    for value in sorted(groups):
        texts = [quoted(t) for t in sorted(groups[value])]
        out.append(lines(texts + ["(%s)" % action(value)], indent))
    return "\n".join(out)


def cumulated(values):
    """Of strings that count one by one, what the longest that fits stands for."""
    return {text: sum(values.get(text[i:], 0) for i in range(len(text))) for text in values}


def add(value, to="sum"):
    return "$%s %s %d" % (to, "+=" if value >= 0 else "-=", abs(value))


def steps(name, weights, cap):
    """The weight of a number; those above `cap` count as that."""
    return ["( $%s %s %d %s )" % (name, "==" if n < cap else ">=", n, add(v)) for n, v in sorted(weights.items())]


def any_of(choices, indent="    "):
    return indent + "do ( " + (" or\n" + indent + "     ").join(choices) + " )\n" if choices else ""


def among(values, action):
    return "[substring] among (\n%s\n    )" % by_value(values, action)


class Program:
    def __init__(self, rules, weights):
        self.rules, self.routines, self.text = rules, [], []
        self.slots = rules.slots[1:]
        self.heads = {r.slot: (r.source, r.to) for r in rules.rules}
        self.letter = dict(zip(rules.slots, SLOT_LETTERS))
        self.weights = collections.defaultdict(dict)
        for (name, *args), value in weights.items():
            self.weights[name][tuple(args)] = value

    def define(self, name, body):
        self.routines.append(name)
        self.text.append("define %s as (\n%s\n)\n" % (name, body.rstrip("\n")))

    def raw(self, text, *names):
        self.routines += names
        self.text.append(text.strip("\n") + "\n")

    def of_slot(self, name, slot):
        return {args[1]: v for args, v in self.weights[name].items() if args[0] == slot}

    # ---- words

    def words(self):
        listed = self.rules.listed
        for kind in ("nominal", "verb"):
            names = lines([quoted("^" + w) for w in sorted(listed[kind])], " " * 8)
            self.define("listed_" + kind, "    among (\n%s\n    )" % names)
        doubles = [quoted(c + c) for c in kk.ALPHABET if c not in kk.VOWELS]
        self.define("double_letter", "    among (\n%s\n    )" % lines(doubles, " " * 8))

    def short_stems(self):
        listed = self.rules.listed
        known = set(self.rules.forms) | set(self.rules.lost) | listed["nominal"] | listed["verb"]
        short = [quoted(w) for w in sorted(known) if len(w) == 2]
        self.text.append("define short_stem as ( among ( %s ) )\n" % " ".join(short))
        self.routines.append("short_stem")

    def forms(self):
        values = {f: self.rules.stem(s) for f, s in self.rules.forms.items()}
        body = "    [substring] atlimit among (\n%s\n    )" % by_value(values, lambda s: "<- " + quoted(s))
        self.define("whole_form", body)

    # ---- weights of stems

    def stems(self):
        for kind in KINDS:
            ends = cumulated({a[0]: v for a, v in self.weights["end-" + kind].items()})
            body = "    do ( %s )\n" % among(ends, add)
            listed = self.weights["listed"].get((kind,), 0)
            if listed:
                body += "    do ( listed_%s %s )\n" % ("verb" if kind == "verb" else "nominal", add(listed))
            for name, number, cap in (("length", "length", 10), ("syllables", "syllables", 6)):
                body += any_of(steps(number, {int(a[1]): v for a, v in self.weights[name].items() if a[0] == kind},
                                     cap))
            self.define("weigh_" + kind, body)
        rows = collections.defaultdict(dict)
        for (length, syllables), value in self.weights["shape"].items():
            rows[int(length)][int(syllables)] = value
        choices = []
        for length, row in sorted(rows.items()):
            test = "$length %s %d" % ("==" if length < 8 else ">=", length)
            choices.append("( %s %s )" % (test, "( " + " or ".join(steps("syllables", row, 4)) + " )"))
        self.define("weigh_shape", any_of(choices))

    # ---- slots

    def slot(self, slot):
        source, to = self.heads[slot]
        link = {self.letter[a[0]]: v for a, v in self.weights["slots"].items() if a[1] == slot}
        groups = collections.defaultdict(list)
        for letter, value in link.items():
            groups[value].append("'%s'" % letter)
        body = "    $total = worth\n"
        if link:
            entries = [item for v in sorted(groups) for item in sorted(groups[v]) + ["(%s)" % add(v, "total")]]
            body += "    do ( $way among (\n%s\n    ) )\n" % lines(entries, " " * 8)
        against = self.weights["against"].get((slot,), 0)
        if against:
            body += "    do ( against_harmony %s )\n" % add(against, "total")
        self.define("weigh_" + slot, body)
        if to not in kk.NO_END:
            self.define("consider_" + slot, self.consider(slot, "2" if to in "VGU" else "1"))
        body = "    $way right_of_%s\n    test ( hop 2 )\n    cut\n    weigh_%s\n    $score += total\n" % (slot, slot)
        if to not in kk.NO_END:
            body += "    do consider_%s\n" % slot
        body += ("    do (\n        ( $how == 0 ) or ( $how == 4 )\n        $way ( <+ '%s' )\n        do walk\n"
                 "        $way ( [ next ] delete )\n    )" % self.letter[slot])
        self.define("slot_" + slot, body)

    def consider(self, slot, kind):
        joins = {**self.of_slot("join", slot), **self.of_slot("join2", slot)}
        body = "    $kind = %s\n    $sum = score\n" % kind
        first = self.weights["first"].get((slot,), 0)
        if first:
            body += "    %s\n" % add(first)
        if joins:
            entries = by_value(cumulated(joins), add, " " * 12)
            body += "    do ( $root ( backwards ( [substring] among (\n%s\n    ) ) ) )\n" % entries
        body += "    measure\n"
        for name, number, cap in (("length-before", "length", 6), ("syllables-before", "syllables", 4)):
            body += any_of(steps(number, {int(n): v for n, v in self.of_slot(name, slot).items()}, cap))
        return body + "    finish"

    # ---- suffixes

    def left(self, classes):
        if classes in ("*", ""):
            return ""
        return "test ( try ( '{soft}' or '{hard}' ) left_%s ) " % classes

    def suffixes(self):
        by_suffix = collections.defaultdict(list)
        for rule in self.rules.rules:
            by_suffix[rule.suffix].append(rule)
        entries = []
        for number, suffix in enumerate(sorted(by_suffix)):
            body = ""
            for r in by_suffix[suffix]:
                worth = self.weights["suffix"].get((r.slot, suffix), 0)
                given = "$worth = %d $turn = %d $how = %d" % (worth, 1 if r.back else 2 if r.front else 0,
                                                           kk.RESTORE[r.restore])
                body += "    do ( %s%s slot_%s\n         %s weigh_%s $score -= total )\n" % (
                    self.left(r.left), given, r.slot, given, r.slot)
            self.define("suffix_%d" % number, body + "    false")
            entries.append("%s suffix_%d" % (quoted(suffix), number))
        self.define("walk", "    $budget > 0\n    $budget -= 1\n    among (\n%s\n    )" % lines(entries, " " * 8))

    # ---- the whole

    def groupings(self):
        out = {"vowel": "".join(sorted(kk.VOWELS)), "back": "".join(sorted(kk.BACK)),
               "front": "".join(sorted(kk.FRONT)), "letter": kk.ALPHABET}
        for left in sorted({r.left for r in self.rules.rules} - {"*", ""}):
            out["left_" + left] = "".join(sorted("".join(CLASSES[c] for c in left)))
        text = "".join("define %s '%s'\n" % (name, spell(letters)) for name, letters in out.items())
        for slot in self.slots:
            source = self.heads[slot][0]
            letters = [self.letter[s] for s in self.slots if self.heads[s][1] in source]
            if "W" in source:
                letters.insert(0, self.letter["-"])
            out["right_of_" + slot] = ""
            text += "define right_of_%s '%s'\n" % (slot, "".join(letters))
        return list(out), text

    def build(self):
        lost = {"^" + short: "^" + stem for short, stem in self.rules.lost.items()}
        self.short_stems()
        self.text.append("backwardmode (\n")
        self.words()
        self.raw(TOOLS.replace("@LOST@", by_value(lost, lambda s: "<- " + quoted(s))),
                 "has_vowel", "after_back", "after_front", "against_harmony", "settle", "measure", "cut")
        self.stems()
        self.raw(FINISH, "finish", "consider_whole")
        for slot in self.slots:
            self.slot(slot)
        self.suffixes()
        self.raw(ANALYSE.replace("@START@", self.letter["-"]), "analyse")
        self.text.append(")\n")
        self.forms()
        self.raw(MAIN, "analyse_word", "again")
        groupings, defined = self.groupings()
        names = "".join("stringdef %-5s '{U+%04X}'\n" % (NAMES[c], ord(c)) for c in kk.ALPHABET)
        return "\n".join([
            HEAD.rstrip(), "", "stringescapes {}", "", names.rstrip(), "",
            "routines (\n%s\n)" % lines(self.routines, "    "), "", "externals ( stem )", "",
            "integers ( score sum total worth turn how kind length syllables best_score best_kind best_length budget )",
            "strings ( way root last best before )", "",
            "groupings (\n%s\n)" % lines(groupings, "    "), "", defined] + self.text)


def main():
    here = pathlib.Path(__file__).parent
    weights = dict(kk.read_weights(here / "weights.tsv"))
    print(Program(kk.Rules(here / "rules.txt"), weights).build(), end="")


main()
