#!/usr/bin/env python3
"""The command as scripts meet it: verbs, formats, exit statuses, what index and bench tell."""
import json
import os
import pathlib
import re
import sys

from indexes import CSEARCH, DOCS, Index, jsonl
from tap import Folder, check, equal, main, run

ROOT = pathlib.Path(sys.argv[2])


def test_usage_errors_end_with_2_and_say_what_to_do():
    for args, words in ((['qurey'], ['qurey', "did you mean 'query'"]),
                        (['query'], ['query is missing']),
                        (['query', '--fromat', 'json', 'x'], ['--fromat', '--format']),
                        (['query', '--format', 'xml', 'x'], ['xml', 'json']),
                        (['query', '-n', '0', 'x'], ['-n, --limit', '100000']),
                        (['query', '-n'], ['-n', 'value']),
                        (['query', '--filter', 'x', 'y'], ['FIELD:VALUE']),
                        (['query', '--filter', 'text:x', 'y'], ['tag, source']),
                        (['query', '--sort', 'title', 'x'], ['title', '-date']),
                        (['query', '--fields', 'id', 'x'], ['--fields', 'json, jsonl, tsv and csv']),
                        (['query', '--facet', 'tag', 'x'], ['--facet', 'not available']),
                        (['query', '--expand', 'magic', 'x'], ['magic', 'kk-letters']),
                        (['index'], ['files or folders']),
                        (['index', '--memory', '1K', '-'], ['16M']),
                        (['index', '/nonexistent-folder'], ['/nonexistent-folder']),
                        (['facets', 'tag'], ["'facets' is not available in this version"]),
                        (['get'], ['ids']), (['eval'], ['--topics']), (['bench'], ['--queries']),
                        (['completions', 'tcsh'], ['tcsh', 'bash']), (['--bogus'], ['--bogus'])):
        r = run([CSEARCH, *args])
        equal(r.returncode, 2, args)
        equal(r.stdout, b'', args)
        err = r.stderr.decode()
        check(err.startswith('csearch: '), err)
        for word in words:
            check(word in err, args, 'no', word, 'in', err)
    r = run([CSEARCH])
    equal((r.returncode, r.stdout), (2, b''))
    check('Verbs:' in r.stderr.decode())


def test_help_and_version():
    r = run([CSEARCH, 'help'])
    equal((r.returncode, r.stderr), (0, b''))
    verbs = re.findall(r'^  (\w+)', r.stdout.decode(), re.M)
    for verb in ('index', 'query', 'get', 'delete', 'facets', 'restore', 'completions'):
        check(verb in verbs, verb)
    for verb in verbs:
        if verb in ('The',):
            continue
        for args in (['help', verb], [verb, '--help']):
            r = run([CSEARCH, *args])
            if verb in ('similar', 'facets', 'backup', 'restore', 'export'):
                text = r.stdout + r.stderr
                check(b'ot available in this version' in text, verb)
                continue
            equal(r.returncode, 0, args)
            for line in r.stdout.decode().splitlines():
                check(len(line) <= 88, args, line)
    equal(run([CSEARCH, 'help', 'query']).stdout, run([CSEARCH, 'search', '-h']).stdout)
    check(b'NEAR' in run([CSEARCH, 'help', 'query']).stdout, 'the query language is explained')
    for args in (['version'], ['--version'], ['-V']):
        check(run([CSEARCH, *args]).stdout.startswith(b'csearch '), args)


def test_the_manual_page_is_what_the_tables_say():
    r = run([CSEARCH, 'help', '--man'])
    equal(r.stdout, (ROOT / 'cli/man/csearch.1').read_bytes(),
          'write it anew: csearch help --man > cli/man/csearch.1')


def test_where_the_index_is():
    with Index() as x:
        for argv in ([CSEARCH, '-i', x.index, 'query', 'погода'],
                     [CSEARCH, 'query', '-i', x.index, 'погода'],
                     [CSEARCH, 'query', 'погода', f'--index={x.index}'],
                     [CSEARCH, f'-i{x.index}', 'search', 'погода']):
            equal(run(argv).returncode, 0, argv)
        equal(run([CSEARCH, 'query', 'погода'], env={'CSEARCH_INDEX': x.index}).returncode, 0)
        os.rename(x.index, x / '.csearch')
        equal(run([CSEARCH, 'query', 'погода'], cwd=x.path).returncode, 0)
        r = run([CSEARCH, '-i', x.index, 'query', 'погода'])
        equal((r.returncode, r.stdout), (3, b''))
        check('csearch index' in r.stderr.decode() and x.index in r.stderr.decode())


def test_json_answers():
    with Index() as x:
        a = x.query('креативных', 'кластеров')
        equal(a['format_version'], 1)
        equal(a['query'], 'креативных кластеров')
        for name in ('took_us', 'total', 'total_is_exact', 'warnings', 'expanded', 'hits'):
            check(name in a, name)
        hit = a['hits'][0]
        equal(hit['id'], 'a')
        equal((hit['title'], hit['date'], hit['lang'], hit['source'], hit['url'], hit['tags'],
               hit['fields']),
              ('Кластер в Омске', '2025-05-01', 'ru', 'Курьер', 'https://example.com/a',
               ['город', 'бизнес'], {'номер': '7'}))
        check(hit['score'] > 0 and hit['rank'] == 1)
        raw = hit['snippet'].encode()
        marked = [raw[s:e].decode() for s, e in hit['highlights']]
        equal(marked, ['креативный', 'кластер'])
        equal([hit['snippet'][s:e] for s, e in hit['highlights_points']], marked)
        title = [hit['title'][s:e] for s, e in hit['title_highlights_points']]
        equal(title, ['Кластер'])
        only = x.query('--fields', 'title,номер', '--no-snippet', 'завод')['hits'][0]
        equal({k for k in only}, {'id', 'score', 'rank', 'partial', 'title', 'номер'})


def test_other_formats():
    with Index() as x:
        rows = [json.loads(line) for line in x.lines('query', '--format', 'jsonl', 'кластер')]
        equal({r['id'] for r in rows}, {'a', 'b', 'c'})
        tsv = [line.split('\t') for line in x.lines('query', '--format', 'tsv', 'кластер')]
        equal(tsv[0], ['rank', 'score', 'id', 'date', 'source', 'title'])
        equal(len(tsv), 4)
        csv = x.lines('query', '--format', 'csv', '--fields', 'id,text', 'ярмарка')
        equal(csv, ['id,text', 'b,"Ярмарка ремёсел прошла на площади. О кластерах там тоже '
                    'говорили, но мало."'])
        trec = [line.split() for line in x.lines('query', '--format', 'trec', '--run-tag', 'проба',
                                                 'кластер')]
        equal([t[3] for t in trec], ['1', '2', '3'])
        check(all(t[0] == '1' and t[1] == 'Q0' and t[5] == 'проба' for t in trec), trec)
        scores = [float(t[4]) for t in trec]
        equal(scores, sorted(scores, reverse=True))
        ids = x.csearch('query', '-0', 'кластер').stdout
        equal(set(ids.split(b'\0')), {b'a', b'b', b'c', b''})
        text = '\n'.join(x.lines('query', 'кластер'))
        check('Кластер в Омске' in text and '2025-05-01' in text and 'Курьер' in text, text)
        check('3 documents' in text and '\x1b' not in text, text)


def test_nothing_found_is_1():
    with Index() as x:
        for form in ('text', 'json', 'jsonl', 'tsv', 'csv', 'trec', 'ids'):
            r = x.csearch('query', '--format', form, 'несуществующее')
            equal(r.returncode, 1, form)
        equal(x.query('несуществующее', status=1)['hits'], [])
        equal(x.csearch('get', 'нет').returncode, 1)
        equal(x.csearch('delete', 'нет').returncode, 1)
        equal(x.csearch('terms', 'ъъъ').returncode, 1)


def test_operators_filters_and_order():
    with Index() as x:
        equal(set(x.ids('--op', 'and', 'кластер завод')), {'a'})
        equal(set(x.ids('--op', 'or', 'ярмарка погода')), {'b', 'd'})
        equal(x.ids('--op', 'and', 'ярмарка погода', status=1), [])
        equal(set(x.ids('--lang', 'kk', 'кластер')), {'c'})
        equal(set(x.ids('--since', '2025', 'кластер')), {'a', 'c'})
        equal(set(x.ids('--until', '2024', 'кластер')), {'b'})
        equal(set(x.ids('--since', '2025-01-01', '--until', '2025-02', 'кластер')), {'c'})
        equal(set(x.ids('--filter', 'tag:город', 'кластер')), {'a', 'b'})
        equal(set(x.ids('--filter', 'tag:бизнес', '--filter', 'source:Курьер', 'кластер')), {'a'})
        equal(set(x.ids('--filter', '-tag:бизнес', 'кластер')), {'b', 'c'})
        equal(x.ids('--sort', 'date', 'кластер'), ['b', 'c', 'a'])
        equal(x.ids('--sort', '-date', 'кластер'), ['a', 'c', 'b'])
        equal(x.ids('--literal', 'кластерах'), ['b'])
        equal(x.ids('--expand', 'none', 'кластерах'), ['b'])
        full = x.ids('кластер')
        equal(x.ids('-n', '1', '--offset', '1', 'кластер'), full[1:2])
        equal(x.ids('--', '-кластер'), ['d'])
        equal(x.ids('-кластер'), ['d'], 'a dash before a letter that no option has')


def test_other_layouts_are_read_and_told():
    with Index() as x:
        equal(set(x.ids('rkfcnth')), {'a', 'b', 'c'})
        equal(x.ids('--expand', 'stem,typo', 'rkfcnth', status=1), [])
        read = x.query('rkfcnth')['expanded']
        equal([(e['word'], e['reading'], e['kind']) for e in read], [('rkfcnth', 'кластер', 'layout')])
        check(0 < read[0]['weight'] < 1, read)
        text = '\n'.join(x.lines('query', 'rkfcnth'))
        check('also searched: rkfcnth → кластер (layout)' in text, text)


def test_kazakh_scripts_find_each_other_and_are_told():
    words = {'қ': 'Қазақстан туралы мақала', 'l': 'Qazaqstan týraly maqala', 'a': 'قازاقستان تۋرالى ماقالا'}
    with Index([{'id': id, 'text': text} for id, text in words.items()]) as x:
        for word in 'Қазақстан', 'Qazaqstan', 'قازاقستان':
            equal(set(x.ids(word)), set(words), word)
        for word in 'Qazaqstan', 'قازاقستان':
            told = x.query(word)['expanded']
            equal([(e['reading'], e['kind']) for e in told], [('қазақстан', 'script')])
            equal(x.ids('--expand', 'stem', word, status=1), [])


def test_explain_takes_the_score_of_a_hit_apart():
    with Index() as x:
        for query in 'кластеров завод', 'креативные кластеры погода', '"креативный кластер"', 'кластер -завод', 'класт*':
            for hit in x.query(query)['hits']:
                parts = json.loads('\n'.join(x.lines('explain', '--format', 'json', query, hit['id'])))['parts']
                check(abs(parts[0]['score'] - hit['score']) < 1e-5 * hit['score'], query, hit['id'], parts)
                equal(parts[0]['partial'], hit['partial'], query)
                check(all(p['depth'] <= q['depth'] + 1 for q, p in zip(parts, parts[1:])), parts)
        told = '\n'.join(x.lines('explain', 'rkfcnth погода', 'a'))
        check('(layout of rkfcnth)' in told and 'in the title' in told and '(some words)' in told, told)
        check('погод, df 1: not here' in told, told)
        told = '\n'.join(x.lines('explain', 'кластер -завод', 'a', status=1))
        check(told.startswith('0.000') and 'only without' in told and ': here' in told, told)
        r = x.csearch('explain', 'кластер', 'nobody')
        equal((r.returncode, r.stdout), (1, b''))
        check("no document 'nobody'" in r.stderr.decode(), r.stderr)
        equal(x.csearch('explain', 'кластер').returncode, 2)


def test_query_explains_each_hit_as_the_verb_does():
    query = 'креативные кластеры погода'
    with Index() as x:
        tree = {h: x.lines('explain', query, h) for h in x.ids(query)}
        hits = x.query('--explain', query)['hits']
        equal({h['id'] for h in hits}, set(tree))
        for hit in hits + [json.loads(line) for line in x.lines('query', '--explain', '--format', 'jsonl', query)]:
            parts = json.loads('\n'.join(x.lines('explain', '--format', 'json', query, hit['id'])))['parts']
            equal(hit['parts'], parts, hit['id'])
            check(hit['highlights'] is not None and hit['snippet'], hit)
        shown = x.lines('query', '--explain', query)
        for lines in tree.values():
            at = shown.index('    ' + lines[0])
            equal(shown[at:at + len(lines)], ['    ' + line for line in lines])
        check(not any('parts' in h for h in x.query(query)['hits']), 'unless it is asked for')
        r = x.csearch('query', '--explain', '--format', 'ids', query)
        equal((r.returncode, r.stdout), (2, b''))


def test_a_title_that_is_the_end_of_a_phrase_does_not_hold_it():
    docs = [{'id': 'end', 'title': 'Кластеры Омска', 'text': 'Большой и новый.'},
            {'id': 'all', 'title': 'Большой новый кластер Омска', 'text': 'Он открыт.'}]
    docs += [{'id': f'n{i}', 'text': 'Большой новый дом.'} for i in range(20)]
    with Index(docs) as x:
        equal(x.ids('"большой новый кластер омска"'), ['all'])
        equal(x.ids('"новый кластер омска"'), ['all'])


def test_a_phrase_that_need_not_match_counts_by_its_words():
    docs = [{'id': 'apart', 'text': 'Белая стена, а за окном ночь.'}, {'id': 'phrase', 'text': 'Стояла белая ночь.'},
            {'id': 'all', 'text': 'Кино про белые ночи.'}, {'id': 'other', 'text': 'Кино про шахматы.'},
            {'id': 'word', 'text': 'Из-за дождя.'}]
    with Index(docs) as x:
        hits = x.query('"белая ночь" кино')['hits']
        ids = [h['id'] for h in hits]
        equal([h['id'] for h in hits if not h['partial']], ['all'])
        equal((ids[0], set(ids)), ('all', {'all', 'phrase', 'other', 'apart'}))
        check(ids.index('phrase') < ids.index('apart'), ids)
        equal(x.ids('"белая ночь"'), ['phrase', 'all'], 'a phrase alone stays one')
        equal(set(x.ids('"белая ночь" OR шахматы')), {'phrase', 'all', 'other'})
        equal(x.ids('--op', 'and', '"белая ночь" кино'), ['all'])
        check('apart' not in x.ids('+"белая ночь" кино'), 'nor does one that must match')


def test_a_long_query_is_taken_for_a_quotation():
    quoted = 'о развитии творческих кластеров в городах севера'
    docs = [{'id': 'kin', 'text': 'Творческий кластер. О развитие города: в городе север, творческий кластер, развитие.'},
            {'id': 'same', 'text': 'Принят закон ' + quoted + ', он вступит в силу с января будущего года, сказал министр.'},
            {'id': 'else', 'text': 'Творческий союз и город.'}, {'id': 'form', 'text': 'Развитием кластерам городу северу.'}]
    with Index(docs) as x:
        equal(x.ids(quoted)[:2], ['same', 'kin'])
        equal(x.ids('--expand', 'stem', quoted)[:2], ['kin', 'same'])
        for hit in x.query('--explain', quoted)['hits']:
            check(abs(hit['parts'][0]['score'] - hit['score']) < 1e-4, hit)
        told = x.lines('explain', quoted, 'same')
        check(any('form творческих' in line for line in told), told)


def test_a_question_asks_for_no_document_with_all_its_words():
    docs = [{'id': 'asks', 'text': 'Какая красота, какая тишина!'}, {'id': 'kk', 'text': 'Абай 1845 жылы туған.'},
            {'id': 'answer', 'text': 'Волга впадает в Каспийское море.'},
            {'id': 'all', 'text': 'В море. Длинный рассказ о том, какая река и куда впадает, и о многом другом: дом, лес, '
             'луг, поле, сад, сруб, дождь, снег, мороз, ветер, туман, облака и солнце.'}]
    with Index(docs) as x:
        hits = x.query('Какая река впадает в море?')['hits']
        equal({h['id'] for h in hits}, {'asks', 'answer', 'all'})
        check(not any(h['partial'] for h in hits), 'no document is told to lack a word')
        equal(x.ids('Какая красота впадает в Каспийское море?')[0], 'answer')
        equal(x.ids('Абай қай жылы туған?'), ['kk'])
        equal([h['partial'] for h in x.query('какая река впадает в море')['hits']][:2], [False, True])
        equal(x.ids('--op', 'and', 'Какая река впадает в море?'), ['all'])
        for question in 'Какая река впадает в море?', 'Какая "тишина моря"?':
            for hit in x.query('--explain', question)['hits']:
                check(abs(hit['parts'][0]['score'] - hit['score']) < 1e-4, hit)


def test_translations_and_synonyms():
    with Index() as x:
        equal(x.ids('--expand', 'stem', 'креативті'), ['c'])
        equal(x.ids('креативті'), ['c', 'a'], 'a word of one family, below')
        equal(set(x.ids('--expand', 'dictionary', 'креативті')), {'a', 'c'})
        equal(set(x.ids('--expand', 'dictionary', 'творческий кластер')), {'a', 'b', 'c'})
        told = x.query('--expand', 'dictionary', 'мастерская')['expanded']
        check(any((e['reading'], e['kind']) == ('шеберхана', 'dictionary') for e in told), told)
        own = x.write('own.tsv', '# русский\tказахский\nпогода\tастанадағы кластер\t0.5\n')
        equal(x.ids('--glossary', own, 'погода'), ['d', 'c'])
        equal(set(x.ids('--glossary', own, 'мастерских')), {'a'}, 'the own one is not read beside it')
        same = x.write('same.txt', 'гроза => дождь\nярмарка, базар\n')
        equal(x.ids('--synonyms', same, 'грозы'), ['d'])
        equal(x.ids('--synonyms', same, 'базары'), ['b'])
        equal(x.ids('--synonyms', same, '--expand', 'stem', 'базары'), ['b'])
        topics = x.write('topics.tsv', 'q1\tгрозы\n')
        judged = x.write('qrels.txt', 'q1 0 d 1\n')
        said, = x.lines('eval', '--topics', topics, '--qrels', judged, '--synonyms', same)
        check('nDCG@10 1.0000' in said, said)
        timed = x.lines('bench', '--queries', x.write('queries', 'грозы\n'), '--synonyms', same,
                        '--repeat', '1')
        check(any(line.startswith('грозы\t1\t') for line in timed), timed)
        bad = x.write('bad.tsv', 'дом\tүй\nдом\n')
        r = x.csearch('query', '--glossary', bad, 'дом')
        equal(r.returncode, 2)
        check("bad.tsv': line 2: no tab" in r.stderr.decode(), r.stderr.decode())
        r = x.csearch('query', '--synonyms', x / 'nothing', 'дом')
        equal(r.returncode, 2)
        check('nothing' in r.stderr.decode())


def test_the_spelling_asked_for_ranks_first():
    docs = [{'id': 'kk', 'text': 'Қазақстан үлкен ел. Қазақстан Азияда.'},
            {'id': 'ru', 'text': 'Казакстан деп те жазады.'},
            {'id': 'none', 'text': 'Мұнда басқа мақала.'}]
    with Index(docs) as x:
        equal(x.ids('Қазақстан'), ['kk', 'ru'])
        equal(x.ids('казакстан'), ['ru', 'kk'])
        equal(x.ids('--literal', 'казакстан'), ['ru'])
        equal(x.ids('--expand', 'stem', 'Қазақстан'), ['kk'])
        equal(x.ids('мунда'), ['none'])


def test_misspelt_words_are_corrected_and_told():
    with Index() as x:
        equal(set(x.ids('класстер')), {'a', 'b', 'c'})
        answer = x.query('класстер OR завод')
        equal(answer['suggestion'], 'кластер OR завод')
        equal([(e['word'], e['reading']) for e in answer['expanded'] if e['kind'] == 'typo'],
              [('класстер', 'кластер')])
        text = '\n'.join(x.lines('query', 'класстер'))
        check('did you mean: кластер' in text and 'класстер → кластер (typo)' in text, text)
        check('suggestion' not in x.query('кластерами'))
        equal(x.ids('--expand', 'stem', 'класстер', status=1), [])


def test_suggestions():
    with Index() as x:
        lines = [line.split('\t') for line in x.lines('suggest', 'новый клас')]
        check(lines and lines[0][0].startswith('новый кластер'), lines)
        equal(lines[0][1:], ['3', 'completion'])
        r = x.csearch('suggest', '--format', 'json', '-n', '1', 'rkfc')
        one = json.loads(r.stdout)
        equal((one['kind'], one['documents'], one['text'] == one['word']), ('layout', 3, True))
        equal(x.lines('suggest', 'класстер'), ['кластер\t0\tcorrection'])
        equal(x.csearch('suggest', 'ъъъ').returncode, 1)
        equal(x.csearch('suggest').returncode, 2)
        equal(x.csearch('suggest', '-n', '1001', 'к').returncode, 2)


def test_topics():
    with Index() as x:
        topics = x.write('topics.tsv', 'q1\tкластер\nq2\tпогода\n\nq3\tнесуществующее\n')
        lines = [line.split() for line in x.lines('query', '--topics', topics, '--format', 'trec')]
        equal({line[0] for line in lines}, {'q1', 'q2'})
        objects = [json.loads(line) for line in
                   x.lines('query', '--topics', topics, '--format', 'json')]
        equal([(o['qid'], len(o['hits'])) for o in objects], [('q1', 3), ('q2', 1), ('q3', 0)])
        r = x.csearch('query', '--topics', '-', '--format', 'ids', stdin='q9\tпогода\n')
        equal(r.stdout.decode(), 'q9\td\n')
        r = x.csearch('query', '--topics', '-', stdin='без табуляции\n')
        equal(r.returncode, 2)
        check('-:1' in r.stderr.decode())


def test_documents_come_back_byte_for_byte():
    raw = '{"id":"r","text":"верх'.encode() + b'\xff\xc3' + ' низ\\n\\u0001","extra":"меню"}'.encode()
    with Index(None) as x:
        equal(x.csearch('index', '-q', '-', stdin=raw).returncode, 0)
        r = x.csearch('get', '--field', 'text', 'r')
        equal(r.stdout, 'верх'.encode() + b'\xff\xc3' + ' низ\n\x01'.encode())
        d = json.loads(x.csearch('get', '--format', 'json', 'r').stdout)
        equal((d['text'], d['extra']), ('верх\ufffd\ufffd низ\n\x01', 'меню'))
        equal(x.csearch('get', '--field', 'нет', 'r').returncode, 1)


def test_answers_are_safe_for_a_terminal():
    bad = 'Кластер \x1b]0;owned\x07 \x1b[2J \u202eзадом\u202c \x9b31m \x7f'
    with Index([{'id': 'x\x1b[1m', 'title': bad, 'text': bad + ' ещё текст', 'source': bad}]) as x:
        for args in (['query', 'кластер'], ['query', '--color', 'always', '--format', 'json', 'кластер'],
                     ['get', 'x\x1b[1m'], ['terms'], ['query', '--strict', '\x1b[31m(']):
            r = x.csearch(*args)
            for text in (r.stdout.decode(), r.stderr.decode()):
                for ch in '\x1b\x07\x9b\x7f\u202e\u202c':
                    check(ch not in text, args, repr(ch), repr(text))
        check('\\x1b' in x.csearch('query', 'кластер').stdout.decode(), 'shown as escapes')


def test_colours_when_asked_for():
    with Index() as x:
        text = x.csearch('query', '--color', 'always', 'кластер').stdout.decode()
        check('\x1b[1;31mКластер\x1b[0m' in text, repr(text))
        check('\x1b' not in x.csearch('query', '--color', 'never', 'кластер').stdout.decode())


PAGE = '''Categories: {tag}

{title}

{body}

{body2}

Recent Posts

  • Общество

{recent}

16.09.2025
'''


def test_furniture_does_not_outrank_articles():
    sentence = 'Это предложение нужно затем, чтобы абзац был длинным и походил на абзац статьи.'
    topics = [('Волонтёры убрали берег', 'Волонтёры вышли на берег Лены и собрали тонну мусора'),
              ('Шахматисты едут на чемпионат', 'Шахматисты сборной едут на чемпионат страны'),
              ('Автобусы купят осенью', 'Город купит новые автобусы для дальних маршрутов'),
              ('Волки вышли к посёлку', 'Охотники заметили волков возле посёлка')]
    with Folder() as f:
        for i, (title, body) in enumerate(topics):
            recent = '\n\n'.join(t for j, (t, _) in enumerate(topics) if j != i)
            f.write(f'pages/{i}.txt', PAGE.format(tag='Общество', title=title, body=body + '. ' + sentence,
                                                  body2=sentence, recent=recent))
        index = f / 'ix'
        equal(run([CSEARCH, '-i', index, 'index', '-q', f / 'pages']).returncode, 0)
        for i, words in enumerate(('волонтёрах на берегу', 'шахматистам чемпионата', 'новых автобусов',
                                   'волками у посёлка')):
            r = run([CSEARCH, '-i', index, 'query', '--format', 'ids', words])
            equal(r.stdout.decode().split()[0], f'{i}.txt', words)


def test_index_tells_what_it_did():
    with Index(None) as x:
        x.write('in/a.txt', 'Первый документ о кластере')
        x.write('in/b.md', '# Второй\n\nдокумент')
        x.write('in/bad.jsonl', '{"id":"1","text":"раз"}\n{broken\n{"id":"2"}\n')
        x.write('in/pic.png', b'\x89PNG\0\0')
        r = x.csearch('index', '--json', x / 'in')
        equal(r.returncode, 0)
        total = json.loads(r.stdout)
        equal((total['added'], total['replaced']), (3, 0))
        equal(total['skipped'], {'total': 3, 'broken': 1, 'empty': 1, 'binary': 1, 'unreadable': 0,
                                 'refused': 0})
        err = r.stderr.decode()
        check('bad.jsonl:2:' in err and 'bad.jsonl:3:' in err and 'pic.png' not in err, err)
        line = x.csearch('index', x / 'in').stdout.decode()
        check('0 added, 3 replaced, 3 skipped (1 broken, 1 empty, 1 binary)' in line, line)
        equal(x.csearch('index', '-q', x / 'in/a.txt').stdout, b'')
        r = x.csearch('index', '--strict', x / 'in')
        equal(r.returncode, 6)
        check('stopped' in r.stderr.decode())


def test_ids_prefixes_and_missing_files():
    with Index(None) as x:
        x.write('in/sub/a.txt', 'Документ один')
        x.write('in/b.txt', 'Документ два')
        x.write('in/c.jsonl', '{"id":"j","text":"Документ три"}\n')
        equal(x.csearch('index', '-q', '--id-prefix', 'новости/', x / 'in').returncode, 0)
        equal(set(x.ids('документ')), {'новости/sub/a.txt', 'новости/b.txt', 'новости/j'})
        equal(x.csearch('index', '-q', '-', stdin=jsonl(DOCS)).returncode, 0)
        os.remove(x / 'in/b.txt')
        equal(x.csearch('index', '-q', '--id-prefix', 'новости/', '--delete-missing',
                        x / 'in').returncode, 0)
        equal(set(x.ids('документ')), {'новости/sub/a.txt', 'новости/j'})
        equal(x.ids('погода'), ['d'], 'documents from elsewhere stay')
        os.remove(x / 'in/c.jsonl')
        x.csearch('index', '-q', '--id-prefix', 'новости/', '--delete-missing', x / 'in')
        equal(set(x.ids('документ')), {'новости/sub/a.txt'})
        r = x.csearch('index', '-q', x / 'in/sub', x / 'in/sub/a.txt')
        check('one id' in r.stderr.decode(), r.stderr.decode())


def test_links_and_the_index_itself():
    with Folder() as f:
        f.write('in/a.txt', 'Документ')
        f.write('other/b.txt', 'Документ')
        os.symlink(f / 'other', f / 'in/link')
        os.symlink(f / 'in', f / 'other/loop')
        equal(run([CSEARCH, 'index', '-q', '.'], cwd=f / 'in').returncode, 0)
        equal(run([CSEARCH, 'query', '--format', 'ids', 'документ'], cwd=f / 'in').stdout, b'a.txt\n')
        equal(run([CSEARCH, 'index', '-q', '--follow', '.'], cwd=f / 'in').returncode, 0)
        r = run([CSEARCH, 'query', '--format', 'ids', 'документ'], cwd=f / 'in')
        equal(set(r.stdout.split()), {b'a.txt', b'link/b.txt'})
        equal(run([CSEARCH, 'index', '-q', '.'], cwd=f / 'in').returncode, 0)
        r = run([CSEARCH, 'stats', '--format', 'json'], cwd=f / 'in')
        equal(json.loads(r.stdout)['documents'], 2, 'the index is not its own input')


def test_creation_options():
    with Index(DOCS, '--no-store') as x:
        equal(set(x.ids('кластер')), {'a', 'b', 'c'})
        equal(x.query('кластер')['hits'][0]['snippet'], '')
    with Index(DOCS, '--no-positions', '--durability', 'none') as x:
        equal(x.csearch('query', '"креативный кластер"').returncode, 0)
        r = x.csearch('index', '-q', '--analyzer', 'whitespace', '-', stdin=jsonl(DOCS))
        equal(r.returncode, 2)
        check('--analyzer' in r.stderr.decode())
    with Index([{'id': '1', 'text': 'АБ-вг абв'}], '--analyzer', 'whitespace') as x:
        equal([line.split('\t')[0] for line in x.lines('terms')], ['АБ-вг', 'абв'])


def test_only_what_documents_are_left_with_is_told():
    queries = ('погод*', 'пагода', 'gjujlf', 'погоды', 'онерге', 'кластры', 'кластерами')
    others = [{'id': str(i), 'lang': 'ru', 'text': 'Кластер растёт.'} for i in range(30)]
    with Index(DOCS + [{'id': 'e', 'lang': 'kk', 'text': 'Өнер туралы әңгіме өнерге арналды.'}] + others) as x:
        for gone in (), ('d', 'e'):
            x.csearch('delete', *gone)
            equal(json.loads(x.csearch('stats', '--format', 'json').stdout)['deleted'], len(gone), 'not merged away')
            for query in queries:
                r = json.loads(x.csearch('query', '--format', 'json', query).stdout)
                kept = 'кластр' in query or 'кластер' in query or not gone
                equal(bool(r['expanded']), kept, query, r)
                check(kept or 'suggestion' not in r, query, r)
                equal(bool(r['hits']), kept, query, r)


def test_delete():
    with Index() as x:
        equal(x.lines('delete', 'a', 'd'), ['2 deleted'])
        equal(set(x.ids('кластер')), {'b', 'c'})
        equal(x.lines('delete', '--query', 'кластер'), ['2 deleted'])
        equal(x.ids('кластер', status=1), [])
        equal(x.csearch('delete', '--query', '(').returncode, 2)
        equal(x.csearch('delete').returncode, 2)


def test_terms_stats_check_compact():
    with Index() as x:
        terms = dict(line.split('\t')[:2] for line in x.lines('terms', 'класт'))
        equal(terms['кластер'], '3')
        first = json.loads(x.lines('terms', '--format', 'json', '-n', '1')[0])
        equal(set(first), {'term', 'documents', 'occurrences'})
        check('tag=город\t2\t' in '\n'.join(x.lines('terms', '-d', 'values')) + '\t')
        s = json.loads(x.csearch('stats', '--format', 'json').stdout)
        equal((s['documents'], s['deleted']), (4, 0))
        for name in ('terms', 'postings', 'tokens', 'segments', 'readers'):
            check(isinstance(s[name], int), name)
        check(s['bytes']['total'] > 0 and s['versions']['format'] >= 1)
        for name in ('analyzer', 'icu', 'unicode', 'snowball', 'lmdb'):
            check(s['versions'][name], name)
        check('documents' in x.lines('stats')[0])
        equal(x.lines('check'), ['nothing is wrong'])
        x.lines('delete', 'a')
        equal(x.lines('compact'), ['compacted'])
        before = sorted(x.ids('кластер'))
        equal(x.lines('compact', '--reorder'), ['compacted'])
        equal(sorted(x.ids('кластер')), before)
        equal(x.lines('check'), ['nothing is wrong'])
        s = json.loads(x.csearch('stats', '--format', 'json').stdout)
        equal((s['documents'], s['deleted'], s['segments']), (3, 0, 1))
        equal(x.csearch('check', '-q').stdout, b'')


def test_analyze():
    r = run([CSEARCH, 'analyze', '--format', 'json', 'Креативных кластеров Қазақстанда'])
    tokens = [json.loads(line) for line in r.stdout.decode().splitlines()]
    equal([t['surface'] for t in tokens], ['Креативных', 'кластеров', 'Қазақстанда'])
    equal([(t['start'], t['end']) for t in tokens[:2]], [(0, 20), (21, 39)])
    equal((tokens[1]['term'], tokens[1]['lang'], tokens[2]['lang']), ('кластер', 'ru', 'kk'))
    check(all(t['why'] for t in tokens))
    r = run([CSEARCH, 'analyze', '--words', '--lang', 'ru'], stdin='кластеров\n\nёлками\n')
    words = [line.split('\t') for line in r.stdout.decode().splitlines()]
    equal([w[0] for w in words], ['кластеров', '', 'ёлками'])
    equal(words[0][1], 'кластер')
    equal(run([CSEARCH, 'analyze'], stdin='слово').returncode, 0)
    equal(run([CSEARCH, 'analyze', '--lang', 'ru', 'x']).returncode, 2)


def test_bench():
    with Index() as x:
        queries = x.write('q.txt', 'кластер\nпогода\nкластер завод\n')
        lines = x.lines('bench', '--queries', queries, '--repeat', '3', '--warmup', '0', '--threads', '2')
        equal(len(lines), 4)
        for line in lines[:3]:
            query, hits, median, least, most = line.split('\t')
            check(float(least) <= float(median) <= float(most) and int(hits) > 0, line)
        check(re.match(r'# p50 [\d.]+ us, p90 [\d.]+ us, p99 [\d.]+ us, \d+ queries/s$', lines[3]), lines[3])
        d = json.loads(x.csearch('bench', '--queries', queries, '--format', 'json', '--mode', 'count').stdout)
        equal([q['hits'] for q in d['queries']][:2], [3, 1])
        for name in ('machine', 'build', 'index', 'p50_us', 'queries_per_second'):
            check(name in d, name)


def test_the_serve_protocol():
    ask = ('TOP_10\tкластер\nTOP_10_COUNT\t+кластер +завод\nCOUNT\tярмарка погода\nTOP_10\t"креативный кластер"\n'
           'TOP_100\tкластер\nTOP_1000\tкластер\n\nBOGUS\tx\nTOP_10\tнесуществующее\n')
    with Index() as x:
        r = x.csearch('bench', '--serve', stdin=ask)
        lines = r.stdout.decode().split('\n')
        equal(len(lines), 10)
        rows = [line.split('\t') for line in lines]
        for i in (0, 1, 2, 3, 4, 5, 8):
            check(len(rows[i]) == 4 and int(rows[i][1]) > 0 and int(rows[i][3]) >= 0, rows[i])
        equal(set(rows[0][2].split(',')), {'a', 'b', 'c'})
        equal((rows[1][0], rows[1][2]), ('1', 'a'))
        equal((rows[2][0], rows[2][2]), ('2', ''))
        equal(rows[3][2], 'a')
        equal(lines[6], '')
        equal((rows[7][0], rows[7][2]), ('-1', ''))
        equal(rows[8][2], '')


def test_completions():
    r = run([CSEARCH, 'completions', 'bash'])
    script = r.stdout.decode()
    ask = script + '''
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _csearch; echo "${COMPREPLY[*]}"; }
try csearch que
try csearch query --form
try csearch -i X query --format js
try csearch completions z
'''
    out = run(['bash', '-c', ask]).stdout.decode().splitlines()
    equal(out, ['query', '--format', 'json jsonl', 'zsh'])
    for shell, words in (('zsh', ['#compdef csearch', '--topics=']),
                         ('fish', ['-l topics', "__fish_seen_subcommand_from query search"])):
        text = run([CSEARCH, 'completions', shell]).stdout.decode()
        for word in words:
            check(word in text, shell, word)
        check('facet' not in text, 'what is not available is not offered')


main(globals())
