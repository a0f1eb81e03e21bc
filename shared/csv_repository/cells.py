"""CSV as people and spreadsheets write it, and as the shop writes it.

The shop writes RFC 4180 with LF line ends in UTF-8. It reads besides: a byte order mark, CRLF,
`;` and tabs between the cells, Excel's `sep=;` line, blank lines and blank cells at a line's end.

A text that a spreadsheet would run as a formula gets an apostrophe in front, and one more for
each that it has already, so that what is read is what was written.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

_RUNS: Final = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED: Final = re.compile(r"'+[=+\-@\t\r]")
# The first characters that make a closer look worth while; most cells are passed by here.
_SUSPECT: Final = frozenset("'=+-@\t\r")
_DELIMITERS: Final = ",;\t"

csv.field_size_limit(1 << 24)


def guard(text: str) -> str:
    """The cell for a text, safe to open in a spreadsheet."""
    return "'" + text if text[:1] in _SUSPECT and _RUNS.match(text) else text


def unguard(cell: str) -> str:
    """The text of a cell; undoes `guard`."""
    return cell[1:] if cell[:1] == "'" and _ESCAPED.match(cell) else cell


class BadQuotes(Exception):
    """A row that is not CSV; `line` is where it begins."""

    def __init__(self, line: int, error: csv.Error) -> None:
        super().__init__(f"not CSV: {error}")
        self.line = line


class Opened(NamedTuple):
    """A CSV's text from its header on; `skipped` is how many lines stood before that."""

    text: str
    delimiter: str
    skipped: int


class Sheet(NamedTuple):
    """A CSV taken apart: its header, its delimiter, and (line, cells) for each row."""

    header: list[str]
    delimiter: str
    rows: Iterator[tuple[int, list[str]]]


def read_sheet(content: bytes) -> Sheet:
    """Take a CSV's bytes apart; rows are read as they are asked for.

    Raises UnicodeDecodeError if it is not UTF-8 (or UTF-16 with its mark, as Excel's "Unicode
    text"), BadQuotes (while rows are read, too) where quotes are not as in CSV.
    """
    text, delimiter, skipped = open_text(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = read_header(reader, skipped)
    return Sheet(header, delimiter, _rows(reader, skipped, len(header)))


def open_text(content: bytes) -> Opened:
    """The text of a CSV's bytes; raises UnicodeDecodeError, see `read_sheet`."""
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16" if utf16 else "utf-8-sig")
    first = _first_line(text)
    skipped = 0
    if first.startswith("sep="):
        text, skipped = text[len(first) + 1 :], 1
        first = _first_line(text)
    return Opened(text, max(_DELIMITERS, key=first.count), skipped)


def read_header(reader: Iterator[list[str]], skipped: int) -> list[str]:
    """The first row, without blank cells at its end; raises BadQuotes."""
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except csv.Error as error:
        raise BadQuotes(skipped + 1, error) from None
    while header and not header[-1]:
        header.pop()
    return header


def _first_line(text: str) -> str:
    end = text.find("\n")
    return text if end < 0 else text[:end]


def _rows(reader: Any, skipped: int, width: int) -> Iterator[tuple[int, list[str]]]:
    line = reader.line_num + skipped + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadQuotes(line, error) from None
        if len(cells) > width:
            cells = _without_blanks(cells, width)
        if any(cells):
            yield line, cells
        line = reader.line_num + skipped + 1


def _without_blanks(cells: list[str], width: int) -> list[str]:
    """Spreadsheets fill a row with blank cells up to the widest one they ever saw."""
    return cells[:width] if not any(cells[width:]) else cells


def write_lines(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells as CSV lines."""
    out = io.StringIO()
    rows = list(rows)
    csv.writer(out, lineterminator="\n").writerows(rows)
    text = out.getvalue()
    return text if "\r" not in text else _with_returns_quoted(rows)


def _with_returns_quoted(rows: Iterable[Iterable[str]]) -> str:
    """csv quotes a lone CR only where the line end holds one; unquoted it would end the row."""
    lines = []
    for row in rows:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow(row)
        lines.append(out.getvalue()[:-2] + "\n")
    return "".join(lines)
