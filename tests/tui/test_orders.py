"""The orders screen: newest first, page by page, and back to the book."""

from msgspec.structs import replace

from tests.tui.conftest import screen_text, sees, until
from tests.tui.fakes import FakeShop
from tui.app import BazarApp
from tui.screens.orders import OrdersScreen


def orders_of(app: BazarApp) -> OrdersScreen:
    screen = app.screen
    assert isinstance(screen, OrdersScreen)
    return screen


def fill(shop: FakeShop, number: int) -> None:
    book = shop.shelf[5]
    shop.ledger = [shop.an_order(f"order-{n:04}", book, minutes=n) for n in range(number)]


async def test_a_shop_that_sold_nothing_says_so(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await pilot.press("2")
        await until(pilot, sees(pilot, "Nothing was bought yet."))


async def test_orders_show_when_what_how_much_and_their_state(
    app: BazarApp, shop: FakeShop
) -> None:
    fill(shop, 3)
    shop.ledger[1] = replace(shop.ledger[1], state="pending")
    shop.ledger[2] = replace(shop.ledger[2], state="refused", reason="out of stock")
    async with app.run_test() as pilot:
        await pilot.press("o")
        await until(pilot, sees(pilot, "✓ placed"))
        shown = screen_text(pilot)
        assert "12:00:00" in shown
        assert "12.50" in shown
        assert "… pending" in shown
        assert "✗ refused" in shown
        assert "3 orders" in shown
        await pilot.press("G")
        await until(pilot, sees(pilot, "✗ refused: out of stock"))


async def test_older_orders_come_as_one_scrolls(app: BazarApp, shop: FakeShop) -> None:
    fill(shop, 120)
    async with app.run_test() as pilot:
        await pilot.press("2")
        await until(pilot, sees(pilot, "120 orders"))
        screen = orders_of(app)
        assert screen.orders.row_count == 50
        await pilot.press("G")
        await until(pilot, lambda: screen.orders.row_count == 100)
        await pilot.press("G")
        await until(pilot, lambda: screen.orders.row_count == 120)
        ids = [order.id for order in screen.orders.orders]
    assert ids == [order.id for order in shop.ledger]


async def test_a_new_order_does_not_lose_the_older_ones(app: BazarApp, shop: FakeShop) -> None:
    fill(shop, 70)
    async with app.run_test() as pilot:
        await pilot.press("2")
        await until(pilot, sees(pilot, "70 orders"))
        await pilot.press("G")
        screen = orders_of(app)
        await until(pilot, lambda: screen.orders.row_count == 70)
        shop.ledger.insert(0, shop.an_order("order-new", shop.shelf[1]))
        screen.reload()
        await until(pilot, sees(pilot, "71 orders"))
        ids = [order.id for order in screen.orders.orders]
    assert ids == [order.id for order in shop.ledger]


async def test_enter_opens_the_book_that_was_ordered(app: BazarApp, shop: FakeShop) -> None:
    fill(shop, 1)
    async with app.run_test() as pilot:
        await pilot.press("2")
        await until(pilot, sees(pilot, "✓ placed"))
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Melville, Herman"))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.current_mode == "shop")


async def test_orders_that_cannot_be_read_again_say_how_old_they_are(
    app: BazarApp, shop: FakeShop
) -> None:
    fill(shop, 3)
    async with app.run_test() as pilot:
        await pilot.press("2")
        await until(pilot, sees(pilot, "3 orders"))
        shop.go_down("order", "catalog")
        orders_of(app).reload()
        await until(pilot, sees(pilot, "3 orders, as of 12:00:00"))
        assert "✓ placed" in screen_text(pilot)
        shop.come_back()
        orders_of(app).reload()
        await until(pilot, lambda: "as of" not in screen_text(pilot))
