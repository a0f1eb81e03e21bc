"""How many copies are bought: chosen with the total in sight, and never changed unseen."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from shared.domain import PriceChanged, Unavailable
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fakes import FakeShop, MemoryKeys
from tests.tui.test_buying import asked
from tui.app import BazarApp
from tui.pending import Unsettled
from tui.screens import buy


@pytest.mark.parametrize(
    ("pressed", "copies", "total"),
    [
        (("plus", "plus"), 3, "150.00"),
        (("plus", "plus", "plus", "minus"), 3, "150.00"),
        (("1", "2"), 12, "600.00"),
        (("9", "9", "9"), 56, "2,800.00"),
        (("7", "minus", "2"), 2, "100.00"),
        (("1", "2", "backspace", "3"), 13, "650.00"),
        (("4", "backspace", "3"), 3, "150.00"),
    ],
)
async def test_the_total_is_shown_and_that_many_are_bought(
    app: BazarApp, shop: FakeShop, pressed: tuple[str, ...], copies: int, total: str
) -> None:
    """Never more than there are."""
    async with asked(app) as pilot:
        await pilot.press(*pressed)
        await until(pilot, sees(pilot, f"{copies} copies   {total} together"))
        await pilot.press("y")
        await until(pilot, sees(pilot, f"{copies} copies are yours"))
    assert shop.quantities == [copies]
    assert shop.ledger[0].quantity == copies
    assert shop.shelf[2].quantity == 56 - copies


@pytest.mark.parametrize(
    "pressed", [("minus",), ("0",), ("3", "1", "minus", "1"), ("7", "backspace")]
)
async def test_one_copy_is_the_least(
    app: BazarApp, shop: FakeShop, pressed: tuple[str, ...]
) -> None:
    async with asked(app) as pilot:
        await pilot.press(*pressed)
        await until(pilot, lambda: "together" not in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, sees(pilot, "It is yours."))
    assert shop.quantities == [1]


async def test_too_few_left_buys_none_of_them(app: BazarApp, shop: FakeShop) -> None:
    async with asked(app) as pilot:
        await pilot.press("5")
        await until(pilot, sees(pilot, "250.00 together"))
        shop.shelf[2] = replace(shop.shelf[2], quantity=4)
        await pilot.press("y")
        await until(pilot, sees(pilot, "There are not 5 copies left: nothing was bought."))
    assert not shop.ledger


async def test_the_number_stays_while_it_is_asked_for_again(app: BazarApp, shop: FakeShop) -> None:
    """It is part of what the key stands for."""
    shop.answers = [Unavailable("The catalog server cannot be reached.")]
    async with asked(app) as pilot:
        await pilot.press("2", "y")
        await until(pilot, sees(pilot, "✗ Not now"))
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("plus", "9", "y")
        await until(pilot, sees(pilot, "2 copies are yours"))
    assert shop.quantities == [2, 2]
    assert shop.purchases[0][0] == shop.purchases[1][0]


async def test_a_second_y_does_not_agree_to_a_price_that_nobody_has_read(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was meant for the old one."""
    monkeypatch.setattr(buy, "_READING_SECONDS", 2.0)
    shop.answers = [PriceChanged("The price is now 60.", Decimal(60))]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: "it is 60.00" in screen_text(pilot) or len(shop.purchases) > 1)
        await pilot.press("y")
        await until(pilot, lambda: app.focused is not None)
        assert len(shop.purchases) == 1


async def test_copies_that_an_earlier_run_left_unsettled_are_asked_for_as_they_were(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    from tests.tui.fakes import NOON

    key = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"
    keys.keep(Unsettled(key, shop.url, 2, "RPCs for Noobs", Decimal(50), NOON, 3))
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Bought 3 × RPCs for Noobs for 150.00."))
    assert shop.quantities == [3]
