"""Typed rows and the cells of a CSV."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csv_repository import BadRows, Table
from tests.unit.csv_repository.shop import ITEMS, LIGHT, Item
from tests.unit.csv_repository.test_cells import RISKY, TEXT


class Every(msgspec.Struct, frozen=True):
    """One field of every kind."""

    id: str
    number: int
    price: Decimal
    paid: bool
    at: datetime
    tags: tuple[str, ...]
    small: Annotated[int, msgspec.Meta(ge=0)]
    state: Literal["new", "=old"]
    note: str | None
    paid_at: datetime | None
    discount: Decimal | None


EVERY = Table("every", Every)
ANY_TEXT = TEXT | RISKY
MOMENTS = st.integers(-(10**12), 10**13).map(
    lambda millis: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
)
PRICES = st.decimals(allow_nan=False, allow_infinity=False)
NUMBERS = st.integers(-(10**18) + 1, 10**18 - 1)
TAGS = st.lists(ANY_TEXT.filter(lambda t: t and t == t.strip() and ";" not in t), unique=True)
ROWS = st.builds(
    Every,
    id=ANY_TEXT,
    number=NUMBERS,
    price=PRICES,
    paid=st.booleans(),
    at=MOMENTS,
    tags=TAGS.map(tuple),
    small=st.integers(0, 10**18 - 1),
    state=st.sampled_from(["new", "=old"]),
    note=st.none() | ANY_TEXT.filter(str.strip),
    paid_at=st.none() | MOMENTS,
    discount=st.none() | PRICES,
)


def load(content: bytes) -> list[Item]:
    """The items of a file."""
    return list(ITEMS.load(content).values())


def bad(content: bytes) -> list[tuple[int, str]]:
    """What is wrong with a file."""
    with pytest.raises(BadRows) as caught:
        ITEMS.load(content)
    assert caught.value.name == "items.csv"
    return list(caught.value.rows)


@LIGHT
@given(st.lists(ROWS, unique_by=lambda row: row.id, max_size=4))
def test_every_kind_of_field_is_read_back_from_the_file(rows: list[Every]) -> None:
    """The file of a table gives the table."""
    content = b"".join(EVERY.lines(rows))
    assert list(EVERY.load(content).values()) == rows
    assert [EVERY.checked(row) for row in rows] == rows


def test_a_moment_is_kept_in_utc_to_the_millisecond() -> None:
    """Whatever zone it came in; what a reader is shown is what a restart will show."""
    zone = timezone(timedelta(hours=3, minutes=30))
    at = datetime(2026, 1, 1, 3, 30, 0, 123_999, zone)
    row = Every("a", 0, Decimal(1), True, at, (), 0, "new", None, None, None)
    assert b",2026-01-01T00:00:00.123Z," in b"".join(EVERY.lines([row]))
    assert EVERY.checked(row).at == datetime(2026, 1, 1, 0, 0, 0, 123_000, UTC)


@pytest.mark.parametrize(
    "item",
    [
        Item(10**18, "Lamp"),
        Item(1, "\ud800"),
        Item(1, "Lamp", price=Decimal("NaN")),
        Item(1, "Lamp", price=Decimal("Infinity")),
    ],
)
def test_a_row_that_could_not_be_read_back_is_refused_before_it_is_written(item: Item) -> None:
    """In the journal it would keep the folder from ever being opened again."""
    with pytest.raises(ValueError):
        ITEMS.checked(item)


def test_a_row_against_its_own_types_is_refused_before_it_is_written() -> None:
    """msgspec does not check what is built in Python; stock below zero is found here."""
    row = Every("a", 0, Decimal(1), True, datetime.now(UTC), (), -1, "new", None, None, None)
    with pytest.raises(ValueError, match="small"):
        EVERY.checked(row)


def test_a_row_with_nothing_in_it_is_refused() -> None:
    """It would be a blank line, which spreadsheets leave behind and nobody reads."""

    class Word(msgspec.Struct):
        id: str

    with pytest.raises(ValueError, match="nothing in it"):
        Table("words", Word).checked(Word(""))


def test_an_older_header_is_read() -> None:
    """A column's former name, in any case and order."""
    assert load(b"STOCK,Label,id\n5,Lamp,1\n") == [Item(1, "Lamp", stock=5)]


def test_columns_with_a_default_may_be_missing() -> None:
    """An older file opens."""
    assert load(b"id,name\n1,Lamp\n") == [Item(1, "Lamp")]


@pytest.mark.parametrize(
    ("header", "what"),
    [
        (b"id,tags\n", "the column 'name' is missing"),
        (b"id,name,colour\n", "unknown column 'colour'"),
        (b"id,name,name\n", "the column 'name' is there twice"),
        (b"id,name,label\n", "the column 'name' is there twice"),
        (b"", "the column 'id' is missing"),
        (b'"id,name\n', "not CSV"),
    ],
)
def test_a_header_that_is_not_this_tables_is_told_with_line_1(header: bytes, what: str) -> None:
    """Rather than losing a column at the next checkpoint."""
    [(line, told)] = bad(header)
    assert (line, told[: len(what)]) == (1, what)


def test_every_bad_row_is_told_with_its_line() -> None:
    """All at once, so that a person mends the file once."""
    rows = bad(
        b"id,name,stock,price,tags\n"
        b"1,Lamp,5,1.50,a\n"
        b"x,Desk,5,1,\n"
        b"3,Bed,1.5,1,\n"
        b"4,Chair,5,NaN,\n"
        b"1,Lamp,5,1.50,a\n"
        b"6,Shelf\n"
        b"7,Box,5,1,a,b\n"
    )
    assert [line for line, _ in rows] == [3, 4, 5, 6, 7, 8]
    assert "'x' is not a whole number" in rows[0][1]
    assert "the id 1 is there twice" in rows[3][1]
    assert "2 cells where the header has 5" in rows[4][1]


def test_many_bad_rows_are_counted() -> None:
    """Twenty lines are enough to see what went wrong."""
    content = b"id,name\n" + b"x,Lamp\n" * 25
    with pytest.raises(BadRows, match="and 5 more bad rows in items"):
        ITEMS.load(content)


def test_bytes_that_are_not_utf8_are_told_with_their_line() -> None:
    """The words are those of the spreadsheet's own menu."""
    assert bad("id,name\n1,Lamp\n2,Caf\xe9\n".encode("latin-1")) == [
        (3, "this is not UTF-8; save it as 'CSV UTF-8'")
    ]


def test_a_decimal_comma_is_read_where_semicolons_separate() -> None:
    """In any column of decimals, as a spreadsheet in Berlin writes them."""

    class Parcel(msgspec.Struct):
        id: int
        weight: Decimal
        postage: Decimal | None = None

    rows = Table("parcels", Parcel).load(b"id;weight;postage\n1;1,5;12,50\n2;2;\n")
    assert list(rows.values()) == [
        Parcel(1, Decimal("1.5"), Decimal("12.50")),
        Parcel(2, Decimal(2), None),
    ]


@pytest.mark.parametrize("cell", ["yes", "Yes", " true ", "1"])
def test_yes_is_read_however_it_is_written(cell: str) -> None:
    """Spreadsheets turn TRUE into 1 and back."""
    assert EVERY.kind("paid").read(cell) is True
    with pytest.raises(ValueError, match="neither yes nor no"):
        EVERY.kind("paid").read("perhaps")


@pytest.mark.parametrize("cell", ["01", "1_0", "\u0661", "+1", "1.0", "", "1" * 19])
def test_only_plain_digits_are_a_number(cell: str) -> None:
    """What Python takes for an integer besides, a person did not mean."""
    with pytest.raises(ValueError, match="not a whole number"):
        ITEMS.read_key(cell)
