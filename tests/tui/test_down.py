"""A server that is down: a banner, no error page, and back to work by itself."""

from datetime import timedelta

import pytest

from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import NOON, FakeShop, FrozenClock, MemoryKeys, many
from tui import app as app_module
from tui.app import BazarApp
from tui.desk import Desk
from tui.shop import Health
from tui.watch import PAUSES_DOWN, Watch
from tui.widgets.booklist import BookList

DOWN = Health({"catalog": "no answer", "order": "ok", "frontend": "ok"})
WELL = Health({"catalog": "ok", "order": "ok", "frontend": "ok"})


@pytest.fixture(autouse=True)
def _quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time moves by the test's clock; only looking at it is quicker."""
    monkeypatch.setattr(app_module, "_TICK_SECONDS", 0.02)


async def test_a_server_that_goes_down_has_a_banner_and_comes_back_by_itself(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    """What was loaded stays to browse, and nobody has to press anything."""
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        shop.go_down("catalog")
        clock.at += 6
        await until(pilot, sees(pilot, "The catalog server is down"))
        shown = screen_text(pilot)
        assert "○ catalog down" in shown
        assert "next try in 1 s" in shown
        assert "Moby-Dick" in shown
        shop.come_back()
        clock.at += 2
        await until(pilot, sees(pilot, "● catalog"))
        assert "server is down" not in screen_text(pilot)


async def test_a_shop_that_is_down_at_the_start_is_waited_for(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    shop.go_down("frontend")
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "The frontend server is down"))
        await until(pilot, sees(pilot, "The shop does not answer."))
        assert "? catalog" in screen_text(pilot)
        shop.come_back()
        clock.at += 2
        await until(pilot, sees(pilot, "Moby-Dick"))


async def test_r_tries_again_at_once(app: BazarApp, shop: FakeShop) -> None:
    async with app.run_test() as pilot:
        shop.go_down("frontend")
        await until(pilot, sees(pilot, "The frontend server is down"))
        shop.come_back()
        await pilot.press("r")
        await until(pilot, sees(pilot, "Moby-Dick"))
        await until(pilot, lambda: "server is down" not in screen_text(pilot))


async def test_a_failed_question_finds_out_who_is_down_without_waiting(
    app: BazarApp, shop: FakeShop
) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        shop.go_down("catalog")
        app.live.ask()
        await until(pilot, sees(pilot, "The catalog server is down"))


async def test_while_the_catalog_is_down_buying_says_why_not(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        shop.go_down("catalog")
        clock.at += 6
        await until(pilot, sees(pilot, "○ catalog down"))
        await pilot.press("b")
        await until(pilot, sees(pilot, "works again when it is back"))
    assert not shop.purchases


async def test_while_the_catalog_is_down_an_open_book_says_why_it_cannot_be_bought(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    """And how old its stock is."""
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        await pilot.press("j", "enter")
        await until(pilot, sees(pilot, "56 in stock"))
        shop.go_down("catalog")
        clock.at += 6
        await until(pilot, sees(pilot, "as of 12:00:00"))
        await pilot.press("b")
        await until(pilot, sees(pilot, "works again when it is back"))
        shop.come_back()
        clock.at += 2
        await until(pilot, lambda: "as of" not in screen_text(pilot))
    assert not shop.purchases


async def test_the_list_stays_where_it_was_when_the_shop_comes_back(
    shop: FakeShop, clock: FrozenClock, keys: MemoryKeys
) -> None:
    shop = FakeShop(many(1_000))
    app = BazarApp(Desk(shop, clock, keys, FakeAdmin(shop)))
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        await pilot.press("end")
        await until(pilot, sees(pilot, "Volume 01000"))
        shop.go_down("catalog")
        clock.at += 6
        await until(pilot, sees(pilot, "The catalog server is down"))
        shop.come_back()
        clock.at += 2
        await until(pilot, sees(pilot, "● catalog"))
        await until(pilot, lambda: not pilot.app.screen.query_one(BookList).is_stale)
        assert "▸Volume 01000" in screen_text(pilot)


async def test_browsing_goes_on_while_only_the_order_server_is_down(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "● order"))
        shop.go_down("order")
        clock.at += 6
        await until(pilot, sees(pilot, "browsing goes on"))
        await pilot.press("slash", *"whal")
        await until(pilot, sees(pilot, "2 hits"))


async def test_a_purchase_that_needs_the_order_server_says_so_while_it_is_down(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    """As where the shop sells order-first."""
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "● order"))
        shop.go_down("order")
        shop.checks["buying"] = "the order server: no answer"
        clock.at += 6
        await until(pilot, sees(pilot, "(b buy)"))
        await pilot.press("b")
        await until(pilot, sees(pilot, "The order server is down; buying works again"))
        shop.come_back()
        clock.at += 2
        await until(pilot, lambda: "(b buy)" not in screen_text(pilot))
    assert not shop.purchases


async def test_a_catalog_that_cannot_write_sells_nothing_and_shows_its_books(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    """No server is down, so nothing is marked as old; that nothing is sold is told with why."""
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "56 left"))
        shop.checks["buying"] = "the catalog server: the disk is full"
        clock.at += 6
        await until(pilot, sees(pilot, "▲ Nothing can be bought now · next try in 1 s"))
        assert "~56 left" not in screen_text(pilot)
        assert "● catalog" in screen_text(pilot)
        await pilot.press("b")
        await until(pilot, sees(pilot, "bought now: the catalog server: the disk is full"))
        shop.come_back()
        clock.at += 2
        await until(pilot, lambda: "▲" not in screen_text(pilot))
        await until(pilot, sees(pilot, "The shop answers again."))
    assert not shop.purchases


def test_the_pauses_between_tries_grow_and_start_over() -> None:
    watch = Watch()
    waits = []
    now = 0.0
    for _ in range(len(PAUSES_DOWN) + 2):
        watch.asked()
        assert not watch.is_due(now)
        watch.answered(DOWN, now)
        waits.append(watch.seconds_left(now))
        now += watch.seconds_left(now)
        assert watch.is_due(now)
    assert waits == [*PAUSES_DOWN, PAUSES_DOWN[-1], PAUSES_DOWN[-1]]
    watch.answered(WELL, now)
    watch.answered(DOWN, now)
    assert watch.seconds_left(now) == PAUSES_DOWN[0]


def test_the_clock_of_the_tests_is_at_noon(clock: FrozenClock) -> None:
    clock.at = 60
    assert clock.now() == NOON + timedelta(minutes=1)
