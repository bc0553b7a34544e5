#!/usr/bin/env python3
"""What the C code may not hold: banned calls, over-long files and functions, unfinished work.

Function lengths are counted by universal-ctags; generated *_tables.c files are exempt from the
length limits, for they have a generator beside them.
"""
import json
import pathlib
import re
import subprocess
import sys

FILE_LINES, TEST_LINES, FUNCTION_LINES, COLUMNS = 500, 800, 80, 100
BANNED_IN_PRODUCT = r"strcpy|strcat|sprintf|vsprintf|atoi|atol|atof|strtok|gets|alloca|rand|srand"
BANNED_IN_LIB = r"malloc|calloc|realloc|free|strdup|getenv|secure_getenv|setlocale|printf|fprintf|puts|putchar|exit|abort|system|popen|signal|sigaction|time|gettimeofday|localtime|gmtime"
ALLOWED = {"lib/base/alloc.c": {"malloc", "calloc", "realloc", "free"}}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def calls(path, text, names):
    allowed = ALLOWED.get(path, set())
    for match in re.finditer(rf"(?<![\w.>])({names})\s*\(", text):
        if match.group(1) not in allowed:
            yield text.count("\n", 0, match.start()) + 1, f"{match.group(1)}() is banned here"


def problems_of(root, path):
    raw = (root / path).read_text()
    code = COMMENT_OR_STRING.sub(blank, raw)
    if path.startswith("lib/"):
        yield from calls(path, code, BANNED_IN_PRODUCT + "|" + BANNED_IN_LIB)
    elif not path.startswith("tests/"):
        yield from calls(path, code, BANNED_IN_PRODUCT)
    for number, line in enumerate(raw.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, "unfinished by its own words"
        if len(line) > COLUMNS and "_tables" not in path:
            yield number, f"longer than {COLUMNS} columns"
        if line != line.rstrip():
            yield number, "blanks at the end of the line"
    lines = raw.count("\n")
    limit = TEST_LINES if path.startswith("tests/") else FILE_LINES
    if lines > limit and "_tables" not in path:
        yield lines, f"longer than {limit} lines"
    if not raw.lstrip().startswith("/*"):
        yield 1, "does not begin with a comment that says what the file is for"


def long_functions(root, paths):
    hand_written = [p for p in paths if p.endswith(".c") and "_tables" not in p]
    out = subprocess.run(["ctags", "--output-format=json", "--fields=+ne", "--kinds-C=f", "-f", "-",
                          *hand_written], cwd=root, check=True, capture_output=True, text=True).stdout
    for tag in map(json.loads, out.splitlines()):
        length = tag.get("end", tag["line"]) - tag["line"] + 1
        if length > FUNCTION_LINES:
            yield tag["path"], tag["line"], f"{tag['name']}() has {length} lines, limit {FUNCTION_LINES}"


def main(root):
    folders = ("lib", "cli", "include", "tests", "bench")
    paths = sorted(str(p.relative_to(root)) for f in folders for p in (root / f).rglob("*.[ch]"))
    found = [f"{p}:{n}: {what}" for p in paths for n, what in problems_of(root, p)]
    found += [f"{p}:{n}: {what}" for p, n, what in long_functions(root, [p for p in paths if p.startswith(("lib/", "cli/"))])]
    print("\n".join(found) or f"code_rules: {len(paths)} files keep them")
    return bool(found)


sys.exit(main(pathlib.Path(sys.argv[1])))
