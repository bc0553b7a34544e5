#!/usr/bin/env python3
"""Is the committed kazakh_tables.c what its generator makes of the rules and weights?"""
import pathlib
import subprocess
import sys

text = pathlib.Path(sys.argv[1]) / "lib" / "text"
made = subprocess.run([sys.executable, text / "kazakh" / "gen_kazakh.py", "tables"], check=True,
                      capture_output=True).stdout
if made != (text / "kazakh_tables.c").read_bytes():
    sys.exit("kazakh_tables.c is old: run gen_kazakh.py tables > lib/text/kazakh_tables.c")
print("kazakh_tables.c is what rules.txt and weights.tsv make")
