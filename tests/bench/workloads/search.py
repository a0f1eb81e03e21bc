"""Finding books: by words, on a subject, by ids; each as a request, JSON and all."""

import csv
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from servers.catalog.app import Catalog
from servers.catalog.tables import BOOKS
from servers.catalog.tokens import Admins
from shared.domain import Book, now
from shared.peer import Peer
from tests.bench import clock
from tests.bench.figures import Figure
from tests.bench.room import Room, open_shop
from tests.wsgi import call

_PAGE = 100


def run(room: Room) -> list[Figure]:
    """Every search beside a look at each book in turn."""
    sizes = room.sizes
    folder = room.shop("catalog", sizes.books)
    titles, subject = _read(folder / BOOKS.file)
    with closing(open_shop(folder)) as repository:
        catalog = Catalog(
            repository, Peer("order", "http://127.0.0.1:9"), now, time.monotonic, Admins({})
        )
        books = repository.rows(BOOKS).all()
        ids = random.Random(sizes.seed).sample(range(1, sizes.books + 1), _PAGE)
        asked = {
            f"a rare word ({titles[-1]})": f"/books?q={quote(titles[-1])}",
            f"a common word ({titles[0]})": f"/books?q={quote(titles[0])}",
            f"two common words ({titles[0]} {titles[1]})": f"/books?q={quote(titles[0])}"
            f"+{quote(titles[1])}",
            "one letter (a)": "/books?q=a",
            f"a page of a subject ({subject})": f"/books?subject={quote(subject, '')}",
            f"the whole subject ({subject})": f"/search/{quote(subject, '')}",
            f"{_PAGE} books by their ids": f"/books?ids={','.join(map(str, ids))}",
        }
        return [
            _figure(what, _request(catalog, target), lambda: _look_at_each(books), sizes.searches)
            for what, target in asked.items()
        ]


def _read(path: Path) -> tuple[list[str], str]:
    """The words of the titles and the subject that most books have, commonest word first."""
    words: Counter[str] = Counter()
    subjects: Counter[str] = Counter()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            words.update(w for w in row["title"].casefold().split() if w.isalpha())
            subjects.update(row["subjects"].split("; "))
    return [word for word, _ in words.most_common()], subjects.most_common(1)[0][0]


def _request(catalog: Catalog, target: str) -> Callable[[], None]:
    def ask() -> None:
        reply = call(catalog.app, "GET", target)
        assert reply.status == 200, reply.body

    return ask


def _look_at_each(books: list[Book]) -> list[Book]:
    return [book for book in books if "whale" in book.title.casefold()]


def _figure(what: str, ask: Callable[[], None], look: Callable[[], object], times: int) -> Figure:
    measured, reference = clock.by_turns(times, ask, look)
    return Figure(
        what=f"GET: {what}",
        measured=statistics.median(measured) * 1e3,
        unit="ms",
        reference=statistics.median(reference) * 1e3,
        reference_is="a look at each book",
    )
