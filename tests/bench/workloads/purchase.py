"""A purchase in the catalog: it must not cost more because there are more books."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from servers.catalog.app import Catalog
from servers.catalog.tokens import Admins
from shared.domain import Purchase, new_key, now
from shared.peer import Peer
from tests.bench import clock
from tests.bench.figures import Figure
from tests.bench.room import Room, open_shop
from tests.wsgi import call

_FEW = 7


class _Shop:
    """A catalog without its network; its sales wait for an order server that never comes."""

    def __init__(self, folder: Path, count: int, seed: int) -> None:
        self._draw = random.Random(seed)
        self._count = count
        self.catalog = Catalog(
            open_shop(folder), Peer("order", "http://127.0.0.1:9"), now, time.monotonic, Admins({})
        )

    def sell(self) -> None:
        """One purchase of any book, as a use case."""
        self.catalog.shelf.sell(new_key(), self._book(), Purchase())

    def ask(self) -> None:
        """The same as a request."""
        headers = {"Idempotency-Key": new_key()}
        reply = call(self.catalog.app, "PUT", f"/purchase/{self._book()}", None, headers)
        assert reply.status == 200, reply.body

    def _book(self) -> int:
        return self._draw.randint(1, self._count)


def run(room: Room) -> list[Figure]:
    """Both shops in this process, a purchase in each by turns.

    They are left as a crash would leave them: writing a million books again only takes time.
    """
    sizes = room.sizes
    few = _Shop(room.shop("few", _FEW), _FEW, sizes.seed)
    many = _Shop(room.shop("many", sizes.many_books), sizes.many_books, sizes.seed)

    def figure(what: str, in_many: Callable[[], None], in_few: Callable[[], None]) -> Figure:
        measured, reference = clock.by_turns(sizes.commits, in_many, in_few)
        return Figure(
            what=f"{what}, {sizes.many_books:,} books, median",
            measured=statistics.median(measured) * 1e3,
            unit="ms",
            reference=statistics.median(reference) * 1e3,
            reference_is=f"{_FEW} books",
            ratio_at_most=1.2,
        )

    return [
        figure("a purchase (Shelf.sell)", many.sell, few.sell),
        figure("a purchase (PUT /purchase)", many.ask, few.ask),
    ]
