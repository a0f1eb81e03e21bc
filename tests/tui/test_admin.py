"""The admin in the app: add, edit, restock and delete, and what is said when it does not work."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Button

from shared.domain import BadField, OutcomeUnknown, Unavailable
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import OFF, RIGHT, FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys
from tui.app import BazarApp
from tui.desk import Desk
from tui.screens.dialog import Dialog
from tui.token import Token
from tui.widgets.form import Field, Page


@asynccontextmanager
async def opened(
    app: BazarApp, admin: FakeAdmin, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Pilot[Any]]:
    """The shop, with a token that was given at the start; the cursor is on RPCs for Noobs."""
    admin.token = Token(RIGHT)
    async with app.run_test(notifications=True, size=size) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await until(pilot, sees(pilot, "◆ admin"))
        await pilot.press("j")
        yield pilot


async def press(pilot: Pilot[Any], key: str, words: str) -> None:
    """Open a dialog and wait until the book is in it."""
    await pilot.press(key)
    await until(pilot, sees(pilot, words))
    await until(pilot, lambda: getattr(pilot.app.screen, "state", "ready") == "ready")


def field(app: BazarApp, name: str) -> Field:
    """A field of the dialog that is shown."""
    return app.screen.query_one(f"#field-{name}", Field)


def put(app: BazarApp, **values: str) -> None:
    """Type these into the fields."""
    for name, value in values.items():
        field(app, name).value = value


# -- who may ----------------------------------------------------------------------------------


async def test_without_a_token_no_admin_key_is_shown_and_one_asks_for_it(
    app: BazarApp, admin: FakeAdmin
) -> None:
    """The token is masked, and what was wanted goes on once the shop takes it."""
    async with app.run_test(notifications=True, size=(120, 40)) as pilot:
        await until(pilot, sees(pilot, "RPCs for Noobs"))
        assert "restock" not in screen_text(pilot)
        assert "◆" not in screen_text(pilot)
        await pilot.press("j", "plus")
        await until(pilot, sees(pilot, "Admin mode"))
        await pilot.press(*RIGHT)
        assert RIGHT not in screen_text(pilot)
        assert "••••" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, sees(pilot, "56 in stock"))
        assert "Restock" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, sees(pilot, "+ restock"))
        assert "◆ admin" in screen_text(pilot)


async def test_a_wrong_token_is_said_and_asked_again(app: BazarApp, admin: FakeAdmin) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "RPCs for Noobs"))
        await pilot.press("a")
        await until(pilot, sees(pilot, "Admin mode"))
        await pilot.press(*"guess", "enter")
        await until(pilot, sees(pilot, "The shop does not take this token (401)"))
        assert admin.token is None
        assert "◆" not in screen_text(pilot)
        put(app, token=RIGHT)
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Add a book"))


async def test_what_cannot_be_a_token_is_never_sent(app: BazarApp, admin: FakeAdmin) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "RPCs for Noobs"))
        await pilot.press("a")
        await until(pilot, sees(pilot, "Admin mode"))
        put(app, token="two words")
        await pilot.press("enter")
        await until(pilot, sees(pilot, "without spaces"))
    assert admin.token is None


async def test_a_shop_without_an_admin_says_so_in_its_own_words(
    app: BazarApp, admin: FakeAdmin
) -> None:
    admin.is_off = True
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await until(pilot, sees(pilot, "RPCs for Noobs"))
        await pilot.press("a")
        await until(pilot, sees(pilot, "Admin mode"))
        put(app, token=RIGHT)
        await pilot.press("enter")
        await until(pilot, sees(pilot, OFF[:40]))


async def test_a_shop_that_is_down_takes_no_token_and_is_asked_again(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "RPCs for Noobs"))
        await pilot.press("a")
        await until(pilot, sees(pilot, "Admin mode"))
        shop.error = Unavailable("The catalog server cannot be reached.")
        put(app, token=RIGHT)
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Enter asks again."))
        shop.error = None
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Add a book"))


async def test_a_wrong_token_from_the_start_ends_admin_mode(
    app: BazarApp, admin: FakeAdmin
) -> None:
    admin.token = Token("wrong")
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "No admin mode"))
        assert "◆" not in screen_text(pilot)
    assert admin.token is None


async def test_a_token_that_is_taken_away_is_asked_for_and_the_form_stays(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    """The same request goes on with the new token."""
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All")
        admin.right = "another"
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Admin mode"))
        assert "401" in screen_text(pilot)
        put(app, token="another")
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Changed RPCs for All."))
    assert shop.shelf[2].title == "RPCs for All"
    assert len({key for _, key, _ in admin.calls}) == 1


async def test_a_token_that_is_refused_is_not_entered_by_escape(
    app: BazarApp, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All")
        admin.right = "another"
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Admin mode"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        assert field(app, "title").value == "RPCs for All"
        assert not app.is_admin


# -- adding -----------------------------------------------------------------------------------


async def test_a_book_is_added_and_shown(app: BazarApp, shop: FakeShop, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        await pilot.press(*"Emma", "enter", *"Austen", "enter")
        await pilot.press(*"Love", "enter", *"Village; Wit", "tab")
        await pilot.press(*"8.50", "enter", *"12", "enter", "enter")
        await until(pilot, sees(pilot, "Book #8"))
        assert "12 in stock" in screen_text(pilot)
    book = shop.shelf[8]
    assert (book.title, book.author, book.subjects) == (
        "Emma",
        "Austen",
        ("Love", "Village", "Wit"),
    )
    assert (book.price, book.quantity) == (Decimal("8.50"), 12)


async def test_every_wrong_field_is_marked_beside_it_and_nothing_is_sent(
    app: BazarApp, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        put(app, author="Austen", price="12,345", quantity="many")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "✗ 1 to 1,000 characters"))
        shown = screen_text(pilot)
        assert "✗ A book has 1 to 50 subjects" in shown
        assert "✗ A price is a number such as 12.50." in shown
        assert "✗ A whole number of copies." in shown
        assert field(app, "title").control.has_focus
        assert field(app, "price").value == "12,345"
        assert field(app, "author").value == "Austen"
    assert not admin.calls


async def test_a_field_that_only_the_shop_refuses_is_marked_too(
    app: BazarApp, admin: FakeAdmin
) -> None:
    admin.failures = [BadField("no such subject here", "$.subjects[1]")]
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        put(app, title="Emma", subjects="Love; Wit", price="3")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "✗ No such subject here."))
        assert field(app, "subjects").control.has_focus
        assert field(app, "title").value == "Emma"
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Added Emma"))


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    """While it is not known nothing can be typed, and "nothing was done" does not settle it."""
    admin.lost = [OutcomeUnknown("The frontend did not answer in time.")]
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        put(app, title="Emma", subjects="Love", price="3")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "cannot do it twice"))
        assert app.screen.query_one(".form").disabled
        admin.failures = [Unavailable("Down.")]
        await pilot.press("r")
        await until(pilot, lambda: len(admin.calls) == 2)
        await until(pilot, sees(pilot, "cannot do it twice"))
        await pilot.press("r")
        await until(pilot, sees(pilot, "Added Emma"))
    assert len({key for _, key, _ in admin.calls}) == 1
    assert [book.title for book in shop.shelf.values()].count("Emma") == 1


async def test_when_the_shop_is_down_the_form_stays_as_typed(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        put(app, title="Emma", subjects="Love", price="3")
        shop.error = Unavailable("The catalog server cannot be reached.")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Nothing was done."))
        assert field(app, "title").value == "Emma"
        shop.error = None
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Added Emma"))
    assert [book.title for book in shop.shelf.values()].count("Emma") == 1


async def test_leaving_what_was_typed_takes_two_escapes(app: BazarApp, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        await pilot.press(*"Emma", "escape")
        await until(pilot, sees(pilot, "Esc again leaves without saving."))
        await pilot.press("x", "escape")
        await until(pilot, sees(pilot, "Esc again leaves without saving."))
        assert field(app, "title").value == "Emmax"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Dialog))
    assert not admin.calls


async def test_a_second_save_while_it_runs_does_nothing(app: BazarApp, admin: FakeAdmin) -> None:
    admin.gate = threading.Event()
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        put(app, title="Emma", subjects="Love", price="3")
        await pilot.press("f2")
        await until(pilot, lambda: admin.calls)
        await pilot.press("f2", "enter")
        admin.gate.set()
        await until(pilot, sees(pilot, "Added Emma"))
    assert len(admin.calls) == 1


async def test_a_change_whose_dialog_was_hidden_is_told(app: BazarApp, admin: FakeAdmin) -> None:
    admin.gate = threading.Event()
    async with opened(app, admin) as pilot:
        await press(pilot, "plus", "56 in stock")
        await pilot.press("4", "f2")
        await until(pilot, lambda: admin.calls)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Dialog))
        admin.gate.set()
        await until(pilot, sees(pilot, "Restocked RPCs for Noobs: 60 copies now."))


# -- editing ----------------------------------------------------------------------------------


async def test_only_the_fields_that_were_typed_over_are_sent(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, price="55")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Changed RPCs for Noobs."))
        await until(pilot, sees(pilot, "55.00"))
    assert [given for _, _, given in admin.calls] == [{"price": Decimal(55)}]


async def test_a_book_that_cannot_be_shown_as_it_is_stays_as_it_is(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    """What was not typed over is not sent, whatever was cleaned to show it."""
    hostile = "RPCs \x1b[31m for\n[b]Noobs[/b] \u202e"
    shop.shelf[2] = replace(shop.shelf[2], title=hostile)
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        assert field(app, "title").value == "RPCs [31m for [b]Noobs[/b]"
        put(app, author="X")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Changed"))
    assert shop.shelf[2].title == hostile
    assert shop.shelf[2].author == "X"


async def test_what_is_pasted_cannot_steer_the_terminal(app: BazarApp, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        put(app, title="a\x1b[2J\u202eb")
        assert field(app, "title").value == "a[2Jb"
        page = field(app, "subjects").control
        assert isinstance(page, Page)
        page.insert("one\x1b]0;x\x07\r\ntwo\u2066;three")
        assert page.text == "one]0;x\ntwo;three"


async def test_saving_what_was_not_changed_says_so(app: BazarApp, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Nothing was changed."))
    assert not admin.calls


async def test_a_sale_in_between_bothers_nobody(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    """The tag covers the stock; only the stock differs, so the edit is sent again by itself."""
    sales = iter(range(3))

    def sell() -> None:
        if next(sales, None) is not None:
            shop.shelf[2] = replace(shop.shelf[2], quantity=shop.shelf[2].quantity - 1)

    admin.before_change = sell
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Changed RPCs for All."))
    assert (shop.shelf[2].title, shop.shelf[2].quantity) == ("RPCs for All", 53)
    assert len(admin.calls) == 4


async def test_a_book_that_always_sells_in_between_ends_in_words(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    def sell() -> None:
        shop.shelf[2] = replace(shop.shelf[2], quantity=shop.shelf[2].quantity - 1)

    admin.before_change = sell
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "sells faster than it can be changed"))
        assert field(app, "title").value == "RPCs for All"


async def test_an_edit_lost_to_another_admin_is_shown_side_by_side(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    """Yours is kept for what you typed, theirs for the rest; each can be turned."""
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All", price="45")
        admin.rival(2, title="RPCs for Some", author="Bob")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "changed by another admin"))
        shown = screen_text(pilot)
        assert "≠ Title" in shown
        assert "● RPCs for All" in shown
        assert "○ RPCs for Some" in shown
        assert "≠ Author" in shown
        assert "● Bob" in shown
        assert "= Subjects, the same" in shown
        assert "Sends your title, price." in shown
        await pilot.press("right")
        await until(pilot, sees(pilot, "● RPCs for Some"))
        assert "Sends your price." in screen_text(pilot)
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Changed RPCs for Some."))
    book = shop.shelf[2]
    assert (book.title, book.author, book.price) == ("RPCs for Some", "Bob", Decimal(45))
    assert admin.calls[-1][2] == {"price": Decimal(45)}
    assert admin.calls[0][1] != admin.calls[-1][1]


async def test_the_mouse_chooses_a_side_too(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All")
        admin.rival(2, title="RPCs for Some")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "changed by another admin"))
        await pilot.click("Choice", offset=(45, 1))
        await until(pilot, sees(pilot, "Sends nothing: theirs stays."))
        await pilot.click(".yes")
        await until(pilot, sees(pilot, "other admin's edit stays"))
    assert shop.shelf[2].title == "RPCs for Some"


async def test_back_from_the_comparison_the_form_is_as_it_was_typed(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All")
        admin.rival(2, title="RPCs for Some")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "changed by another admin"))
        await pilot.press("escape")
        await until(pilot, sees(pilot, "Not saved: another admin changed it meanwhile."))
        assert field(app, "title").value == "RPCs for All"
        await pilot.press("f2")
        await until(pilot, sees(pilot, "○ RPCs for Some"))
        await pilot.press("f2")
        await until(pilot, sees(pilot, "Changed RPCs for All."))
    assert shop.shelf[2].title == "RPCs for All"


async def test_a_book_that_was_deleted_meanwhile_keeps_the_form(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "e", "Edit book #2")
        put(app, title="RPCs for All")
        del shop.shelf[2]
        await pilot.press("f2")
        await until(pilot, sees(pilot, "does not have this book any more"))
        assert field(app, "title").value == "RPCs for All"


# -- restocking -------------------------------------------------------------------------------


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


# -- deleting ---------------------------------------------------------------------------------


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


# -- when it cannot be done -------------------------------------------------------------------


async def test_while_the_catalog_is_down_the_keys_are_grey_and_say_why(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin, clock: FrozenClock
) -> None:
    async with opened(app, admin) as pilot:
        shop.go_down("catalog")
        clock.at += 6
        await until(pilot, sees(pilot, "○ catalog down"))
        await pilot.press("e")
        await until(pilot, sees(pilot, "the admin's work waits until it is back"))
    assert not admin.calls


async def test_a_book_that_cannot_be_fetched_is_asked_for_again(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        shop.error = Unavailable("The catalog server cannot be reached.")
        await pilot.press("e")
        await until(pilot, sees(pilot, "r asks again."))
        shop.error = None
        await pilot.press("r")
        await until(pilot, lambda: getattr(app.screen, "state", "") == "ready")
        assert field(app, "title").value == "RPCs for Noobs"


# -- the trail --------------------------------------------------------------------------------


async def test_the_history_of_a_book_tells_who_changed_what(
    app: BazarApp, admin: FakeAdmin
) -> None:
    admin.rival(2, price=Decimal("49.50"), title="RPCs")
    admin.rival(2, quantity=60)
    admin.rival(3, title="Xen")
    async with opened(app, admin) as pilot:
        await pilot.press("h")
        await until(pilot, sees(pilot, "Changes of book #2"))
        await until(pilot, sees(pilot, "2 changes"))
        assert "stock +4" in screen_text(pilot)
        assert "56 → 60  (+4)" in screen_text(pilot)
        assert "Xen" not in screen_text(pilot)
        await pilot.press("j")
        await until(pilot, sees(pilot, "50.00 → 49.50"))
        assert "RPCs for Noobs → RPCs" in screen_text(pilot)
        assert "by bob" in screen_text(pilot)


async def test_all_changes_come_page_by_page(app: BazarApp, admin: FakeAdmin) -> None:
    for number in range(130):
        admin.rival(2, quantity=100 + number)
    async with opened(app, admin) as pilot:
        app.office.want("changes", None)
        await until(pilot, sees(pilot, "130 changes"))
        for _ in range(3):
            await pilot.press("end")
            await pilot.pause(0.1)
        await until(pilot, sees(pilot, "56 → 100  (+44)"))


async def test_the_trail_says_when_it_cannot_be_read(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        shop.error = Unavailable("The catalog server cannot be reached.")
        await pilot.press("h")
        await until(pilot, sees(pilot, "r asks again."))
        shop.error = None
        await pilot.press("r")
        await until(pilot, sees(pilot, "Nothing was changed yet."))


async def test_the_commands_offer_the_admins_work(app: BazarApp, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        await pilot.press("ctrl+p")
        await pilot.press(*"admin: r")
        await until(pilot, sees(pilot, "Admin: restock"))
        await pilot.press("enter")
        await until(pilot, sees(pilot, "56 in stock"))


async def test_leaving_forgets_the_token(app: BazarApp, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        app.office.leave()
        await until(pilot, lambda: "◆" not in screen_text(pilot))
        assert "restock" not in screen_text(pilot)
    assert admin.token is None


# -- browsing only ----------------------------------------------------------------------------


async def test_read_only_the_keys_say_why_and_the_trail_can_be_read(
    shop: FakeShop, admin: FakeAdmin, clock: FrozenClock, keys: MemoryKeys
) -> None:
    app = BazarApp(Desk(shop, clock, keys, admin, read_only=True))
    async with opened(app, admin) as pilot:
        assert "(a add)(e edit)(+ restock)(d delete)" in screen_text(pilot)
        for key in ("a", "e", "plus", "d"):
            app.clear_notifications()
            await until(pilot, lambda: "Read-only" not in screen_text(pilot))
            await pilot.press(key)
            await until(pilot, sees(pilot, "Read-only: nothing is changed from here."))
        await pilot.press("h")
        await until(pilot, sees(pilot, "Nothing was changed yet."))
    assert not admin.calls


async def test_the_help_knows_the_admins_keys_in_admin_mode_only(
    app: BazarApp, admin: FakeAdmin
) -> None:
    async with opened(app, admin, size=(100, 50)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, sees(pilot, "For the admin"))
        await pilot.press("escape")
        app.office.leave()
        await pilot.press("question_mark")
        await until(pilot, sees(pilot, "In the shop"))
        assert "For the admin" not in screen_text(pilot)


@pytest.mark.parametrize("key", ["plus", "h", "enter"])
async def test_every_window_has_a_help(app: BazarApp, admin: FakeAdmin, key: str) -> None:
    async with opened(app, admin) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("tab", "question_mark")
        await until(pilot, sees(pilot, "─ Help ─"))
