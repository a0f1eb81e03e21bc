"""Which books sell best, and which of those that run low; kept in order as things are sold.

Each ranking is a sorted list of whole numbers, the best book's the lowest, with the book's id in
the last bits: finding the first ten costs the same whether a thousand books sold once or a million.
"""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import Final

import msgspec
from sortedcontainers import SortedList

from shared.domain import Book

# The most copies that can be called few.
MOST_LOW: Final = 100
_ID_BITS: Final = 60  # an id has at most 18 digits
_CENTS_BITS: Final = 96
_ID: Final = (1 << _ID_BITS) - 1


class Sold(msgspec.Struct, gc=False):
    """How a book has sold, and the title of its last sale."""

    copies: int
    cents: int
    title: str

    def add(self, copies: int, cents: int, title: str) -> None:
        """So much more."""
        self.copies += copies
        self.cents += cents
        self.title = title


class BestSellers:
    """Every book that has sold, by copies, then takings, then id."""

    def __init__(self) -> None:
        self._sold: dict[int, Sold] = {}
        self._ranks: SortedList[int] = SortedList()

    def load(self, sold: dict[int, Sold]) -> None:
        """Begin with these, by id."""
        self._sold = sold
        self._ranks = SortedList(_rank(book_id, book) for book_id, book in sold.items())

    def copies(self, book_id: int) -> int:
        """How many of a book have sold."""
        book = self._sold.get(book_id)
        return book.copies if book else 0

    def add(self, book_id: int, copies: int, cents: int, title: str) -> None:
        """So many more have sold; fewer, where a sale was taken out of the ledger."""
        book = self._sold.get(book_id)
        if book is None:
            book = self._sold[book_id] = Sold(copies, cents, title)
        else:
            self._ranks.remove(_rank(book_id, book))
            book.add(copies, cents, title)
        if book.copies:
            self._ranks.add(_rank(book_id, book))
        else:
            del self._sold[book_id]

    def first(self, count: int) -> list[tuple[int, Sold]]:
        """The best so many, with their ids."""
        ids = [rank & _ID for rank in self._ranks.islice(0, count)]
        return [(book_id, self._sold[book_id]) for book_id in ids]


def _rank(book_id: int, sold: Sold) -> int:
    return (((-sold.copies << _CENTS_BITS) - sold.cents) << _ID_BITS) | book_id


class LowStock:
    """The books with few copies left: a ranking for each number of copies that is few."""

    def __init__(self) -> None:
        self._books: dict[int, Book] = {}
        self._ranks: list[SortedList[int]] = [SortedList() for _ in range(MOST_LOW + 1)]

    def load(self, books: Iterable[Book], sellers: BestSellers) -> None:
        """Begin with these."""
        ranks: list[list[int]] = [[] for _ in self._ranks]
        for book in books:
            if book.quantity <= MOST_LOW:
                self._books[book.id] = book
                ranks[book.quantity].append(_low_rank(book.id, sellers.copies(book.id)))
        self._ranks = list(map(SortedList, ranks))

    def change(self, old: Book | None, new: Book | None, sellers: BestSellers) -> None:
        """A book came, changed or went."""
        if old is not None and self._books.pop(old.id, None) is not None:
            self._ranks[old.quantity].remove(_low_rank(old.id, sellers.copies(old.id)))
        if new is not None and new.quantity <= MOST_LOW:
            self._books[new.id] = new
            self._ranks[new.quantity].add(_low_rank(new.id, sellers.copies(new.id)))

    def sold(self, book_id: int, before: int, after: int) -> None:
        """So many copies of a book have sold now, and had before."""
        book = self._books.get(book_id)
        if book is not None:
            self._ranks[book.quantity].remove(_low_rank(book_id, before))
            self._ranks[book.quantity].add(_low_rank(book_id, after))

    def count(self, few: int) -> int:
        """How many books have so few copies left, or fewer."""
        return sum(map(len, self._ranks[: few + 1]))

    def first(self, few: int, count: int) -> list[Book]:
        """Those of them that sell best, then those with the fewest copies left, then by id."""
        found = merge(*(self._placed(quantity, count) for quantity in range(few + 1)))
        return [self._books[book_id] for _, _, book_id in islice(found, count)]

    def _placed(self, quantity: int, count: int) -> Iterator[tuple[int, int, int]]:
        for rank in self._ranks[quantity].islice(0, count):
            yield rank >> _ID_BITS, quantity, rank & _ID


def _low_rank(book_id: int, copies: int) -> int:
    return (-copies << _ID_BITS) | book_id
