#!/usr/bin/env python3
"""Every exported function says what it returns, who owns what, and from which thread."""
import pathlib
import re
import sys

PROTOTYPE = re.compile(r"(/\*\*(?:(?!\*/).)*\*/\s*)?CLUS_API\s+(?!_)((?:CLUS_MUST_CHECK\s+)?"
                       r"[\w\s*]+?)(clus_\w+)\s*\(([^;]*)\);", re.S)
ALLOWED = re.compile(r"#include <(clustersearch/\w+|stddef|stdint|stdbool)\.h>$")


def problems(header):
    text = header.read_text()
    for line in re.findall(r"^#\s*include.*", text, re.M):
        if not ALLOWED.match(line):
            yield f"{header.name}: public header leaks {line}"
    for doc, result, name, args in PROTOTYPE.findall(text):
        need = ["Threads:"]
        if "void" not in result.split() or "*" in result:  # something comes back
            need.append("@return")
        if "**" in args or (result.count("*") and "const char" not in result):
            need.append("Ownership:")
        for word in need:
            if word not in doc:
                yield f"{header.name}: {name}: no '{word}' in its comment"


found = [p for h in sorted(pathlib.Path(sys.argv[1]).glob("include/**/*.h")) for p in problems(h)]
print("\n".join(found) or "public_docs: complete")
sys.exit(bool(found))
