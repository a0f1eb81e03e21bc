"""The rows of a CSV of which some are broken: a broken row costs itself alone.

A quote too many makes a CSV reader take the rows below for a part of the cell. So after a broken
row the reading begins again on the line below the one where that row began.
"""

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class BadRow(NamedTuple):
    """A row that cannot be used: the line where it begins, and what is wrong with it."""

    line: int
    what: str


class Cells(NamedTuple):
    """The cells of a row that begins on this line."""

    line: int
    cells: list[str]


def read_rows(
    lines: Sequence[str], width: int, start: int, delimiter: str = ","
) -> Iterator[Cells | BadRow]:
    """The rows from `lines[start]` on, without the blank ones.

    A row with another number of cells than `width` is bad, but for blank ones at its end.
    """
    at = start
    while at < len(lines):
        for found in _unbroken(lines, width, at, delimiter):
            yield found
            if isinstance(found, BadRow):
                at = found.line
                break
        else:
            return


def _unbroken(
    lines: Sequence[str], width: int, start: int, delimiter: str
) -> Iterator[Cells | BadRow]:
    """Rows up to the end or the first broken one, which is the last that is given."""
    below = map(lines.__getitem__, range(start, len(lines)))
    reader = csv.reader(below, delimiter=delimiter, strict=True)
    line = start + 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                # Spreadsheets fill a row with blank cells up to the widest one they ever saw.
                if not any(cells[width:]):
                    cells = cells[:width]
                if len(cells) != width:
                    yield BadRow(line, f"{_cells(len(cells))} where the header has {width}")
                    return
                yield Cells(line, cells)
            line = start + reader.line_num + 1
    except csv.Error as error:
        yield BadRow(line, f"not CSV: {error}")


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"
