"""The admin's side of a shop in memory, by the servers' own rules; fails as a test says."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict, replace

from shared.domain import (
    AdminOff,
    Book,
    BookNotFound,
    EditedMeanwhile,
    ShopError,
    TokenMissing,
    TokenWrong,
)
from shared.edits import Edit, NewBook, checked, checked_edit, edited
from shared.trail import Entry, What
from tests.tui.fakes import NOON, FakeShop
from tui.admin import Tagged, Trail
from tui.token import Token

T = TypeVar("T")
RIGHT = "open-sesame"
OFF = "This shop has no admin: set BAZAR_ADMIN__TOKEN on the catalog server."


class FakeAdmin:
    """An Admin over the shelf of a FakeShop.

    `failures` are raised by the next changes, one each, before anything is done; `lost` likewise
    after it was done. `before_change` runs just before a change, as a rival would. `gate` holds
    changes until it is set.
    """

    def __init__(self, shop: FakeShop) -> None:
        self._shop = shop
        self.token: Token | None = None
        self.right = RIGHT
        self.is_off = False
        self.failures: list[ShopError] = []
        self.lost: list[ShopError] = []
        self.before_change: Callable[[], None] | None = None
        self.gate: threading.Event | None = None
        self.entries: list[Entry] = []
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self._answers: dict[str, Any] = {}

    def tagged(self, book_id: int) -> Tagged:
        """See Admin."""
        return _tagged(self._shop.book(book_id))

    def add(self, key: str, book: NewBook) -> Tagged:
        """See Admin."""
        return self._once(key, "add", asdict(book), lambda: self._add(key, checked(book)))

    def _add(self, key: str, said: NewBook) -> Tagged:
        number = max([0, *self._shop.shelf, *(entry.book_id for entry in self.entries)]) + 1
        book = Book(number, said.title, said.author, said.subjects, said.quantity, said.price)
        self._shop.shelf[number] = book
        self._note(key, "added", None, book)
        return _tagged(book)

    def change(self, key: str, book_id: int, edit: Edit, tag: str | None) -> Tagged:
        """See Admin."""
        given = {name: value for name, value in asdict(edit).items() if value is not UNSET}
        return self._once(key, "change", given, lambda: self._change(key, book_id, edit, tag))

    def _change(self, key: str, book_id: int, edit: Edit, tag: str | None) -> Tagged:
        before = self._untouched(book_id, tag)
        after = edited(before, checked_edit(edit))
        self._shop.shelf[book_id] = after
        self._note(key, "changed", before, after)
        return _tagged(after)

    def remove(self, key: str, book_id: int, tag: str) -> None:
        """See Admin."""
        self._once(key, "remove", {"id": book_id}, lambda: self._remove(key, book_id, tag))

    def _remove(self, key: str, book_id: int, tag: str) -> None:
        before = self._untouched(book_id, tag)
        del self._shop.shelf[book_id]
        self._note(key, "removed", before, None)

    def trail(self, limit: int, before: str | None = None, book_id: int | None = None) -> Trail:
        """See Admin."""
        self._check_token()
        found = [one for one in self.entries if book_id is None or one.book_id == book_id]
        places = [place for place, one in enumerate(found) if one.id == before]
        start = places[0] + 1 if places else 0
        return Trail(tuple(found[start : start + limit]), len(found))

    def rival(self, book_id: int, **fields: Any) -> None:
        """Another admin changes a book."""
        before = self._shop.shelf[book_id]
        self._shop.shelf[book_id] = after = replace(before, **fields)
        self._note(f"rival-{len(self.entries)}", "changed", before, after, by="bob")

    def _once(self, key: str, name: str, given: dict[str, Any], work: Callable[[], T]) -> T:
        self.calls.append((name, key, given))
        if self.gate is not None:
            self.gate.wait(10)
        self._check_token()
        if self.failures:
            raise self.failures.pop(0)
        if key not in self._answers:
            if self.before_change is not None:
                self.before_change()
            self._answers[key] = work()
        if self.lost:
            raise self.lost.pop(0)
        answer: T = self._answers[key]
        return answer

    def _check_token(self) -> None:
        self._shop.fail_if_told()
        if self.is_off:
            raise AdminOff(OFF)
        if self.token is None:
            raise TokenMissing("Send the admin's token.")
        if self.token.header() != f"Bearer {self.right}":
            raise TokenWrong("This is not one of the shop's tokens.")

    def _untouched(self, book_id: int, tag: str | None) -> Book:
        if book_id not in self._shop.shelf:
            raise BookNotFound(f"No book has the id {book_id}.")
        book = self._shop.shelf[book_id]
        if tag is not None and tag != _tagged(book).tag:
            raise EditedMeanwhile("The book is not as it was.")
        return book

    def _note(
        self, key: str, what: What, before: Book | None, after: Book | None, by: str = "admin"
    ) -> None:
        old, new = _fields(before), _fields(after)
        if before and after:
            differing = [name for name in old if old[name] != new[name]]
            old, new = ({n: one[n] for n in differing} for one in (old, new))
        change = (after.quantity if after else 0) - (before.quantity if before else 0)
        number = after.id if after else before.id if before else 0
        at = NOON - timedelta(minutes=5) + timedelta(seconds=len(self.entries))
        self.entries.insert(0, Entry(key, at, by, number, what, change, old, new))


def _fields(book: Book | None) -> dict[str, Any]:
    if book is None:
        return {}
    found: dict[str, Any] = msgspec.to_builtins(book, builtin_types=(Decimal,))
    return {**found, "subjects": list(found["subjects"])}


def _tagged(book: Book) -> Tagged:
    return Tagged(book, f'"{hash(book):x}"')
