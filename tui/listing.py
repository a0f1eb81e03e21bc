"""What is known of one search: how many books it found, and the pages of them that were seen."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from shared.domain import Book
from tui.shop import BookPage

PAGE: Final = 60
# Enough to scroll about without asking again; the rest is forgotten, so memory stays level.
_KEPT: Final = 50


class Query(NamedTuple):
    """What is looked for: words of title or author, and a subject; empty means any."""

    text: str = ""
    subject: str = ""


class Listing:
    """The books of one query, page by page; a book is named by its place in the whole list."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.total = 0
        self._pages: OrderedDict[int, list[Book]] = OrderedDict()
        self._asked: set[int] = set()

    def at(self, place: int) -> Book | None:
        """The book at a place, or None while its page has not come."""
        page = self._pages.get(place // PAGE)
        row = place % PAGE
        return page[row] if page is not None and row < len(page) else None

    def missing(self, first: int, last: int) -> list[int]:
        """The pages that hold the places from `first` to `last` and must be asked for.

        Each is named once, until it is put or given up.
        """
        last = min(last, self.total - 1)
        wanted = range(max(0, first) // PAGE, last // PAGE + 1) if last >= 0 else range(0)
        for number in wanted:
            if number in self._pages:
                self._pages.move_to_end(number)
        found = [n for n in wanted if n not in self._pages and n not in self._asked]
        self._asked.update(found)
        return found

    def put(self, number: int, page: BookPage) -> None:
        """Take in a page that came."""
        self._asked.discard(number)
        self._pages[number] = list(page.data)
        self._pages.move_to_end(number)
        self.total = page.total
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def give_up(self, number: int) -> None:
        """A page did not come; it may be asked for again."""
        self._asked.discard(number)

    def renew(self, books: Iterable[Book]) -> Mapping[int, int]:
        """Put newer records in place of older ones; returns by id how the stock changed."""
        newer = {book.id: book for book in books}
        changes: dict[int, int] = {}
        for page in self._pages.values():
            for row, old in enumerate(page):
                new = newer.get(old.id)
                if new is None or new == old:
                    continue
                page[row] = new
                if new.quantity != old.quantity:
                    changes[new.id] = new.quantity - old.quantity
        return changes
