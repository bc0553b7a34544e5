#!/usr/bin/env python3
"""Are the committed tables of the stemmers what their generators make of the rules?

The Snowball program and the vocabulary of the Kazakh stemmer, too; of the inflected words in it most
have to come to the stem they were made of.
"""
import pathlib
import subprocess
import sys

text = pathlib.Path(sys.argv[1]) / "lib" / "text"
for language in ("kazakh", "russian"):
    generator = text / language / f"gen_{language}.py"
    made = subprocess.run([sys.executable, "-B", generator, "tables"], check=True, capture_output=True).stdout
    if made != (text / f"{language}_tables.c").read_bytes():
        sys.exit(f"{language}_tables.c is old: run {generator.name} tables > lib/text/{language}_tables.c")
    print(f"{language}_tables.c is what its rules make")

kazakh = text / "kazakh"
for name, generator in (("kazakh.sbl", ["gen_snowball.py"]), ("voc.txt", ["gen_vocabulary.py", "voc"])):
    made = subprocess.run([sys.executable, "-B", kazakh / generator[0], *generator[1:]], check=True,
                          capture_output=True).stdout
    if made != (kazakh / name).read_bytes():
        sys.exit(f"kazakh/{name} is old: run {' '.join(generator)} > lib/text/kazakh/{name}")
    print(f"kazakh/{name} is what its generator makes")

judged = subprocess.run([sys.executable, "-B", kazakh / "gen_vocabulary.py", "judge"], check=True,
                        capture_output=True, text=True).stdout
right, of = (int(n) for n in judged.split()[:3:2])
print(judged.strip())
if right < 0.95 * of:
    sys.exit("under 95 % of the inflected words come to their stem")
