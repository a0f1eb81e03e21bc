"""Who may: the token, what is grey and why, and what an admin is not offered."""

import pytest

from shared.domain import Unavailable
from tests.tui.admins import field, opened, press, put
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import OFF, RIGHT, FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys
from tui.app import BazarApp
from tui.desk import Desk
from tui.screens.dialog import Dialog
from tui.token import Token


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


async def test_read_only_the_keys_say_why_and_the_trail_can_be_read(
    shop: FakeShop, admin: FakeAdmin, clock: FrozenClock, keys: MemoryKeys
) -> None:
    app = BazarApp(Desk(shop, clock, keys, admin, read_only=True))
    async with opened(app, admin) as pilot:
        assert "(a add) (e edit) (+ restock) (d delete)" in screen_text(pilot)
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
