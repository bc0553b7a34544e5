"""Loading, like for like: csearch beside FTS5, the fastest of the others, with the text kept or not, merged into one piece or not.

Neither waits for the disk on the way: FTS5 has no journal and `synchronous=OFF`; csearch's `--durability none` still syncs
once, when the index is closed. FTS5 keeps 64 MiB at once instead of 1 MiB, which is its faster way.
"""
import shutil

import engines
from measure import disk_bytes, say, values_of
from process import Failed, timed

ROUNDS = 2
THREADS = {"csearch": (1, 2), "fts5": (1,)}  # SQLite has one writer


def csearch(mode, threads, keep):
    load = ["{csearch}", "-i", "{dir}/ix", "index", "-q", "--durability", "none", "--jobs", str(threads)]
    load += [] if keep else ["--no-store"]
    load += ["--analyzer", "whitespace"] if mode == "pre" else []
    return load + ["{input}"], engines.COMPACT


def fts5(mode, _, keep):
    load = ["{bin}/sqlite-index", mode, "{input}", "{dir}/ix.db"]
    return load + (["store"] if keep else []), ["{bin}/sqlite-index", "merge", "{dir}/ix.db"]


def load_one(setting, name, mode, threads, keep):
    """Seconds, CPU seconds and bytes after loading, and of merging."""
    values = values_of(setting, name, mode, threads)
    values["dir"] = setting.folder / f"{name}.load"
    figures = []
    for command in {"csearch": csearch, "fts5": fts5}[name](mode, threads, keep):
        if not figures:
            shutil.rmtree(values["dir"], ignore_errors=True)
            values["dir"].mkdir()
        _, wall, cpu, _ = timed(engines.fill(command, values), {})
        figures.append((wall, cpu, disk_bytes(str(values["dir"]))))
    shutil.rmtree(values["dir"])
    (wall, cpu, size), (merge_wall, merge_cpu, merged_size) = figures
    return {"wall_s": wall, "cpu_s": cpu, "bytes": size, "merge_wall_s": merge_wall, "merge_cpu_s": merge_cpu,
            "merged_bytes": merged_size}


def measure(setting, names):
    """{engine/threads/mode/kept or not: the least of ROUNDS, engines taking turns}"""
    runs = [(name, threads, mode, keep) for mode in setting.modes for keep in (True, False)
            for name in names if name in THREADS for threads in THREADS[name]]
    taken = {run: [] for run in runs}
    for _ in range(ROUNDS):
        for name, threads, mode, keep in runs:
            try:
                figures = load_one(setting, name, mode, threads, keep)
            except (Failed, OSError) as error:
                say(f"{name}: failed: {error}")
                return {}
            taken[name, threads, mode, keep].append(figures)
            say(f"loaded {name:8} {mode} on {threads}, {'with' if keep else 'without'} the text: {figures['wall_s']:.2f} s, "
                f"CPU {figures['cpu_s']:.2f} s; merged in {figures['merge_wall_s']:.2f} s")
    return {f"{name}/{threads}/{mode}/{'kept' if keep else 'not kept'}":
            {key: min(f[key] for f in all_figures) for key in all_figures[0]}
            for (name, threads, mode, keep), all_figures in taken.items()}


def ratio(theirs, ours, *keys):
    return f"{sum(theirs[key] for key in keys) / sum(ours[key] for key in keys):.2f}"


def rows(kept, text):
    """Lines of a table: an engine's seconds, and how many times as long FTS5 took."""
    figures = {name: one["found"] for name, one in kept.items()}
    for key, f in sorted(figures.items(), key=lambda item: item[0].split("/")[2:] + [item[1]["wall_s"]], reverse=True):
        name, threads, mode, keep = key.split("/")
        other = figures.get(f"fts5/1/{mode}/{keep}")
        ratios = ["-"] * 4
        if name != "fts5" and other:
            ratios = [ratio(other, f, "wall_s"), ratio(other, f, "cpu_s"), ratio(other, f, "wall_s", "merge_wall_s"),
                      ratio(other, f, "cpu_s", "merge_cpu_s")]
        yield [mode, keep, name, threads, f"{f['wall_s']:.2f}", f"{text / 1e6 / f['wall_s']:.0f}", f"{f['cpu_s']:.2f}",
               f"{f['merge_wall_s']:.2f}", f"{f['bytes'] / 1e6:.0f}", *ratios]


HEAD = ["input", "text", "engine", "threads", "s", "MB/s of text", "CPU s", "s of merging", "MB", "FTS5 ÷ ours", "CPU", "merged",
        "merged, CPU"]
