"""What can be done with books. The words here are the shop's; how they are kept is below them."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from servers.catalog.subjects import Subjects
from servers.catalog.tables import BOOKS, SALES
from servers.catalog.words import WordIndex
from shared.csv_repository import Arrivals, Repository, SortedIndex, Transaction
from shared.domain import (
    REFUSALS,
    BadRequest,
    Book,
    BookNotFound,
    OrderNotFound,
    Purchase,
    Refused,
    Sale,
    SubjectCount,
    SubjectNotFound,
    check_same_purchase,
    refusal,
)

_log = logging.getLogger(__name__)


class Page(NamedTuple):
    """Some books of how many."""

    books: list[Book]
    total: int


class Shelf:
    """The catalog's use cases over its repository; `clock` tells the time of a sale."""

    def __init__(self, repository: Repository, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._clock = clock
        self._books = repository.rows(BOOKS)
        self._sales = repository.rows(SALES)
        self._subjects = Subjects()
        self._words = WordIndex()
        self._arrivals: Arrivals[Sale] = Arrivals(lambda sale: sale.id)
        self._undelivered: SortedIndex[Sale] = SortedIndex(self._is_undelivered, self._number)
        # Every book under one value: the shelf in the order of ids, to take pages from.
        self._in_order: SortedIndex[Book] = SortedIndex(lambda _: (True,), lambda book: book.id)
        self._books.watch(self._in_order)
        self._books.watch(self._subjects)
        self._books.watch(self._words)
        self._sales.watch(self._arrivals)
        self._sales.watch(self._undelivered)

    @staticmethod
    def _is_undelivered(sale: Sale) -> tuple[bool, ...]:
        return (True,) if sale.state == "sold" and not sale.delivered else ()

    def _number(self, sale: Sale) -> int:
        number = self._arrivals.number(sale.id)
        assert number is not None
        return number

    def search(self, subject: str, limit: int | None, offset: int) -> Page:
        """The books on a subject by id; raises SubjectNotFound if there is none."""
        total = self._subjects.count(subject)
        if not total:
            raise SubjectNotFound(f"No books on {subject!r}.")
        end = None if limit is None else offset + limit
        return Page(self._found(self._subjects.ids(subject, offset, end)), total)

    def info(self, book_id: int) -> Book:
        """One book; raises BookNotFound."""
        book = self._books.get(book_id)
        if book is None:
            raise BookNotFound(f"No book has the id {book_id}.")
        return book

    def subjects(self, text: str) -> list[SubjectCount]:
        """The subjects that hold `text`, with how many books each has."""
        return self._subjects.find(text)

    def books(self, text: str | None, subject: str | None, limit: int, offset: int) -> Page:
        """Books by words of title and author (best first), on a subject, or all of them by id."""
        end = offset + limit
        if text is not None:
            ids = self._words.find(text)
            if subject is not None:
                on_it = set(self._subjects.ids(subject))
                ids = [book_id for book_id in ids if book_id in on_it]
            return Page(self._found(ids[offset:end]), len(ids))
        if subject is not None:
            ids = self._subjects.ids(subject, offset, end)
            return Page(self._found(ids), self._subjects.count(subject))
        return Page(self._found(self._in_order.slice(True, offset, end)), len(self._books))

    def by_ids(self, ids: Sequence[int]) -> Page:
        """The books with these ids, in that order; those that aren't there are left out."""
        found = self._found(ids)
        return Page(found, len(found))

    def _found(self, ids: Iterable[int]) -> list[Book]:
        return [book for book in map(self._books.get, ids) if book is not None]

    def sell(self, key: str, book_id: int, wish: Purchase) -> Sale:
        """Take copies from stock and write the sale, in one step; a key again changes nothing.

        Returns the sale. Raises a Refused, which is written down too: a late copy of a refused
        request must not sell, also after a restock. Raises KeyReused for another purchase's key.
        """
        with self._repository.transaction() as change:
            before = change.get(SALES, key)
            sale = before or self._decide(change, key, book_id, wish)
            check_same_purchase(sale, book_id, wish)
        if refused := refusal(sale):
            raise refused
        if before is None:
            _log.info("bought book %s", sale.title)
        return sale

    def _decide(self, change: Transaction, key: str, book_id: int, wish: Purchase) -> Sale:
        book = change.get(BOOKS, book_id)
        no: Refused | None
        if book is None:
            no = BookNotFound(f"No book has the id {book_id}.")
        else:
            no = book.refuse(wish.quantity, wish.expected_price)
            if no is None:
                change.put(BOOKS, replace(book, quantity=book.quantity - wish.quantity))
        sale = Sale(
            id=key,
            book_id=book_id,
            title=book.title if book else "",
            quantity=wish.quantity,
            price=book.price if book else Decimal(0),
            state="refused" if no else "sold",
            delivered=no is not None,
            at=self._clock(),
            reason=REFUSALS[type(no)] if no else "",
            expected_price=wish.expected_price,
        )
        change.put(SALES, sale)
        return sale

    def sale(self, sale_id: str) -> Sale:
        """One sale or refusal; raises OrderNotFound."""
        sale = self._sales.get(sale_id)
        if sale is None:
            raise OrderNotFound(f"No sale has the id {sale_id}.")
        return sale

    def sales_by_ids(self, ids: Iterable[str]) -> list[Sale]:
        """The sales and refusals with these ids; those that aren't there are left out."""
        return [sale for sale in map(self._sales.get, ids) if sale is not None]

    def sales(self, after: str | None, limit: int) -> tuple[list[Sale], int]:
        """At most `limit` sales and refusals in the order they were made, from after that one.

        Returns them and how many there are in all; raises BadRequest if `after` is no sale.
        """
        start = 0
        if after is not None:
            number = self._arrivals.number(after)
            if number is None:
                raise BadRequest(f"No sale has the id {after}.")
            start = number + 1
        keys = self._arrivals.after(start, limit)
        return [sale for sale in map(self._sales.get, keys) if sale], len(self._arrivals)

    def undelivered(self, limit: int) -> list[Sale]:
        """Sales that the order server has not acknowledged yet, oldest first."""
        numbers = self._undelivered.slice(True, 0, limit)
        keys = map(self._arrivals.key, numbers)
        return [sale for sale in map(self._sales.get, keys) if sale and not sale.delivered]

    def undelivered_count(self) -> int:
        """How many sales the order server has not acknowledged yet."""
        return self._undelivered.count(True)

    def mark_delivered(self, ids: Sequence[str]) -> None:
        """The order server has these on its disk."""
        with self._repository.transaction() as change:
            for sale_id in ids:
                sale = change.get(SALES, sale_id)
                if sale and not sale.delivered:
                    change.put(SALES, replace(sale, delivered=True))

    def trouble(self) -> str | None:
        """Why nothing can be sold at present, or None."""
        return self._repository.trouble
