#!/usr/bin/env python3
"""The C program in README.md compiles without warnings, is short, and finds what it says."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

root, library = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
sanitize = [f"-fsanitize={sys.argv[3]}"] if len(sys.argv) > 3 and sys.argv[3] != "none" else []
program = re.search(r"```c\n(.*?)```", (root / "README.md").read_text(), re.S).group(1)
lines = len(program.splitlines())
assert lines <= 40, f"{lines} lines are not short"
with tempfile.TemporaryDirectory() as folder:
    source = pathlib.Path(folder, "example.c")
    source.write_text(program)
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Werror", *sanitize,
                    f"-I{root / 'include'}", "-o", f"{folder}/example", str(source), str(library),
                    f"-Wl,-rpath,{library.parent}"], check=True)
    run = subprocess.run([f"{folder}/example", f"{folder}/index"], check=True, capture_output=True, text=True)
    assert re.match(r"1\. 1 \d+\.\d\d\n", run.stdout), run.stdout
    again = subprocess.run([f"{folder}/example", f"{folder}/index"], capture_output=True, text=True)
    assert again.returncode == 1 and again.stderr.startswith("create: "), again.stderr
print(f"the README's {lines} lines work")
