"""The engines: how each makes an index and answers queries, and what it needs for that.

Commands are lists of arguments in which {bin}, {csearch}, {input}, {mode} (pre or raw), {dir} (the
engine's folder) and {threads} are filled in.
"""
import dataclasses
import glob
import os
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BIN = ROOT / "build/peers/bin"
JARS = sorted(glob.glob("/usr/share/java/lucene-core-8*.jar"))[:1] + sorted(glob.glob("/usr/share/java/lucene-analyzers-common-8*.jar"))[:1]
CLASSES = ":".join([str(BIN), *JARS])
PG_BIN = (sorted(glob.glob("/usr/lib/postgresql/*/bin")) or ["/usr/lib/postgresql/bin"])[-1]
PG_CONNINFO = "host={dir} dbname=postgres user=postgres"
LOAD = ["{csearch}", "-i", "{dir}/ix", "index", "-q", "--jobs", "{threads}"]
LOAD_TOKENS = [*LOAD, "--analyzer", "whitespace", "--no-store", "{input}"]
COMPACT = ["{csearch}", "-i", "{dir}/ix", "compact", "-q"]
SERVE = ["{csearch}", "-i", "{dir}/ix", "bench", "--serve"]
PG_INDEXING = ("-c maintenance_work_mem=1GB -c fsync=off -c full_page_writes=off -c autovacuum=off "
               "-c max_wal_size=8GB -c max_parallel_maintenance_workers=0")


@dataclasses.dataclass(frozen=True)
class Engine:
    packages: str           # Debian's, beside those that the project needs anyway
    index: dict             # mode: commands, run one after the other, each timed
    search: list
    size: str               # pattern of the index's files; empty: the last command prints {"bytes": N}
    needs: list             # files without which the engine cannot run
    threads: bool = False   # its indexer takes a number of threads
    start: list = None      # a daemon's, once with {options} for indexing where it indexes, and its end
    stop: list = None
    pidfile: str = ""
    indexes_in_daemon: bool = False
    env: dict = dataclasses.field(default_factory=dict)


def both(*commands):
    return {"pre": list(commands), "raw": list(commands)}


def as_postgres(command):
    """PostgreSQL refuses to run as root."""
    return ["sh", "-c", f'su postgres -c "{command}"' if os.geteuid() == 0 else command]


ENGINES = {
    "csearch": Engine(
        "", {"pre": [LOAD_TOKENS, COMPACT], "raw": [[*LOAD, "{input}"], COMPACT]},
        SERVE, "{dir}/ix", ["{csearch}"], threads=True),
    "reordered": Engine(
        "", {"pre": [LOAD_TOKENS, [*COMPACT, "--reorder"]], "raw": [[*LOAD, "{input}"], [*COMPACT, "--reorder"]]},
        SERVE, "{dir}/ix", ["{csearch}"], threads=True),
    "lucene": Engine(
        "liblucene8-java default-jdk-headless",
        both(["java", "-Xmx3g", "-cp", CLASSES, "Index", "{mode}", "{input}", "{dir}/ix", "{threads}"]),
        ["java", "-Xmx1g", "-cp", CLASSES, "Search", "{dir}/ix"], "{dir}/ix", ["{bin}/Search.class"], threads=True),
    "xapian": Engine(
        "libxapian-dev xapian-tools g++",
        both(["{bin}/xapian-index", "{mode}", "{input}", "{dir}/loose"],
             ["xapian-compact", "--quiet", "{dir}/loose", "{dir}/ix"]),
        ["{bin}/xapian-search", "{dir}/ix"], "{dir}/ix", ["{bin}/xapian-search", "/usr/bin/xapian-compact"],
        env={"XAPIAN_FLUSH_THRESHOLD": "200000"}),
    "fts5": Engine(
        "libsqlite3-dev", both(["{bin}/sqlite-index", "{mode}", "{input}", "{dir}/ix.db"],
                                ["{bin}/sqlite-index", "merge", "{dir}/ix.db", "vacuum"]),
        ["{bin}/sqlite-search", "{dir}/ix.db"], "{dir}/ix.db", ["{bin}/sqlite-search"]),
    "sphinx": Engine(
        "sphinxsearch libmariadb-dev",
        both(["sh", "-c", f"sh {HERE}/sphinx/conf.sh {{bin}}/sphinx-feed {{mode}} {{input}} {{dir}} >{{dir}}/s.conf"],
             ["indexer", "--quiet", "--config", "{dir}/s.conf", "d"]),
        ["{bin}/sphinx-search", "{dir}/s.sock"], "{dir}/d.sp*", ["{bin}/sphinx-search", "/usr/bin/searchd"],
        start=["sh", "-c", "searchd --config {dir}/s.conf >/dev/null"],
        stop=["sh", "-c", "searchd --config {dir}/s.conf --stopwait >/dev/null"], pidfile="{dir}/searchd.pid"),
    "groonga": Engine(
        "libgroonga-dev", both(["{bin}/groonga-index", "{mode}", "{input}", "{dir}/ix"]),
        ["{bin}/groonga-search", "{dir}/ix"], "{dir}/ix*", ["{bin}/groonga-search"]),
    "postgres": Engine(
        "postgresql libpq-dev", both(["{bin}/postgres-index", "{mode}", "{input}", PG_CONNINFO]),
        ["{bin}/postgres-search", PG_CONNINFO], "", ["{bin}/postgres-search", PG_BIN + "/pg_ctl"],
        start=as_postgres(f"{PG_BIN}/pg_ctl -D {{dir}}/data -w -l {{dir}}/log -o '-c listen_addresses= -k {{dir}} "
                          "-c shared_buffers=2GB -c jit=off {options}' start >/dev/null"),
        stop=as_postgres(f"{PG_BIN}/pg_ctl -D {{dir}}/data -m fast stop >/dev/null"),
        pidfile="{dir}/data/postmaster.pid", indexes_in_daemon=True),
}
POSTGRES_INIT = as_postgres(f"{PG_BIN}/initdb -D {{dir}}/data -E UTF8 --locale=C.UTF-8 -A trust >/dev/null")


def fill(template, values):
    if isinstance(template, list):
        return [fill(part, values) for part in template]
    for name, value in values.items():
        template = template.replace("{" + name + "}", str(value))
    return template


def lacking(engine, values):
    """The files it needs that are not there."""
    return [path for path in fill(engine.needs, values) if not os.path.exists(path)]
