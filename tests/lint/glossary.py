#!/usr/bin/env python3
"""data/glossary.tsv: columns, NFC, letters of either alphabet, no pair and no line twice."""
import pathlib
import re
import sys
import unicodedata

PATH = pathlib.Path(sys.argv[1]) / "data/glossary.tsv"
RUSSIAN = re.compile(r"[А-Яа-яЁёA-Za-z0-9]+(?:[ -][А-Яа-яЁёA-Za-z0-9]+)*\Z")
KAZAKH = re.compile(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІіA-Za-z0-9]+(?:[ -][А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІіA-Za-z0-9]+)*\Z")

found, pairs, left = [], {}, {}
text = PATH.read_text(encoding="utf-8")
if not unicodedata.is_normalized("NFC", text):
    found.append("not in NFC")
if not text.endswith("\n") or "\r" in text:
    found.append("lines do not end in LF")
for number, line in enumerate(text.splitlines(), 1):
    if line.startswith("#"):
        continue
    columns = line.split("\t")
    if len(columns) not in (2, 3):
        found.append(f"line {number}: {len(columns)} columns")
        continue
    if columns[0] in left:
        found.append(f"line {number}: '{columns[0]}' has line {left[columns[0]]} already")
    left[columns[0]] = number
    for ru in columns[0].split("|"):
        if not RUSSIAN.match(ru):
            found.append(f"line {number}: '{ru}' is not Russian words")
        for kk in columns[1].split("|"):
            if not KAZAKH.match(kk):
                found.append(f"line {number}: '{kk}' is not Kazakh words")
            if (ru, kk) in pairs:
                found.append(f"line {number}: '{ru}', '{kk}' stands in line {pairs[ru, kk]}")
            pairs[ru, kk] = number
if len(pairs) < 800:
    found.append(f"{len(pairs)} pairs are fewer than 800")
print("\n".join(found) or f"glossary: {len(pairs)} pairs")
sys.exit(bool(found))
