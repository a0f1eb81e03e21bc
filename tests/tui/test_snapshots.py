"""How the screens look, held still: the same shop, the same noon, the same cells."""

import threading
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from shared.domain import OutcomeUnknown, OutOfStock, PriceChanged
from tests.tui.conftest import sees, still, until
from tests.tui.fakes import FakeShop
from tests.tui.reports import a_month_of_sales, nothing_sold
from tui import purchase
from tui.app import BazarApp
from tui.screens.shop import ShopScreen
from tui.widgets import booklist

Steps = Callable[[Pilot[Any], FakeShop], Awaitable[None]]
SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]


async def shop_screen(pilot: Pilot[Any], shop: FakeShop) -> None:
    """The cursor on a book of which more is known."""
    await pilot.press("j", "j", "j", "j")
    # The wide screens also show what else there is on the subject.
    await until(pilot, sees(pilot, "More like" if pilot.app.size.width >= 120 else "▸Moby"))


async def searching(pilot: Pilot[Any], shop: FakeShop) -> None:
    """Words typed, and what they find."""
    await pilot.press("slash", *"whale")
    await until(pilot, sees(pilot, "2 hits"))


async def nothing_found(pilot: Pilot[Any], shop: FakeShop) -> None:
    """No title, but a subject."""
    await pilot.press("slash", *"philos", "enter")
    await until(pilot, sees(pilot, "Subjects like it"))


async def subjects(pilot: Pilot[Any], shop: FakeShop) -> None:
    """Choosing one: over the list, or in its pane."""
    await pilot.press("s")
    await until(pilot, sees(pilot, "undergraduate s"))


async def one_book(pilot: Pilot[Any], shop: FakeShop) -> None:
    """A book in full."""
    await pilot.press("j", "j", "j", "j", "enter")
    await until(pilot, sees(pilot, "m more like this"))
    await until(pilot, sees(pilot, "More like this"))


async def asking(pilot: Pilot[Any], shop: FakeShop) -> None:
    """Whether to buy it."""
    await pilot.press("j", "b")
    await until(pilot, sees(pilot, "One copy, at this price."))


async def asking_for_three(pilot: Pilot[Any], shop: FakeShop) -> None:
    """Three copies and their total."""
    await asking(pilot, shop)
    await pilot.press("3")
    await until(pilot, sees(pilot, "150.00 together"))


async def bought(pilot: Pilot[Any], shop: FakeShop) -> None:
    """It is."""
    await asking(pilot, shop)
    await pilot.press("y")
    await until(pilot, sees(pilot, "✓ Bought"))
    await until(pilot, lambda: pilot.app.focused is not None)
    # The row below has followed.
    await until(pilot, lambda: shop_below(pilot).books.change_of(2))


async def price_changed(pilot: Pilot[Any], shop: FakeShop) -> None:
    """And is asked about again."""
    shop.answers = [PriceChanged("The price is now 60.", Decimal(60))]
    await asking(pilot, shop)
    await pilot.press("y")
    await until(pilot, sees(pilot, "it is 60.00"))
    await until(pilot, lambda: pilot.app.focused is not None)


async def too_late(pilot: Pilot[Any], shop: FakeShop) -> None:
    """The last copy went to somebody else."""
    await asking(pilot, shop)
    shop.answers = [OutOfStock("None left.")]
    await pilot.press("y")
    await until(pilot, sees(pilot, "✗ Sold out"))
    await until(pilot, lambda: pilot.app.focused is not None)


async def unknown(pilot: Pilot[Any], shop: FakeShop) -> None:
    """An answer that was lost."""
    shop.answers = [OutcomeUnknown("The frontend server did not answer in time.")]
    await asking(pilot, shop)
    await pilot.press("y")
    await until(pilot, sees(pilot, "Asking again in 60 s"))
    await until(pilot, lambda: pilot.app.focused is not None)


async def down(pilot: Pilot[Any], shop: FakeShop) -> None:
    """What was loaded stays, marked."""
    await until(pilot, sees(pilot, "More like" if pilot.app.size.width >= 120 else "▸How"))
    shop.go_down("catalog")
    await pilot.press("r")
    await until(pilot, sees(pilot, "The catalog server is down"))
    await until(pilot, sees(pilot, "~56 left"))


async def orders(pilot: Pilot[Any], shop: FakeShop) -> None:
    """One of each kind."""
    for number, book_id in enumerate((5, 2, 7)):
        shop.purchase(
            f"6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b1{number}", book_id, shop.shelf[book_id].price
        )
    shop.ledger[1] = replace(shop.ledger[1], state="pending")
    shop.ledger[2] = replace(shop.ledger[2], state="refused", reason="out of stock", quantity=3)
    await pilot.press("2")
    await until(pilot, sees(pilot, "3 orders"))


async def no_orders(pilot: Pilot[Any], shop: FakeShop) -> None:
    """Nothing yet."""
    await pilot.press("2")
    await until(pilot, sees(pilot, "Nothing was bought yet."))


async def help_of_the_shop(pilot: Pilot[Any], shop: FakeShop) -> None:
    """The keys."""
    await pilot.press("question_mark")
    await until(pilot, sees(pilot, "In the shop"))


async def sales(pilot: Pilot[Any], shop: FakeShop) -> None:
    """A month of them, the cursor on a day."""
    shop.sold = a_month_of_sales()
    await pilot.press("3")
    await until(pilot, sees(pilot, "Takings 5,998.00"))
    await pilot.press("shift+tab", "left")
    await until(pilot, sees(pilot, "Mon 23 Nov"))


async def no_sales(pilot: Pilot[Any], shop: FakeShop) -> None:
    """Nothing sold yet, and one book that is sold out."""
    shop.sold = nothing_sold([shop.shelf[4]])
    await pilot.press("3")
    await until(pilot, sees(pilot, "Nothing sold yet."))


def shop_below(pilot: Pilot[Any]) -> ShopScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ShopScreen)
    return screen


STATES: list[Steps] = [
    shop_screen, searching, nothing_found, subjects, one_book, asking, asking_for_three, bought,
    price_changed, too_late, unknown, down, orders, no_orders, sales, no_sales, help_of_the_shop,
]  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("steps", STATES, ids=lambda steps: steps.__name__)
def test_it_looks_like_this(
    app: BazarApp,
    shop: FakeShop,
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    steps: Steps,
    size: tuple[int, int],
) -> None:
    monkeypatch.setattr(purchase, "PAUSES", (60.0,))
    monkeypatch.setattr(booklist, "_CHANGE_SECONDS", 600.0)

    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Moby"))
        await steps(pilot, shop)
        for box in pilot.app.screen.query(Input):
            box.cursor_blink = False
        await still(pilot)

    assert snap_compare(app, terminal_size=size, run_before=look)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_loading_looks_like_this(
    app: BazarApp, shop: FakeShop, snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    gate = shop.search_gates[""] = threading.Event()

    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Looking along the shelves"))
        await still(pilot)

    assert snap_compare(app, terminal_size=size, run_before=look)
    gate.set()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_shop_that_was_never_there_looks_like_this(
    app: BazarApp, shop: FakeShop, snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    shop.go_down("frontend")

    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "The frontend server is down"))
        await until(pilot, sees(pilot, "The shop does not answer."))
        await still(pilot)

    assert snap_compare(app, terminal_size=size, run_before=look)


def test_too_small_looks_like_this(app: BazarApp, snap_compare: Callable[..., bool]) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "too small"))
        await still(pilot)

    assert snap_compare(app, terminal_size=(50, 12), run_before=look)
