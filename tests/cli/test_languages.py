#!/usr/bin/env python3
"""One query finds a word however its writer could spell or inflect it: scripts, cases, hyphens,
a query of both languages at once."""
import json
import sys

from tap import Folder, equal, main, run

CSEARCH = sys.argv[1]


def found(docs, queries):
    """For each query the set of ids that it finds among {id: text}, but for other words of one family."""
    with Folder() as f:
        index = f / 'ix'
        lines = ''.join(json.dumps({'id': i, 'text': t}) + '\n' for i, t in docs.items())
        equal(run([CSEARCH, '-i', index, 'index', '-q', '-'], stdin=lines).returncode, 0)
        for query in queries:
            yield query, set(run([CSEARCH, '-i', index, 'query', '--format', 'ids', '--expand',
                                  'stem,kk-letters,script,layout,typo', query]).stdout.decode().split())


def check_each(docs, wanted):
    for query, ids in found(docs, wanted):
        equal(ids, wanted[query], query)


def test_kazakh_in_three_scripts():
    docs = {
        'cyrillic': 'Қазақстан Республикасының азаматтары туралы заң қабылданды.',
        'latin': 'Qazaqstan Respublikasynyń azamattary týraly zań qabyldandy.',
        'arabic': 'قازاقستان رەسپۋبليكاسىنىڭ ازاماتتارى تۋرالى زاڭ قابىلداندى.',
        'other': 'The weather in Istanbul is fine. Bugün hava çok güzel.',
    }
    three = {'cyrillic', 'latin', 'arabic'}
    check_each(docs, {q: three for q in (
        'Қазақстан', 'Qazaqstan', 'قازاقستان', 'Қазақстанда', 'Qazaqstanda', 'قازاقستاندا',
        'азаматтар', 'azamattar', 'ازاماتتار')} | {'weather': {'other'}, 'güzel': {'other'}})


def test_plain_latin_letters_mean_what_the_index_has():
    docs = {
        'plant': 'Өсімдіктің тамыры туралы кітап.',
        'scholar': 'Ғалымы мен лұғаты бар ауыл.',
        'short': 'Бүгін үш жүз теңге, күн суық.',
    }
    check_each(docs, {
        'osimdiktin': {'plant'}, 'galymy': {'scholar'}, 'galumu': {'scholar'}, 'network': set(),
        'jüz teñge': {'short'}, 'kün': {'short'},
    })


def test_names_in_every_case():
    docs = {
        '1': 'Президент Токаев выступил с посланием.',
        '2': 'Встреча с Токаевым прошла в Астане.',
        '3': 'По поручению Токаева принят закон.',
        '4': 'Министр приехал в столицу: Астана встретила дождём.',
        '5': 'Форум прошёл в Алматы.',
    }
    check_each(docs, {
        'Токаев': {'1', '2', '3'}, 'Токаеву': {'1', '2', '3'}, 'Токаевым': {'1', '2', '3'},
        'Астаной': {'2', '4'}, 'Астана': {'2', '4'}, 'алматы': {'5'},
    })


def test_forms_that_snowball_parts():
    docs = {
        '1': 'Студенты участвуют в конкурсе.',
        '2': 'Участвовать могут все.',
        '3': 'Отцы города выбрали участок.',
        '4': 'Отец купил два участка.',
        '5': 'Острова в океане.',
        '6': 'Острый нож.',
        '7': 'Учёные нашли решение.',
        '8': 'Возникла угроза.',
        '9': 'Какая погода?',
        '10': 'Как дела?',
    }
    check_each(docs, {
        'участвовать': {'1', '2'}, 'участвует': {'1', '2'}, 'отцом': {'3', '4'},
        'участков': {'3', '4'}, 'остров': {'5'}, 'острая': {'6'},
        'найти': {'7'}, 'найдёт': {'7'}, 'возникнет': {'8'}, 'возник': {'8'}, 'какой': {'9'},
    })


def test_hyphenated_words_by_part_and_whole():
    docs = {
        'hyphen': 'Завтра онлайн-урок в бизнес-центре.',
        'blank': 'Завтра онлайн урок в центре города.',
        'apart': 'Урок пройдёт не онлайн, а в бизнес-школе и в центре.',
        'joined': 'Новый медиацентр открыт.',
        'parted': 'Новый медиа-центр закрыт.',
        'city': 'Поезд идёт в Ростов-на-Дону.',
        'hub': 'В городе открыт IT-хаб.',
        'net': 'В зале есть Wi-Fi.',
        'game': 'Дети играют в Wii.',
    }
    check_each(docs, {
        'WiFi': {'net'}, 'wifi': {'net'}, 'Wii': {'game'}, 'fiwi': set(),
        '"онлайн-урок"': {'hyphen', 'blank'}, '"онлайн урок"': {'hyphen', 'blank'},
        'онлайн-урок': {'hyphen', 'blank'}, 'онлайн-уроки': {'hyphen', 'blank'},
        'урок': {'hyphen', 'blank', 'apart'}, 'бизнес-центр': {'hyphen'},
        'онлайнурок': {'hyphen', 'blank'}, 'онлайнуроке': {'hyphen', 'blank'}, '"завтра онлайнурок"': {'hyphen', 'blank'},
        'бизнесурок': set(), 'медиа-центр': {'joined', 'parted'}, 'медиа-центре': {'joined', 'parted'},
        'Ростов-на-Дону': {'city'}, 'Дону': {'city'}, 'IT-хаб': {'hub'}, 'хабы': {'hub'},
    })


def test_a_query_reads_each_word_in_both_languages():
    docs = {
        'kazakh': 'Мектептер жана кітапхана салды. Балалар кітап оқиды.',
        'russian': 'Школы строят новые библиотеки. Дети читают книги.',
        'both': 'Кеше мектепте жиналыс болды. Директор рассказал о новой библиотеке.',
    }
    check_each(docs, {
        'мектеп': {'kazakh', 'both'}, 'мектептерде': {'kazakh', 'both'},
        'библиотекой': {'russian', 'both'}, 'мектеп AND библиотека': {'both'},
        'балаларға': {'kazakh'}, 'детям': {'russian'},
    })


def test_other_languages_are_left_alone():
    texts = (
        "Türkiye'de hava bugün çok güzel, çocuklar bahçede oynuyor ve büyük annem yemek yapıyor.",
        'Ankara Büyükşehir Belediyesi yeni yıl için özel etkinlikler düzenledi.',
        'Toshkent shahrida yangi kutubxona ochildi va ko\'p odamlar keldi.',
        'Azərbaycan Respublikasının paytaxtı Bakı şəhəridir və burada çox insan yaşayır.',
        'جمهوری اسلامی ایران کشوری در غرب آسیا است و پایتخت آن تهران است',
        'ذهب الأولاد إلى المدرسة في الصباح وقرأوا الكتاب الجديد',
        'شىنجاڭ ئۇيغۇر ئاپتونوم رايونى جۇڭگونىڭ غەربىي شىمالىغا جايلاشقان',
        'The new library in the city was opened by the president last week.',
        'Die neue Bibliothek wurde in der Stadt eröffnet.',
    )
    for text in texts:
        out = run([CSEARCH, 'analyze', '--format', 'json', text]).stdout
        tokens = [json.loads(line) for line in out.splitlines()]
        equal([t['surface'] for t in tokens if t['lang'] == 'kk'], [], text)
        equal(len(tokens) > 6, True)


def test_abbreviations_of_both_languages():
    docs = {'cyrillic': 'Рынок ИТ растёт.', 'latin': 'Рынок IT растёт.', 'words': 'Рынок растёт.'}
    with Folder() as f:
        index = f / 'ix'
        lines = ''.join(json.dumps({'id': i, 'text': t}) + '\n' for i, t in docs.items())
        equal(run([CSEARCH, '-i', index, 'index', '-q', '-'], stdin=lines).returncode, 0)
        for query in ('ИТ', 'IT'):
            r = run([CSEARCH, '-i', index, 'query', '--format', 'ids', query])
            equal(set(r.stdout.decode().split()), {'cyrillic', 'latin'}, query)
        equal(run([CSEARCH, '-i', index, 'query', '--format', 'ids', 'ит']).stdout, b'cyrillic\n')


main(globals())
