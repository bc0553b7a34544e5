#!/usr/bin/env python3
"""Readers of input: what becomes of each format, of pages, of bad and hostile files."""
import gzip
import json
import pathlib
import random
import shutil
import subprocess
import sys
import time

from tap import Folder, check, equal, main, run

DUMP, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
ARTICLES = ROOT / 'data' / 'articles'


def dump(*paths):
    r = run([DUMP, *map(str, paths)])
    equal(r.returncode, 0, r.stderr.decode())
    return [json.loads(line) for line in r.stdout.decode().splitlines()]


def dump_one(name, content):
    with Folder() as f:
        docs = dump(f.write(name, content))
    equal(len(docs), 1, docs)
    return docs[0]


def lines_of(text):
    return [line for line in text.split('\n') if line]


# A page as content systems print it: labels, title, subtitle, body, and other posts with
# their dates and teasers.
BLOG = '''Categories: Инновации Общество и власть

Кластер в старом депо открыл двери

Мастерские заняли двадцать художников

В старом депо открылся креативный кластер: двадцать художников получили мастерские, а город — новую площадь для ярмарок.

«Мы ждали этого три года и наконец начали работать», — сказала руководитель проекта Анна Котова на открытии площадки в субботу.

Recent Posts

  • Экология

Волонтёры убрали берег реки от мусора и льда

Работа заняла два дня…

16.09.2025
  • Спорт

Шахматисты города поехали на чемпионат страны по быстрым шахматам

16.09.2025
'''


def test_a_page_is_taken_apart():
    d = dump_one('a.txt', BLOG)
    equal(d['title'], 'Кластер в старом депо открыл двери')
    equal(d['tags'], ['Инновации', 'Общество и власть'])
    equal(d['date'], '', 'dates of other posts are not the page\'s')
    check(d['text'].startswith('Мастерские заняли'), d['text'])
    check('Анна Котова' in d['text'])
    for word in ('Волонтёры', 'Шахматисты', 'Recent Posts', 'Categories'):
        check(word in d['extra'] and word not in d['text'], word)


def test_a_ticker_a_source_and_headlines():
    head = '• USD/KZT\n    0.0\n  • EUR/KZT\n    0.0\n\n'
    body = ('Несколько мастерских откроют в Астане – акимат\n\nФото: Агентство\n'
            'Алматы. 26 января. Центр. Программа развития города предусматривает создание '
            'мастерских на обоих берегах реки уже в следующем году.\n'
            '"Открытый конкурс идей мы объявим весной, а строить начнём осенью", - рассказал '
            'руководитель управления.\nИсточник: "Городская правда"\n\n'
            'Оставлять комментарии могут только авторизованные пользователи.\n\n')
    tail = '\n\n'.join(f'ru Новость номер {i} о чём-то совсем другом' for i in range(8))
    d = dump_one('a.txt', head + body + tail)
    equal(d['title'], 'Несколько мастерских откроют в Астане – акимат')
    equal(d['source'], 'Городская правда')
    equal(d['fields'], {'dateline': '--01-26'}, 'a day without a year is no date')
    check('USD/KZT' in d['extra'] and 'Новость номер 7' in d['extra'])
    check('Новость' not in d['text'] and 'осенью' in d['text'])


def test_a_counter_glued_to_a_date():
    body = ('О людях труда и их мастерских\nКороткую неделю завершил встречей с теми, кто '
            'своими руками создаёт известные бренды города.\n{}\n'
            'Встреча прошла на территории кластера, который создаётся в цехах завода '
            'усилиями самих предпринимателей.\nЯндекс.Директ\n13.01.2020\n'
            'Вы довольны движением транспорта в связи с ремонтом большого моста через реку?\n'
            'Самое читаемое\n1801125 июня 2021\nЧужой заголовок\n')
    for line, date in (('54601 мая 2025', '2025-05-01'), ('18165 мая 2025', '2025-05-05'),
                       ('51215.05.2025', '2025-05-15'), ('148413 октября 2025', '2025-10-13'),
                       ('13082025 жылғы 15 мамыр', '2025-05-15'), ('7 қараша 2024', '2024-11-07'),
                       ('2024-02-29', '2024-02-29'), ('Опубликовано: 3 марта 2024 г., 10:15',
                                                      '2024-03-03')):
        d = dump_one('a.txt', body.format(line))
        equal(d['date'], date, line)
        check('Чужой' in d['extra'] and 'Чужой' not in d['text'])
        check('довольны' not in d['text'])


def test_what_is_no_date_stays_text():
    for line in ('31 февраля 2025', '99.99.2025', '12:30'):
        d = dump_one('a.txt', 'Заголовок о чём-то\n\n' + line + '\n\n' + 'Длинный абзац текста '
                     'с точкой в конце, чтобы страница вообще была похожа на статью.\n')
        equal(d['date'], '', line)


def test_plain_texts_lose_nothing():
    poem = 'Стихи\n\n' + '\n'.join(f'Строка {w}\nи ещё одна' for w in
                                   ('утра', 'дня', 'вечера', 'ночи', 'зимы', 'лета'))
    notes = 'Список покупок\n• хлеб\n• молоко\n• чай\n• сахар\n'
    wrapped = '\n'.join(['Это начало абзаца который перенесён по строкам вручную и потому',
                         'Каждая его строка кончается без точки хотя смысл идёт дальше и',
                         'Москва здесь стоит с большой буквы но это ещё не заголовок вовсе',
                         'потому что дальше опять идёт тот же самый абзац до самого конца',
                         'и только здесь наконец ставится точка.'])
    for text in (poem, notes, wrapped, 'одно слово'):
        d = dump_one('a.txt', text)
        everything = d['title'] + '\n' + d['text']
        for word in text.split():
            check(word in everything, word, 'was lost from', d)


def test_text_without_a_title():
    first = 'Директор рассказала о новых партнёрствах с регионами и о планах мастерской на год.'
    d = dump_one('a.txt', first + '\nСегодня завершился большой образовательный модуль, '
                 'который готовили целый год вместе с соседями.\n')
    equal(d['title'], first)
    check(first in d['text'], 'a sentence of the text stays in it')


def test_articles_of_the_repository():
    for d in dump(ARTICLES / 'ru', ARTICLES / 'kk'):
        check('problem' not in d, d)
        for name in ('title', 'text', 'date', 'source'):
            check(d[name], d['file'], name)
        check(d['tags'], d['file'], 'tags')
        furniture = ('Recent Posts', 'Самое читаемое', 'Соңғы жаңалықтар', 'Оқи отырыңыз',
                     'Читайте также', 'USD/KZT', 'cookie', 'Categories:', '©')
        for word in furniture:
            check(word not in d['text'], d['file'], word)


def test_html():
    page = '''<!doctype html><html lang="kk"><head><meta charset="utf-8">
<title>Хедлайн — Сайт</title><meta property="og:title" content="Хедлайн og">
<meta property="og:site_name" content="Сайт"><meta property="article:tag" content="сән">
<script>var a = "Сценарий";</script><style>p{content:"Стиль"}</style>
<script type="application/ld+json">{"@graph":[{"datePublished":"2025-04-15T13:43+05:00",
"keywords":["не","эти"]}]}</script></head><body>
<nav><a href="/">Меню один</a></nav><article><h1>Хедлайн &amp; айта</h1>
<p class="meta"><time datetime="2020-01-01">давно</time> · автор</p>
<p>Бірінші <b>абзац</b> мәтіні&nbsp;осында, ол жеткілікті ұзын болуы керек, сондықтан тағы бірнеше сөз
қосамыз.</p><ul><li>тізім <i>бірі</i></li></ul><p hidden>Жасырын</p>
<p>Екінші абзац та қысқа емес, онда да толық сөйлем бар және ол нүктемен аяқталады.</p></article>
<aside><h3>Соңғы жаңалықтар</h3><ul><li><a href="/1">Басқа бет</a></li></ul></aside>
<footer>© 2025 Сайт</footer></body></html>'''
    d = dump_one('a.html', page)
    equal(d['title'], 'Хедлайн & айта')
    equal(d['date'], '2025-04-15T13:43:00+05:00')
    equal((d['source'], d['lang'], d['tags']), ('Сайт', 'kk', ['сән']))
    check(d['text'].startswith('Бірінші абзац мәтіні'), d['text'])
    check('тізім бірі' in d['text'])
    for word in ('Сценарий', 'Стиль', 'Жасырын'):
        check(word not in d['text'] + d['extra'], word)
    for word in ('Меню', 'Басқа бет', '©', 'давно'):
        check(word in d['extra'] and word not in d['text'], word)


def test_html_in_windows_1251():
    page = ('<html><head><meta charset="windows-1251"><title>Ёлка</title></head><body><p>Широкая '
            'электрификация</p></body></html>')
    d = dump_one('a.htm', page.encode('cp1251'))
    equal(d['title'], 'Ёлка')
    check('Широкая электрификация' in d['text'])
    d = dump_one('a.txt', 'Заметка о ёлке\n\nШирокая электрификация.'.encode('cp1251'))
    check('электрификация' in d['text'], 'letters of 1251 without a declaration')
    d = dump_one('a.txt', b'\xff\xfe' + 'Заметка о ёлке'.encode('utf-16-le'))
    equal(d['title'] or d['text'], 'Заметка о ёлке')


def test_hostile_html_ends_soon():
    bombs = {'deep': '<div>' * 300000 + 'дно',
             'font': '<font a=1>' * 2000 + '<p>x' * 20000,
             'table': '<table>' * 50000 + 'дно',
             'attributes': '<a ' + ' '.join(f'a{i}=1' for i in range(100000)) + '>дно</a>',
             'open': '<p title="' + 'x' * 1000000,
             'comment': '<!--' * 300000 + 'дно',
             'entities': '&amp;#x110000;&#0;&unknown;' * 10000 + 'дно',
             'script': '<script>' * 100000 + 'дно'}
    for name, page in bombs.items():
        started = time.monotonic()
        with Folder() as f:
            docs = dump(f.write('a.html', '<html><body>' + page))
        equal(len(docs), 1)
        check(time.monotonic() - started < 20, name, 'took too long')
        if name in ('deep', 'table'):
            check('дно' in docs[0]['text'] + docs[0]['title'] + docs[0]['extra'], name)


def test_markdown():
    d = dump_one('a.md', '''---
title: "Заголовок: с двоеточием"
date: 2025-03-12
tags: [войлок, 'Туркестан']
categories:
  - ремёсла
source: Курьер
nested: {a: [1, 2]}
author: Кто-то
---

# Заголовок: с двоеточием

**Жирный лид** и [ссылка](https://example.com/a_(b)) и `код_с_чертой`.

## Раздел

> цитата

* пункт snake_case_word
![подпись](картинка.png) 2 * 3 = 6

```
# не заголовок
```
[1]: https://example.com
''')
    equal(d['title'], 'Заголовок: с двоеточием')
    equal((d['date'], d['source'], d['tags']),
          ('2025-03-12', 'Курьер', ['войлок', 'Туркестан', 'ремёсла']))
    equal(d['fields'], {'author': 'Кто-то'})
    text = d['text']
    for part in ('Жирный лид и ссылка и код_с_чертой.', 'Раздел', 'цитата', 'snake_case_word',
                 'подпись', '2 * 3 = 6', '# не заголовок'):
        check(part in text, part, 'not in', text)
    for part in ('https', '**', '```', '## '):
        check(part not in text, part, 'in', text)
    equal(dump_one('a.md', '# Имя\n\nТекст.')['title'], 'Имя')
    check('не YAML' in dump_one('a.md', '---\nне YAML без конца\n')['text'])


def test_json_lines():
    with Folder() as f:
        path = f.write('a.jsonl', '\n'.join([
            '\ufeff{"id":"1","text":"А\\u0411\\ud83d\\ude00\\n","n":1.5e3,"o":{"a":[1,"x"]},"b":true,'
            '"z":null,"tags":["x","y",7]}',
            '', '{"id":2,"title":"только заголовок"}', '{"id":"3"}', '{broken', '[1]',
            '{"text":"a"} tail', '{"text":"\\ud800 одинокий"}', '{"text":"a\tb"}']) + '\n')
        docs = dump(path)
    equal(docs[0]['text'], 'АБ😀\n')
    equal(docs[0]['fields'], {'n': '1.5e3', 'o': '{"a":[1,"x"]}', 'b': 'true'})
    equal(docs[0]['tags'], ['x', 'y', '7'])
    equal([(d['line'], d.get('problem')) for d in docs],
          [(1, None), (3, None), (4, 'empty'), (5, 'broken'), (6, 'broken'), (7, 'broken'),
           (8, None), (9, 'broken')])
    equal(docs[1]['id'], '2')
    equal(docs[6]['text'], '\ufffd одинокий')


def random_json(rng, depth=0):
    kind = rng.randrange(7 if depth < 4 else 5)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.choice([0, -1, 1.5, 1e300, -2.5e-7, 12345678901234567890])
    if kind < 5:
        return ''.join(rng.choice('аяa"\\/\b\n\r\t\x01\x7f😀\u2028 x') for _ in range(rng.randrange(20)))
    if kind == 5:
        return [random_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {random_json(rng, 4) if False else f'k{i}"\\': random_json(rng, depth + 1)
            for i in range(rng.randrange(4))}


def test_json_reads_as_python_does():
    seed = 20251
    rng = random.Random(seed)
    values, lines = [], []
    for i in range(2000):
        value = {'text': 'т', 'поле': random_json(rng)}
        values.append(value)
        lines.append(json.dumps(value, ensure_ascii=rng.random() < .5,
                                indent=None, separators=rng.choice([(',', ':'), (' , ', ' : ')])))
    with Folder() as f:
        docs = dump(f.write('a.jsonl', '\n'.join(lines)))
    equal(len(docs), len(values))
    for value, d in zip(values, docs):
        wanted, got = value['поле'], d.get('fields', {}).get('поле')
        if wanted is None:
            equal(got, None)
        elif isinstance(wanted, str):
            equal(got, wanted, 'seed', seed)
        else:
            equal(json.loads(got), wanted, 'seed', seed)


def mutated(rng, line):
    line = list(line)
    for _ in range(rng.randrange(1, 4)):
        i = rng.randrange(len(line))
        line[i:i + rng.randrange(2)] = rng.choice(['', '"', '\\', '{', '}', '[', ']', ',', ':', '1', 'e'])
    return ''.join(line)


def test_json_refuses_what_python_refuses():
    rng = random.Random(7)
    base = '{"text":"a\\nb","n":[1,2.5e1,{"x":null}],"s":"\\u0041","t":true}'
    lines = [mutated(rng, base) for _ in range(3000)]
    with Folder() as f:
        docs = {d['line']: d for d in dump(f.write('a.jsonl', '\n'.join(lines)))}
    for i, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            fine = isinstance(value, dict)
        except ValueError:
            fine = False
        broken = docs.get(i, {}).get('problem') == 'broken'
        equal(not broken, fine, repr(line))


def test_tables():
    with Folder() as f:
        docs = dump(f.write('a.tsv', 'id\ttitle\ttext\ttags\tстрана\n1\tА\tтекст "в кавычках"\tx;y\tKZ\n'
                            '2\t\t\t\t\n3\tЕщё\n4\ta\tb\tc\td\te\n'))
        equal((docs[0]['text'], docs[0]['tags'], docs[0]['fields']),
              ('текст "в кавычках"', ['x', 'y'], {'страна': 'KZ'}))
        equal([(d['line'], d.get('problem')) for d in docs],
              [(2, None), (3, 'empty'), (4, None), (5, 'broken')])
        docs = dump(f.write('a.csv', b'\xef\xbb\xbf' + 'id,text\r\n1,"две\r\nстроки, ""в"" ячейке"\r\n'
                            '2,просто\r\n3,"не кончается\r\n'.encode()))
        equal(docs[0]['text'], 'две\nстроки, "в" ячейке')
        equal(docs[1]['text'], 'просто')
        equal(docs[2]['problem'], 'broken')
        equal(dump(f.write('b.csv', '1,2\n3,4\n'))[0]['problem'], 'broken')


def test_compressed_files():
    line = json.dumps({'id': '1', 'text': 'сжатый текст'}).encode() + b'\n'
    with Folder() as f:
        equal(dump(f.write('a.jsonl.gz', gzip.compress(line)))[0]['text'], 'сжатый текст')
        two = gzip.compress(line) + gzip.compress(line)
        equal(len(dump(f.write('b.jsonl.gz', two))), 2, 'members one after the other')
        equal(dump(f.write('c.jsonl.gz', gzip.compress(line)[:-9]))[-1]['problem'], 'unreadable')
        equal(dump(f.write('d.jsonl.zst', b'\x28\xb5\x2f\xfdgarbage'))[-1]['problem'], 'unreadable')
        if shutil.which('zstd'):
            packed = subprocess.run(['zstd', '-q', '--long=27'], input=line * 3, capture_output=True,
                                    check=True).stdout
            equal(len(dump(f.write('e.jsonl.zst', packed))), 3)
        d = dump(f.write('dir/f.md.gz', gzip.compress('# Имя\n\nТекст'.encode())))[0]
        equal((d['id'], d['title']), ('f.md.gz', 'Имя'))


def test_folders_and_ids():
    with Folder() as f:
        f.write('in/b/two.txt', 'Два слова')
        f.write('in/a.txt', 'Одно слово')
        f.write('in/.hidden/x.txt', 'скрыто')
        f.write('in/.x.txt', 'скрыто')
        f.write('in/pic.png', b'\x89PNG\0\0\0')
        f.write('in/readme', 'без ending')
        f.write('in/page', '<!DOCTYPE html><title>Т</title><p>абзац</p>')
        f.write('in/lines', '{"id":"j","text":"t"}\n')
        f.write('in/empty.txt', '')
        docs = dump(f / 'in/')
        equal([d.get('id', d.get('problem')) for d in docs],
              ['a.txt', 'b/two.txt', 'empty', 'j', 'page', 'binary', 'readme'])
        equal(dump(f / 'in/b/two.txt')[0]['id'], 'two.txt')


def test_long_lines_and_nesting():
    with Folder() as f:
        deep = '{"text":"a","x":' + '[' * 5000 + ']' * 5000 + '}'
        wide = json.dumps({'text': 'слово ' * 3000000})
        docs = dump(f.write('a.jsonl', deep + '\n' + wide + '\n{"text":"z"}'))
    equal(docs[0]['problem'], 'broken')
    equal(len(docs[1]['text']), 18000000)
    equal(docs[2]['text'], 'z')


main(globals())
