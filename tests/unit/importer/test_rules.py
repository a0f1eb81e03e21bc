"""Prices and stocks by rule."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.importer.rules import Prices, Rules, Stocks

DRAWS = st.integers(min_value=0, max_value=2**64 - 1)
CENTS = st.integers(min_value=0, max_value=100_000)


@given(CENTS, CENTS, DRAWS)
def test_a_price_is_in_its_range_and_ends_as_prices_do(one: int, other: int, draw: int) -> None:
    """In .00, .50 or .99, unless the range is one price."""
    low, high = (Decimal(cents) / 100 for cents in sorted((one, other)))
    try:
        price = Prices.parse(f"{low}..{high}").pick(draw)
    except ValueError:
        assert high - low < Decimal("0.50")
        return
    assert low <= price <= high
    assert low == high or price % 1 in (0, Decimal("0.50"), Decimal("0.99"))


def test_every_price_of_a_range_comes_up() -> None:
    """The ends too."""
    prices = Prices.parse("4..5.50")
    found = {str(prices.pick(draw)) for draw in range(50)}
    assert found == {"4", "4.50", "4.99", "5", "5.50"}


def test_some_few_books_are_sold_out() -> None:
    """An opening shop shows what that looks like."""
    rules = Rules(Prices.parse("4..30"), Stocks.parse("0..60"), seed=1)
    stocks = [rules.draw(number)[1] for number in range(1, 5_001)]
    assert 0 < stocks.count(0) < 250
    assert set(stocks) == set(range(61))


def test_a_price_and_a_stock_may_be_the_same_for_all() -> None:
    """`--price 12.50 --stock 3`."""
    rules = Rules(Prices.parse("12.50"), Stocks.parse("3"), seed=1)
    assert {rules.draw(number) for number in range(100)} == {(Decimal("12.50"), 3)}


def test_the_draw_for_a_work_is_the_same_for_ever() -> None:
    """Another machine, another Python: the seed file has the same bytes."""
    rules = Rules(Prices.parse("4..30"), Stocks.parse("0..60"), seed=1)
    assert rules.draw(15) == (Decimal("9"), 15)


@pytest.mark.parametrize("text", ["", "x", "4..", "30..4", "-1", "nan", "1.234", "4.10..4.40"])
def test_a_range_that_is_no_range_of_prices_is_refused(text: str) -> None:
    """Before anything is read."""
    with pytest.raises(ValueError):
        Prices.parse(text)


@pytest.mark.parametrize("text", ["", "x", "1.5", "5..1", "-1..3", "0..9999999999", "٣"])
def test_a_range_that_is_no_range_of_stocks_is_refused(text: str) -> None:
    """Before anything is read."""
    with pytest.raises(ValueError):
        Stocks.parse(text)
