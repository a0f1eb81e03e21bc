"""The list of books under the hand: moving, clicking, scrolling, and what stays while it waits."""

import threading

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys, many
from tui.app import BazarApp
from tui.desk import Desk
from tui.screens import shop as shop_screen
from tui.screens.shop import ShopScreen
from tui.widgets.booklist import BookList


def books_of(app: BazarApp) -> BookList:
    screen = app.screen_stack[0]
    assert isinstance(screen, ShopScreen)
    return screen.books


async def test_typing_searches_when_it_pauses(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question for the whole word, not one for each letter."""
    monkeypatch.setattr(shop_screen, "DEBOUNCE_SECONDS", 1.0)
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("slash", *"whal")
        await until(pilot, sees(pilot, "2 hits"))
        assert "RPCs" not in screen_text(pilot)
    assert [text for text, *_ in shop.searches] == ["", "whal"]


async def test_old_rows_stay_dimmed_until_new_ones_come(app: BazarApp, shop: FakeShop) -> None:
    slow = shop.search_gates["whal"] = threading.Event()
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        app.screen.query_one("#search", Input).value = "whal"
        await until(pilot, lambda: books_of(app).is_stale)
        assert "RPCs" in screen_text(pilot)
        slow.set()
        await until(pilot, lambda: not books_of(app).is_stale)


async def test_an_empty_search_names_the_subjects_like_it(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("slash", *"philos")
        await until(pilot, sees(pilot, "Subjects like it: Philosophy"))


async def test_enter_leads_from_the_search_to_the_books_at_once(app: BazarApp) -> None:
    """The key after Enter is already one for the list."""
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("slash", "enter", "j")
        assert books_of(app).cursor == 1


async def test_the_list_moves_by_row_page_and_end(clock: FrozenClock, keys: MemoryKeys) -> None:
    shop = FakeShop(many(500))
    app = BazarApp(Desk(shop, clock, keys, FakeAdmin(shop)))
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Volume 00001"))
        books = books_of(app)
        await pilot.press("j", "down", "k")
        assert books.cursor == 1
        await pilot.press("pagedown")
        assert books.cursor == 1 + books.page_rows - 1
        await pilot.press("end")
        assert books.cursor == 499
        await pilot.press("home", "pageup")
        assert books.cursor == 0


async def test_a_click_goes_to_a_book_and_two_open_it(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.click("#books", offset=(5, 4))
        assert books_of(app).cursor == 4
        await pilot.click("#books", offset=(5, 4), times=2)
        await until(pilot, sees(pilot, "Book #5"))


async def test_the_wheel_scrolls_the_list(clock: FrozenClock, keys: MemoryKeys) -> None:
    shop = FakeShop(many(500))
    app = BazarApp(Desk(shop, clock, keys, FakeAdmin(shop)))
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Volume 00001"))
        books = books_of(app)
        books._on_mouse_scroll_down(_wheel(books))
        await until(pilot, lambda: books.window[0] > 0)


def _wheel(books: BookList):  # type: ignore[no-untyped-def]
    from textual.events import MouseScrollDown

    return MouseScrollDown(books, 5, 5, 0, 0, 0, False, False, False)


async def test_stock_is_not_asked_for_while_nobody_looks(app: BazarApp, shop: FakeShop) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "56 left"))
        app.app_focus = False
        app.live.ask()
        await pilot.pause()
    assert not shop.asked_ids


async def test_whoever_comes_back_sees_the_stock_of_now(app: BazarApp, shop: FakeShop) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "56 left"))
        app.app_focus = False
        shop.shelf[2] = replace(shop.shelf[2], quantity=50)
        await pilot.pause()
        app.app_focus = True
        await until(pilot, sees(pilot, "▾6 50 left"), seconds=1.5)


async def test_one_question_is_for_the_list_and_the_book_over_it(
    app: BazarApp, shop: FakeShop
) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "56 left"))
        await pilot.press("j", "enter")
        await until(pilot, sees(pilot, "56 in stock"))
        shop.shelf[2] = replace(shop.shelf[2], quantity=55)
        asked = len(shop.asked_ids)
        app.live.ask()
        await until(pilot, sees(pilot, "▾1 just now"))
        assert set(shop.asked_ids[asked:]) == {tuple(range(1, 8))}


async def test_an_open_book_that_the_shop_lets_go_of_says_so(app: BazarApp, shop: FakeShop) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "56 left"))
        await pilot.press("j", "enter")
        await until(pilot, sees(pilot, "56 in stock"))
        del shop.shelf[2]
        app.live.ask()
        await until(pilot, sees(pilot, "not found"))
        await pilot.press("b")
        await until(pilot, sees(pilot, "does not have this"))
    assert not shop.purchases


async def test_copying_says_what_was_copied(app: BazarApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("j", "y")
        await until(pilot, sees(pilot, "Copied 2 RPCs for Noobs"))
    assert app.clipboard == "2\tRPCs for Noobs"
