"""The books held against the trail of changes and the sales, whatever has happened to either."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import asdict

from shared.domain import Book, Sale
from shared.trail import Change
from tests.simulation.owner import Deed


class Trail:
    """Remembers over all crashes which change gave which id, and which books are gone."""

    def __init__(self, opening: Sequence[Book]) -> None:
        self._opening = {book.id: book for book in opening}
        # Of each id, the key it was given under.
        self._given: dict[int, str] = dict.fromkeys(self._opening, "")
        self._keys: set[str] = set()
        self.removed: set[int] = set()
        # Of each removed book, the sales there were when it was first seen to be gone.
        self._last_sold: dict[int, set[str]] = {}

    def check(
        self, books: Sequence[Book], sales: Sequence[Sale], changes: Sequence[Change]
    ) -> None:
        """What is shown now is what the opening stock, all changes and all sales make of it.

        The changes are in the order they were made, which their moments may not be: clocks go back.
        """
        keys = {change.id for change in changes}
        assert keys >= self._keys, "a change that was shown is gone"
        self._keys = keys
        self._check_stock(books, sales, changes)
        told = {id_: _fields(asdict(book)) for id_, book in self._opening.items()}
        gone: set[int] = set()
        for change in changes:
            self._check_id(change, told)
            if change.what == "removed":
                gone.add(change.book_id)
                del told[change.book_id]
            else:
                told.setdefault(change.book_id, {}).update(_fields(_read(change.after)))
        assert told == {book.id: _fields(asdict(book)) for book in books}
        assert self.removed <= gone, "a removed book is back"
        self.removed = gone
        for book_id in gone:
            sold = {s.id for s in sales if s.book_id == book_id and s.state == "sold"}
            assert sold <= self._last_sold.setdefault(book_id, sold), "sold, and not there any more"

    def _check_stock(
        self, books: Sequence[Book], sales: Sequence[Sale], changes: Sequence[Change]
    ) -> None:
        stock = Counter({book.id: book.quantity for book in self._opening.values()})
        for change in changes:
            stock[change.book_id] += change.quantity_change
        for sale in sales:
            if sale.state == "sold":
                stock[sale.book_id] -= sale.quantity
        left = Counter({book.id: book.quantity for book in books})
        assert stock == left
        assert all(count >= 0 for count in left.values())

    def _check_id(self, change: Change, told: dict[int, Any]) -> None:
        if change.what == "added":
            key = self._given.setdefault(change.book_id, change.id)
            assert key == change.id, "an id was given again"
            assert change.book_id not in told
        else:
            assert change.book_id in told, "a book was changed that is not there"

    @staticmethod
    def check_deed(deed: Deed, row: Change) -> None:
        """The row of a deed is of that deed, and of the book that the owner had seen."""
        assert (row.what, row.by) == (deed.what, "owner")
        assert deed.book_id in (None, row.book_id), "told one book, and it was another"
        if deed.tag is not None and deed.seen and deed.said:
            # What it says was there before: `after` alone, if that is just what there was.
            before, after = _read(row.before), _read(row.after)
            for name in deed.said:
                was = before.get(name, deed.said[name] if name not in after else None)
                assert was == deed.seen[name], "changed, though not as it had been seen"


def _read(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


def _fields(book: dict[str, Any]) -> dict[str, Any]:
    """Those that no sale changes, alike from a row and from JSON."""
    found = {name: value for name, value in book.items() if name not in ("id", "quantity")}
    if "price" in found:
        found["price"] = Decimal(str(found["price"]))
    if "subjects" in found:
        found["subjects"] = tuple(found["subjects"])
    return found
