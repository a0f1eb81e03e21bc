"""How the screens look, held still: the same shop, the same noon, the same cells."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from textual.pilot import Pilot

from shared.domain import OutcomeUnknown
from tests.tui.conftest import sees, still, until
from tests.tui.fakes import FakeShop
from tests.tui.reports import a_month_of_sales, nothing_sold
from tui import purchase
from tui.app import BazarApp

SIZES = [(80, 24), (120, 40), (60, 20)]
Compare = Callable[..., bool]


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40", "60x20"])
def test_the_shop_looks_like_this(
    app: BazarApp, snap_compare: Compare, size: tuple[int, int]
) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("j", "j", "j", "j")
        # The wide screen also shows what else there is on the subject.
        await until(pilot, sees(pilot, "More like this" if size[0] >= 120 else "Melville"))
        await still(pilot)

    async def look_small(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Moby"))
        await still(pilot)

    before = look_small if size[0] < 80 else look
    assert snap_compare(app, terminal_size=size, run_before=before)


def test_the_question_before_buying_looks_like_this(app: BazarApp, snap_compare: Compare) -> None:
    async def ask(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("j", "b")
        await until(pilot, sees(pilot, "One copy, at this price."))
        await still(pilot)

    assert snap_compare(app, run_before=ask)


def test_an_unknown_outcome_looks_like_this(
    app: BazarApp, shop: FakeShop, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purchase, "PAUSES", (60.0,))
    shop.answers = [OutcomeUnknown("The frontend server did not answer in time.")]

    async def buy(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("j", "b")
        await until(pilot, sees(pilot, "One copy, at this price."))
        await pilot.press("y")
        await until(pilot, sees(pilot, "Asking again in 60 s"))
        await still(pilot)

    assert snap_compare(app, run_before=buy)


def test_a_shop_that_is_down_looks_like_this(
    app: BazarApp, shop: FakeShop, snap_compare: Compare
) -> None:
    shop.go_down("frontend")

    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "The frontend server is down"))
        await until(pilot, sees(pilot, "The shop does not answer."))
        await still(pilot)

    assert snap_compare(app, run_before=wait)


def test_the_orders_look_like_this(app: BazarApp, shop: FakeShop, snap_compare: Compare) -> None:
    for number, book_id in enumerate((5, 2, 7)):
        shop.purchase(f"6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b1{number}", book_id, price(shop, book_id))

    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await pilot.press("2")
        await until(pilot, sees(pilot, "3 orders"))
        await still(pilot)

    assert snap_compare(app, run_before=look)


def test_the_help_looks_like_this(app: BazarApp, snap_compare: Compare) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("question_mark")
        await until(pilot, sees(pilot, "In the shop"))
        await still(pilot)

    assert snap_compare(app, run_before=look)


def price(shop: FakeShop, book_id: int) -> Decimal:
    return shop.shelf[book_id].price


@pytest.mark.parametrize("size", [*SIZES, (200, 60)], ids=["80x24", "120x40", "60x20", "200x60"])
def test_the_sales_look_like_this(
    app: BazarApp, shop: FakeShop, snap_compare: Compare, size: tuple[int, int]
) -> None:
    shop.sold = a_month_of_sales()

    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await pilot.press("3")
        await until(pilot, sees(pilot, "Takings 5,998.00"))
        await pilot.press("shift+tab", "left")
        await until(pilot, sees(pilot, "Mon 23 Nov"))
        await still(pilot)

    assert snap_compare(app, terminal_size=size, run_before=look)


def test_a_shop_that_sold_nothing_looks_like_this(
    app: BazarApp, shop: FakeShop, snap_compare: Compare
) -> None:
    shop.sold = nothing_sold([shop.shelf[4]])

    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await pilot.press("3")
        await until(pilot, sees(pilot, "Nothing sold yet."))
        await still(pilot)

    assert snap_compare(app, run_before=look)
