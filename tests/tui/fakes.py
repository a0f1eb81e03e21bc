"""A shop in memory that answers, fails or waits as a test says; and a clock that stands still."""

import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from shared.domain import (
    Book,
    BookNotFound,
    KeyReused,
    Order,
    OrderNotFound,
    OutOfStock,
    PriceChanged,
    Refused,
    ShopError,
    SubjectCount,
    Unavailable,
    fold,
)
from shared.report import Report
from tui.pending import Unsettled
from tui.shop import BookPage, Health, OrderPage, Receipt, SubjectPage

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WELL = {"catalog": "ok", "order": "ok", "buying": "ok", "frontend": "ok"}

CLASSICS = (
    ("How to get a good grade in DOS in 40 minutes a day", "", "distributed systems", 13, "30"),
    ("RPCs for Noobs", "", "distributed systems", 56, "50"),
    ("Xen and the Art of Surviving Undergraduate School", "", "undergraduate school", 37, "25"),
    ("Cooking for the Impatient Undergrad", "", "undergraduate school", 0, "35"),
    ("Moby-Dick; or, The Whale", "Melville, Herman", "Adventure", 7, "12.50"),
    ("The Whale and His Captors", "Cheever, Henry T.", "Adventure", 2, "4"),
    ("老子", "Laozi", "Philosophy", 120, "8.20"),
)


class FrozenClock:
    """Always the same moment, until a test moves it."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        """See Clock."""
        return NOON + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        """See Clock."""
        return self.at


class MemoryKeys:
    """Keys that a test can look at."""

    def __init__(self) -> None:
        self.all: dict[str, Unsettled] = {}

    def keep(self, unsettled: Unsettled) -> None:
        """See Keys."""
        self.all[unsettled.key] = unsettled

    def forget(self, key: str) -> None:
        """See Keys."""
        self.all.pop(key, None)

    def kept(self, shop: str) -> list[Unsettled]:
        """See Keys."""
        return [one for one in self.all.values() if one.shop == shop]


def classics() -> list[Book]:
    """The books of most tests."""
    return [
        Book(number, title, author, (subject,), quantity, Decimal(price))
        for number, (title, author, subject, quantity, price) in enumerate(CLASSICS, 1)
    ]


def many(number: int) -> list[Book]:
    """As many books as wanted, each with its number in its title."""
    return [
        Book(n, f"Volume {n:05}", "Anon", ("Series",), n % 9, Decimal(n % 40))
        for n in range(1, number + 1)
    ]


def _by_subject(counted: tuple[str, int]) -> str:
    return counted[0].casefold()


def _has(book: Book, start: str) -> bool:
    """Whether a word of the title or the author begins like this."""
    words = re.findall(r"\w+", f"{book.title} {book.author}".casefold())
    return any(word.startswith(start) for word in words)


class FakeShop:
    """A Shop in memory.

    `error` is raised by every question while it is set; `answers` are taken first, one for each
    purchase: a Receipt to return or an exception to raise. `gate` holds purchases until it is set,
    `search_gates` the searches for those words.
    """

    url = "http://shop.test:5000"

    def __init__(self, books: Sequence[Book] | None = None) -> None:
        self.shelf = {book.id: book for book in (classics() if books is None else books)}
        self.ledger: list[Order] = []
        self._keys: dict[str, tuple[int, Decimal, int]] = {}
        self._refused: dict[str, Refused] = {}
        self.checks = dict(WELL)
        self.error: ShopError | None = None
        self.answers: list[Receipt | ShopError] = []
        self.purchases: list[tuple[str, int, Decimal]] = []
        # How many copies each of them was for.
        self.quantities: list[int] = []
        self.searches: list[tuple[str, str, int, int]] = []
        self.asked_ids: list[tuple[int, ...]] = []
        self.sold: Report | None = None
        self.zones: list[str | None] = []
        self.gate: threading.Event | None = None
        self.search_gates: dict[str, threading.Event] = {}

    def books(self, text: str, subject: str, limit: int, offset: int) -> BookPage:
        """See Shop."""
        self.searches.append((text, subject, limit, offset))
        if gate := self.search_gates.get(text):
            gate.wait(10)
        self.fail_if_told()
        words = text.casefold().split()
        found = tuple(
            book
            for book in self.shelf.values()
            if all(_has(book, word) for word in words)
            and (not subject or fold(subject) in map(fold, book.subjects))
        )
        return BookPage(found[offset : offset + limit], len(found))

    def books_by_id(self, ids: Sequence[int]) -> tuple[Book, ...]:
        """See Shop."""
        self.asked_ids.append(tuple(ids))
        self.fail_if_told()
        return tuple(self.shelf[number] for number in ids if number in self.shelf)

    def book(self, book_id: int) -> Book:
        """See Shop."""
        self.fail_if_told()
        if book_id not in self.shelf:
            raise BookNotFound("No such book.")
        return self.shelf[book_id]

    def subjects(self, text: str, limit: int, offset: int) -> SubjectPage:
        """See Shop."""
        self.fail_if_told()
        counts: dict[str, int] = {}
        for book in self.shelf.values():
            for subject in book.subjects:
                counts[subject] = counts.get(subject, 0) + 1
        found = tuple(
            SubjectCount(s, n)
            for s, n in sorted(counts.items(), key=_by_subject)
            if fold(text) in fold(s)
        )
        return SubjectPage(found[offset : offset + limit], len(found))

    def purchase(
        self, key: str, book_id: int, expected_price: Decimal, quantity: int = 1
    ) -> Receipt:
        """See Shop."""
        self.purchases.append((key, book_id, expected_price))
        self.quantities.append(quantity)
        if self.gate is not None:
            self.gate.wait(10)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, ShopError):
                raise answer
            return answer
        self.fail_if_told()
        return self._sell(key, book_id, expected_price, quantity)

    def _sell(self, key: str, book_id: int, expected_price: Decimal, quantity: int) -> Receipt:
        wish = (book_id, expected_price, quantity)
        if self._keys.setdefault(key, wish) != wish:
            raise KeyReused("This key was used for another purchase.")
        if key in self._refused:
            raise self._refused[key]
        if all(order.id != key for order in self.ledger):
            book = self._still_here(key, book_id, expected_price, quantity)
            self.shelf[book_id] = replace(book, quantity=book.quantity - quantity)
            self.ledger.insert(0, replace(self.an_order(key, book), quantity=quantity))
        return Receipt(key, settled=True, price=expected_price)

    def _still_here(self, key: str, book_id: int, expected_price: Decimal, quantity: int) -> Book:
        """The book; raises a Refused, which is for ever."""
        book = self.shelf.get(book_id)
        refused: Refused | None = None
        if book is None:
            refused = BookNotFound("No such book.")
        elif book.price != expected_price:
            refused = PriceChanged(f"The price is now {book.price}.", book.price)
        elif book.quantity < quantity:
            refused = OutOfStock(f"{book.quantity} left.")
        if refused is not None:
            self._refused[key] = refused
            raise refused
        assert book is not None
        return book

    def an_order(self, key: str, book: Book, minutes: int = 0) -> Order:
        """An order of one copy, so many minutes before noon."""
        at = NOON - timedelta(minutes=minutes)
        return Order(key, book.id, book.title, 1, book.price, "placed", at)

    def orders(self, limit: int, before: str | None = None) -> OrderPage:
        """See Shop."""
        self.fail_if_told()
        if self.checks["order"] != "ok":
            raise Unavailable("The order server cannot be reached.")
        places = [place for place, order in enumerate(self.ledger) if order.id == before]
        start = places[0] + 1 if places else 0
        return OrderPage(tuple(self.ledger[start : start + limit]), len(self.ledger))

    def order(self, order_id: str) -> Order:
        """See Shop."""
        self.fail_if_told()
        for order in self.ledger:
            if order.id == order_id:
                return order
        raise OrderNotFound("No such order.")

    def report(self, zone: str | None) -> Report:
        """See Shop."""
        self.zones.append(zone)
        self.fail_if_told()
        assert self.sold is not None
        return self.sold

    def health(self) -> Health:
        """See Shop."""
        if self.checks["frontend"] != "ok":
            # Of the others nothing is known then.
            return Health({"frontend": self.checks["frontend"]}, 0.003)
        return Health(dict(self.checks), 0.003)

    def go_down(self, *names: str) -> None:
        """Those servers answer nothing; reads fail too unless it is the order server alone."""
        for name in names:
            self.checks[name] = "no answer"
        if names != ("order",):
            self.error = Unavailable("The catalog server cannot be reached.")

    def come_back(self) -> None:
        """All is well again."""
        self.checks = dict(WELL)
        self.error = None

    def fail_if_told(self) -> None:
        """Raise the error that a test has set."""
        if self.error is not None:
            raise self.error
