#!/usr/bin/env python3
"""The command on a pseudo-terminal: colours, width, progress, pager."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata

from tap import Folder, check, equal, main, run

CSEARCH = sys.argv[1]
ESCAPE = re.compile(r'\x1b\[[0-9;]*[mK]')


def on_terminal(argv, columns=80, env=None, stdin=None, streams='out err'):
    """Run with the streams named on a terminal; (status, what the terminal got)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    base = {k: v for k, v in os.environ.items()
            if k not in ('NO_COLOR', 'COLUMNS', 'PAGER', 'CSEARCH_INDEX')}
    p = subprocess.Popen(argv, stdin=stdin or subprocess.DEVNULL,
                         stdout=slave if 'out' in streams else subprocess.DEVNULL,
                         stderr=slave if 'err' in streams else subprocess.DEVNULL,
                         env={**base, 'TERM': 'xterm', **(env or {})})
    os.close(slave)
    got = b''
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # the terminal's other end is closed
            break
        if not data:
            break
        got += data
    os.close(master)
    return p.wait(timeout=60), got.decode()


def columns_of(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1
               for c in line)


def make_index(f):
    docs = [{'id': 'a', 'title': 'Кластер ' + 'очень длинное название ' * 6,
             'text': 'На бывшем заводе открылся креативный кластер, 漢字漢字 и ещё много слов. ' * 5},
            {'id': 'b', 'title': 'Короткий кластер', 'text': 'Кластер.'}]
    index = f / 'ix'
    r = run([CSEARCH, '-i', index, 'index', '-q', '-'],
            stdin=''.join(json.dumps(d) + '\n' for d in docs))
    equal(r.returncode, 0, r.stderr)
    return index


def test_colours_on_a_terminal():
    with Folder() as f:
        argv = [CSEARCH, '-i', make_index(f), 'query', 'кластер']
        status, text = on_terminal(argv)
        equal(status, 0)
        check('\x1b[1;31m' in text, 'words are marked', repr(text))
        for argv2, env in ((argv, {'NO_COLOR': '1'}), (argv, {'TERM': 'dumb'}),
                           (argv + ['--color', 'never'], {})):
            check('\x1b' not in on_terminal(argv2, env=env)[1], env)
        check('\x1b[1;31m' in on_terminal(argv + ['--color=always'], env={'NO_COLOR': '1'})[1])


def test_lines_fit_the_width():
    with Folder() as f:
        index = make_index(f)
        for width in (30, 47, 80, 200):
            _, text = on_terminal([CSEARCH, '-i', index, 'query', 'кластер'], columns=width)
            lines = ESCAPE.sub('', text).replace('\r', '').split('\n')
            for line in lines[:-4]:  # the closing lines are not wrapped
                check(columns_of(line) <= width, width, columns_of(line), line)
            check(any(columns_of(line) > width * 0.6 for line in lines), 'the width is used', width)


def test_progress_and_the_closing_line():
    with Folder() as f:
        path = f.write('a.jsonl', ''.join(json.dumps({'text': f'слово{i} ' * 300}) + '\n' for i in range(4000)))
        status, text = on_terminal([CSEARCH, '-i', f / 'ix', 'index', path], columns=60)
        equal(status, 0)
        check(re.search(r'\r\x1b\[K\d+ documents', text), repr(text))
        check('4000 added' in text.split('\r')[-2] + text.split('\r')[-1], repr(text[-200:]))
        for part in text.split('\r\x1b[K'):
            check(columns_of(ESCAPE.sub('', part.split('\r\n')[0])) <= 110, part)
        _, text = on_terminal([CSEARCH, '-i', f / 'ix', 'index', '-q', path])
        equal(text, '', '--quiet')


def test_no_progress_without_a_terminal():
    with Folder() as f:
        path = f.write('a.txt', 'документ')
        r = run([CSEARCH, '-i', f / 'ix', 'index', path])
        equal(r.stderr, b'')
        check(r.stdout.startswith(b'1 added'), r.stdout)


def test_the_pager():
    with Folder() as f:
        argv = [CSEARCH, '-i', make_index(f), 'query', '--pager', 'кластер']
        status, text = on_terminal(argv, env={'PAGER': 'sed "s/^/>>/"'})
        equal(status, 0)
        check(text.startswith('>>') and '>> 2.' in text, repr(text))
        equal(on_terminal(argv, env={'PAGER': 'true'})[0] in (0, 2), True, 'left early')
        r = run(argv, env={'PAGER': 'sed "s/^/>>/"'})
        check(b'>>' not in r.stdout, 'not on a terminal')


def test_without_a_verb():
    status, text = on_terminal([CSEARCH])
    equal(status, 2)
    check('Verbs:' in text)


main(globals())
