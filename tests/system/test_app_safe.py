"""Buying where the machine, the network or other buyers do their worst.

Each against real servers: what the app shows is what happened, and both ledgers have one sale of
it or none.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import RunningShop, running_shop, wait_for
from tests.shops import ROUTES
from tests.system.apps import Apps, Wire, buy, change, id_of, sold, stock
from tests.system.proxy import ANSWER_LOST, CARRY, HELD, REQUEST_LOST
from tests.terminal import Terminal

BUYING = "PUT /purchase"


@pytest.fixture(scope="module", params=ROUTES)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningShop]:
    """One shop for all tests of a route; each buys a book of its own."""
    with running_shop(tmp_path_factory.mktemp("shop"), request.param) as opened:
        yield opened


def ask(shop: RunningShop, app: Terminal, words: str) -> int:
    """Find a book by words that only its title has, and press `b`; returns its id."""
    app.wait_for("● catalog")
    app.type(f"/{words}")
    app.wait_for("1 hit ")
    app.type("\r")
    app.wait_for(f"▸{words}")
    app.type("b")
    app.wait_for("One copy, at this price.")
    return id_of(shop, words)


@contextmanager
def ended(shop: RunningShop) -> Iterator[None]:
    """Its servers end with the block."""
    try:
        yield
    finally:
        shop.end()


def held(line: str) -> str:
    return HELD if line.startswith(BUYING) else CARRY


def test_yes_and_enter_again_and_again_buy_one_copy(
    shop: RunningShop, apps: Apps, wire: Wire
) -> None:
    """While the purchase runs, and in the moment that its outcome is shown."""
    wire.choose = held
    app = apps.open(wire.url)
    book = ask(shop, app, "Herland")
    app.type("\t\r\ry\r\ryy")
    app.wait_for("Buying …")
    app.look(0.5)
    app.type("\ryy\r")
    wire.release()
    app.wait_for("It is yours.")
    app.type("\ryy")
    app.look(1.0)
    assert len(wire.seen(BUYING)) == 1
    assert len(sold(shop, book)) == 1
    assert apps.keys_kept() == 0


def test_an_app_killed_before_the_answer_tells_at_its_next_start_that_it_was_bought(
    shop: RunningShop, apps: Apps, wire: Wire
) -> None:
    """The sale was made; asking with the same key makes no other."""
    wire.choose = held
    app = apps.open(wire.url)
    book = ask(shop, app, "Paradise Lost")
    before = stock(shop, book)
    app.type("y")
    wait_for(lambda: stock(shop, book) == before - 1, "the copy is taken")
    app.kill()
    assert apps.keys_kept() == 1

    wire.release()
    again = apps.open(wire.url)
    again.wait_for("Bought Paradise Lost for 21.50.")
    assert len(sold(shop, book)) == 1
    assert stock(shop, book) == before - 1
    assert apps.keys_kept() == 0
    # It is over: a third start has nothing to ask.
    again.kill()
    wire.forget()
    third = apps.open(wire.url)
    third.wait_for("● catalog")
    third.look(0.5)
    assert not wire.seen(BUYING)


def test_an_app_killed_before_its_request_arrived_buys_at_its_next_start_and_only_once(
    shop: RunningShop, apps: Apps, wire: Wire
) -> None:
    """Even if the first request arrives after all, long after."""
    late = _held_back(wire)
    app = apps.open(wire.url)
    book = ask(shop, app, "The Scarlet Letter")
    before = stock(shop, book)
    app.type("y")
    app.wait_until(lambda: wire.seen(BUYING), "the request is on its way")
    app.kill()
    assert stock(shop, book) == before

    again = apps.open(wire.url)
    again.wait_for("Bought The Scarlet Letter")
    late.set()
    again.look(1.0)
    assert len(sold(shop, book)) == 1
    assert stock(shop, book) == before - 1


def test_an_app_killed_before_its_request_arrived_may_find_that_others_were_faster(
    shop: RunningShop, apps: Apps, wire: Wire
) -> None:
    """It says so, and the late request gets nothing, though there are copies again."""
    late = _held_back(wire)
    app = apps.open(wire.url)
    book = ask(shop, app, "The Fables of Aesop")
    app.type("y")
    app.wait_until(lambda: wire.seen(BUYING), "the request is on its way")
    app.kill()
    buy(shop, book, stock(shop, book))

    again = apps.open(wire.url)
    again.wait_for("Not bought, sold out: The Fables of Aesop")
    change(shop, book, quantity_change=5)
    late.set()
    again.look(1.0)
    assert len(sold(shop, book)) == 1
    assert stock(shop, book) == 5
    assert apps.keys_kept() == 0


def test_an_answer_lost_after_the_work_was_done_is_asked_for_again(
    shop: RunningShop, apps: Apps, wire: Wire
) -> None:
    """It was bought at the price of then, whatever the book costs by now."""
    fates = [ANSWER_LOST, REQUEST_LOST]
    wire.choose = lambda line: fates.pop(0) if line.startswith(BUYING) and fates else CARRY
    app = apps.open(wire.url)
    book = ask(shop, app, "Peter Pan")
    app.type("y")
    app.wait_for("? No answer yet")
    app.wait_for("asking again cannot buy it twice")
    app.wait_for("1 unsettled", 2.0)
    assert apps.keys_kept() == 1
    change(shop, book, price=99)
    app.wait_for("It is yours.")
    assert "6.00" in app.text
    app.wait_while("unsettled", 2.0)
    (sale,) = sold(shop, book)
    assert sale["price"] == 6
    assert len(wire.seen(BUYING)) == 3
    app.type("\x1b")
    app.wait_while("It is yours.")
    app.type("o")
    app.wait_for("✓ placed")
    assert "6.00" in app.line("Peter Pan")


def test_a_price_that_changed_meanwhile_is_shown_and_bought_only_when_confirmed(
    shop: RunningShop, apps: Apps
) -> None:
    """Neither a `y` too many nor Enter confirms it."""
    app = apps.open(shop.url)
    book = ask(shop, app, "Plays of Sophocles")
    change(shop, book, price=12.5)
    app.type("y")
    app.wait_for("The price has changed: it was 10.00, it is 12.50.")
    app.look(1.5)
    assert sold(shop, book) == []
    app.type("\r")
    app.wait_while("The price has changed")
    assert sold(shop, book) == []

    app.type("b")
    app.wait_for("One copy, at this price.")
    change(shop, book, price=14)
    app.type("y")
    app.wait_for("it was 12.50, it is 14.00.")
    # A `y` counts once there was time to read the new price.
    app.look(1.5)
    app.type("y")
    app.wait_for("It is yours.")
    (sale,) = sold(shop, book)
    assert sale["price"] == 14
    assert apps.keys_kept() == 0


def test_the_last_copy_taken_meanwhile_is_told_and_the_row_says_so(
    shop: RunningShop, apps: Apps, wire: Wire
) -> None:
    """The app has not heard of it when `y` is pressed: its questions for the stock get lost."""
    app = apps.open(wire.url)
    book = ask(shop, app, "Through the Looking-Glass")
    wire.choose = lambda line: REQUEST_LOST if "/books?ids=" in line else CARRY
    buy(shop, book, stock(shop, book))
    app.type("y")
    app.wait_for("Somebody was faster: nothing was bought.")
    wire.choose = lambda line: CARRY
    app.look(0.5)
    app.type("\r")
    app.wait_while("Somebody was faster")
    app.wait_until(lambda: "sold out" in app.line("▸Through the Looking-Glass"), "the row updates")
    assert len(sold(shop, book)) == 1
    assert stock(shop, book) == 0
    assert apps.keys_kept() == 0


def test_a_purchase_that_the_shop_has_only_on_paper_is_told_when_it_is_settled(
    tmp_path: Path, apps: Apps
) -> None:
    """The order server hears nothing from the catalog, which has done the work."""
    shop = RunningShop(tmp_path, "order-first")
    with Wire(shop.urls["catalog"]) as between, ended(shop):
        text = shop.config.read_text(encoding="utf-8")
        url = f'url = "{shop.urls["catalog"]}"'
        shop.config.write_text(text.replace(url, f'url = "{between.url}"'), encoding="utf-8")
        shop.start()
        app = apps.open(shop.url)
        book = ask(shop, app, "Herland")
        between.choose = lambda line: ANSWER_LOST if line.startswith("PUT /update") else CARRY
        app.type("y")
        app.wait_for("… Pending")
        app.wait_for("settles it by itself")
        app.wait_for("1 unsettled", 2.0)
        assert apps.keys_kept() == 1
        assert stock(shop, book) == 7
        between.choose = lambda line: CARRY
        app.wait_for("It is yours.")
        assert len(sold(shop, book)) == 1
        assert stock(shop, book) == 7
        assert apps.keys_kept() == 0


def _held_back(wire: Wire) -> threading.Event:
    """The first purchase stays on its way until the event is set."""
    late, waiting = threading.Event(), [True]

    def choose(line: str) -> str:
        if line.startswith(BUYING) and waiting and waiting.pop():
            late.wait(30)
        return CARRY

    wire.choose = choose
    return late
