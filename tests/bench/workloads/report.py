"""The sales report: it must not cost more because more was sold."""

import os
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from servers.catalog.app import Catalog
from servers.catalog.report import Figures
from servers.catalog.shelf import Shelf
from servers.catalog.tables import BOOKS, SALES
from servers.catalog.tokens import Admins
from shared.domain import Book, Sale
from shared.peer import Peer
from tests.bench import clock
from tests.bench.figures import Figure
from tests.bench.room import Room, open_shop
from tests.bench.workloads.opening import resident
from tests.wsgi import call

_NOW: Final = datetime(2026, 11, 22, 8, 54, tzinfo=UTC)
_YEAR: Final = timedelta(days=365)
_WIDEST: Final = "?hours=744&days=366&top=100&low=100&tz=Europe/Berlin"


def run(room: Room) -> list[Figure]:
    """A year of sales, the first books selling best: asking, opening, and the memory."""
    folder = room.shop("catalog", room.sizes.books)
    _write_sales(folder, room.sizes.books, room.sizes.sales, room.sizes.seed)
    # Opened as it will be from now on: with the files checked and no journal to replay.
    open_shop(folder).close()
    return [*_opening(folder, room.sizes.sales), *_asking(room, folder)]


def _write_sales(folder: Path, books: int, count: int, seed: int) -> None:
    draw = random.Random(seed)

    def sales() -> Iterator[Sale]:
        for number in range(count):
            book = int(draw.random() ** 2 * books) + 1
            key = str(uuid.UUID(int=draw.getrandbits(128), version=4))
            at = _NOW - _YEAR * ((count - number) / count)
            price = Decimal(400 + book % 2600) / 100
            yield Sale(key, book, f"Book {book}", 1, price, "sold", True, at)

    with (folder / SALES.file).open("wb") as out:
        out.writelines(SALES.lines(sales()))


def _opening(folder: Path, sales: int) -> list[Figure]:
    began = time.perf_counter()
    with closing(open_shop(folder)) as repository:
        Shelf(repository, lambda: _NOW)
        opened, before = time.perf_counter(), resident(os.getpid())
        figures = Figures(repository.rows(BOOKS), repository.rows(SALES))
        ended, after = time.perf_counter(), resident(os.getpid())
        del figures
    return [
        Figure(
            what=f"open a shop of {sales:,} sales, the report's figures with it",
            measured=ended - began,
            unit="s",
            reference=opened - began,
            reference_is="without them",
            ratio_at_most=1.3,
        ),
        Figure(
            what="memory of the figures, for each sale",
            measured=(after - before) / sales,
            unit="bytes",
        ),
    ]


def _asking(room: Room, folder: Path) -> list[Figure]:
    with closing(open_shop(folder)) as repository:
        catalog = Catalog(
            repository,
            Peer("order", "http://127.0.0.1:9"),
            lambda: _NOW,
            time.monotonic,
            Admins({}),
        )
        sales, books = repository.rows(SALES).all(), repository.rows(BOOKS).all()
        sizes = room.sizes

        def look() -> int:
            return _look_at_each(sales, books)

        return [
            _figure(f"GET: the report of {sizes.sales:,} sales", _request(catalog, ""), look, 5),
            _figure(
                "GET: the widest one that can be asked for", _request(catalog, _WIDEST), look, 5
            ),
        ]


def _request(catalog: Catalog, query: str) -> Callable[[], None]:
    def ask() -> None:
        reply = call(catalog.app, "GET", f"/reports/sales{query}")
        assert reply.status == 200, reply.body

    return ask


def _look_at_each(sales: list[Sale], books: list[Book]) -> int:
    copies = sum(sale.quantity for sale in sales if sale.state == "sold")
    return copies + sum(1 for book in books if book.quantity <= 5)


def _figure(what: str, ask: Callable[[], None], look: Callable[[], object], times: int) -> Figure:
    measured, reference = clock.by_turns(times, ask, look)
    return Figure(
        what=what,
        measured=statistics.median(measured) * 1e3,
        unit="ms",
        reference=statistics.median(reference) * 1e3,
        reference_is="a look at each sale and book",
        at_most=20,
    )
