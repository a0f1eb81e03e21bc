"""Adding and editing books in the app, and what is said when it does not work."""

import threading
from decimal import Decimal

from msgspec.structs import replace

from shared.domain import BadField, OutcomeUnknown, Unavailable
from tests.tui.admins import field, lose_an_edit, opened, press, put
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop
from tui.app import BazarApp
from tui.screens.dialog import Dialog
from tui.widgets.form import Page


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
        await until(pilot, sees(pilot, "✗ A title is needed."))
        shown = screen_text(pilot)
        assert "✗ A book has 1 to 50 subjects" in shown
        assert "✗ A price is a number such as 12.50." in shown
        assert "✗ A whole number of copies." in shown
        assert field(app, "title").control.has_focus
        assert field(app, "price").value == "12,345"
        assert field(app, "author").value == "Austen"
    assert not admin.calls


async def test_a_field_is_wrong_only_until_it_is_changed(app: BazarApp, admin: FakeAdmin) -> None:
    """And with the last ✗ goes the sentence that points at them."""
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        put(app, title="Emma", price="x")
        await pilot.press("f2")
        await until(pilot, sees(pilot, "see the fields with ✗"))
        await until(pilot, lambda: field(app, "subjects").control.has_focus)
        await pilot.press("W")
        await until(pilot, lambda: "✗ A book has 1 to 50 subjects" not in screen_text(pilot))
        assert "✗ A price is a number such as 12.50." in screen_text(pilot)
        assert "see the fields with ✗" in screen_text(pilot)
        assert not field(app, "subjects").has_class("-wrong")
        await pilot.press("tab", "3")
        await until(pilot, lambda: "✗" not in screen_text(pilot))
        assert "one on a line" in screen_text(pilot)


async def test_an_empty_field_tells_an_example_from_what_it_stands_for(
    app: BazarApp, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await press(pilot, "a", "Add a book")
        shown = screen_text(pilot)
        assert "such as 12.50" in shown
        assert "0 if left empty" in shown


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
        await lose_an_edit(pilot, app, admin)
        await pilot.click("Choice", offset=(45, 1))
        await until(pilot, sees(pilot, "Sends nothing: theirs stays."))
        await pilot.click(".yes")
        await until(pilot, sees(pilot, "other admin's edit stays"))
    assert shop.shelf[2].title == "RPCs for Some"


async def test_back_from_the_comparison_the_form_is_as_it_was_typed(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        await lose_an_edit(pilot, app, admin)
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
