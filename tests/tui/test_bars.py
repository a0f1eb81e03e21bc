"""Bars in text, and the amounts beside them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import bars, text

AMOUNTS = st.decimals(0, 10**12, places=2)


@pytest.mark.parametrize(
    ("value", "top"),
    [("0", 1), ("0.30", 1), ("1", 1), ("1.01", 2), ("11", 12), ("118", 120), ("121", 150),
     ("610", 800), ("1000", 1000), ("990000.01", 1_000_000)],
)  # fmt: skip
def test_a_chart_ends_at_a_round_amount(value: str, top: int) -> None:
    assert bars.ceiling(Decimal(value)) == top


@given(AMOUNTS)
def test_a_chart_ends_above_its_highest_bar_and_wastes_at_most_half(value: Decimal) -> None:
    top = bars.ceiling(value)
    assert value <= top <= max(2 * value, Decimal(1)) + 1


def test_bars_stand_on_the_line() -> None:
    """In eighths; nothing is nothing, and a little can be seen."""
    values = [Decimal(value) for value in ("0", "0.01", "4", "8", "12", "16")]
    assert bars.upright(values, Decimal(16), 2) == ["    ▄█", " ▁▄███"]


@given(st.lists(AMOUNTS, max_size=40), st.integers(1, 30))
def test_more_is_never_drawn_lower(values: list[Decimal], rows: int) -> None:
    lines = bars.upright(values, bars.ceiling(max(values, default=Decimal(0))), rows)
    assert {len(line) for line in lines} == {len(values)}
    heights = [sum(" ▁▂▃▄▅▆▇█".index(line[at]) for line in lines) for at in range(len(values))]
    assert all(
        heights[a] <= heights[b]
        for a in range(len(values))
        for b in range(len(values))
        if values[a] <= values[b]
    )
    assert all((height > 0) == (value > 0) for height, value in zip(heights, values, strict=True))


@pytest.mark.parametrize(
    ("value", "drawn"),
    [("0", "    "), ("0.01", "▏   "), ("5", "██  "), ("10", "████"), ("11", "████")],
)
def test_a_bar_that_lies_fills_its_cells(value: str, drawn: str) -> None:
    assert bars.across(Decimal(value), Decimal(10), 4) == drawn


@pytest.mark.parametrize(
    ("amount", "short"),
    [("0", "0"), ("0.5", "0.50"), ("60", "60"), ("7.5", "7.50"), ("999", "999"), ("1000", "1k"),
     ("2500", "2.5k"), ("150000", "150k"), ("1000000", "1M"), ("2500000000", "2.5G")],
)  # fmt: skip
def test_an_amount_beside_a_chart_is_short(amount: str, short: str) -> None:
    assert text.short_money(Decimal(amount)) == short
