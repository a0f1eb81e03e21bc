"""A books.csv in the shop's own format, or the older one, as people and spreadsheets write it."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from servers.importer.errors import NoSource
from servers.importer.listed import Keys, Listed, to_list
from servers.importer.rows import BadRow, Cells, read_rows
from shared.csv_repository import Table, cells


class _Row(msgspec.Struct, kw_only=True):
    """What a row may say. The shop gives the ids; here one only tells a row from another."""

    id: str = ""
    title: str
    author: str = ""
    subjects: tuple[str, ...]
    quantity: int = 0
    price: Decimal


class BooksFile:
    """A books.csv taken apart; raises NoSource if it is not one."""

    def __init__(self, name: str, content: bytes) -> None:
        self._table = Table("books", _Row, older={"subject": "subjects"})
        try:
            text, self._delimiter, self._skipped = cells.open_text(content)
            # Not splitlines(), which would also cut at marks that are a part of some titles.
            self._lines = list(io.StringIO(text, newline=""))
            reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
            self._columns = self._table.read_header(cells.read_header(reader, self._skipped))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise NoSource(f"{name}, line {line}: this is not UTF-8; nothing can be read") from None
        except cells.BadQuotes as error:
            raise NoSource(f"{name}, line {error.line}: {error}") from None
        except ValueError as error:
            raise NoSource(
                f"{name}: {error}; it should be Project Gutenberg's pg_catalog.csv or a books.csv"
            ) from None
        self._start = reader.line_num
        self._keys = Keys()

    def __len__(self) -> int:
        """How many lines it has, the header's included."""
        return len(self._lines) + self._skipped

    def rows(self) -> Iterator[Listed | BadRow]:
        """Each row in the file's order as a book to be added, or what is wrong with it."""
        for found in read_rows(self._lines, len(self._columns), self._start, self._delimiter):
            line = found.line + self._skipped
            if isinstance(found, BadRow):
                yield BadRow(line, found.what)
            else:
                yield self._listed(found._replace(line=line))

    def _listed(self, found: Cells) -> Listed | BadRow:
        row = dict(zip(self._columns, found.cells, strict=True))
        key = self._keys.next(*(cells.unguard(row.get(c, "")) for c in ("id", "title", "author")))
        row.pop("id", None)
        if self._delimiter == ";":
            # Where Excel separates cells by `;` it writes 12,50.
            row["price"] = row["price"].replace(",", ".")
        fields = {}
        for column, cell in row.items():
            try:
                fields[column] = self._table.kind(column).read(cell)
            except ValueError as error:
                return BadRow(found.line, f"{column}: {error}")
        return to_list(found.line, key, fields)
