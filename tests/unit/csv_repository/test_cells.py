"""CSV as spreadsheets and people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csv_repository import cells
from tests.unit.csv_repository.shop import LIGHT

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
RISKY = st.text("'=+-@\t\r\n\";, a", max_size=8)


def read(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """A sheet's header and rows."""
    sheet = cells.read_sheet(content)
    return sheet.header, list(sheet.rows)


@LIGHT
@given(TEXT | RISKY)
def test_what_is_guarded_is_read_back_and_never_runs(text: str) -> None:
    """No cell begins as a formula does, and each is undone exactly."""
    cell = cells.guard(text)
    assert cells.unguard(cell) == text
    assert cell[:1] not in tuple("=+-@\t\r")


@LIGHT
@given(st.lists(st.lists(TEXT | RISKY, min_size=3, max_size=3).filter(any), max_size=5))
def test_rows_are_read_as_they_were_written(rows: list[list[str]]) -> None:
    """Commas, quotes, every kind of line break and every script."""
    written = cells.write_lines([["a", "b", "c"], *rows]).encode()
    assert [found for _, found in read(written)[1]] == rows


@pytest.mark.parametrize(
    "content",
    [
        b"id,name\n1,Lamp\n2,Desk\n",
        b"\xef\xbb\xbfid,name\n1,Lamp\n2,Desk\n",
        b"id,name\r\n1,Lamp\r\n2,Desk\r\n",
        b"id,name\n1,Lamp\n2,Desk",
        b"id;name\r\n1;Lamp\r\n2;Desk\r\n",
        b"id\tname\n1\tLamp\n2\tDesk\n",
        b"sep=;\r\nid;name\r\n1;Lamp\r\n2;Desk\r\n",
        b"\xef\xbb\xbfsep=,\nid,name\n1,Lamp\n2,Desk\n",
        "id\tname\r\n1\tLamp\r\n2\tDesk\r\n".encode("utf-16"),
        b"id,name,,\n1,Lamp,,\n2,Desk,,\n",
        b"id,name\n1,Lamp,,\n2,Desk,,,,\n",
        b" id , name \n\n1,Lamp\n\n,\n2,Desk\n,\n,,,\n",
    ],
)
def test_a_spreadsheets_habits_are_read_as_the_same_rows(content: bytes) -> None:
    """Marks, line ends, delimiters, and blank rows and cells."""
    header, rows = read(content)
    assert header == ["id", "name"]
    assert [found for _, found in rows] == [["1", "Lamp"], ["2", "Desk"]]


def test_rows_know_their_line_whatever_stands_before_them() -> None:
    """A line in the file, not the number of the row."""
    _, rows = read(b'sep=,\nid,name\n\n1,"two\nlines"\n2,Desk\n')
    assert rows == [(4, ["1", "two\nlines"]), (6, ["2", "Desk"])]


def test_quotes_that_are_not_csv_are_told_with_the_line_where_the_row_begins() -> None:
    """One forgotten quote swallows the rest of the file; its end is no help to anyone."""
    with pytest.raises(cells.BadQuotes) as caught:
        read(b'id,name\n1,Lamp\n2,"Desk\n3,Bed\n4,Chair\n')
    assert caught.value.line == 3


def test_a_lone_carriage_return_does_not_end_a_row() -> None:
    """Python's csv writes it without quotes, and reads it as a line's end."""
    assert read(cells.write_lines([["a", "b"], ["x\ry", "z"]]).encode())[1] == [(2, ["x\ry", "z"])]
