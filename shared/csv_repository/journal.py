r"""The journal: what was committed since the CSVs were last written, in segments.

A segment is a file `journal-000007.csv` of lines; a line is CSV, ends in LF, and holds no other
LF (a line break inside a cell is written `\n`, a backslash `\\`)::

    crc,batch,open,1,7,41,books,17023344,9a3fd210,sales,-,-
    │   │     │    │ │ │  └ for each table: its CSV's length in bytes and CRC-32, or - - if none
    │   │     │    │ │ └ this many minus one records are on disk in older segments
    │   │     │    │ └ the segment's own number
    │   │     │    └ the format's version
    │   │     └ the kind of line: always the first of a segment
    │   └ the byte offset at which the write that carried this line began
    └ CRC-32 (8 hex digits) of everything after the first comma, LF not included

    crc,batch,rows,41,books,put,6,3,Xen and the Art…,,undergraduate school,36,25,sales,put,10,…
                   │  └ changes: table, `put` with the number of cells and the whole new row,
                   │    or `delete`, 1 and the key
                   └ the record's number (LSN), one more than the last one's

    crc,batch,file,books,17023361,0be11f07
                   └ this table's CSV is about to be replaced by one of this length and CRC-32

Records hold whole new rows, never differences: replaying one twice, or over a newer CSV, ends in
the same state.

Why `batch`: the lines of one write reach the disk in any order, so after a crash a line may be
missing while a later one of the *same* write is there. That is a torn end, and nobody was told
that any of it was done. A line missing before a line of a *later* write is damage, since a write
begins only when the one before it is on disk.
"""

import csv
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from shared.csv_repository.errors import CorruptJournal
from shared.csv_repository.table import Table

VERSION: Final = "1"
_NAME: Final = re.compile(r"journal-([0-9]{6,})\.csv")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})
# Where a write may have begun, also in the midst of a line whose LF was damaged.
_BEGINNING: Final = re.compile(rb"(?=[0-9a-f]{8},([0-9]{1,18}),)")
_UNESCAPE: Final = re.compile(r"\\(.)")


class Print(NamedTuple):
    """The length and CRC-32 of a CSV, by which an edited one is told from ours."""

    size: int
    crc: int

    @classmethod
    def of(cls, content: bytes) -> "Print":
        """The print of a file's content."""
        return cls(len(content), zlib.crc32(content))


class Change(NamedTuple):
    """One row put, or deleted where `row` is None."""

    table: Table[Any]
    key: Any
    row: Any


class Record(NamedTuple):
    """One committed transaction as read back."""

    lsn: int
    changes: list[Change]


class Segment(NamedTuple):
    """A segment as read back; `end` is where its whole lines end, `torn` what follows.

    `last` is where the last write begins of which there is a whole line.

    `known` are the prints of its first line, `written` those of its `file` lines.
    """

    number: int
    floor: int
    records: list[Record]
    known: list[tuple[str, Print | None]]
    written: list[tuple[str, Print | None]]
    last: int
    end: int
    torn: bytes

    @property
    def holds_lines(self) -> bool:
        """Whether anything was written to it after it was opened."""
        return bool(self.records or self.written)


def segment_name(number: int) -> str:
    """The file of a segment."""
    return f"journal-{number:06d}.csv"


def segment_number(name: str) -> int | None:
    """The segment that a file holds, or None if it is not one."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


def rows_payload(lsn: int, changes: Iterable[Change]) -> bytes:
    """The body of a `rows` line."""
    line: list[str] = ["rows", str(lsn)]
    for table, key, row in changes:
        found = [table.key_cell(key)] if row is None else table.cells(row)
        line += [table.name, "delete" if row is None else "put", str(len(found)), *found]
    return _payload(line)


def open_payload(number: int, next_lsn: int, prints: Mapping[str, Print | None]) -> bytes:
    """The body of a segment's first line."""
    line = ["open", VERSION, str(number), str(next_lsn)]
    for name, print_ in prints.items():
        line += [name, *_print_cells(print_)]
    return _payload(line)


def file_payload(name: str, print_: Print) -> bytes:
    """The body of a `file` line."""
    return _payload(["file", name, *_print_cells(print_)])


def batch_bytes(offset: int, payloads: Iterable[bytes]) -> bytes:
    """The lines of one write that begins at `offset`."""
    lines = []
    for payload in payloads:
        body = b"%d,%b" % (offset, payload)
        lines.append(b"%08x,%b" % (zlib.crc32(body[:-1]), body))
    return b"".join(lines)


def read_segment(
    number: int, content: bytes, tables: Mapping[str, Table[Any]], last_lsn: int | None
) -> Segment:
    """Read a segment back; `last_lsn` is the record before its first, None if not known.

    Raises CorruptJournal where a damaged line stands before a line of a later write.
    """
    return _Reading(number, content, tables, last_lsn).segment()


def _payload(line: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell.translate(_ESCAPES) for cell in line])
    return out.getvalue().encode()


def _print_cells(print_: Print | None) -> tuple[str, str]:
    return ("-", "-") if print_ is None else (str(print_.size), f"{print_.crc:08x}")


def _unescape(cell: str) -> str:
    if "\\" not in cell:
        return cell
    return _UNESCAPE.sub(lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), cell)


class _Line(NamedTuple):
    offset: int
    batch: int
    cells: list[str]


def _whole_line(offset: int, line: bytes) -> _Line | None:
    """A line taken apart, or None if it is not one that we wrote whole."""
    try:
        if line[:9] != b"%08x," % zlib.crc32(line[9:]):
            return None
        batch, _, payload = line[9:].decode().partition(",")
        found = next(csv.reader([payload], strict=True))
        return _Line(offset, int(batch), [_unescape(cell) for cell in found])
    except (ValueError, csv.Error, StopIteration):
        return None


class _Reading:
    def __init__(
        self,
        number: int,
        content: bytes,
        tables: Mapping[str, Table[Any]],
        last_lsn: int | None,
    ) -> None:
        self._number = number
        self._content = content
        self._tables = tables
        self._lsn = last_lsn
        self._floor = 0
        self._records: list[Record] = []
        self._known: list[tuple[str, Print | None]] = []
        self._written: list[tuple[str, Print | None]] = []
        self._opened = False

    def segment(self) -> Segment:
        end = last = 0
        for count, (offset, line) in enumerate(self._lines()):
            whole = _whole_line(offset, line)
            if whole is None:
                self._check_torn(count + 1, offset)
                break
            self._take(count + 1, whole)
            end, last = offset + len(line) + 1, whole.batch
        else:
            if end < len(self._content):
                self._check_torn(self._content.count(b"\n") + 1, end)
        torn = self._content[end:]
        found = (self._number, self._floor, self._records, self._known, self._written)
        return Segment(*found, last, end, torn)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """(offset, line) of each line that ends in LF."""
        offset = 0
        while (end := self._content.find(b"\n", offset)) >= 0:
            yield offset, self._content[offset:end]
            offset = end + 1

    def _check_torn(self, line: int, offset: int) -> None:
        """Raise unless all that follows a bad line at `offset` may be of the same write as it.

        A later write shows by the line that it began with, which says where it stands; a damaged
        LF before it does not hide it.
        """
        for found in _BEGINNING.finditer(self._content, offset + 1):
            if int(found[1]) == found.start():
                end = self._content.find(b"\n", found.start())
                if end >= 0 and _whole_line(found.start(), self._content[found.start() : end]):
                    raise self._corrupt(line, offset, "a record is damaged")
        for later, text in self._lines():
            whole = _whole_line(later, text) if later > offset else None
            if whole and whole.batch > offset:
                raise self._corrupt(line, offset, "a record is damaged")

    def _take(self, line: int, whole: _Line) -> None:
        try:
            self._take_cells(whole.cells)
        except (ValueError, KeyError, IndexError) as error:
            raise self._corrupt(line, whole.offset, str(error)) from error

    def _take_cells(self, found: list[str]) -> None:
        kind, *rest = found
        if kind == "rows":
            self._take_rows(rest)
        elif kind == "file":
            self._written.append((rest[0], _read_print(rest[1], rest[2])))
        elif kind == "open" and not self._opened:
            self._take_open(rest)
        else:
            raise ValueError(f"a line of unknown kind {kind!r}")

    def _take_open(self, rest: list[str]) -> None:
        version, number, floor, *prints = rest
        if version != VERSION:
            raise ValueError(f"format {version} is newer than this program's {VERSION}")
        if int(number) != self._number:
            raise ValueError(f"this is segment {number} under another name")
        self._opened = True
        self._floor = int(floor)
        if self._lsn is not None and self._floor > self._lsn + 1:
            raise ValueError(f"the records from {self._lsn + 1} to {self._floor - 1} are missing")
        for name, size, crc in zip(*[iter(prints)] * 3, strict=True):
            self._known.append((name, _read_print(size, crc)))

    def _take_rows(self, rest: list[str]) -> None:
        lsn = int(rest[0])
        expected = lsn if self._lsn is None else self._lsn + 1
        if not self._opened or lsn != expected or lsn < self._floor:
            raise ValueError(f"record {lsn} stands where record {expected} should")
        self._lsn = lsn
        self._records.append(Record(lsn, list(self._changes(rest[1:]))))

    def _changes(self, found: list[str]) -> Iterator[Change]:
        at = 0
        while at < len(found):
            table = self._tables[found[at]]
            end = at + 3 + int(found[at + 2])
            given = found[at + 3 : end]
            if found[at + 1] == "put":
                row = table.read_cells(given)
                yield Change(table, table.key(row), row)
            else:
                yield Change(table, table.read_key(given[0]), None)
            at = end

    def _corrupt(self, line: int, offset: int, what: str) -> CorruptJournal:
        return CorruptJournal(segment_name(self._number), line, offset, what)


def _read_print(size: str, crc: str) -> Print | None:
    return None if size == "-" else Print(int(size), int(crc, 16))
