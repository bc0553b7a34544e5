"""Commits beside queries: small batches, readers under a writer, an hour's feed in compressed time."""
import figures
import system

HOUR = {"batches": "1/2,100/30,10000/600", "seconds": 3600, "base": 20000}
QUICK = {"batches": "1/2,100/30,1000/120", "seconds": 600, "base": 3000}


def feed(build, corpus, queries, folder, **options):
    args = [build / "bench/macro_feed"]
    for name, value in options.items():
        args += [f"--{name}", value]
    out = system.run([*args, "--dir", folder, corpus.path, queries])
    return parse(out)


def parse(out):
    names = {"quiet": ("n", "p50", "p90", "p99", "max"), "queries": ("second", "n", "p50", "p90", "p99", "max"),
             "commit": ("second", "batch", "searchable_us", "file", "live", "documents", "deleted", "segments"),
             "compact": ("took_us", "file", "live", "documents", "peak")}
    found = {name: [] for name in names}
    for line in out.splitlines():
        kind, *values = line.split("\t")
        found[kind].append(dict(zip(names[kind], map(float, values))))
    return found


def exact_live(commit):
    """Bytes of documents that are not deleted: what the view uses, less the share of the deleted."""
    return commit["live"] * commit["documents"] / (commit["documents"] + commit["deleted"])


def small_commits(build, corpus, queries, folder, count):
    """100 documents from the first call until a new snapshot finds them, with and without waiting for the disk."""
    rows = []
    for durable in (0, 1):
        found = feed(build, corpus, queries, folder, batches="100/1", seconds=count, base=5000, replace=0, delete=0,
                     readers=0, durable=durable)
        times = [c["searchable_us"] / 1e3 for c in found["commit"]]
        rows.append({"documents": 100, "durable": bool(durable), "searchable_ms": figures.distribution(times)})
    return rows


def readers(build, corpus, queries, folder, count):
    """Latency of one reader without and beside a writer that commits 100 documents again and again."""
    found = feed(build, corpus, queries, folder, batches="100/1", seconds=count, base=5000, readers=1, pause=200)
    return {"quiet_us": found["quiet"][0], "beside_writer_us": found["queries"],
            "searchable_ms": figures.distribution([c["searchable_us"] / 1e3 for c in found["commit"]])}


def hour(build, corpus, queries, folder, quick):
    """The feed, condensed to the last commit of each of 180 stretches; maxima are over all commits."""
    options = QUICK if quick else HOUR
    found = feed(build, corpus, queries, folder, **options)
    commits = found["commit"]
    stretch = max(1, options["seconds"] // 180)
    last = {int(c["second"] // stretch): c for c in commits}
    by_size = {}
    for c in commits:
        by_size.setdefault(int(c["batch"]), []).append(c["searchable_us"] / 1e3)
    end = found["compact"][0]
    return {**options, "replace_percent": 30, "delete_percent": 5, "commits": len(commits),
            "max_file_over_view": max(c["file"] / c["live"] for c in commits),
            "max_file_over_live": max(c["file"] / exact_live(c) for c in commits),
            "end_file_over_compacted": commits[-1]["file"] / end["live"],
            "max_segments": max(c["segments"] for c in commits),
            "searchable_ms": {str(size): figures.distribution(times) for size, times in sorted(by_size.items())},
            "quiet_us": found["quiet"][0], "queries_us": found["queries"],
            "compact": {"wall_s": end["took_us"] / 1e6, "live_bytes": end["live"], "file_bytes": end["file"], "peak_bytes": end["peak"]},
            "timeline": [{"second": c["second"], "file": c["file"], "live": c["live"], "exact_live": exact_live(c),
                          "documents": c["documents"], "segments": c["segments"]} for c in last.values()]}
