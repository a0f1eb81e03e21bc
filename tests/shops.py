"""A whole shop in one process: the real apps over real repositories, joined without a network."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from servers.catalog.app import Catalog
from servers.catalog.tables import BOOKS, SALES, TABLES
from servers.catalog.tokens import Admins
from servers.frontend.app import Frontend
from servers.order.app import Orders
from servers.order.ledger import ORDERS
from shared.csv_repository import Disk, FolderDisk, Repository
from shared.domain import Book, Sale
from shared.peer import Peer
from tests.wsgi import InProcess, Reply, call

ROUTES = ("catalog-first", "order-first")
OPENING = (
    Book(1, "How to get a good grade in DOS in 40 minutes a day", "", ("distributed systems",), 13,
         Decimal(30)),
    Book(2, "RPCs for Noobs", "", ("distributed systems",), 56, Decimal(50)),
    Book(3, "Xen and the Art of Surviving Undergraduate School", "", ("undergraduate school",), 37,
         Decimal(25)),
    Book(4, "Cooking for the Impatient Undergrad", "", ("undergraduate school",), 0, Decimal(35)),
)  # fmt: skip


TOKENS = {"anna": "anna-s-token", "ben": "ben-s-token"}


class Clock:
    """Tells a time that only the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 54, 36, 767000, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time; each look is a millisecond later, so that no two rows have the same."""
        self.now += timedelta(milliseconds=1)
        return self.now


def seed(books: tuple[Book, ...]) -> Callable[[], bytes]:
    """A books.csv of these books."""
    return lambda: b"".join(BOOKS.lines(books))


def drop(*_: Any) -> None:
    """A network that does not carry this."""
    raise requests.ConnectionError("cut off")


def carry(*_: Any) -> None:
    """A network that does."""


class Shop:
    """Three servers; `to_catalog` and `to_order` are the wires between them.

    Nothing is delivered or settled by itself: a test calls `catalog.delivery.deliver()` and
    `orders.settling.settle_all()` when it wants to. `restart` is a clean stop and a start.
    """

    def __init__(
        self,
        catalog_disk: Disk,
        order_disk: Disk,
        route: str = "catalog-first",
        books: tuple[Book, ...] = OPENING,
        tokens: Mapping[str, str] = TOKENS,
    ) -> None:
        self._tokens = tokens
        self.clock = Clock()
        self.route = route
        self._books = books
        self._disks = (catalog_disk, order_disk)
        self.to_catalog = InProcess()
        self.to_order = InProcess()
        self._open()

    @classmethod
    def at(cls, folder: Path, route: str = "catalog-first", **more: Any) -> "Shop":
        """A shop whose files are in `folder`."""
        return cls(FolderDisk(folder / "catalog"), FolderDisk(folder / "order"), route, **more)

    def _open(self) -> None:
        catalog_disk, order_disk = self._disks
        self.books = Repository.open(
            catalog_disk,
            TABLES,
            seeds={"books": seed(self._books)},
            clock=self.clock,
        )
        self.ledgers = Repository.open(order_disk, [ORDERS], clock=self.clock)
        self.catalog = Catalog(
            self.books,
            self._peer("order", self.to_order),
            self.clock,
            time.monotonic,
            Admins(self._tokens),
        )
        self.orders = Orders(self.ledgers, self._peer("catalog", self.to_catalog), self.clock)
        self.to_catalog.app, self.to_order.app = self.catalog.app, self.orders.app
        self.frontend = Frontend(
            self._peer("catalog", self.to_catalog),
            self._peer("order", self.to_order),
            "catalog-first" if self.route == "catalog-first" else "order-first",
        )

    @staticmethod
    def _peer(name: str, wire: InProcess) -> Peer:
        return Peer(name, f"http://{name}", adapter=wire, pause=lambda _: None)

    def restart(self) -> None:
        """Close cleanly and open again."""
        self.close()
        self._open()

    def close(self) -> None:
        """Stop all three."""
        self.frontend.stop()
        self.catalog.stop()
        self.orders.stop()

    def ask(
        self,
        method: str,
        target: str,
        body: Any = None,
        key: str | None = None,
        app: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A client's request to the frontend, or to another `app`."""
        headers = {**(headers or {}), **({} if key is None else {"Idempotency-Key": key})}
        data = None if body is None else json.dumps(body).encode()
        return call(app or self.frontend.app, method, target, data, headers)

    def buy(self, book_id: int, key: str | None = None, **wish: Any) -> Reply:
        """PUT /purchase/{id}, with what the buyer wishes as its body."""
        return self.ask("PUT", f"/purchase/{book_id}", wish or None, key)

    def admin(
        self,
        method: str,
        target: str,
        body: Any = None,
        key: str | None = None,
        *,
        who: str = "anna",
        seen: str | None = None,
    ) -> Reply:
        """An admin's request to the frontend; `seen` is the tag of the book as it was seen."""
        headers = {"Authorization": f"Bearer {TOKENS[who]}"}
        if seen is not None:
            headers["If-Match"] = seen
        return self.ask(method, target, body, key, headers=headers)

    def stock(self, book_id: int) -> int:
        """Copies left."""
        return self.catalog.shelf.info(book_id).quantity

    def sales(self) -> list[Sale]:
        """The catalog's ledger."""
        return self.books.rows(SALES).all()

    def settle(self) -> None:
        """Let the servers talk until all is told."""
        assert self.catalog.delivery.deliver()
        assert self.orders.settling.settle_all()
        assert self.catalog.delivery.deliver()

    def check_books(self) -> None:
        """Copies sold are copies in orders, sale by sale, and none is missing from stock."""
        sold = {s.id: (s.book_id, s.quantity, s.price) for s in self.sales() if s.state == "sold"}
        placed = {
            o.id: (o.book_id, o.quantity, o.price)
            for o in self.ledgers.rows(ORDERS).all()
            if o.state == "placed"
        }
        assert sold == placed
        for book in self._books:
            gone = sum(quantity for book_id, quantity, _ in sold.values() if book_id == book.id)
            assert self.stock(book.id) == book.quantity - gone >= 0
