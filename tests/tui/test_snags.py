"""What somebody new to the app stumbled over: each is right now, and stays so."""

import threading
from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from shared.domain import Book, Unavailable
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fakes import FakeShop, FrozenClock
from tests.tui.test_buying import asked
from tests.tui.test_windows import last_line
from tui import app as app_module
from tui.app import BazarApp
from tui.screens import buy
from tui.screens import shop as shop_screen
from tui.widgets.booklist import BookList
from tui.widgets.subjectlist import Subjects


@pytest.mark.parametrize("key", ["enter", "escape", "n"])
async def test_a_question_that_is_left_says_that_nothing_was_bought(
    app: BazarApp, shop: FakeShop, key: str
) -> None:
    """Cancel has the focus, and Enter is quickly pressed."""
    async with asked(app) as pilot:
        await pilot.press(key)
        await until(pilot, sees(pilot, "Nothing was bought."))
    assert not shop.purchases


async def test_where_the_window_is_too_small_no_key_buys(app: BazarApp, shop: FakeShop) -> None:
    """Nobody sees what they would agree to."""
    async with asked(app) as pilot:
        await pilot.resize_terminal(50, 12)
        await until(pilot, sees(pilot, "too small"))
        await pilot.press("y")
        await pilot.resize_terminal(80, 24)
        await until(pilot, sees(pilot, "One copy, at this price."))
        assert not shop.purchases
        await pilot.press("y")
        await until(pilot, sees(pilot, "✓ Bought"))


async def test_where_the_window_is_too_small_one_can_still_quit(app: BazarApp) -> None:
    async with app.run_test(size=(50, 12)) as pilot:
        await until(pilot, sees(pilot, "too small"))
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_more_copies_than_there_are_are_told(app: BazarApp, shop: FakeShop) -> None:
    async with asked(app) as pilot:
        await pilot.press("9", "9")
        await until(pilot, sees(pilot, "56 copies"))
        await until(pilot, sees(pilot, "There are no more than that."))
        await pilot.press("minus")
        await until(pilot, lambda: "no more than that" not in screen_text(pilot))


async def test_keys_never_go_to_a_pane_that_has_gone(app: BazarApp) -> None:
    """The subjects' pane has the focus, and the window becomes too narrow for it."""
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("s", "tab")
        for size in ((80, 24), (40, 10), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.05)
        await until(pilot, lambda: "↵ open" in last_line(pilot))
        await pilot.press("down")
        await until(pilot, sees(pilot, "▸RPCs for Noobs"))


async def test_another_search_begins_anew(app: BazarApp) -> None:
    """What was searched for before is selected, and what is typed replaces it."""
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("slash", *"whale", "enter")
        await until(pilot, sees(pilot, "2 hits"))
        await pilot.press("slash", *"noobs", "enter")
        await until(pilot, sees(pilot, "1 hit"))
        assert app.screen.query_one("#search", Input).value == "noobs"


async def test_another_filter_of_subjects_begins_anew(app: BazarApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("s", *"adv", "enter")
        await until(pilot, sees(pilot, "Subject: Adventure"))
        await pilot.press("s", *"phil")
        await until(pilot, lambda: app.screen.query_one(Subjects).filter.value == "phil")


async def test_the_pane_shows_the_subject_that_the_books_are_on(app: BazarApp) -> None:
    """Also where another way than the pane led there, and its filter hid it."""
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("s", *"phil", "enter")
        await until(pilot, sees(pilot, "Subject: Philosophy"))
        await pilot.press("escape")
        await until(pilot, sees(pilot, "All books"))
        await pilot.press("m")
        await until(pilot, sees(pilot, "Subject: distributed"))
        await until(pilot, sees(pilot, "▸distributed"))
        assert app.screen.query_one(Subjects).filter.value == ""


async def test_a_search_within_a_subject_says_so_and_the_way_out(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("j", "j", "j", "j", "m")
        await until(pilot, sees(pilot, "Subject: Adventure"))
        await pilot.press("slash", *"noobs")
        await until(pilot, sees(pilot, "No titles match “noobs” in Adventure"))
        await until(pilot, sees(pilot, "Esc again searches on every subject"))
        await pilot.press("escape", "escape", "slash", *"noobs")
        await until(pilot, sees(pilot, "1 hit"))


async def test_what_cannot_be_fetched_says_so(
    app: BazarApp, shop: FakeShop, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More like this, the search, the subjects, and the book of an order."""
    monkeypatch.setattr(app_module, "_TICK_SECONDS", 0.02)
    shop.ledger = [shop.an_order("6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11", shop.book(5))]
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        await pilot.press("2")
        await until(pilot, sees(pilot, "✓ placed"))
        await pilot.press("1")
        shop.go_down("catalog")
        clock.at += 6
        await until(pilot, sees(pilot, "The catalog server is down"))
        await until(pilot, sees(pilot, "(/ search) (s subjects) (b buy)"))
        for key in ("m", "slash", "s"):
            app.clear_notifications()
            await pilot.press(key)
            await until(pilot, sees(pilot, "more books come when it is back"))
        await pilot.press("2", "enter")
        await until(pilot, sees(pilot, "Book #5: it comes when the shop answers"))


async def test_books_that_come_tell_at_once_that_the_catalog_is_back(
    app: BazarApp, shop: FakeShop, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only at the next look at the servers, which may be 15 s away."""
    monkeypatch.setattr(app_module, "_TICK_SECONDS", 0.02)
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        shop.go_down("catalog")
        clock.at += 6
        await until(pilot, sees(pilot, "next try in 1 s"))
        shop.come_back()
        app.screen.reload()  # type: ignore[attr-defined]
        await until(pilot, lambda: "server is down" not in screen_text(pilot))


async def test_a_notice_does_not_follow_to_another_screen(app: BazarApp, shop: FakeShop) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("j", "j", "j", "b")
        await until(pilot, sees(pilot, "This book is sold out."))
        await pilot.press("2")
        await until(pilot, lambda: "This book is sold out." not in screen_text(pilot))


async def test_ctrl_c_names_the_key_that_quits(app: BazarApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("ctrl+c")
        await until(pilot, sees(pilot, "q quits."))


async def test_help_and_a_book_move_by_pages_and_to_their_ends(
    app: BazarApp, shop: FakeShop
) -> None:
    """And every one of many quick presses counts."""
    shop.shelf[1] = replace(shop.shelf[1], subjects=tuple(f"subject {n}" for n in range(40)))
    async with app.run_test(size=(60, 16)) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        for keys, box in ((("question_mark",), "#help"), (("escape", "enter"), "Card")):
            await pilot.press(*keys)
            await until(pilot, lambda box=box: app.screen.query(box).first().max_scroll_y > 3)  # type: ignore[misc]
            moved = app.screen.query(box).first()
            await pilot.press("G")
            await until(pilot, lambda moved=moved: moved.scroll_y == moved.max_scroll_y)  # type: ignore[misc]
            await pilot.press("g")
            await until(pilot, lambda moved=moved: moved.scroll_y == 0)  # type: ignore[misc]
            await pilot.press("pagedown")
            await until(pilot, lambda moved=moved: moved.scroll_y > 1)  # type: ignore[misc]
            await pilot.press("home", *["down"] * 3)
            await until(pilot, lambda moved=moved: moved.scroll_y == 3)  # type: ignore[misc]


async def test_a_shop_that_was_never_there_is_named(app: BazarApp, shop: FakeShop) -> None:
    shop.go_down("frontend")
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "The shop does not answer."))
        assert shop.url in screen_text(pilot)
        assert "make run" in screen_text(pilot)


async def test_one_lost_answer_mends_itself(
    app: BazarApp, shop: FakeShop, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All servers are well, so no recovery will be told of."""
    monkeypatch.setattr(app_module, "_TICK_SECONDS", 0.02)
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "● catalog"))
        shop.error = Unavailable("The frontend server did not answer in time.")
        await pilot.press("slash", *"whale")
        await until(pilot, sees(pilot, "no answer"))
        shop.error = None
        clock.at += 6
        await until(pilot, sees(pilot, "2 hits"))


async def test_stock_that_cannot_be_asked_for_is_marked_as_old(
    app: BazarApp, shop: FakeShop, clock: FrozenClock
) -> None:
    """And is asked for again by itself."""
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "56 left"))
        shop.error = Unavailable("The frontend server did not answer in time.")
        app.live.ask()
        await until(pilot, sees(pilot, "~56 left"))
        shop.error = None
        clock.at += 6
        await until(pilot, lambda: "~56 left" not in screen_text(pilot))


async def test_a_slow_answer_about_the_stock_is_waited_for(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next question must not overtake it, and so on for ever."""
    gate = threading.Event()
    asked: list[int] = []
    real = shop.books_by_id

    def slowly(ids: Sequence[int]) -> tuple[Book, ...]:
        asked.append(len(ids))
        assert gate.wait(20)
        return real(ids)

    monkeypatch.setattr(shop, "books_by_id", slowly)
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "56 left"))
        for _ in range(3):
            app.live.tick()
            await pilot.pause(0.05)
        assert len(asked) == 1
        shop.shelf[2] = replace(shop.shelf[2], quantity=55)
        gate.set()
        await until(pilot, sees(pilot, "▾1 55 left"))


async def test_a_price_that_has_just_changed_is_read_before_it_is_agreed_to(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The `y` was on its way for the price of the list."""
    monkeypatch.setattr(buy, "_PRICE_SECONDS", 60.0)
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "56 left"))
        shop.shelf[2] = replace(shop.shelf[2], price=Decimal(99))
        await pilot.press("j", "b")
        await until(pilot, sees(pilot, "it is 99.00"))
        await pilot.press("y", "enter")
        await pilot.pause(0.1)
        assert "it is 99.00" in screen_text(pilot)
    assert not shop.purchases


async def test_a_question_follows_the_stock(app: BazarApp, shop: FakeShop) -> None:
    """Never more copies than there are, and back from sold out."""
    async with asked(app) as pilot:
        await pilot.press("9")
        await until(pilot, sees(pilot, "9 copies"))
        for left, seen in ((4, "4 copies"), (0, "There is no copy left."), (3, "3 copies")):
            shop.shelf[2] = replace(shop.shelf[2], quantity=left)
            app.live.ask()
            await until(pilot, sees(pilot, seen))


async def test_a_purchase_that_is_hidden_is_counted_from_then_on(
    app: BazarApp, shop: FakeShop
) -> None:
    shop.gate = threading.Event()
    async with asked(app) as pilot:
        await pilot.press("y")
        await until(pilot, sees(pilot, "Buying …"))
        await pilot.press("escape")
        await until(pilot, sees(pilot, "… 1"))
        shop.gate.set()
        await until(pilot, lambda: "… 1" not in screen_text(pilot))


async def test_r_asks_again_over_an_open_window_too(app: BazarApp, shop: FakeShop) -> None:
    async with asked(app) as pilot:
        shop.go_down("catalog")
        app.action_retry()
        await until(pilot, sees(pilot, "The catalog server is down"))
        await until(pilot, lambda: "(y buy)" in last_line(pilot))
        await pilot.press("y")
        shop.come_back()
        await pilot.press("r")
        await until(pilot, lambda: "server is down" not in screen_text(pilot))
    assert not shop.purchases


async def test_two_servers_down_at_60_columns_are_told_whole(app: BazarApp, shop: FakeShop) -> None:
    shop.go_down("catalog", "order")
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, sees(pilot, "▲ The catalog and order servers are down · 1 s, r now"))


async def test_a_window_that_grew_shows_the_other_books_of_the_subject(
    app: BazarApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only once the cursor moves."""
    monkeypatch.setattr(shop_screen, "_SETTLE_SECONDS", 0.01)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("j", "j", "j", "j")
        await until(pilot, sees(pilot, "▸Moby"))
        # The cursor has settled on it, and there was no card.
        await pilot.pause(0.1)
        await pilot.resize_terminal(120, 40)
        await until(pilot, sees(pilot, "More like this"))


async def test_a_price_of_many_digits_leaves_a_space_before_it(
    app: BazarApp, shop: FakeShop
) -> None:
    shop.shelf[2] = replace(shop.shelf[2], price=Decimal("12345.67"), author="Q" * 40)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, sees(pilot, "12,345.67"))
        (line,) = [line for line in screen_text(pilot).splitlines() if "QQQQ" in line][:1]
        assert "… 12,345.67" in line
        assert len(line) == 80


async def test_what_is_old_is_marked_so_while_it_is_asked_for_again(
    app: BazarApp, shop: FakeShop
) -> None:
    """The shop answers at last, or hangs: nothing newer is there before it has answered."""
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        shop.go_down("catalog")
        await pilot.press("r")
        await until(pilot, sees(pilot, "~"))
        shop.come_back()
        slow = shop.search_gates[""] = threading.Event()
        await pilot.press("r")
        await until(pilot, lambda: app.screen.query_one(BookList).state == "loading")
        await pilot.pause()
        assert "~" in screen_text(pilot)
        slow.set()
        await until(pilot, lambda: "~" not in screen_text(pilot))
