"""From rows to works: the wanted ones, put together, doubles dropped."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from servers.importer.errors import NoSuchChoice
from servers.importer.rows import BadRow
from servers.importer.source import Row
from servers.importer.wording import authors_of, shelf_of, subjects_of, title_of
from shared.domain import fold

UNCATEGORISED: Final = "Uncategorised"
_WORD: Final = re.compile(r"\w+")


class Work(NamedTuple):
    """A work of the catalogue; `number` is its Text#, `line` where its first row begins."""

    line: int
    number: int
    title: str
    author: str
    languages: tuple[str, ...]
    subjects: tuple[str, ...]


class Choice:
    """Which rows are wanted, by one of their columns; nothing asked for means all."""

    def __init__(self, what: str, wanted: Sequence[str]) -> None:
        self._what = what
        self._wanted = {fold(name): name for name in wanted}
        self._seen: dict[str, str] = {}

    def takes(self, names: Iterable[str]) -> bool:
        """True if one of these is wanted."""
        if not self._wanted:
            return True
        folded = {fold(name): name for name in names}
        self._seen |= folded
        return not self._wanted.keys().isdisjoint(folded)

    def check(self) -> None:
        """Raise NoSuchChoice if a name was in no row: most likely it is misspelled."""
        for folded, name in self._wanted.items():
            if folded not in self._seen:
                near = difflib.get_close_matches(folded, self._seen, n=1)
                hint = f"; did you mean {self._seen[near[0]]!r}?" if near else ""
                raise NoSuchChoice(f"the catalogue has no {self._what} {name!r}{hint}")


class Choices(NamedTuple):
    """What is wanted of a catalogue."""

    types: Choice
    languages: Choice
    shelves: Choice

    def take(self, row: Row) -> bool:
        """True for a row that is wanted; each choice sees each row, to know what there is."""
        by_type = self.types.takes([row.type])
        by_language = self.languages.takes(row.languages)
        return self.shelves.takes(map(shelf_of, row.shelves)) and by_type and by_language

    def check(self) -> None:
        """Raise NoSuchChoice if something was asked for that no row has."""
        for choice in self:
            choice.check()


class Works:
    """The works of a catalogue's rows, gathered row by row.

    `column` gives the subjects: Bookshelves or Subjects. With `keep_doubles` each row is a work.
    """

    def __init__(self, choices: Choices, column: str, keep_doubles: bool) -> None:
        self.rows = 0
        self.unwanted = 0
        self.bad: list[BadRow] = []
        self._choices = choices
        self._by_shelf = column == "Bookshelves"
        self._keep_doubles = keep_doubles
        self._found: dict[int, list[Row]] = {}

    def add(self, row: Row | BadRow) -> None:
        """Take a row in; a bad one is kept in `bad`."""
        self.rows += 1
        if isinstance(row, BadRow):
            self.bad.append(row)
        elif self._choices.take(row):
            self._add_wanted(row)
        else:
            self.unwanted += 1

    def _add_wanted(self, row: Row) -> None:
        if not title_of(row.title):
            self.bad.append(BadRow(row.line, f"the work {row.number} has no title"))
            return
        # The catalogue may give a work one row for each of its authors.
        rows = self._found.setdefault(row.line if self._keep_doubles else row.number, [])
        if rows and rows[0].title != row.title:
            what = f"the Text# {row.number} is that of line {rows[0].line}, which is another title"
            self.bad.append(BadRow(row.line, what))
            return
        rows.append(row)

    def all(self) -> Iterator[Work]:
        """The works by number; of those that are the same book, the lowest number's."""
        seen: set[tuple[str, ...]] = set()
        for work in sorted(map(self._work, self._found.values()), key=lambda w: (w.number, w.line)):
            # A translation that kept its title is another book.
            key = (*book_key(work.title, work.author), *work.languages)
            if self._keep_doubles or key not in seen:
                seen.add(key)
                yield work

    def _work(self, rows: Sequence[Row]) -> Work:
        first = rows[0]
        subjects = subjects_of(first.shelves if self._by_shelf else first.subjects)
        return Work(
            line=first.line,
            number=first.number,
            title=title_of(first.title),
            author=authors_of(name for row in rows for name in row.authors),
            languages=first.languages,
            # A book without a subject could not be found by browsing.
            subjects=subjects or (UNCATEGORISED,),
        )


def book_key(title: str, author: str) -> tuple[str, str]:
    """What two editions of one book have in common: the words, however they are set."""
    return _words(title), _words(author)


def _words(text: str) -> str:
    folded = text.casefold()
    return " ".join(_WORD.findall(folded)) or folded
