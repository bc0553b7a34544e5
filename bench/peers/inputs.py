"""What the engines index: "number TAB source TAB text" lines below a header, raw and analysed.

A source is the number of a document's `source` among those met, from 1: what filters ask for.
"""
import json
import re
import subprocess

import corpus

BLANKS = re.compile(r"[\s\0]+")
MADE = 100_000  # documents, where there is no file


def rows(lines):
    sources = {}
    for line in lines:
        document = json.loads(line)
        source = sources.setdefault(document.get("source", ""), len(sources) + 1)
        yield source, BLANKS.sub(" ", document.get("title", "") + " " + document["text"]).strip()


def write(folder, binary, documents, seed, source):
    """Write raw.tsv and pre.tsv of at most so many documents (0: all of a file); what they hold."""
    count = size = 0
    lines = corpus.documents(source, documents or (None if source else MADE), seed)
    with (folder / "raw.tsv").open("w", encoding="utf-8") as out:
        out.write("id\tsource\ttext\n")
        for number, text in rows(lines):
            out.write(f"{count}\t{number}\t{text}\n")
            count += 1
            size += len(text.encode())
    with (folder / "raw.tsv").open("rb") as raw, (folder / "pre.tsv").open("wb") as pre:
        subprocess.run([binary / "preanalyse"], stdin=raw, stdout=pre, check=True)
    return {"name": corpus.name_of(source), "documents": count, "text_bytes": size,
            "token_bytes": (folder / "pre.tsv").stat().st_size}
