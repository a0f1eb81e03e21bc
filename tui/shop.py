"""The shop as the app sees it: the frontend server as an object. Knows nothing of screens.

Every method blocks until the frontend has answered and raises a ShopError if it said no, could not
say, or was not there; call them from threads.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from shared.domain import (
    Book,
    BookNotFound,
    Order,
    OrderNotFound,
    OutcomeUnknown,
    Purchase,
    ShopError,
    SubjectCount,
    TryLater,
    Unavailable,
)
from shared.report import Report

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

    from shared.peer import Peer

SERVERS: Final = ("catalog", "order", "frontend")
# A read that takes longer has lost its reader; a purchase is waited for longer than the frontend
# itself waits.
READ_SECONDS: Final = 4.0
HEALTH_SECONDS: Final = 2.0
PURCHASE_SECONDS: Final = 10.0
_THREADS: Final = 16
_ACCEPTED: Final = 202
READ_ONLY_WORDS: Final = "Read-only: nothing is bought from here."
# How few copies are few, and how many books a list of the report has.
FEW: Final = 5
_LISTED: Final = 50

T = TypeVar("T")


class BookPage(msgspec.Struct, frozen=True):
    """Some books of `total`."""

    data: tuple[Book, ...]
    total: int


class SubjectPage(msgspec.Struct, frozen=True):
    """Some subjects of `total`."""

    data: tuple[SubjectCount, ...]
    total: int


class OrderPage(msgspec.Struct, frozen=True):
    """Some orders of `total`, newest first."""

    data: tuple[Order, ...]
    total: int


class Receipt(msgspec.Struct, frozen=True):
    """A purchase that was accepted; `settled` is False while the catalog has not answered yet."""

    order_id: str
    settled: bool
    price: Decimal | None = None


class Health(msgspec.Struct, frozen=True):
    """How each server and `buying` is: `ok` or what is wrong; and how long the answer took."""

    checks: Mapping[str, str]
    seconds: float = 0.0

    @property
    def down(self) -> tuple[str, ...]:
        """The names of the servers that are not well, in the order of SERVERS."""
        return tuple(name for name in SERVERS if self.checks.get(name, "ok") != "ok")

    @property
    def closed(self) -> str:
        """Why nothing can be bought now, as the frontend says it; empty if it can."""
        why = self.checks.get("buying", "ok")
        return "" if why == "ok" else why

    @property
    def is_well(self) -> bool:
        """Whether every server is well and books can be bought."""
        return not self.down and not self.closed


class Shop(Protocol):
    """What the app needs of a shop; each method raises a ShopError."""

    @property
    def url(self) -> str:
        """Where it is; a key kept for one shop is never sent to another."""

    def books(self, text: str, subject: str, limit: int, offset: int) -> BookPage:
        """Books by words of title or author, on a subject; empty means any."""

    def books_by_id(self, ids: Sequence[int]) -> tuple[Book, ...]:
        """The books with these ids, as they are now."""

    def book(self, book_id: int) -> Book:
        """One book as it is now; raises BookNotFound."""

    def subjects(self, text: str, limit: int, offset: int) -> SubjectPage:
        """The subjects that hold `text`, with how many books each has."""

    def purchase(
        self, key: str, book_id: int, expected_price: Decimal, quantity: int = 1
    ) -> Receipt:
        """Buy copies under a key, each at that price, or nothing at all."""

    def orders(self, limit: int, before: str | None = None) -> OrderPage:
        """The newest orders, or those before the one with that id."""

    def order(self, order_id: str) -> Order:
        """One order as it is now; raises OrderNotFound."""

    def report(self, zone: str | None) -> Report:
        """What was sold, by the hours and days of that time zone, else UTC; raises BadRequest for a
        zone that the shop does not know."""

    def health(self) -> Health:
        """How the servers are; never raises, since that is an answer too."""


class ReadOnly(ShopError):
    """Nothing is bought or changed from here; no request was sent."""


class _Books(msgspec.Struct):
    data: tuple[Book, ...]


class _Orders(msgspec.Struct):
    data: tuple[Order, ...]


class _Reports(msgspec.Struct):
    data: tuple[Report]


class _Bought(msgspec.Struct):
    order: Order | None = None


class _Ready(msgspec.Struct):
    checks: dict[str, str] = {}


def parse_url(text: str) -> str:
    """The frontend's address as one can use it; raises ValueError with what is wrong with it."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must look like http://127.0.0.1:5000")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError("it must be a server's address only, like http://127.0.0.1:5000")
    if parts.port == 0:
        raise ValueError("port 0 cannot be reached")
    return f"{parts.scheme}://{parts.netloc}"


class Frontend:
    """The Shop over HTTP; `url` is the frontend server's. Made once, used by many threads.

    With `read_only` whatever would buy raises ReadOnly before anything is sent.
    """

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        adapter: "HTTPAdapter | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self._read_only = read_only
        self._adapter = adapter
        self._clock = clock
        self._lock = threading.Lock()
        self._made: Peer | None = None

    @property
    def peer(self) -> "Peer":
        """The frontend as a server that is asked; made when the first question is."""
        # `requests` costs 60 ms to import: paid by the first thread that asks, not by the first
        # paint.
        from shared.peer import Peer

        with self._lock:
            if self._made is None:
                self._made = Peer(
                    "frontend",
                    self.url,
                    threads=_THREADS,
                    seconds=PURCHASE_SECONDS,
                    adapter=self._adapter,
                )
            return self._made

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            if self._made is not None:
                self._made.close()

    def books(self, text: str, subject: str, limit: int, offset: int) -> BookPage:
        """See Shop."""
        asked = {"q": text or None, "subject": subject or None, "limit": limit, "offset": offset}
        return self._get("/books", BookPage, asked)

    def books_by_id(self, ids: Sequence[int]) -> tuple[Book, ...]:
        """See Shop."""
        return self._get("/books", _Books, {"ids": ",".join(map(str, ids))}).data if ids else ()

    def book(self, book_id: int) -> Book:
        """See Shop."""
        found = self._get(f"/info/{book_id}", _Books).data
        if not found:
            raise BookNotFound(f"No book has the id {book_id}.")
        return found[0]

    def subjects(self, text: str, limit: int, offset: int) -> SubjectPage:
        """See Shop."""
        asked = {"q": text or None, "limit": limit, "offset": offset}
        return self._get("/subjects", SubjectPage, asked)

    def purchase(
        self, key: str, book_id: int, expected_price: Decimal, quantity: int = 1
    ) -> Receipt:
        """See Shop. One attempt: who asks again, and when, is for the app to say."""
        if self._read_only:
            raise ReadOnly(READ_ONLY_WORDS)
        answer = self.peer.put(
            f"/purchase/{book_id}",
            Purchase(quantity=quantity, expected_price=expected_price),
            key=key,
            deadline=PURCHASE_SECONDS,
            attempts=1,
        )
        try:
            order = decode(answer.body, _Bought).order
        except Unavailable as error:
            raise OutcomeUnknown(str(error)) from error
        if order is None:
            return Receipt(key, answer.status != _ACCEPTED)
        settled = answer.status != _ACCEPTED and order.state != "pending"
        return Receipt(order.id, settled, order.price)

    def orders(self, limit: int, before: str | None = None) -> OrderPage:
        """See Shop."""
        return self._get("/orders", OrderPage, {"limit": limit, "before": before})

    def order(self, order_id: str) -> Order:
        """See Shop."""
        found = self._get(f"/orders/{order_id}", _Orders).data
        if not found:
            raise OrderNotFound(f"No order has the id {order_id}.")
        return found[0]

    def report(self, zone: str | None) -> Report:
        """See Shop."""
        return self._get("/reports/sales", _Reports, {"top": _LISTED, "low": FEW, "tz": zone}).data[
            0
        ]

    def health(self) -> Health:
        """See Shop."""
        began = self._clock()
        try:
            answer = self.peer.get("/readyz", deadline=HEALTH_SECONDS)
            checks = dict(decode(answer.body, _Ready).checks)
            frontend = "ok"
        except TryLater as error:
            checks = dict(getattr(error, "checks", None) or {})
            frontend = "ok" if checks else "no answer"
        except ShopError:
            checks, frontend = {}, "not a Bazar.com frontend"
        return Health({**checks, "frontend": frontend}, self._clock() - began)

    def _get(
        self, path: str, kind: type[T], asked: Mapping[str, str | int | None] | None = None
    ) -> T:
        return decode(self.peer.get(path, asked, deadline=READ_SECONDS).body, kind)


def decode(body: bytes, kind: type[T]) -> T:
    """A good answer as an object; one that makes no sense is no answer, so Unavailable."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise Unavailable("The frontend gave an answer that makes no sense.") from error
