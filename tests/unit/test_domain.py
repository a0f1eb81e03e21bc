"""Books, sales and orders, in plain words."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import (
    BadKey,
    Book,
    BookNotFound,
    OrderNotFound,
    OutOfStock,
    PriceChanged,
    fold,
    money,
    now,
    parse_book_id,
    parse_key,
    parse_order_id,
    timestamp,
)

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("30", "30"),
        ("30.00", "30"),
        ("12.5", "12.50"),
        ("0", "0"),
        ("1e2", "100"),
        ("0.05", "0.05"),
    ],
)
def test_money_has_one_spelling(typed: str, spelled: str) -> None:
    """Whole, or with two decimals."""
    assert str(money(Decimal(typed))) == spelled
    assert str(Book(1, "t", price=Decimal(typed)).price) == spelled


@pytest.mark.parametrize("value", ["-1", "-0.01", "NaN", "Infinity", "0.001", "1000000000.01"])
def test_what_is_no_price_is_refused(value: str) -> None:
    """By the amount and by the book."""
    with pytest.raises(ValueError, match="price"):
        money(Decimal(value))
    with pytest.raises(ValueError, match="price"):
        Book(1, "t", price=Decimal(value))


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_money_is_exact(value: Decimal) -> None:
    """Spelling never changes an amount, and twice is once."""
    assert money(value) == value
    assert str(money(money(value))) == str(money(value))


@pytest.mark.parametrize("text", ["0", "1", "999999999999999999"])
def test_an_id_is_1_to_18_digits(text: str) -> None:
    """As the contract says."""
    assert parse_book_id(text) == int(text)


@given(st.text())
def test_any_other_text_is_no_book(text: str) -> None:
    """Nothing but the number's own spelling is read as it."""
    with suppress(BookNotFound):
        assert str(parse_book_id(text)) == text


@pytest.mark.parametrize(
    "text", ["1_0", "01", "+1", "-1", "١", " 1", "1\n", "", "1" * 19, "1" * 23]
)
def test_odd_ids_are_no_books(text: str) -> None:
    """int() would take most of them."""
    with pytest.raises(BookNotFound):
        parse_book_id(text)


@pytest.mark.parametrize("text", [KEY, KEY.upper(), f'"{KEY}"', f" {KEY} "])
def test_a_key_has_one_spelling(text: str) -> None:
    """So one purchase is never two."""
    assert parse_key(text) == parse_order_id(text) == KEY


@pytest.mark.parametrize(
    "text", ["", "1", KEY[:-1], KEY.replace("-", ""), KEY + "0", "{" + KEY + "}"]
)
def test_what_is_no_uuid_is_no_key(text: str) -> None:
    """And no order."""
    with pytest.raises(BadKey):
        parse_key(text)
    with pytest.raises(OrderNotFound):
        parse_order_id(text)


def test_a_book_says_why_it_cannot_be_sold() -> None:
    """The price first: a buyer who sees another one may not want it at all."""
    book = Book(1, "t", quantity=2, price=Decimal("12.50"))
    assert book.refuse(2, None) is None
    assert book.refuse(2, Decimal("12.5")) is None
    assert isinstance(book.refuse(3, None), OutOfStock)
    changed = book.refuse(3, Decimal(12))
    assert isinstance(changed, PriceChanged)
    assert changed.price == Decimal("12.50")


def test_subjects_are_compared_without_case_and_spaces() -> None:
    """Also where a letter's case is longer than itself."""
    assert fold("  Straße \t und  HAUS ") == fold("STRASSE und haus")


def test_times_are_utc_in_milliseconds() -> None:
    """On the wire and in the files."""
    at = datetime(2026, 11, 22, 10, 54, 36, 767000, tzinfo=timezone(timedelta(hours=2)))
    assert timestamp(at) == "2026-11-22T08:54:36.767Z"
    assert now().microsecond % 1000 == 0
    assert now().tzinfo is UTC
