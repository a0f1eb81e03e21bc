"""Browse only: nothing that buys can be done, and it says why."""

import uuid
from decimal import Decimal

import pytest

from tests.processes import free_ports
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import NOON, FakeShop, FrozenClock, MemoryKeys
from tui import purchase
from tui.app import BazarApp
from tui.desk import Desk
from tui.messages import BuyWanted
from tui.shop import Frontend, ReadOnly
from tui.widgets.keysbar import KeysBar

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


@pytest.fixture
def browsing(shop: FakeShop, clock: FrozenClock, keys: MemoryKeys) -> BazarApp:
    """The app that may only look."""
    return BazarApp(Desk(shop, clock, keys, FakeAdmin(shop), read_only=True))


async def test_buying_is_grey_and_says_why(browsing: BazarApp, shop: FakeShop) -> None:
    """In the list, over a book, and for whatever else asks for it."""
    async with browsing.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        assert "■ read-only" in screen_text(pilot)
        bar = browsing.screen.query_one(KeysBar)
        assert any("$faint" in str(span.style) for span in bar.render().spans)
        await pilot.press("b")
        await until(pilot, sees(pilot, "Read-only: nothing is bought"))
        browsing.post_message(BuyWanted(shop.book(5)))
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #1"))
        await pilot.press("b")
        await pilot.pause(0.1)
        assert "Buy this book?" not in screen_text(pilot)
    assert shop.purchases == []


async def test_what_was_bought_before_is_only_looked_after(
    browsing: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    keys.keep(purchase.begin(shop.book(5), shop.url, NOON, lambda: KEY))
    shop.ledger = [shop.an_order(KEY, shop.book(5))]
    async with browsing.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Bought Moby-Dick"))
        await until(pilot, lambda: not keys.all)
    assert shop.purchases == []


async def test_what_has_no_order_yet_stays_unsettled(
    browsing: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    """A run that may buy asks."""
    keys.keep(purchase.begin(shop.book(5), shop.url, NOON, lambda: KEY))
    async with browsing.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "1 unsettled"))
        await until(pilot, sees(pilot, "cannot buy it twice: Moby-Dick"))
    assert set(keys.all) == {KEY}
    assert shop.purchases == []


def test_the_shop_as_an_object_sends_nothing_that_buys() -> None:
    """Nobody listens there, so anything sent would be Unavailable."""
    (port,) = free_ports(1)
    frontend = Frontend(f"http://127.0.0.1:{port}", read_only=True)
    with pytest.raises(ReadOnly):
        frontend.purchase(str(uuid.uuid4()), 1, Decimal(1))
    frontend.close()
