"""Buying: asked safely, once, and until the outcome is known."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from shared.domain import (
    BookNotFound,
    InProgress,
    Order,
    OutcomeUnknown,
    OutOfStock,
    PriceChanged,
    Unavailable,
)
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fakes import NOON, FakeShop, MemoryKeys
from tests.tui.test_windows import last_line
from tui import purchase
from tui.app import BazarApp
from tui.pending import Unsettled
from tui.screens import buy
from tui.shop import Receipt

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purchase, "PAUSES", (0.05,))


@asynccontextmanager
async def asked(app: BazarApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """The app with the question about buying RPCs for Noobs, which costs 50, on its screen."""
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, sees(pilot, "RPCs"))
        await pilot.press("j", "b")
        await until(pilot, sees(pilot, "One copy, at this price."))
        yield pilot


def unknown() -> OutcomeUnknown:
    error = OutcomeUnknown("The frontend server did not answer in time.")
    error.retry_after = 0.0
    return error


def soon(error: InProgress | Unavailable) -> InProgress | Unavailable:
    error.retry_after = 0.0
    return error


async def test_the_question_shows_title_price_and_stock_of_now(
    app: BazarApp, shop: FakeShop
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "56 left"))
        shop.shelf[2] = replace(shop.shelf[2], quantity=3)
        await pilot.press("j", "b")
        await until(pilot, sees(pilot, "only 3 in stock"))
        assert "50.00" in screen_text(pilot)


async def test_cancel_has_the_focus_so_enter_buys_nothing(app: BazarApp, shop: FakeShop) -> None:
    async with asked(app) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "One copy" not in screen_text(pilot))
    assert not shop.purchases


@pytest.mark.parametrize("key", ["escape", "n"])
async def test_esc_and_n_buy_nothing(app: BazarApp, shop: FakeShop, key: str) -> None:
    async with asked(app) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: "One copy" not in screen_text(pilot))
    assert not shop.purchases


async def test_y_buys_at_the_price_that_was_shown(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "✓ Bought"))
        await pilot.press("escape")
        await until(pilot, sees(pilot, "▾1 55 left"))
    assert [(book, price) for _, book, price in shop.purchases] == [(2, Decimal(50))]
    assert not keys.all


async def test_the_mouse_buys_too(app: BazarApp, shop: FakeShop) -> None:
    async with asked(app) as pilot:
        await pilot.click("#yes")
        await until(pilot, sees(pilot, "✓ Bought"))
    assert len(shop.purchases) == 1


async def test_a_second_yes_while_it_runs_does_nothing(app: BazarApp, shop: FakeShop) -> None:
    shop.gate = threading.Event()
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: shop.purchases)
        await pilot.press("y", "y", "y")
        shop.gate.set()
        await until(pilot, sees(pilot, "✓ Bought"))
        await pilot.press("y")
    assert len(shop.purchases) == 1


async def test_enter_twice_on_the_button_buys_once_and_hides_nothing(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither while it runs, nor in the moment that the outcome appears."""
    monkeypatch.setattr(buy, "_READING_SECONDS", 60.0)
    shop.gate = threading.Event()
    async with asked(app) as pilot:
        await pilot.press("tab", "enter", "enter")
        await until(pilot, lambda: shop.purchases)
        await pilot.press("enter", "enter")
        await until(pilot, sees(pilot, "Buying …"))
        shop.gate.set()
        await until(pilot, sees(pilot, "✓ Bought"))
        await pilot.press("enter")
        assert "✓ Bought" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "✓ Bought" not in screen_text(pilot))
    assert len(shop.purchases) == 1


async def test_the_stock_in_the_question_stays_live_and_the_price_as_it_was_read(
    app: BazarApp, shop: FakeShop
) -> None:
    async with asked(app) as pilot:
        shop.shelf[2] = replace(shop.shelf[2], quantity=3, price=Decimal(70))
        app.live.ask()
        await until(pilot, sees(pilot, "only 3 in stock"))
        assert "50.00   only 3 in stock" in screen_text(pilot)
        shop.shelf[2] = replace(shop.shelf[2], quantity=0)
        app.live.ask()
        await until(pilot, sees(pilot, "There is no copy left."))
        await pilot.press("y")
        await pilot.pause()
    assert not shop.purchases


async def test_the_key_is_on_disk_before_the_request_leaves(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    shop.gate = threading.Event()
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: shop.purchases)
        assert list(keys.all) == [shop.purchases[0][0]]
        shop.gate.set()
        await until(pilot, sees(pilot, "✓ Bought"))


async def test_a_changed_price_is_shown_and_asked_about_again(
    app: BazarApp, shop: FakeShop
) -> None:
    """The refusal was final, so the new price is bought under a new key."""
    shop.answers = [PriceChanged("The price is now 60.", Decimal(60))]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "it was 50.00, it is 60.00"))
        await until(pilot, lambda: app.focused is not None)
        shop.shelf[2] = replace(shop.shelf[2], price=Decimal(60))
        await pilot.press("y")
        await until(pilot, sees(pilot, "✓ Bought"))
    (first, _, old), (second, _, new) = shop.purchases
    assert (old, new) == (Decimal(50), Decimal(60))
    assert first != second


async def test_enter_after_a_changed_price_buys_nothing(app: BazarApp, shop: FakeShop) -> None:
    shop.answers = [PriceChanged("The price is now 60.", Decimal(60))]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "it is 60.00"))
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("enter")
        await until(pilot, lambda: "60.00" not in screen_text(pilot))
    assert len(shop.purchases) == 1


async def test_sold_out_a_moment_ago_says_so_and_the_row_updates(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    async with asked(app) as pilot:
        shop.shelf[2] = replace(shop.shelf[2], quantity=0)
        await pilot.press("y")
        await until(pilot, sees(pilot, "✗ Sold out"))
        await pilot.press("y", "escape")
        await until(pilot, lambda: screen_text(pilot).count("sold out") >= 2)
    assert len(shop.purchases) == 1
    assert not keys.all


async def test_a_book_that_is_gone_says_so(app: BazarApp, shop: FakeShop) -> None:
    shop.answers = [BookNotFound("No book has the id 2.")]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "✗ Not found"))


async def test_when_nothing_was_done_the_same_key_is_offered_again(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    """The key leaves the disk at once: the next start must not buy what was given up."""
    shop.answers = [Unavailable("The catalog server cannot be reached.")]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "✗ Not now"))
        assert not keys.all
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("y")
        await until(pilot, sees(pilot, "✓ Bought"))
    assert shop.purchases[0][0] == shop.purchases[1][0]


@pytest.mark.parametrize("first", [unknown, lambda: soon(InProgress("Being worked on."))])
async def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    app: BazarApp,
    shop: FakeShop,
    keys: MemoryKeys,
    first: Callable[[], OutcomeUnknown | InProgress],
) -> None:
    """Also "nothing was done" does not end it, since an earlier request may have bought it."""
    shop.answers = [first(), soon(Unavailable("Down.")), first()]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "✓ Bought"))
    assert len({key for key, *_ in shop.purchases}) == 1
    assert len(shop.purchases) == 4
    assert len(shop.ledger) == 1
    assert not keys.all


async def test_while_the_outcome_is_unknown_the_screen_says_so(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`r` asks at once; `y` does not buy another one."""
    monkeypatch.setattr(purchase, "PAUSES", (60.0,))
    shop.answers = [unknown()]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "asking again cannot buy it twice"))
        assert "Asking again in 60 s, for the 2nd time" in screen_text(pilot)
        assert "1 unsettled" in screen_text(pilot)
        await pilot.press("y")
        assert len(shop.purchases) == 1
        assert keys.all
        await pilot.press("escape", "r")
        await until(pilot, sees(pilot, "Bought RPCs for Noobs for 50.00."))
    assert not keys.all


async def test_a_pending_purchase_is_looked_at_until_it_is_placed(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    shop.answers = [Receipt(KEY, settled=False)]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "… Pending"))
        assert keys.all
        key = shop.purchases[0][0]
        shop.ledger.append(Order(key, 2, "RPCs for Noobs", 1, Decimal(50), "placed", NOON))
        await until(pilot, sees(pilot, "✓ Bought"))
    assert not keys.all
    assert len(shop.purchases) == 1


async def test_a_pending_purchase_may_turn_out_refused(app: BazarApp, shop: FakeShop) -> None:
    shop.answers = [Receipt(KEY, settled=False)]
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "… Pending"))
        key = shop.purchases[0][0]
        shop.ledger.append(
            Order(key, 2, "RPCs", 1, Decimal(50), "refused", NOON, reason="out of stock")
        )
        await until(pilot, sees(pilot, "✗ Sold out"))


async def test_what_an_earlier_run_left_unsettled_is_asked_again_at_the_start(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    keys.keep(Unsettled(KEY, shop.url, 2, "RPCs for Noobs", Decimal(50), NOON))
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Bought RPCs for Noobs for 50.00."))
    assert shop.purchases == [(KEY, 2, Decimal(50))]
    assert not keys.all


async def test_a_key_is_never_sent_to_another_shop(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys
) -> None:
    keys.keep(Unsettled(KEY, "http://elsewhere:5000", 2, "RPCs", Decimal(50), NOON))
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "RPCs"))
    assert not shop.purchases
    assert keys.all


async def test_a_sold_out_book_cannot_be_bought_and_says_why(app: BazarApp, shop: FakeShop) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "RPCs"))
        await pilot.press("j", "j", "j", "b")
        await until(pilot, sees(pilot, "This book is sold out."))
    assert not shop.purchases


async def test_without_room_for_the_key_nothing_is_sent(
    app: BazarApp, shop: FakeShop, keys: MemoryKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(unsettled: Unsettled) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys, "keep", full)
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "No space left on device"))
    assert not shop.purchases


async def test_a_refusal_while_checking_shows_it_is_sold_out(app: BazarApp, shop: FakeShop) -> None:
    """The question itself finds that the last copy has just gone."""
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "RPCs"))
        shop.shelf[2] = replace(shop.shelf[2], quantity=0)
        await pilot.press("j", "b")
        await until(pilot, sees(pilot, "There is no copy left."))
        await pilot.press("y")
        await pilot.pause()
    assert not shop.purchases


async def test_the_order_of_a_purchase_is_in_the_orders(app: BazarApp) -> None:
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "✓ Bought"))
        await until(pilot, lambda: last_line(pilot).strip() == "o orders  esc back  ? help")
        await pilot.press("o")
        await until(pilot, sees(pilot, "✓ placed"))
        assert "RPCs for Noobs" in screen_text(pilot)


async def test_only_the_keys_that_do_something_now_are_shown(app: BazarApp, shop: FakeShop) -> None:
    """A last copy has no number to choose; a price that has changed is asked about again."""
    shop.shelf[2] = replace(shop.shelf[2], quantity=1)
    shop.answers = [PriceChanged("The price is now 60.", Decimal(60))]
    async with asked(app) as pilot:
        await until(pilot, lambda: last_line(pilot).strip() == "y buy  esc back  ? help")
        await pilot.press("o")
        assert "One copy, at this price." in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, sees(pilot, "it is 60.00"))
        await until(pilot, lambda: last_line(pilot).strip() == "y buy  esc back  ? help")


def test_a_refusal_is_final_even_when_unsure(shop: FakeShop, keys: MemoryKeys) -> None:
    one = Unsettled(KEY, shop.url, 2, "RPCs", Decimal(50), NOON)
    shop.answers = [OutOfStock("None left.")]
    assert purchase.ask(shop, keys, one, unsure=True).stage == "sold out"
    assert not keys.all
