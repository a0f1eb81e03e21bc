"""Typed rows <-> the cells of a CSV, checked by msgspec on the way in.

How each type of field looks in a cell:

=================  =======================================================
str                itself, with the guard of cells.py
int, Decimal       digits; a price may have a decimal comma where `;` separates the cells
bool               yes, no (true, false, 1 and 0 are read too)
datetime           2026-11-22T08:54:36.767Z
tuple[str, ...]    joined by `; `
X | None           empty for None
=================  =======================================================
"""

import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import msgspec

from shared.csv_repository import cells
from shared.csv_repository.errors import BadRows

Row = TypeVar("Row", bound=msgspec.Struct)
Key = Any

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_YES: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_CHUNK: Final = 2_000
_MEMO_LIMIT: Final = 50_000


def _integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell.strip()):
        raise ValueError(f"{cell!r} is not a whole number")
    return int(cell)


def _decimal(cell: str) -> Decimal:
    try:
        value = Decimal(cell.strip())
    except InvalidOperation:
        raise ValueError(f"{cell!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{cell!r} is not a number")
    return value


def _yes_no(cell: str) -> bool:
    try:
        return _YES[cell.strip().lower()]
    except KeyError:
        raise ValueError(f"{cell!r} is neither yes nor no") from None


def _moment(cell: str) -> datetime:
    try:
        at = datetime.fromisoformat(cell.strip())
    except ValueError:
        raise ValueError(f"{cell!r} is not a time such as 2026-11-22T08:54:36.767Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _split(cell: str) -> tuple[str, ...]:
    parts = (part.strip() for part in cells.unguard(cell).split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _moment_cell(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Kind(typing.NamedTuple):
    """How one type of field is read from a cell and written to one."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


_TEXT: Final = _Kind(cells.unguard, cells.guard)
_KINDS: Final[dict[Any, _Kind]] = {
    str: _TEXT,
    int: _Kind(_integer, str),
    Decimal: _Kind(_decimal, str),
    bool: _Kind(_yes_no, lambda value: "yes" if value else "no"),
    datetime: _Kind(_moment, _moment_cell),
    tuple: _Kind(_split, lambda parts: cells.guard("; ".join(parts))),
}


def _kind(annotation: Any) -> _Kind:
    """The kind of a field, from its annotation; Annotated, Literal and `| None` seen through."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _kind(typing.get_args(annotation)[0])
    if origin is typing.Literal:
        return _TEXT
    if origin in (typing.Union, types.UnionType):
        inner = _kind(next(a for a in typing.get_args(annotation) if a is not type(None)))
        return _Kind(
            lambda cell: inner.read(cell) if cell.strip() else None,
            lambda value: "" if value is None else inner.write(value),
        )
    return _KINDS[origin or annotation]


def _holds_decimal(annotation: Any) -> bool:
    return annotation is Decimal or any(map(_holds_decimal, typing.get_args(annotation)))


class Table(Generic[Row]):
    """A CSV file of rows of one type, found by one field.

    `older` maps the columns of files written before to the present ones. Columns with a default
    may be missing from a file; unknown ones are refused rather than lost at the next checkpoint.
    """

    def __init__(
        self, name: str, row: type[Row], key: str = "id", older: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.file = f"{name}.csv"
        self.row = row
        hints = typing.get_type_hints(row, include_extras=True)
        fields = msgspec.structs.fields(row)
        self.columns = tuple(field.name for field in fields)
        self._kinds = tuple(_kind(hints[column]) for column in self.columns)
        self.decimals = {c for c in self.columns if _holds_decimal(hints[c])}
        self._required = {field.name for field in fields if field.required}
        self._older = dict(older or {})
        self.key_column = key
        self._key_kind = self._kinds[self.columns.index(key)]
        self._many = list[row]  # type: ignore[valid-type]

    def key(self, row: Row) -> Key:
        """What the row is found by."""
        return getattr(row, self.key_column)

    def key_cell(self, key: Key) -> str:
        """A key as it stands in a cell."""
        return self._key_kind.write(key)

    def read_key(self, cell: str) -> Key:
        """The key in a cell; undoes `key_cell`."""
        return self._key_kind.read(cell)

    def cells(self, row: Row) -> list[str]:
        """A row as cells, in the order of `columns`."""
        values = msgspec.structs.astuple(row)
        return [kind.write(value) for kind, value in zip(self._kinds, values, strict=True)]

    def read_cells(self, found: Sequence[str]) -> Row:
        """The row of cells in the order of `columns`; raises ValueError for a bad one."""
        values = [kind.read(cell) for kind, cell in zip(self._kinds, found, strict=True)]
        return msgspec.convert(dict(zip(self.columns, values, strict=True)), self.row)

    def checked(self, row: Row) -> Row:
        """The row as a file gives it back; raises ValueError for one that could not be read.

        Such a row must never get into the journal: nothing could open the folder again.
        """
        found = self.cells(row)
        if not any(found):
            raise ValueError(f"a row of {self.name} with nothing in it")
        "".join(found).encode()  # a lone surrogate cannot be written
        again = self.read_cells(found)
        if self.key(again) != self.key(row):
            raise ValueError(f"{self.key(row)!r} would be read back as {self.key(again)!r}")
        return again

    def lines(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """The CSV file of these rows, in pieces: the header first."""
        yield cells.write_lines([self.columns]).encode()
        source = iter(rows)
        while chunk := list(islice(source, 250)):
            yield cells.write_lines(map(self.cells, chunk)).encode()

    def load(self, content: bytes) -> dict[Key, Row]:
        """The rows of a CSV file, in its order. Raises BadRows with every bad line."""
        return _Loading(self, content).rows()

    def read_header(self, header: Sequence[str]) -> list[str]:
        """The columns that a file's header names; raises ValueError if it cannot be this table."""
        lower = [name.lower() for name in header]
        named = [self._older.get(name, name) for name in lower]
        if unknown := [name for name in named if name not in self.columns]:
            raise ValueError(f"unknown column {unknown[0]!r}; known are {', '.join(self.columns)}")
        if twice := [name for name in named if named.count(name) > 1]:
            raise ValueError(f"the column {twice[0]!r} is there twice")
        if missing := [c for c in self.columns if c in self._required and c not in named]:
            raise ValueError(f"the column {missing[0]!r} is missing")
        return named

    def kind(self, column: str) -> _Kind:
        """How a column's cells are read and written."""
        return self._kinds[self.columns.index(column)]

    @property
    def many(self) -> Any:
        """The type of a list of rows."""
        return self._many


class _Loading(Generic[Row]):
    """One reading of a file, chunk by chunk and column by column, which is what makes it quick."""

    def __init__(self, table: Table[Row], content: bytes) -> None:
        self._table = table
        self._content = content
        self._bad: list[tuple[int, str]] = []
        self._rows: dict[Key, Row] = {}
        # Authors, subjects and prices repeat; sharing them is half the memory of a large shop.
        self._memo: list[dict[str, Any]] = []

    def rows(self) -> dict[Key, Row]:
        try:
            self._read()
        except UnicodeDecodeError as error:
            line = self._content.count(b"\n", 0, error.start) + 1
            self._bad.append((line, "this is not UTF-8; save it as 'CSV UTF-8'"))
        except cells.BadQuotes as error:
            self._bad.append((error.line, str(error)))
        if self._bad:
            raise BadRows(self._table.file, sorted(self._bad))
        return self._rows

    def _read(self) -> None:
        sheet = cells.read_sheet(self._content)
        try:
            named = self._table.read_header(sheet.header)
        except ValueError as error:
            self._bad.append((1, str(error)))
            return
        if sheet.delimiter == ";":
            decimals = [at for at, name in enumerate(named) if name in self._table.decimals]
            sheet = sheet._replace(rows=_decimal_points(sheet.rows, decimals))
        self._memo = [{} for _ in named]
        while chunk := list(islice(sheet.rows, _CHUNK)):
            self._take(named, chunk)

    def _take(self, named: list[str], chunk: list[tuple[int, list[str]]]) -> None:
        try:
            values = [
                self._column(name, memo, column)
                for name, memo, column in zip(
                    named, self._memo, zip(*(c for _, c in chunk), strict=True), strict=True
                )
            ]
            dicts = [dict(zip(named, row, strict=True)) for row in zip(*values, strict=True)]
            rows = msgspec.convert(dicts, self._table.many)
        except ValueError:
            self._take_one_by_one(named, chunk)
            return
        for (line, _), row in zip(chunk, rows, strict=True):
            self._add(line, row)

    def _column(self, name: str, memo: dict[str, Any], column: Sequence[str]) -> list[Any]:
        read = self._table.kind(name).read
        if name == self._table.key_column:
            return list(map(read, column))  # no two are the same
        if len(memo) > _MEMO_LIMIT:
            memo.clear()
        for cell in set(column).difference(memo):
            memo[cell] = read(cell)
        return [memo[cell] for cell in column]

    def _take_one_by_one(self, named: list[str], chunk: list[tuple[int, list[str]]]) -> None:
        """The slow way, which finds out which rows of a chunk are bad."""
        for line, found in chunk:
            try:
                if len(found) != len(named):
                    raise ValueError(f"{len(found)} cells where the header has {len(named)}")
                row = {n: self._table.kind(n).read(c) for n, c in zip(named, found, strict=True)}
                self._add(line, msgspec.convert(row, self._table.row))
            except ValueError as error:
                self._bad.append((line, str(error)))

    def _add(self, line: int, row: Row) -> None:
        key = self._table.key(row)
        if key in self._rows:
            self._bad.append((line, f"the id {key} is there twice"))
        self._rows[key] = row


def _decimal_points(
    rows: Iterator[tuple[int, list[str]]], columns: Sequence[int]
) -> Iterator[tuple[int, list[str]]]:
    """Where Excel separates cells by `;` it writes 12,50."""
    for line, found in rows:
        for column in columns:
            if len(found) > column:
                found[column] = found[column].replace(",", ".")
        yield line, found
