#!/usr/bin/env python3
"""Is kazakh.sbl, compiled by the Snowball compiler, the stemmer that the library has? Speaks TAP.

    snowball.py ROOT [SOURCE]

SOURCE is the Snowball distribution with its compiler built (`./dev snowball` gets Debian's source
package, builds it and runs this); it may be named in SNOWBALL as well. Skipped without it.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

DRIVER = r"""
#include <stdio.h>
#include <string.h>
#include "api.h"
#include "kazakh.h"

int main(void)
{
    char line[4096];
    struct SN_env *env = kazakh_create_env();
    while (env && fgets(line, sizeof line, stdin)) {
        size_t len = strcspn(line, "\n");
        if (SN_set_current(env, (int)len, (const symbol *)line) || kazakh_stem(env) < 0)
            return 1;
        printf("%.*s\n", env->l, (const char *)env->p);
    }
    kazakh_close_env(env);
    return !env;
}
"""


def compiled(kazakh, source, folder):
    """The program that stems words of its input, one a line."""
    subprocess.run([source / "snowball", kazakh / "kazakh.sbl", "-u", "-o", folder / "kazakh", "-ep", "kazakh_"],
                   check=True)
    (folder / "driver.c").write_text(DRIVER)
    runtime = source / "runtime"
    subprocess.run(["cc", "-O1", "-I", runtime, "-I", folder, folder / "driver.c", folder / "kazakh.c",
                    runtime / "api.c", runtime / "utilities.c", "-o", folder / "driver"], check=True)
    return folder / "driver"


def main(root, source):
    if not source:
        print("1..0 # SKIP no Snowball compiler: ./dev snowball gets it")
        return False
    kazakh = root / "lib/text/kazakh"
    words, stems = ((kazakh / name).read_text(encoding="utf-8") for name in ("voc.txt", "output.txt"))
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(kazakh, pathlib.Path(source).resolve(), pathlib.Path(folder))
        made = subprocess.run([program], input=words, capture_output=True, text=True, check=True).stdout
    wrong = [f"{word}: {got}, not {want}" for word, got, want in
             zip(words.split(), made.split("\n"), stems.split("\n")) if got != want]
    print("1..1")
    for line in wrong[:20]:
        print("#", line)
    good = not wrong and len(made.split()) == len(words.split())
    print(f"{'ok' if good else 'not ok'} 1 - {len(words.split())} words, {len(wrong)} stems differ from the library's")
    return not good


sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else os.environ.get("SNOWBALL")))
