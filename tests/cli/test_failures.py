#!/usr/bin/env python3
"""The command where something is wrong: queries that are not understood, damage, streams that are
closed or full, files of others, two writers, signals, time that is up."""
import os
import pathlib
import re
import signal
import subprocess
import time

from indexes import CSEARCH, DOCS, Index, jsonl
from tap import check, equal, main


def test_warnings_and_strict():
    with Index() as x:
        r = x.csearch('query', 'кластер (завод')
        equal(r.returncode, 0)
        check('at byte' in r.stderr.decode(), r.stderr.decode())
        check(x.query('кластер (завод')['warnings'][0]['message'])
        r = x.csearch('query', '--strict', 'ёж кластер (завод')
        equal((r.returncode, r.stdout), (2, b''))
        err = r.stderr.decode().splitlines()
        equal(err[1], '  ёж кластер (завод')
        check(err[2].rstrip().endswith('^') and 2 <= err[2].index('^') <= len(err[1]), err)


def test_damage_is_4():
    with Index([{'id': str(i), 'text': f'слово{i} и ещё документ {i}'} for i in range(3000)]) as x:
        data = max((p for p in pathlib.Path(x.index).iterdir() if p.is_file()),
                   key=lambda p: p.stat().st_size)
        with open(data, 'r+b') as file:
            size = data.stat().st_size
            for at in range(3 * 4096 + 100, size, 4096):
                file.seek(at)
                file.write(b'\xa5' * 64)
        r = x.csearch('check')
        equal(r.returncode, 4, r.stderr.decode())
        check('damaged' in r.stderr.decode() or 'check' in r.stderr.decode(), r.stderr.decode())


def test_a_reader_that_leaves_is_no_error():
    docs = [{'id': f'{i:05}', 'text': 'общее слово ' * 5} for i in range(20000)]
    with Index(docs) as x:
        p = subprocess.Popen([CSEARCH, '-i', x.index, 'query', '-n', '20000', '--format', 'jsonl', 'слово'],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdout.read(100)
        p.stdout.close()
        err = p.stderr.read()
        p.stderr.close()
        check(p.wait(timeout=60) in (-signal.SIGPIPE, 0), p.returncode)
        equal(err, b'')


def test_a_full_device_is_told():
    if not os.path.exists('/dev/full'):
        return
    with Index() as x, open('/dev/full', 'wb') as full:
        p = subprocess.run([CSEARCH, '-i', x.index, 'query', 'кластер'], stdout=full,
                           stderr=subprocess.PIPE, check=False)
        equal(p.returncode, 2)
        check(b'standard output' in p.stderr, p.stderr)


def test_one_writer_at_a_time():
    with Index() as x:
        first = subprocess.Popen([CSEARCH, '-i', x.index, 'index', '-q', '-'], stdin=subprocess.PIPE)
        try:
            first.stdin.write(jsonl([{'id': 'new', 'text': 'новый'}]).encode())
            first.stdin.flush()
            deadline = time.monotonic() + 20
            while True:  # until the first has the index
                r = x.csearch('delete', 'нет такого', timeout=60)
                if r.returncode != 1 or time.monotonic() > deadline:
                    break
            equal(r.returncode, 3, r.stderr.decode())
            check('writing' in r.stderr.decode(), r.stderr.decode())
            equal(set(x.ids('кластер')), {'a', 'b', 'c'}, 'readers do not wait')
        finally:
            first.stdin.close()
            first.wait(timeout=60)
        equal(first.returncode, 0)
        equal(x.ids('новый'), ['new'])


def test_an_interruption_keeps_what_was_committed():
    with Index(None) as x:
        p = subprocess.Popen([CSEARCH, '-i', x.index, 'index', '--batch-mb', '1', '-'],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = jsonl([{'text': 'слово кластер ' * 4000}]).encode()
        for i in range(40):
            p.stdin.write(line[:1] + f'"id":"{i}",'.encode() + line[1:])
        p.stdin.flush()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and x.csearch('query', 'кластер').returncode != 0:
            time.sleep(0.05)
        p.send_signal(signal.SIGINT)
        try:
            p.stdin.write(line)
        except BrokenPipeError:
            pass
        out, err = p.communicate(timeout=60)
        equal(p.returncode, 130, err.decode())
        check('interrupted' in err.decode(), err.decode())
        found = int(re.match(r'(\d+) added', out.decode()).group(1))
        check(found >= 10, out)
        equal(x.query('кластер')['total'], found)
        equal(x.csearch('check').returncode, 0)
        docs = [{'id': str(i), 'text': 'слово кластер'} for i in range(40)]
        equal(x.csearch('index', '-q', '-', stdin=jsonl(docs)).returncode, 0)
        check(x.query('кластер')['total'] >= 40)
        equal({x.query('--op', 'and', f'id:{i} кластер')['total'] for i in (0, 39)}, {1})


def test_timeout_is_124():
    docs = [{'id': str(i), 'text': ' '.join(f'w{j}x{i % 50}' for j in range(60))} for i in range(20000)]
    with Index(docs) as x:
        query = ' OR '.join(f'w{j}*' for j in range(60))
        r = x.csearch('query', '--timeout', '1', query)
        check(r.returncode in (124, 0), r.returncode)
        if r.returncode == 124:
            check('1 ms' in r.stderr.decode() and r.stdout == b'')


def test_more_of_the_query_that_strict_refuses():
    with Index() as x:
        for query in '', 'завод id:a*', 'завод [1 TO 2]', 'завод id:[a TO b]', '😀', 'завод ' * 11000:
            equal(x.csearch('query', query).returncode, 0 if 'завод' in query else 1, query[:40])
            r = x.csearch('query', '--strict', query)
            equal((r.returncode, r.stdout), (2, b''), query[:40])
            told = r.stderr.decode().splitlines()
            check(told[0].startswith('csearch: query: ') and (not query or told[2].strip() == '^'), told)
            check(max(map(len, told)) < 160, 'a part of a long query', told)
        r = x.csearch('delete', '--query', 'кластер id:a*')
        equal((r.returncode, r.stdout), (2, b''), 'all of the query counts, or nothing is deleted')
        check(r.stderr.decode().startswith('csearch: delete: '), r.stderr)
        equal(set(x.ids('кластер')), {'a', 'b', 'c'})


def test_closed_standard_streams_are_not_taken_for_the_index():
    with Index() as x:
        broken = x.write('broken.jsonl', '{' * 3 + '\n' + jsonl(DOCS))
        for closed in '>&-', '2>&-', '<&-', '>&- 2>&- <&-':
            for verb in f'index {broken}', 'query кластер', 'index --json ' + broken, 'nonsense':
                status = subprocess.run(f'exec {CSEARCH} -i {x.index} {verb} {closed}', shell=True, timeout=60,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False).returncode
                equal(status, 2 if verb == 'nonsense' or closed[0] == '>' else 0, verb, closed)
                equal(x.lines('check'), ['nothing is wrong'], verb, closed)


def as_nobody(*argv):
    """Run without the rights of root, who may do everything; None where that cannot be."""
    how = {} if os.getuid() else {'user': 65534, 'group': 65534, 'extra_groups': []}
    return subprocess.run(argv, capture_output=True, timeout=60, check=False, **how)


def test_what_may_not_be_written_is_named():
    with Index() as x:
        os.chmod(x.path, 0o755)
        try:
            if as_nobody(CSEARCH, 'version').returncode:
                return  # the command lies where others may not go
        except PermissionError:
            return
        os.chmod(os.path.join(x.index, 'lock.mdb'), 0o444)
        r = as_nobody(CSEARCH, '-i', x.index, 'query', 'кластер')
        equal((r.returncode, r.stdout), (3, b''))
        check('lock.mdb may not be written' in r.stderr.decode(), r.stderr.decode())
        os.chmod(os.path.join(x.index, 'lock.mdb'), 0o666)
        equal(as_nobody(CSEARCH, '-i', x.index, 'query', 'кластер').returncode, 0)
        r = as_nobody(CSEARCH, '-i', x.index, 'delete', 'a')
        equal((r.returncode, r.stdout), (3, b''), r.stderr.decode())
        check('make the folder writable' in r.stderr.decode(), r.stderr.decode())


def test_only_what_is_certainly_gone_is_deleted():
    with Index(None) as x:
        os.chmod(x.path, 0o777)
        for name in 'a.txt', 'sub/b.txt', 'sub/c.txt':
            os.chmod(os.path.dirname(x.write('in/' + name, 'документ')), 0o777)

        def index(*options):
            return as_nobody(CSEARCH, '-i', x.index, 'index', *options, x / 'in')
        try:
            if index().returncode:
                return  # the command lies where others may not go
        except PermissionError:
            return
        os.remove(x / 'in/a.txt')
        for mode in 0o000, 0o444:  # it cannot be listed; its files cannot be looked at
            os.chmod(x / 'in/sub', mode)
            r = index('--delete-missing')
            equal(r.returncode, 0, r.stderr)
            equal(set(x.ids('документ')), {'sub/b.txt', 'sub/c.txt'})
        os.chmod(x / 'in/sub', 0o755)
        os.remove(x / 'in/sub/b.txt')
        equal(index('--delete-missing').returncode, 0)
        equal(x.ids('документ'), ['sub/c.txt'])


def test_missing_files_that_cannot_be_told_are_said_so():
    with Index(DOCS, '--no-store') as x:
        x.write('in/a.txt', 'документ')
        r = x.csearch('index', '--delete-missing', x / 'in')
        equal(r.returncode, 2)
        check('--no-store' in r.stderr.decode(), r.stderr.decode())
        r = x.csearch('index', '--delete-missing', '-', stdin=jsonl(DOCS))
        equal((r.returncode, r.stdout), (2, b''))
        check('needs folders' in r.stderr.decode(), r.stderr.decode())


def test_a_signal_that_is_ignored_stays_so():
    with Index(None) as x:
        p = subprocess.Popen(f'trap "" HUP; exec {CSEARCH} -i {x.index} index --batch-mb 1 -', shell=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = jsonl([{'id': '1', 'text': 'слово кластер ' * 50000}]).encode()
        p.stdin.write(line)
        p.stdin.flush()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and x.csearch('query', 'кластер').returncode != 0:
            time.sleep(0.05)
        p.send_signal(signal.SIGHUP)
        out, err = p.communicate(jsonl([{'id': '2', 'text': 'кластер'}]).encode(), timeout=60)
        equal(p.returncode, 0, err.decode())
        equal(set(x.ids('кластер')), {'1', '2'}, out.decode())


def test_a_file_that_may_not_grow_is_told():
    docs = jsonl([{'id': str(i), 'text': f'слово{i} и{i}'} for i in range(20000)]).encode()
    with Index() as x:
        for blocks, index in (300, x.index), (20, x / 'new'):
            r = subprocess.run(f'ulimit -f {blocks}; exec {CSEARCH} -i {index} index -', shell=True, timeout=60,
                               input=docs, capture_output=True, check=False)
            equal(r.returncode, 3, r.stderr.decode())
            check(f"'{index}'" in r.stderr.decode(), r.stderr.decode())
        equal(os.listdir(x.path), ['index'], 'what was begun is removed')
        equal(set(x.ids('кластер')), {'a', 'b', 'c'})
        equal(x.lines('check'), ['nothing is wrong'])


def test_a_file_that_is_no_index():
    with Index() as x:
        file = os.path.join(x.index, 'data.mdb')
        r = subprocess.run([CSEARCH, '-i', file, 'query', 'а'], capture_output=True, check=False, timeout=60)
        equal((r.returncode, r.stdout), (3, b''))
        check('is a file, and an index is a folder' in r.stderr.decode(), r.stderr.decode())
        for content in b'', b'hello\n', os.urandom(100000):
            x.write('index/data.mdb', content)
            for verb in ['query', 'кластер'], ['stats'], ['check'], ['compact'], ['delete', 'a']:
                r = x.csearch(*verb)
                equal((r.returncode, r.stdout), (4, b''), verb, content[:9])
                told = r.stderr.decode()
                check('index anew' in told and x.index in told, told)
                equal("'csearch check'" in told, verb != ['check'], told)
            equal(pathlib.Path(x.index, 'data.mdb').read_bytes(), content, 'it is left as it was')


main(globals())
