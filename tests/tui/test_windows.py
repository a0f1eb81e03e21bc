"""Where one is: the keys at the bottom are those that count, and the mouse does all of it too."""

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys, many
from tests.tui.test_finding import books_of
from tui.app import BazarApp
from tui.desk import Desk
from tui.widgets.subjectlist import Subjects

LONG = "Words that go on and on, " * 8


def last_line(pilot: Pilot[None]) -> str:
    return screen_text(pilot).splitlines()[pilot.app.size.height - 1]


def place(pilot: Pilot[None], words: str) -> tuple[int, int]:
    """Where these words begin."""
    for y, line in enumerate(screen_text(pilot).splitlines()):
        if words in line:
            return line.index(words), y
    raise AssertionError(f"{words!r} is not on the screen")


async def click(pilot: Pilot[None], words: str, times: int = 1) -> None:
    x, y = place(pilot, words)
    await pilot.click(offset=(x + 1, y), times=times)


@pytest.mark.parametrize(
    ("pressed", "seen", "shown"),
    [
        ((), "Moby", "↵ open  / search  s subjects  b buy  r retry  ? help  ^p commands  q quit"),
        (("slash",), "Moby", "↵ to the books  esc clear  ^p commands"),
        (("s",), "filter subjects", "↵ choose  esc back"),
        (("enter",), "Book #1", "b buy  m more like this  y copy  esc back  ? help"),
        (("b",), "One copy, at", "y buy  + more  - fewer  esc back  ? help"),
        (("question_mark",), "In the shop", "esc back"),
        (("ctrl+p",), "a command, or", "esc back"),
        (
            ("2",),
            "Nothing",
            "(↵ open) (y copy its id)  esc to the shop  r retry  ? help  ^p commands  q quit",
        ),
    ],
)  # fmt: skip
async def test_the_last_line_has_the_keys_of_where_one_is(
    app: BazarApp, pressed: tuple[str, ...], seen: str, shown: str
) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press(*pressed)
        await until(pilot, sees(pilot, seen))
        await until(pilot, lambda: last_line(pilot).strip() == shown)


@pytest.mark.parametrize(
    ("pressed", "seen", "shown"),
    [
        (("enter",), "Book #1", "In a book's window"),
        (("b",), "One copy, at", "In the question before buying"),
        (("s", "tab"), "undergraduate sch", "In the subjects"),
        (("2",), "Nothing", "In the orders"),
    ],
)
async def test_the_help_is_for_where_one_is(
    app: BazarApp, pressed: tuple[str, ...], seen: str, shown: str
) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press(*pressed)
        await until(pilot, sees(pilot, seen))
        await pilot.press("question_mark")
        await until(pilot, sees(pilot, shown))
        await pilot.press("question_mark")
        await until(pilot, lambda: shown not in screen_text(pilot))


async def test_where_there_is_little_room_quit_and_buy_stay_among_the_keys(app: BazarApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        for key in ("b buy", "/ search", "? help", "q quit"):
            assert key in last_line(pilot)


@pytest.mark.parametrize("size", [(60, 16), (60, 20), (80, 24)])
async def test_a_notice_covers_neither_the_question_nor_the_keys(
    app: BazarApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("b")
        await until(pilot, sees(pilot, "One copy"))
        keys = last_line(pilot)
        for _ in range(3):
            app.say(LONG)
        await until(pilot, sees(pilot, "on and on"))
        for words in ("Buy this book?", "30.00", "13 in stock", "One copy", "Cancel", "Buy ("):
            assert words in screen_text(pilot)
        assert last_line(pilot) == keys


async def test_esc_leaves_the_search_in_one_press_and_the_heading_tells_it(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "All books"))
        await pilot.press("slash", *"whale")
        await until(pilot, sees(pilot, "with “whale”"))
        await pilot.press("escape")
        await until(pilot, sees(pilot, "All books"))
        assert books_of(app).has_focus


async def test_esc_in_the_list_undoes_the_search_and_then_the_subject(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "All books"))
        await pilot.press("G", "k", "m")
        await until(pilot, sees(pilot, "Subject: Adventure"))
        await pilot.press("slash", *"dick", "enter")
        await until(pilot, sees(pilot, "“dick” in Adventure"))
        await pilot.press("escape")
        await until(pilot, sees(pilot, "Subject: Adventure"))
        await pilot.press("escape")
        await until(pilot, sees(pilot, "All books"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_enter_in_the_filter_chooses_the_first_subject_that_is_left(
    app: BazarApp, size: tuple[int, int]
) -> None:
    """Whether the list has followed the typing by then or not."""
    async with app.run_test(size=size) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("s")
        await until(pilot, lambda: app.screen.query_one(Subjects).filter.has_focus)
        await pilot.press(*"phil", "enter")
        await until(pilot, sees(pilot, "Subject: Philosophy"))


async def test_arrows_in_the_filter_move_in_the_list(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("s")
        await until(pilot, sees(pilot, "undergraduate school"))
        await pilot.press("down", "down", "up", "down", "enter")
        await until(pilot, sees(pilot, "Subject: distributed systems"))


async def test_from_an_open_book_one_goes_on_to_the_orders(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #1"))
        await pilot.press("o")
        await until(pilot, sees(pilot, "Nothing was bought yet."))
        assert len(app.screen_stack) == 1


async def test_the_commands_find_books(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("ctrl+p", *"captors")
        await until(pilot, sees(pilot, "book 6, 4.00, 2 left"))
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #6"))


async def test_tabs_and_keys_are_clicked(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await click(pilot, "2 Orders")
        await until(pilot, sees(pilot, "Nothing was bought yet."))
        await click(pilot, "1 Shop")
        await until(pilot, sees(pilot, "Moby"))
        await click(pilot, "s subjects")
        await until(pilot, sees(pilot, "filter subjects"))
        await click(pilot, "esc back")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_one_click_chooses_a_subject(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("s")
        await until(pilot, sees(pilot, "undergraduate school"))
        await click(pilot, "Philosophy")
        await until(pilot, sees(pilot, "Subject: Philosophy"))


async def test_a_click_beside_a_window_leaves_it(app: BazarApp, shop: FakeShop) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby"))
        for key, seen in (("b", "One copy"), ("enter", "Book #1"), ("s", "undergraduate sch")):
            await pilot.press(key)
            await until(pilot, sees(pilot, seen))
            await pilot.click(offset=(0, 12))
            await until(pilot, lambda: len(app.screen_stack) == 1)
    assert not shop.purchases


async def test_in_three_panes_cover_subject_and_other_books_are_clicked(app: BazarApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("j")
        await until(pilot, sees(pilot, "How to get a good…"))
        await click(pilot, "How to get a good…")
        await until(pilot, sees(pilot, "b buy  m more like this"))
        await pilot.press("escape")
        await pilot.click("#cover")
        await until(pilot, sees(pilot, "b buy  m more like this"))
        await pilot.press("escape")
        x, y = place(pilot, "50.00   56 in stock")
        await pilot.click(offset=(x, y + 2))
        await until(pilot, sees(pilot, "Subject: distributed systems"))


async def test_the_wheel_never_leaves_the_cursor_behind(
    clock: FrozenClock, keys: MemoryKeys
) -> None:
    """The keys act on what is seen."""
    shop = FakeShop(many(500))
    app = BazarApp(Desk(shop, clock, keys, FakeAdmin(shop)))
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Volume 00001"))
        books = books_of(app)
        books.scroll_to(y=100, animate=False)
        await until(pilot, lambda: books.window[0] == 100)
        assert books.cursor == 100
        books.scroll_to(y=30, animate=False)
        await until(pilot, lambda: books.window[0] == 30)
        assert books.cursor == books.window[1]


@pytest.mark.parametrize("size", [(59, 24), (80, 15)])
async def test_a_window_that_is_too_small_says_so(app: BazarApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await until(pilot, sees(pilot, "too small: needs 60×16"))
        assert "Moby" not in screen_text(pilot)


async def test_what_others_buy_is_marked_on_the_row_and_told_below(
    app: BazarApp, shop: FakeShop
) -> None:
    from msgspec.structs import replace

    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, sees(pilot, "56 left"))
        await pilot.press("j")
        shop.shelf[2] = replace(shop.shelf[2], quantity=0)
        app.live.ask()
        await until(pilot, sees(pilot, "▾ sold out"))
        await until(pilot, sees(pilot, "▾56 just now"))
        await until(pilot, sees(pilot, "12:00:00  ▾56 RPCs for Noobs: sold out"))
