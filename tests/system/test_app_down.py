"""Each server stopped and started under the app: what it says meanwhile, and how it comes back."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import RunningShop, running_shop
from tests.system.apps import open_apps, sold
from tests.terminal import Terminal

# The app asks again at the shown moment; the rest is for the answer and the paint.
_SLACK = 3.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """Its servers are stopped and started again by each test."""
    with running_shop(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


@pytest.fixture
def app(tmp_path: Path, shop: RunningShop) -> Iterator[Terminal]:
    with open_apps(tmp_path) as apps:
        opened = apps.open(shop.url)
        opened.wait_for("● frontend")
        opened.wait_for("RPCs for Noobs")
        opened.type("j")
        opened.wait_for("▸RPCs")
        yield opened


@pytest.mark.parametrize("name", ["catalog", "frontend"])
def test_without_books_to_sell_the_app_says_so_and_comes_back_by_itself(
    shop: RunningShop, app: Terminal, name: str
) -> None:
    """What was loaded stays, marked as old; buying is grey and says why; nobody presses a key."""
    bright = app.colour("b buy")
    shop.kill(name)
    app.wait_for(f"The {name} server is down")
    app.wait_for("as of ")
    assert f"○ {name} down" in app.text
    assert re.search(r"next try in \d+ s|trying now", app.text)
    assert "▸RPCs for Noobs" in app.text
    app.wait_until(lambda: app.colour("b buy") != bright, "buying is grey")
    app.type("b")
    app.wait_for("buying works again when it is back")
    assert "One copy" not in app.text
    # What is loaded is still there to look through.
    app.type("j")
    app.wait_for("▸Xen")

    shop.start(name)
    shown = re.search(r"next try in (\d+) s", app.text)
    back = app.wait_for(f"● {name}", 20.0)
    assert back <= (int(shown[1]) if shown else 0.0) + _SLACK
    app.wait_while("as of ", 5.0)
    app.wait_until(lambda: app.colour("b buy") == bright, "buying is possible")
    assert "▸Xen" in app.text
    app.type("k")
    app.wait_for("▸RPCs")
    app.type("b")
    app.wait_for("One copy, at this price.")


def test_without_the_order_server_the_shop_goes_on(shop: RunningShop, app: Terminal) -> None:
    """Books are found and bought by the route of catalog first; only the orders are old."""
    before = len(sold(shop, 2))
    app.type("o")
    app.wait_for("orders")
    shop.kill("order")
    app.wait_for("The order server is down")
    app.wait_for("browsing goes on")
    app.type("1")
    app.wait_for("▸RPCs for Noobs")
    app.type("b")
    app.wait_for("One copy, at this price.")
    app.type("y")
    app.wait_for("It is yours.")
    app.type("\x1b")

    shop.start("order")
    app.wait_for("● order", 20.0)
    assert len(sold(shop, 2)) == before + 1
    app.type("o")
    app.wait_for("✓ placed", 10.0)


def test_r_asks_now_instead_of_after_a_long_pause(shop: RunningShop, app: Terminal) -> None:
    shop.kill("frontend")
    app.wait_for("The frontend server is down")
    # The pauses grow; the longest of the first ones is long enough to tell.
    app.wait_for("next try in 8 s", 40.0)
    shop.start("frontend")
    begun = time.monotonic()
    assert "next try in" in app.text
    app.type("r")
    app.wait_for("● frontend", _SLACK)
    assert time.monotonic() - begun < _SLACK + 1
    app.wait_while("server is down", _SLACK)


def test_all_three_down_and_back_one_by_one(shop: RunningShop, app: Terminal) -> None:
    """The app was there before, and it is the same one after: it never exits by itself."""
    for name in ("frontend", "catalog", "order"):
        shop.kill(name)
    app.wait_for("The frontend server is down")
    shop.start("order")
    shop.start("frontend")
    app.wait_for("The catalog server is down", 30.0)
    assert "● order" in app.text
    shop.start("catalog")
    app.wait_while("is down", 30.0)
    app.wait_while("as of ", 5.0)
    assert app.process.poll() is None
    assert "▸RPCs for Noobs" in app.text
