"""Processes of engines: timed commands, daemons, and searchers that answer over pipes."""
import os
import pathlib
import subprocess
import time

from engines import fill


class Failed(Exception):
    pass


def run(command, env=None):
    if subprocess.run(command, env={**os.environ, **(env or {})}).returncode:
        raise Failed(" ".join(map(str, command)))


def timed(command, env):
    """(last line of output, wall seconds, CPU seconds, peak RSS bytes), children counted."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **env})
    out = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise Failed(f"{' '.join(map(str, command))}: status {process.returncode}")
    return (out.strip().splitlines() or [""])[-1], time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


class Daemon:
    """A server that is there while the block runs; nothing for an engine without."""

    def __init__(self, engine, values, options=""):
        self.engine, self.values = engine, {**values, "options": options}

    def __enter__(self):
        if self.engine.start:
            run(fill(self.engine.start, self.values))
        return self

    def __exit__(self, *_):
        if self.engine.start:
            subprocess.run(fill(self.engine.stop, self.values))

    def cpu_ns(self):
        """CPU time of the server and the processes under it so far; 0 without one."""
        if not self.engine.start:
            return 0
        total, waiting = 0, [pathlib.Path(fill(self.engine.pidfile, self.values)).read_text().split()[0]]
        while waiting:
            for task in pathlib.Path(f"/proc/{waiting.pop()}/task").glob("*"):
                try:
                    total += int((task / "schedstat").read_text().split()[0])
                    waiting += (task / "children").read_text().split()
                except FileNotFoundError:
                    pass
        return total


class Searcher:
    BATCH = 50  # queries sent at once; the answers fit into a pipe or are read meanwhile

    def __init__(self, engine, values):
        self.process = subprocess.Popen(fill(engine.search, values), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, **engine.env})

    def ask(self, command, queries):
        """[(count, wall ns, [number], CPU ns)]; a count of -1 without numbers: the engine cannot answer this."""
        out = []
        for start in range(0, len(queries), self.BATCH):
            batch = queries[start:start + self.BATCH]
            self.process.stdin.write("".join(f"{command}\t{query}\n" for query in batch).encode() + b"\n")
            self.process.stdin.flush()
            for line in iter(self.process.stdout.readline, b"\n"):
                if not line:
                    raise Failed("the searcher ended")
                count, wall, numbers, cpu = line.decode().rstrip("\n").split("\t")
                out.append((int(count), int(wall), [int(n) for n in numbers.split(",")] if numbers else [], int(cpu)))
            if len(out) != start + len(batch):
                raise Failed("the searcher answered another number of queries")
        return out

    def answers(self, command, query):
        (count, _, numbers, _), = self.ask(command, [query])
        return count >= 0 or bool(numbers)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
