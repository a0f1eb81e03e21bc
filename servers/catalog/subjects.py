"""The subjects that books are on, and which books."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from shared.csv_repository import SortedIndex
from shared.domain import Book, SubjectCount, fold

# Many books, few subjects: folding each once halves the time that the index takes at start.
_SPELLINGS: Final = 10_000
_fold: Final = lru_cache(_SPELLINGS)(fold)


def _folded(book: Book) -> set[str]:
    return set(map(_fold, book.subjects))


class Subjects:
    """Watches the books; a subject is shown in the spelling that was met first."""

    def __init__(self) -> None:
        self._index: SortedIndex[Book] = SortedIndex(_folded, lambda book: book.id)
        self._spelling: dict[str, str] = {}
        self._sorted: list[str] | None = None

    def load(self, rows: Iterable[Book]) -> None:
        """See Watcher."""
        books = list(rows)
        self._index.load(books)
        for book in books:
            self._spell(book)

    def change(self, old: Book | None, new: Book | None) -> None:
        """See Watcher."""
        if old and new and old.subjects == new.subjects:
            return
        # Spelled before it can be found, since readers take no lock.
        if new:
            self._spell(new)
        self._index.change(old, new)
        self._sorted = None

    def _spell(self, book: Book) -> None:
        for subject in book.subjects:
            self._spelling.setdefault(_fold(subject), subject)

    def count(self, subject: str) -> int:
        """How many books are on a subject."""
        return self._index.count(fold(subject))

    def ids(self, subject: str, start: int = 0, stop: int | None = None) -> list[int]:
        """The ids of the books on a subject, ascending."""
        return self._index.slice(fold(subject), start, stop)

    def find(self, text: str) -> list[SubjectCount]:
        """The subjects that hold `text`, all for an empty one, in alphabetical order."""
        found = self._sorted
        if found is None:
            found = self._sorted = sorted(str(value) for value in self._index.values())
        wanted = fold(text)
        return [
            SubjectCount(self._spelling[subject], self._index.count(subject))
            for subject in found
            if wanted in subject
        ]
