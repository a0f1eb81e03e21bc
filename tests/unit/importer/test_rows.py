"""Broken rows cost themselves alone."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from servers.importer.rows import BadRow, Cells, read_rows


def _read(text: str) -> list[Cells | BadRow]:
    return list(read_rows(list(io.StringIO(text, newline="")), width=2, start=0))


def test_a_row_is_known_by_the_line_where_it_begins() -> None:
    """Titles hold line breaks, so rows and lines differ."""
    assert _read('1,"a\nb"\n\n2,c\n') == [Cells(1, ["1", "a\nb"]), Cells(4, ["2", "c"])]


def test_a_quote_that_never_closes_costs_its_own_row_only() -> None:
    """Not the whole rest of the catalogue."""
    found = _read('1,a\n2,"b\n3,c\n4,d\n')
    assert [row.line for row in found if isinstance(row, BadRow)] == [2]
    assert [row.cells[0] for row in found if isinstance(row, Cells)] == ["1", "3", "4"]


def test_a_stray_quote_does_not_swallow_the_rows_below() -> None:
    """The next quote further down would close it."""
    found = _read('1,"a\n2,"b"\n3,c\n')
    assert [row.line for row in found if isinstance(row, BadRow)] == [1]
    assert [row.cells for row in found if isinstance(row, Cells)] == [["2", "b"], ["3", "c"]]


def test_a_row_with_too_few_cells_says_how_many() -> None:
    """What a person needs to find it and mend it."""
    assert _read("1\n2,b\n") == [
        BadRow(1, "1 cell where the header has 2"),
        Cells(2, ["2", "b"]),
    ]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.tuples(st.integers(1, 9).map(str), CELL)), st.sampled_from(["\n", "\r\n"]))
def test_good_rows_are_read_as_they_were_written(rows: list[tuple[str, str]], end: str) -> None:
    """Every character, quotes and line breaks included."""
    out = io.StringIO()
    # Python's own writer leaves a lone carriage return unquoted where lines end in LF.
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    found = _read(out.getvalue())
    assert [tuple(row.cells) for row in found if isinstance(row, Cells)] == rows
    assert len(found) == len(rows)


@given(st.text(st.sampled_from('1a,"\n\r')))
def test_any_file_is_read_to_its_end(text: str) -> None:
    """Each line is reported at most once, in order."""
    lines = [row.line for row in _read(text)]
    assert lines == sorted(set(lines))
