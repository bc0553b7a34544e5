#!/usr/bin/env python3
"""Are the committed tables of the stemmers what their generators make of the rules?"""
import pathlib
import subprocess
import sys

text = pathlib.Path(sys.argv[1]) / "lib" / "text"
for language in ("kazakh", "russian"):
    generator = text / language / f"gen_{language}.py"
    made = subprocess.run([sys.executable, generator, "tables"], check=True, capture_output=True).stdout
    if made != (text / f"{language}_tables.c").read_bytes():
        sys.exit(f"{language}_tables.c is old: run {generator.name} tables > lib/text/{language}_tables.c")
    print(f"{language}_tables.c is what its rules make")
