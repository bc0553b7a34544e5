#!/usr/bin/env python3
"""Documents name only what exists: relative links and `paths/like.this`; NEWS tells this version."""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
PATH = re.compile(r"`((?:lib|cli|include|tests|bench|data)/[\w./<>*{},-]+)`")
MACHINE = re.compile(r"(?<![\w.])/(?:work|farm|home/\w+|root)/")

found = []
for path in sorted([*root.glob("*.md"), *root.glob("*/**/*.md")]):
    if any(part.startswith("build") for part in path.relative_to(root).parts):
        continue
    text = path.read_text()
    here = path.relative_to(root)
    for target in LINK.findall(text):
        if not (path.parent / target).exists():
            found.append(f"{here}: link to {target}, which is not there")
    for name in PATH.findall(text):
        if not re.search(r"[<>*{}]", name) and not (root / name).exists():
            found.append(f"{here}: names {name}, which is not there")
version = re.search(r"version: '([\d.]+)'", (root / "meson.build").read_text()).group(1)
if version not in (root / "NEWS.md").read_text():
    found.append(f"NEWS.md: no entry for version {version}")
files = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True).stdout.split("\n")
for name in filter(None, files):
    if (root / name).is_file() and MACHINE.search((root / name).read_bytes().decode("utf-8", "replace")):
        found.append(f"{name}: holds a path of somebody's machine")
print("\n".join(found) or "docs: every path named is there")
sys.exit(bool(found))
