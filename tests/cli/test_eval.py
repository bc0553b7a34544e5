#!/usr/bin/env python3
"""`csearch eval` against a second computation of the same measures."""
import json
import math
import random
import sys
from collections import defaultdict

from tap import Folder, check, equal, main, run

CSEARCH = sys.argv[1]


def measures(run_lines, qrels):
    """As trec_eval: linear gain, means over all judged queries."""
    ranked = defaultdict(list)
    for line in run_lines:
        qid, _, doc, rank, score, _ = line.split()
        ranked[qid].append((-float(score), int(rank), doc))
    sums = [0.0] * 4
    for qid, grades in qrels.items():
        docs = [d for _, _, d in sorted(ranked.get(qid, []))]
        best = sorted((g for g in grades.values() if g > 0), reverse=True)
        gains = [grades.get(d, 0) for d in docs]
        dcg = sum(g / math.log2(i + 2) for i, g in enumerate(gains[:10]) if g > 0)
        sums[0] += dcg / sum(g / math.log2(i + 2) for i, g in enumerate(best[:10]))
        sums[1] += next((1 / (i + 1) for i, g in enumerate(gains[:10]) if g > 0), 0)
        hits = [i for i, g in enumerate(gains) if g > 0]
        sums[2] += sum((n + 1) / (i + 1) for n, i in enumerate(hits)) / len(best)
        sums[3] += sum(i < 100 for i in hits) / len(best)
    return [s / len(qrels) for s in sums]


def test_columns_of_a_run_hold_no_blanks():
    with Folder() as f:
        index, t, j = f / 'ix', f.write('topics.tsv', 'q 1\tслово\n'), f.write('qrels.txt', 'q 0 d 1\n')
        equal(run([CSEARCH, '-i', index, 'index', '-q', '-'], stdin='{"id":"a\\tb c","text":"слово"}').returncode, 0)
        r = run([CSEARCH, '-i', index, 'query', '--topics', t, '--format', 'trec', '--run-tag', 'my tag'])
        line = r.stdout.decode().split()
        equal((line[0], line[2], line[5:]), ('q%201', 'a%09b%20c', ['my%20tag']))
        equal(run([CSEARCH, '-i', index, 'eval', '--topics', t, '--qrels', j, '--run', f / 'run',
                   '--run-tag', 'my tag']).returncode, 0)
        with open(f / 'run') as file:
            equal(file.read().split(), line)


def test_the_measures():
    rng = random.Random(4)
    words = [f'слово{c}' for c in 'абвгдежзиклмнопрст']
    docs = [{'id': f'd{i}', 'text': ' '.join(rng.choices(words, k=rng.randrange(3, 30)))} for i in range(300)]
    topics = [(f'q{i}', ' '.join(rng.sample(words, 2))) for i in range(20)]
    qrels = {f'q{i}': {f'd{rng.randrange(300)}': rng.choice([0, 1, 1, 2, 3]) for _ in range(30)}
             for i in range(22)}  # two queries are judged and never asked
    qrels = {q: g for q, g in qrels.items() if any(v > 0 for v in g.values())}
    with Folder() as f:
        index = f / 'ix'
        equal(run([CSEARCH, '-i', index, 'index', '-q', '-'],
                  stdin=''.join(json.dumps(d) + '\n' for d in docs)).returncode, 0)
        t = f.write('topics.tsv', ''.join(f'{q}\t{w}\n' for q, w in topics))
        judged = [f'{q} 0 {d} {g}\n' for q, grades in qrels.items() for d, g in grades.items()]
        rng.shuffle(judged)
        j = f.write('qrels.txt', ''.join(judged) + 'unrelevant 0 d1 0\n')
        for op in ('auto', 'and', 'or'):
            r = run([CSEARCH, '-i', index, 'eval', '--topics', t, '--qrels', j, '--op', op, '--run', f / 'run',
                     '--format', 'json'])
            equal(r.returncode, 0, r.stderr.decode())
            got, = json.loads(r.stdout)['sets']
            equal(got['queries'], len(qrels))
            with open(f / 'run', encoding='utf-8') as file:
                wanted = measures(file.readlines(), qrels)
            for name, value in zip(('ndcg_10', 'mrr_10', 'map', 'recall_100'), wanted):
                check(abs(got[name] - value) < 1e-6, op, name, got[name], value)
            check(op == 'and' or wanted[3] > 0, 'something is found')
        r = run([CSEARCH, '-i', index, 'query', '--topics', t, '--format', 'trec', '-n', '1000'])
        check(len(r.stdout.splitlines()) > 100)
        two = run([CSEARCH, '-i', index, 'eval', '--topics', t, '--qrels', j, '--topics', t, '--qrels', j])
        lines = two.stdout.decode().splitlines()
        equal((len(lines), lines[0]), (2, lines[1]))
        check('nDCG@10' in lines[0], lines[0])


def test_bad_files():
    with Folder() as f:
        index = f / 'ix'
        run([CSEARCH, '-i', index, 'index', '-q', '-'], stdin='{"text":"a"}\n')
        t, j = f.write('t', 'q1\ta\n'), f.write('j', 'q1 0 d\n')
        r = run([CSEARCH, '-i', index, 'eval', '--topics', t, '--qrels', j])
        equal(r.returncode, 2)
        check(':1:' in r.stderr.decode(), r.stderr)
        equal(run([CSEARCH, '-i', index, 'eval', '--topics', t, '--qrels', f / 'none']).returncode, 2)
        equal(run([CSEARCH, '-i', index, 'eval', '--topics', t]).returncode, 2)
        j = f.write('good', 'q1 0 d 1\n')
        for bad in (['--rank', 'k1'], ['--rank', 'k1=x'], ['--rank', 'k1=-1'], ['--rank', 'none=1'],
                    ['--expand', 'nothing']):
            equal(run([CSEARCH, '-i', index, 'eval', '--topics', t, '--qrels', j] + bad).returncode, 2)
        flat = ['--rank', 'k1=0,b=0,idf=1,title=0,lead=0', '--expand', 'stem']
        equal(run([CSEARCH, '-i', index, 'eval', '--topics', t, '--qrels', j] + flat).returncode, 0)


main(globals())
