"""Restocking and deleting books in the app."""

import threading

import pytest
from msgspec.structs import replace
from textual.widgets import Button

from tests.tui.admins import field, opened, press
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop
from tui.app import BazarApp
from tui.screens.book import BookScreen
from tui.screens.shop import ShopScreen


async def test_a_restock_shows_what_the_stock_becomes(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    """A sale in the same moment is not lost: a difference is sent, and no tag."""

    def sell() -> None:
        shop.shelf[2] = replace(shop.shelf[2], quantity=shop.shelf[2].quantity - 1)

    admin.before_change = sell
    async with opened(app, admin) as pilot:
        await press(pilot, "plus", "56 in stock")
        await pilot.press(*"20")
        await until(pilot, sees(pilot, "Stock now 56, becomes 76."))
        await pilot.press("enter", "enter")
        await until(pilot, sees(pilot, "75 copies now"))
        await until(pilot, sees(pilot, "75 left"))
    assert shop.shelf[2].quantity == 75
    assert admin.calls[0][2] == {"quantity_change": 20}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "How many copies came?"),
        ("0", "How many"),
        ("x", "A whole"),
        ("-57", "Only 56 in stock."),
    ],
)
async def test_a_restock_that_makes_no_sense_is_not_sent(
    app: BazarApp, admin: FakeAdmin, typed: str, words: str
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "plus", "56 in stock")
        await pilot.press(*typed, "f2")
        await until(pilot, sees(pilot, words))
    assert not admin.calls


async def test_a_correction_that_a_sale_made_impossible_says_so(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    def sell() -> None:
        shop.shelf[2] = replace(shop.shelf[2], quantity=3)

    admin.before_change = sell
    async with opened(app, admin) as pilot:
        await press(pilot, "plus", "56 in stock")
        await pilot.press(*"-4", "f2")
        await until(pilot, sees(pilot, "✗ Only 3 in stock."))
    assert shop.shelf[2].quantity == 3


async def test_a_book_is_deleted_once_its_id_is_typed(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "d", "Delete this book?")
        shown = screen_text(pilot)
        assert "RPCs for Noobs" in shown
        assert "56 in stock" in shown
        assert "Its orders" in shown
        await pilot.press("1", "f2")
        await until(pilot, sees(pilot, "Type 2 to delete it."))
        assert app.screen.query_one(".yes", Button).disabled
        await pilot.press("backspace", "2")
        await until(pilot, lambda: not app.screen.query_one(".yes", Button).disabled)
        await pilot.click(".yes")
        await until(pilot, sees(pilot, "Deleted RPCs for Noobs, book 2."))
        await until(pilot, lambda: "50.00" not in screen_text(pilot))
    assert 2 not in shop.shelf


async def test_a_sale_while_deleting_bothers_nobody(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "d", "Delete this book?")
        shop.shelf[2] = replace(shop.shelf[2], quantity=55)
        await pilot.press("2", "f2")
        await until(pilot, sees(pilot, "Deleted RPCs for Noobs, book 2."))


async def test_a_book_that_was_edited_meanwhile_is_asked_about_again(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "d", "Delete this book?")
        admin.rival(2, title="A masterpiece after all")
        await pilot.press("2", "f2")
        await until(pilot, sees(pilot, "Not deleted: another admin changed it"))
        assert "A masterpiece after all" in screen_text(pilot)
        assert field(app, "id").value == ""
        assert 2 in shop.shelf
        await pilot.press("2", "f2")
        await until(pilot, sees(pilot, "Deleted A masterpiece"))


async def test_an_open_book_can_be_changed_too(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #2"))
        await press(pilot, "plus", "Restock")
        await pilot.press("4", "f2")
        await until(pilot, sees(pilot, "60 in stock"))


@pytest.mark.parametrize("is_hidden", [False, True])
async def test_the_window_of_a_book_that_is_deleted_closes(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin, *, is_hidden: bool
) -> None:
    """Also when the question was hidden before the answer came."""
    admin.gate = threading.Event()
    async with opened(app, admin) as pilot:
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #2"))
        await press(pilot, "d", "Delete this book?")
        await pilot.press("2", "f2")
        await until(pilot, lambda: admin.calls)
        if is_hidden:
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, BookScreen))
        admin.gate.set()
        await until(pilot, lambda: isinstance(app.screen, ShopScreen))
        await until(pilot, sees(pilot, "Deleted RPCs for Noobs, book 2."))
        # Another book's window stays.
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BookScreen))
        await pilot.pause(0.1)
        assert isinstance(app.screen, BookScreen)


@pytest.mark.parametrize(
    ("key", "word", "button"),
    [("a", "add", "Add"), ("e", "save", "Save"), ("plus", "restock", "Restock"),
     ("d", "delete", "Delete")],
)  # fmt: skip
async def test_the_key_that_sends_has_the_word_of_the_button(
    app: BazarApp, admin: FakeAdmin, key: str, word: str, button: str
) -> None:
    async with opened(app, admin) as pilot:
        await pilot.press(key)
        await until(pilot, sees(pilot, f"F2 {word} "))
        assert str(app.screen.query_one(".yes", Button).label) == button


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_every_notice_is_seen_however_many_came_before(
    app: BazarApp, admin: FakeAdmin, size: tuple[int, int]
) -> None:
    """Also those that are told while a dialog closes over an open book."""
    async with opened(app, admin, size) as pilot:
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #2"))
        for number in range(1, 5):
            await press(pilot, "plus", "─ Restock ─")
            await pilot.press("1", "f2")
            await until(pilot, sees(pilot, f"{56 + number} copies now"))
