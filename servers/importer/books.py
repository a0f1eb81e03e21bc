"""From works to the shop's books, under ids of their own."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from servers.catalog.tables import BOOKS
from servers.importer.errors import NoSource
from servers.importer.rows import BadRow
from servers.importer.rules import Rules
from servers.importer.works import Work, book_key
from shared.csv_repository import BadRows
from shared.domain import Book

SEQUENCE: Final = "sequence"
SOURCE: Final = "source"


def read_first(path: str | None) -> list[Book]:
    """The books of a books.csv that stand before the catalogue's; raises NoSource."""
    if path is None:
        return []
    try:
        return list(BOOKS.load(Path(path).read_bytes()).values())
    except OSError as error:
        raise NoSource(f"cannot read {path}: {error.strerror}") from None
    except BadRows as error:
        line, what = error.rows[0]
        raise NoSource(f"{path}, line {line}: {what}") from None


class Known:
    """Books that are there already, however their titles are set."""

    def __init__(self, books: Iterable[Book]) -> None:
        self._keys = {book_key(book.title, book.author) for book in books}

    def __contains__(self, work: Work) -> bool:
        return book_key(work.title, work.author) in self._keys


def make_books(
    first: Sequence[Book], works: Iterable[Work], rules: Rules, ids: str
) -> Iterator[Book | BadRow]:
    """The works as books, without those that are among the first books already.

    By `sequence` ids go on from the first books' highest; by `source` they are the Text#, and a
    work whose number is a first book's is a bad row.
    """
    taken = {book.id for book in first}
    known = Known(first)
    following = count(max(taken, default=0) + 1)
    for work in works:
        if work in known:
            continue
        if ids == SOURCE and work.number in taken:
            yield BadRow(work.line, f"the id {work.number} belongs to one of the first books")
            continue
        price, quantity = rules.draw(work.number)
        book_id = work.number if ids == SOURCE else next(following)
        yield Book(book_id, work.title, work.author, work.subjects, quantity, price)
