#!/usr/bin/env python3
"""A file as a C array: embed.py FILE NAME OUTPUT writes NAME and NAME_len."""
import pathlib
import sys

source, name, output = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
data = source.read_bytes()
rows = (",".join(map(str, data[i:i + 32])) for i in range(0, len(data), 32))
output.write_text(f'/* Made from {source.name} by embed.py. */\n#include "{name}.h"\n\n'
                  f"const unsigned char {name}[] = {{\n" + ",\n".join(rows) + "\n};\n"
                  f"const size_t {name}_len = sizeof {name};\n")
