#!/usr/bin/env python3
"""Every #include under lib/ and cli/ must point down the table below."""
import pathlib
import re
import sys

USES = {  # folder: (other lib/ folders it may include, third-party headers it may include)
    "base": ((), ("smmintrin.h", "simde/")),
    "text": (("base",), ("unicode/", "xxhash.h")),
    "codec": (("base",), ("immintrin.h",)),
    "query": (("base",), ()),
    "store": (("base", "codec"), ("lmdb.h", "xxhash.h")),
    "index": (("base", "text", "codec", "store"), ("zstd.h", "xxhash.h")),
    "snippet": (("base", "text"), ()),
    "search": (("base", "text", "codec", "query", "index", "snippet", "store"), ("immintrin.h",)),
    "api": (("base", "text", "codec", "query", "store", "index", "search", "snippet"), ()),
    "cli": ((), ("gumbo.h", "malloc.h", "yaml.h", "zlib.h", "zstd.h")),  # else public headers only
}
C_HEADERS = re.compile(r"^(assert|ctype|errno|float|iconv|inttypes|limits|setjmp|locale|math|signal|std\w+|"
                       r"string|time|unistd|fcntl|getopt|pthread|dirent|fnmatch|poll|termios|strings|libgen|ftw|fts|sys/\w+|linux/magic)\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def problems(root):
    for path in sorted([*root.glob("lib/**/*.[ch]"), *root.glob("cli/**/*.[ch]")]):
        parts = path.relative_to(root).parts
        home = parts[1] if parts[0] == "lib" else "cli"
        below, foreign = USES[home]
        for quote, name in INCLUDE.findall(path.read_text()):
            top = name.split("/")[0]
            if quote == '"' and top in (home, *below):
                continue
            if quote == '"' and home == "cli" and "/" not in name:
                continue
            if quote == "<" and (name.startswith(("clustersearch/", *foreign))
                                 or C_HEADERS.match(name)):
                continue
            yield f"{path.relative_to(root)}: {home}/ may not include {name}"


found = list(problems(pathlib.Path(sys.argv[1])))
print("\n".join(found) or "layers: every include points downwards")
sys.exit(bool(found))
