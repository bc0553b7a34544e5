"""The corpus: documents as "number TAB text" lines below a header, raw and analysed.

It is shared/corpus/ru-sample.jsonl.zst beside the checkout when that is there, else texts mixed with
a seed from the sentences of data/articles.
"""
import json
import pathlib
import random
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT.parent / "shared/corpus/ru-sample.jsonl.zst"
BLANKS = re.compile(r"[\s\0]+")


def json_lines(path):
    if path.suffix != ".zst":
        with path.open("rb") as file:
            yield from file
        return
    with subprocess.Popen(["zstd", "-dcq", "--long=27", str(path)], stdout=subprocess.PIPE) as process:
        yield from process.stdout


def sample_texts(path):
    for line in json_lines(path):
        document = json.loads(line)
        yield (document.get("title") or "") + " " + document["text"]


def made_texts(seed=20):
    """Endless: the words and their order within a sentence are real, topics mix as in a feed."""
    rng = random.Random(seed)
    sentences = []
    for path in sorted((ROOT / "data/articles").rglob("*.md")):
        body = path.read_text(encoding="utf-8").split("---", 2)[-1]
        sentences += [s for s in re.split(r"(?<=[.!?…])\s+", body) if len(s) > 40]
    while True:
        yield " ".join(rng.choice(sentences) for _ in range(rng.randint(4, 20)))


def write(folder, binary, documents, source):
    """Write raw.tsv and pre.tsv of at most so many documents (0: all of a file); what they hold."""
    texts = sample_texts(source) if source else made_texts()
    count = size = 0
    with (folder / "raw.tsv").open("w", encoding="utf-8") as out:
        out.write("id\ttext\n")
        for text in texts:
            text = BLANKS.sub(" ", text).strip()
            out.write(f"{count}\t{text}\n")
            count += 1
            size += len(text.encode())
            if count == (documents or (0 if source else 100_000)):
                break
    with (folder / "raw.tsv").open("rb") as raw, (folder / "pre.tsv").open("wb") as pre:
        subprocess.run([binary / "preanalyse"], stdin=raw, stdout=pre, check=True)
    return {"name": source.name if source else "made from data/articles", "documents": count, "text_bytes": size,
            "token_bytes": (folder / "pre.tsv").stat().st_size}
