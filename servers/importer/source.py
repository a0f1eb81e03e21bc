"""The catalogue: its bytes, its header, its rows."""

import csv
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from servers.importer.errors import NoSource
from servers.importer.rows import BadRow, Cells, read_rows
from servers.importer.wording import parts

STDIN: Final = "-"
_COLUMNS: Final = ("Text#", "Type", "Title", "Language", "Authors", "Subjects", "Bookshelves")
_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_GZIP: Final = b"\x1f\x8b"


class Row(NamedTuple):
    """One row of the catalogue; `number` is its Text#."""

    line: int
    number: int
    type: str
    title: str
    languages: tuple[str, ...]
    authors: tuple[str, ...]
    subjects: tuple[str, ...]
    shelves: tuple[str, ...]


def source_name(source: str) -> str:
    """What messages call the catalogue."""
    return "standard input" if source == STDIN else Path(source).name


def read_bytes(source: str) -> bytes:
    """The whole catalogue, unpacked if it is a .gz; raises NoSource."""
    try:
        content = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
    except OSError as error:
        raise NoSource(f"cannot read {source}: {error.strerror}") from None
    if not content.startswith(_GZIP):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise NoSource(f"{source_name(source)} is a damaged .gz; fetch it again") from None


def is_catalogue(content: bytes) -> bool:
    """Whether this is Project Gutenberg's, by its header."""
    return _COLUMNS[0].encode() in content.partition(b"\n")[0]


class Catalogue:
    """A catalogue taken apart; raises NoSource if it is not one."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        # Not splitlines(), which would also cut at marks that are a part of some titles.
        self._lines = list(io.StringIO(_decode(name, content), newline=""))
        self._header, self._start = self._read_header()
        self._at = [self._header.index(column) for column in _COLUMNS]

    def __len__(self) -> int:
        """How many lines it has, the header's included."""
        return len(self._lines)

    def rows(self) -> Iterator[Row | BadRow]:
        """Each row in the file's order, or what is wrong with it."""
        for found in read_rows(self._lines, len(self._header), self._start):
            yield found if isinstance(found, BadRow) else self._row(found)

    def _read_header(self) -> tuple[list[str], int]:
        reader = csv.reader(self._lines)
        try:
            header = [cell.strip() for cell in next(reader, [])]
        except csv.Error as error:
            raise NoSource(f"{self.name}, line 1: not CSV: {error}") from None
        for column in _COLUMNS:
            if column not in header:
                raise NoSource(
                    f"{self.name}: the column {column} is missing from the first line; "
                    "it should be Project Gutenberg's pg_catalog.csv"
                )
        return header, reader.line_num

    def _row(self, found: Cells) -> Row | BadRow:
        number, type_, title, languages, authors, subjects, shelves = (
            found.cells[at] for at in self._at
        )
        if not _NUMBER.fullmatch(number.strip()):
            return BadRow(found.line, f"the Text# {number[:40]!r} is not a whole number")
        return Row(
            found.line,
            int(number),
            type_.strip(),
            title,
            parts(languages),
            parts(authors),
            parts(subjects),
            parts(shelves),
        )


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NoSource(f"{name}, line {line}: this is not UTF-8; nothing can be read") from None
