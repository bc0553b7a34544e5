#!/usr/bin/env python3
"""C code is formatted as .clang-format says: ./dev fmt mends it.

Tables that a generator wrote are left out: they tell clang-format to leave them be, and half a
megabyte of numbers costs it 8 GB of memory and 18 s to do so.
"""
import pathlib
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
folders = ("lib", "cli", "include", "tests", "bench")
files = sorted(str(p.relative_to(root)) for f in folders for p in (root / f).rglob("*.[ch]")
               if not p.name.endswith("_tables.c"))
run = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], cwd=root)
print(f"format: {len(files)} files looked at")
sys.exit(run.returncode)
