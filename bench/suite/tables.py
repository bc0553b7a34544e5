"""What the suite prints while it runs: each function prints one part's figures and gives them back."""


def machine(m):
    print(f"commit {m['commit']}{' (changed)' if m['changed'] else ''}; {m['compiler']}; {m['cores']} cores of {m['cpu']}; load {m['load'][0]}", flush=True)


def corpus(c):
    print(f"corpus: {c['documents']} documents, {c['bytes'] / 1e6:.0f} MB, {c['name']}", flush=True)
    return c


def micro(rows):
    print(f"\n{'micro':60} {'min':>9} {'median':>9} {'max':>9}")
    for row in rows:
        print(f"{row['name']:60} {row['min']:9.4g} {row['median']:9.4g} {row['max']:9.4g} {row['unit']}")
    return rows


def load(f):
    rate, total = f["mb_per_s"], f["parts"]["total"]
    print(f"\nload: {f['documents']} documents, {f['text_bytes'] / 1e6:.0f} MB on {f['jobs']} threads: median {rate['median']:.1f} MB/s "
          f"({rate['min']:.1f}-{rate['max']:.1f} of {rate['n']}), {f['mb_per_cpu_s']['median']:.1f} MB a CPU second, peak "
          f"{f['peak_bytes'] / 1e6:.0f} MB, {f['written_per_byte']['median']:.2f} bytes written a byte, {f['segments']} segments")
    parts = {k: v for k, v in f["parts"].items() if k != "total"}
    print("size: " + ", ".join(f"{name} {size / f['text_bytes']:.1%}" for name, size in parts.items()) + f", file {total / f['text_bytes']:.1%} of the text",
          flush=True)
    return f


def merge(f):
    print(f"merge: {f['segments']} segments, {f['live_bytes'] / 1e6:.0f} MB in {f['wall_s']:.1f} s: {f['mb_per_s']:.1f} MB/s, peak "
          f"{f['peak_bytes'] / 1e6:.0f} MB", flush=True)
    return f


def search(rows):
    print(f"\n{'class':14} {'mode':8} {'n':>4} {'p50 us':>9} {'p90 us':>9} {'p99 us':>9} {'max/min':>8} {'mean hits':>10}")
    for row in rows:
        us = row["us"]
        print(f"{row['class']:14} {row['mode']:8} {us['n']:4} {us['p50']:9.1f} {us['p90']:9.1f} {us['p99']:9.1f} "
              f"{row['max_over_min']:8.2f} {row['hits']:10.0f}")
    return rows


def threads(rows):
    print(f"\n{'class':14} {'threads':>7} {'queries/s':>10} {'(min-max)':>17} {'times':>6}")
    for row in rows:
        q = row["queries_per_s"]
        print(f"{row['class']:14} {row['threads']:7} {q['median']:10.0f} {q['min']:8.0f}-{q['max']:.0f} {row['times']:8.2f}", flush=True)
    return rows


def commits(rows):
    print()
    for row in rows:
        ms = row["searchable_ms"]
        print(f"{row['documents']} documents until searchable{', durable' if row['durable'] else ', no waiting for the disk'}: "
              f"median {ms['p50']:.1f} ms, p99 {ms['p99']:.1f}, max {ms['max']:.1f} ({ms['n']} commits)", flush=True)
    return rows


def readers(f):
    beside = f["beside_writer_us"]
    print(f"one reader: p50 {f['quiet_us']['p50']:.0f} us, p99 {f['quiet_us']['p99']:.0f} alone; beside a writer p50 "
          f"{min(m['p50'] for m in beside):.0f}-{max(m['p50'] for m in beside):.0f}, p99 up to {max(m['p99'] for m in beside):.0f}", flush=True)
    return f


def feed(f):
    print(f"feed of {f['seconds']} s, {f['batches']}: {f['commits']} commits; largest file / live data {f['max_file_over_live']:.2f} "
          f"(/ bytes in use {f['max_file_over_view']:.2f}), at the end {f['end_file_over_compacted']:.2f} of the compacted size, at most "
          f"{f['compact']['peak_bytes'] / f['compact']['live_bytes']:.2f} of it while compacting; "
          f"query p50 up to {max(m['p50'] for m in f['queries_us']):.0f} us, p99 up to {max(m['p99'] for m in f['queries_us']):.0f}", flush=True)
    return f


def scale_row(row):
    p50 = row["p50_us"]
    some = ", ".join(f"{name} {p50[f'{name}/top10']:.0f}" for name in ("term_frequent", "and2", "or2", "phrase2", "fuzzy"))
    print(f"{row['documents']:10,} documents: {row['text_bytes'] / 1e6:.0f} MB in {row['load_s']:.1f} s ({row['cpu_s']:.1f} s of CPU), file {row['file_bytes'] / 1e6:.0f} MB, "
          f"peak {row['peak_bytes'] / 1e6:.0f} MB, {row['segments']} segments, open {row['open_us'] / 1e3:.1f} ms; top 10 p50 us: {some}", flush=True)


def exponents(found):
    print("exponents: " + ", ".join(f"{name} {value:.2f}" for name, value in found.items() if value is not None))
