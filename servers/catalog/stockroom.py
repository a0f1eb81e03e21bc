"""What the admin can do with books: add, edit, remove; each under a key, each leaving a trail."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple

from msgspec import UNSET

from servers.catalog.tables import BOOKS, CHANGES, SALES
from servers.catalog.trail import Trail
from shared.csv_repository import Repository, Transaction
from shared.domain import (
    BadField,
    Book,
    BookNotFound,
    ChangeKeyReused,
    EditedMeanwhile,
    NoIdLeft,
    OutOfStock,
    Update,
)
from shared.edits import Edit, KeyedBook, NewBook, checked, checked_edit, edited
from shared.tokens import ORDER_SERVER
from shared.trail import Change, Placed, What, differences, digest

_log = logging.getLogger(__name__)
HIGHEST_ID: Final = 10**18 - 1


class Asked(NamedTuple):
    """Who asks under which key; `is_expected` says whether a book is as that one saw it."""

    by: str
    key: str
    is_expected: Callable[[Book], bool] = lambda _: True


class Stockroom:
    """The admin's use cases over the catalog's repository; `clock` tells the time of a change."""

    def __init__(self, repository: Repository, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._clock = clock
        self._changes = repository.rows(CHANGES)
        self._trail = Trail()
        self._changes.watch(self._trail)
        self._highest = self._highest_ever()

    def _highest_ever(self) -> int:
        """No id is given twice: a book that was removed has left a row in the changes.

        A refused sale does not count, or any buyer could use up the ids by asking for the last.
        """
        rows = self._repository.rows
        sold = (sale.book_id for sale in rows(SALES).all() if sale.state == "sold")
        changed = (change.book_id for change in self._changes.all())
        return max(chain((book.id for book in rows(BOOKS).all()), sold, changed), default=0)

    def add(self, said: NewBook, asked: Asked) -> Book:
        """Put a new book on the shelf, under an id that no book ever had; returns it.

        Raises BadField, NoIdLeft, ChangeKeyReused; BookNotFound if it was removed since the key
        was used.
        """
        good = checked(said)
        request = digest("added", None, good)
        with self._repository.transaction() as change:
            placed = self._place(change, good, request, asked)
            if placed.state == "different":
                raise ChangeKeyReused(f"This key was used for book {placed.id}.")
            book = self._book(change, placed.id)
        if placed.state == "added":
            _tell(asked.by, f"added book {book.id}")
        return book

    def add_many(self, books: Sequence[KeyedBook], by: str) -> list[Placed]:
        """Put many books on the shelf in one step, all or none; a key seen again adds nothing.

        Raises BadField with the path of the first wrong field, NoIdLeft.
        """
        good = [checked(said.book(), f"$.data[{at}]") for at, said in enumerate(books)]
        digests = [digest("added", None, book) for book in good]
        with self._repository.transaction() as change:
            placed = [
                self._place(change, book, request, Asked(by, said.key))
                for said, book, request in zip(books, good, digests, strict=True)
            ]
        _tell(by, f"added {sum(one.state == 'added' for one in placed)} of {len(placed)} books")
        return placed

    def _place(self, change: Transaction, said: NewBook, request: str, asked: Asked) -> Placed:
        before = change.get(CHANGES, asked.key)
        if before:
            same = before.request == request
            return Placed(asked.key, before.book_id, "present" if same else "different")
        book = Book(
            self._new_id(), said.title, said.author, said.subjects, said.quantity, said.price
        )
        self._write(change, asked, "added", None, book, request)
        return Placed(asked.key, book.id, "added")

    def _new_id(self) -> int:
        """Called under the writers' lock. The id of a transaction that fails is never used."""
        if self._highest >= HIGHEST_ID:
            raise NoIdLeft(f"A book has, or had, the id {self._highest}, which is the highest.")
        self._highest += 1
        return self._highest

    def edit(self, book_id: int, said: Edit, asked: Asked) -> Book:
        """Set fields of a book; returns it as it is then.

        Raises BadField, BookNotFound, EditedMeanwhile, ChangeKeyReused.
        """
        good = checked_edit(said)
        request = digest("changed", book_id, good)
        with self._repository.transaction() as change:
            first = self._is_first(change, asked, request)
            book = self._book(change, book_id)
            if first:
                _check_expected(book, asked)
                new = edited(book, good)
                self._write(change, asked, "changed", book, new, request)
                book = new
        if first:
            _tell(asked.by, f"changed book {book_id}")
        return book

    def remove(self, book_id: int, asked: Asked) -> None:
        """Take a book off the shelf; its sales stay. Raises BookNotFound, EditedMeanwhile."""
        request = digest("removed", book_id, None)
        with self._repository.transaction() as change:
            first = self._is_first(change, asked, request)
            if first:
                book = self._book(change, book_id)
                _check_expected(book, asked)
                self._write(change, asked, "removed", book, None, request)
        if first:
            _tell(asked.by, f"removed book {book_id}")

    def update(self, book_id: int, update: Update, key: str) -> Book:
        """Restock by a difference, set the price, or both; returns the book as it is then.

        Raises BookNotFound, OutOfStock, BadField, ChangeKeyReused.
        """
        if update.expected_price is not None:
            raise BadField("only a sale has an expected price", "$.expected_price")
        price = UNSET if update.price is None else update.price
        said = Edit(quantity_change=update.quantity_change, price=price)
        try:
            return self.edit(book_id, said, Asked(ORDER_SERVER, key))
        except BadField as error:
            if update.quantity_change < 0 and error.path == "$.quantity_change":
                raise OutOfStock(f"{error}.") from None
            raise

    @staticmethod
    def _book(change: Transaction, book_id: int) -> Book:
        book = change.get(BOOKS, book_id)
        if book is None:
            raise BookNotFound(f"No book has the id {book_id}.")
        return book

    @staticmethod
    def _is_first(change: Transaction, asked: Asked, request: str) -> bool:
        before = change.get(CHANGES, asked.key)
        if before is not None and before.request != request:
            raise ChangeKeyReused(f"This key was used for book {before.book_id}.")
        return before is None

    def _write(
        self,
        change: Transaction,
        asked: Asked,
        what: What,
        old: Book | None,
        new: Book | None,
        request: str,
    ) -> None:
        """The book and its trail, in one transaction."""
        book = new or old
        assert book is not None
        if new is None:
            change.delete(BOOKS, book.id)
        else:
            change.put(BOOKS, new)
        before, after = differences(old, new)
        came = (new.quantity if new else 0) - (old.quantity if old else 0)
        row = Change(
            asked.key, self._clock(), asked.by, book.id, what, came, before, after, request
        )
        change.put(CHANGES, row)

    def changes(
        self, before: str | None, book_id: int | None, limit: int
    ) -> tuple[list[Change], int]:
        """At most `limit` changes, newest first, from before that one; of one book or of all.

        Returns them and how many there are; raises BadRequest if `before` is no change.
        """
        number = None if before is None else self._trail.number(before)
        keys, total = self._trail.before(number, book_id, limit)
        return [change for change in map(self._changes.get, keys) if change], total


def _tell(by: str, what: str) -> None:
    """Said when it is on disk, not before."""
    _log.info("%s %s", by, what)


def _check_expected(book: Book, asked: Asked) -> None:
    if not asked.is_expected(book):
        raise EditedMeanwhile(f"Book {book.id} is not as it was when you looked at it.")
