"""A very small test harness: functions called test_… run in order and print TAP."""
import os
import shutil
import subprocess
import sys
import tempfile
import traceback


class Failed(Exception):
    pass


def check(condition, *what):
    if not condition:
        raise Failed(' '.join(map(str, what)) or 'not so')


def equal(got, wanted, *what):
    if got != wanted:
        raise Failed(f'{" ".join(map(str, what))}: got {got!r}, wanted {wanted!r}')


class Folder:
    """A temporary folder; write(path, content) makes files below it."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix='csearch-test-')

    def write(self, name, content):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def run(argv, stdin=b'', env=None, timeout=60, cwd=None):
    base = {k: v for k, v in os.environ.items()
            if k not in ('CSEARCH_INDEX', 'NO_COLOR', 'COLUMNS', 'PAGER')}
    return subprocess.run(argv, input=stdin if isinstance(stdin, bytes) else stdin.encode(),
                          capture_output=True, timeout=timeout, cwd=cwd,
                          env={**base, **(env or {})}, check=False)


def main(names):
    tests = [(n, f) for n, f in names.items() if n.startswith('test_') and callable(f)]
    print(f'1..{len(tests)}')
    failures = 0
    for i, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f'ok {i} - {name[5:]}')
        except (Failed, Exception) as e:  # a test that crashes has failed
            failures += 1
            print(f'not ok {i} - {name[5:]}')
            text = str(e) if isinstance(e, Failed) else traceback.format_exc()
            for line in text.splitlines():
                print('#', line)
        sys.stdout.flush()
    sys.exit(failures > 0)
