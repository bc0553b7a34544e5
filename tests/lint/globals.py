#!/usr/bin/env python3
"""No writable globals in the library: nothing of ours in .data or .bss of the shared object.

Relocated constants live in .data.rel.ro, which the loader makes read-only, so they pass. The one
exception is named with its reason.
"""
import re
import subprocess
import sys

_CPU = "libgcc's, filled before main: what __builtin_cpu_supports() answers from"
ALLOWED = {  # symbol: why there has to be one
    "__cpu_model": _CPU,
    "__cpu_features2": _CPU,
    "registry": "open environments by file identity: LMDB must not open one twice in a process",
}
RUNTIME = re.compile(r"^(completed\.\d+|__dso_handle|_GLOBAL_OFFSET_TABLE_|__bss_start|_edata|_end|"
                     r"__TMC_END__|__data_start|data_start)$")
SYMBOL = re.compile(r"^[0-9a-f]+ (.{7}) (\.data|\.bss|\.tdata|\.tbss)\S*\s+([0-9a-f]+)\s+(?:\.hidden )?(\S+)$")

found = []
for line in subprocess.run(["objdump", "-t", sys.argv[1]], check=True, capture_output=True,
                           text=True).stdout.splitlines():
    match = SYMBOL.match(line)
    if not match or ".data.rel.ro" in line:
        continue
    flags, section, size, name = match.groups()
    if "d" in flags or RUNTIME.match(name) or name in ALLOWED or int(size, 16) == 0:
        continue
    found.append(f"{section}: {name} ({int(size, 16)} bytes) is writable and global")
print("\n".join(found) or "globals: none is writable")
sys.exit(bool(found))
