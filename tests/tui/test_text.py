"""Text of the server made safe, and numbers made words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import gutenberg
from tui import text

EVIL = [
    "[red]Dune[/b]", "[@click=app.quit]x", "a\x1b[31mb", "a\x9b31mb", "a\u202eb\u202c", "a\u2066b",
    "a\nb", "a\r\nb", "a\u2028b", "\ud800", "e\u0301", "👩‍👩‍👧", "老子", "مرحبا", "x" * 1000,
]  # fmt: skip


@given(st.text() | st.sampled_from(EVIL), st.integers(0, 60))
def test_whatever_a_title_holds_it_fits_its_cells_and_steers_nothing(
    title: str, width: int
) -> None:
    """No control, no bidi mark, no line break, and exactly the width asked for."""
    shown = text.one_line(title)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert not set(shown) & set(
        "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    assert text.width(text.fit(shown, width)) == width
    assert text.width(text.cut(shown, width)) <= max(width, 0)
    assert all(text.width(line) <= width for line in text.wrap(shown, width, 3))


def test_every_real_title_fits() -> None:
    """All rows of Project Gutenberg's catalogue."""
    import csv

    with gutenberg().open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            shown = text.one_line(row["Title"])
            assert shown.isprintable() or not shown.isascii()
            assert text.width(text.fit(shown, 34)) == 34


def test_money_counts_and_stock_line_up() -> None:
    """Formatted in one place."""
    assert text.money(Decimal(30)) == "30.00"
    assert text.money(Decimal("1234.5")) == "1,234.50"
    assert text.count(82415) == "82,415"
    assert (text.plural(1, "hit"), text.plural(2, "hit")) == ("1 hit", "2 hits")
    assert (text.stock(0), text.stock(7), text.stock(12_345)) == ("sold out", "7 left", "12k left")


@pytest.mark.parametrize(
    ("ago", "shown"), [(timedelta(minutes=1), "11:59:00"), (timedelta(days=1), "yest. 12:00"),
                       (timedelta(days=40), "15 Oct 12:00"), (timedelta(days=800), "15 Sep 2024")],
)  # fmt: skip
def test_a_moment_is_told_as_briefly_as_its_age_allows(ago: timedelta, shown: str) -> None:
    """Today by the clock, else by the day."""
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert text.when(noon - ago, noon) == shown
