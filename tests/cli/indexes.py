"""An index of a few documents for the tests of the command, whose path is the first argument."""
import json
import os
import sys

from tap import Folder, equal, run

CSEARCH = os.path.abspath(sys.argv[1])

DOCS = [
    {'id': 'a', 'title': 'Кластер в Омске', 'date': '2025-05-01', 'lang': 'ru', 'source': 'Курьер',
     'url': 'https://example.com/a', 'tags': ['город', 'бизнес'], 'номер': 7,
     'text': 'На бывшем заводе открылся креативный кластер. Мастерские заняли бренды города.'},
    {'id': 'b', 'title': 'Ярмарка', 'date': '2024-03-02', 'lang': 'ru', 'tags': ['город'],
     'text': 'Ярмарка ремёсел прошла на площади. О кластерах там тоже говорили, но мало.'},
    {'id': 'c', 'title': 'Астанадағы кластер', 'date': '2025-01-28', 'lang': 'kk',
     'text': 'Астанада креативті кластерлер ашылады. Қалада шеберханалар көбейеді.'},
    {'id': 'd', 'title': 'Погода', 'lang': 'ru', 'text': 'Завтра дождь и ветер, кофе не остынет.'},
]


def jsonl(docs):
    return ''.join(json.dumps(d, ensure_ascii=False) + '\n' for d in docs)


class Index(Folder):
    """A folder with an index of some documents, `index` within it."""

    def __init__(self, docs=DOCS, *options):
        super().__init__()
        self.index = self / 'index'
        if docs:
            r = self.csearch('index', '-q', *options, '-', stdin=jsonl(docs))
            equal(r.returncode, 0, r.stderr.decode())

    def csearch(self, *args, stdin=b'', env=None, timeout=60):
        return run([CSEARCH, '-i', self.index, *map(str, args)], stdin=stdin, env=env,
                   timeout=timeout)

    def lines(self, *args, status=0, **more):
        r = self.csearch(*args, **more)
        equal(r.returncode, status, args, r.stderr.decode())
        return r.stdout.decode().splitlines()

    def query(self, *args, status=0):
        """The JSON answer."""
        r = self.csearch('query', '--format', 'json', *args)
        equal(r.returncode, status, args, r.stderr.decode())
        return json.loads(r.stdout)

    def ids(self, *args, status=0):
        return self.lines('query', '--format', 'ids', *args, status=status)
