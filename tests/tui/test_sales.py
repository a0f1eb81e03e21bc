"""The sales screen: sums, charts and lists, for anybody, by keys and by mouse."""

from decimal import Decimal

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from shared.domain import BadRequest
from shared.report import Report
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fakes import FakeShop, classics
from tests.tui.reports import a_month_of_sales, nothing_sold
from tui import app as app_module
from tui.app import BazarApp
from tui.screens import sales as sales_module
from tui.screens.base import FreshScreen
from tui.screens.sales import SalesScreen
from tui.widgets.chart import Chart

SIZES = [(60, 16), (60, 20), (80, 24), (120, 40), (200, 60)]


@pytest.fixture(autouse=True)
def _sold(shop: FakeShop) -> None:
    """A month of sales, unless a test says otherwise."""
    shop.sold = a_month_of_sales()


async def open_sales(pilot: Pilot[None], shows: str = "Takings 5,998.00") -> None:
    """Go to the sales and wait for them."""
    await until(pilot, sees(pilot, "● "))
    await pilot.press("3")
    await until(pilot, sees(pilot, shows))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_sums_charts_and_lists_are_there_at_every_size(
    app: BazarApp, size: tuple[int, int]
) -> None:
    """And no line is wider than the terminal or runs into a frame."""
    async with app.run_test(size=size) as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "Moby-Dick"))
        shown = screen_text(pilot)
        for words in ("Takings per hour", "Takings per day", "Best sellers", "Low stock",
                      "sold out", "2 left", "214", "└──", "█"):  # fmt: skip
            assert words in shown
        lines = shown.splitlines()
        framed = [line for line in lines if line.startswith(("│", "╭", "╰"))]
        assert framed
        assert {line[-1] for line in framed} <= {"│", "╮", "╯", "▃", "▂", "▄", "▅", "▆", "▇", "█"}


async def test_a_shop_that_sold_nothing_says_so(app: BazarApp, shop: FakeShop) -> None:
    shop.sold = nothing_sold()
    async with app.run_test() as pilot:
        await open_sales(pilot, "Nothing sold yet.")
        shown = screen_text(pilot)
        assert "Takings 0.00   0 copies in 0 sales" in shown
        assert "No book is down to 5 copies." in shown


async def test_low_stock_is_told_of_before_anything_is_sold(app: BazarApp, shop: FakeShop) -> None:
    shop.sold = replace(nothing_sold(classics()[3:4]), low_total=1204)
    async with app.run_test() as pilot:
        await open_sales(pilot, "Nothing sold yet.")
        await until(pilot, sees(pilot, "1 of 1,204 with 5 or fewer"))


async def test_until_the_figures_come_it_says_what_it_does(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    gate = threading.Event()
    report = shop.report

    def slow(zone: str | None) -> Report:
        gate.wait(10)
        return report(zone)

    monkeypatch.setattr(shop, "report", slow)
    async with app.run_test() as pilot:
        await open_sales(pilot, "Adding up what was sold …")
        gate.set()
        await until(pilot, sees(pilot, "Takings 5,998.00"))
        assert "Adding up" not in screen_text(pilot)


async def test_new_sales_come_by_themselves(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FreshScreen, "REFRESH_SECONDS", 0.05)
    async with app.run_test() as pilot:
        await open_sales(pilot)
        assert shop.sold
        totals = replace(shop.sold.totals, takings=Decimal("6123.50"))
        shop.sold = replace(shop.sold, totals=totals)
        await until(pilot, sees(pilot, "Takings 6,123.50"))


async def test_nobody_is_asked_while_nobody_looks(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FreshScreen, "REFRESH_SECONDS", 0.02)
    async with app.run_test() as pilot:
        await open_sales(pilot)
        await pilot.press("1")
        await until(pilot, lambda: app.current_mode == "shop")
        await pilot.pause(0.1)
        asked = len(shop.zones)
        await pilot.pause(0.2)
        assert len(shop.zones) == asked


async def test_old_figures_stay_while_the_shop_is_down_and_say_how_old_they_are(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "_TICK_SECONDS", 0.02)
    async with app.run_test() as pilot:
        await open_sales(pilot)
        shop.go_down("frontend")
        await pilot.press("r")
        await until(pilot, sees(pilot, "as of 12:00:00"))
        await until(pilot, sees(pilot, "The frontend server is down"))
        shown = screen_text(pilot)
        assert "Takings 5,998.00" in shown
        assert "Moby-Dick" in shown
        assert app.screen.query(".-stale")
        shop.come_back()
        await pilot.press("r")
        await until(pilot, lambda: "as of" not in screen_text(pilot))
        assert not app.screen.query(".-stale")


async def test_figures_that_never_came_are_waited_for(app: BazarApp, shop: FakeShop) -> None:
    shop.go_down("frontend")
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "The frontend server is down"))
        await pilot.press("3")
        await until(pilot, sees(pilot, "The figures cannot be read now;"))
        # All of it, in both charts.
        assert screen_text(pilot).count("by themselves.") == 2
        shop.come_back()
        await pilot.press("r")
        await until(pilot, sees(pilot, "Takings 5,998.00"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_list_that_the_keys_go_to_is_told_without_colour(
    app: BazarApp, size: tuple[int, int]
) -> None:
    """And how to go from one part to the next."""
    async with app.run_test(size=size) as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "▸Moby-Dick"))
        assert screen_text(pilot).count("▸") == 1
        assert "Tab next" in screen_text(pilot)
        await pilot.press("tab")
        await until(pilot, lambda: "▸Moby-Dick" not in screen_text(pilot))
        assert screen_text(pilot).count("▸") == 1
        await pilot.press("tab")
        await until(pilot, lambda: "▸" not in screen_text(pilot))
        assert "Tab next" in screen_text(pilot)


async def test_a_bar_can_be_looked_at_closely_by_keys(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "636.00 in 24 hours"))
        await pilot.press("shift+tab")
        await until(pilot, sees(pilot, "Tue 24 Nov  326.00  27 copies"))
        await pilot.press("left", "h", "l")
        await until(pilot, sees(pilot, "Mon 23 Nov  314.00"))
        assert screen_text(pilot).count("▴") == 1
        await pilot.press("home")
        await until(pilot, sees(pilot, "Mon 26 Oct  120.00"))
        await pilot.press("left", "end", "right")
        await until(pilot, sees(pilot, "Tue 24 Nov  326.00"))
        await pilot.press("shift+tab")
        await until(pilot, sees(pilot, "Tue 12:00  42.00  3 copies"))


async def test_a_bar_can_be_looked_at_closely_by_mouse(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await open_sales(pilot)
        chart = app.screen.query_one("#per-hour", Chart)
        # Past the frame, the amounts and the line beside them.
        await pilot.click(chart, offset=(1 + len("120┤") + 21, 3))
        await until(pilot, sees(pilot, "Tue 10:00  118.00"))
        assert chart.has_focus


async def test_a_chart_shows_the_newest_bars_that_fit(app: BazarApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "in 24 days"))
        await pilot.press("shift+tab", "home")
        await until(pilot, sees(pilot, "Sun 01 Nov  0.00"))


async def test_enter_opens_the_book_that_sells_best_and_the_one_that_runs_low(
    app: BazarApp,
) -> None:
    async with app.run_test() as pilot:
        await open_sales(pilot)
        await pilot.press("j", "enter")
        await until(pilot, sees(pilot, "Cheever, Henry T."))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SalesScreen))
        await pilot.press("tab", "enter")
        await until(pilot, sees(pilot, "Book #4"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SalesScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "shop")


async def test_a_books_window_leads_to_the_sales(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "● "))
        await until(pilot, sees(pilot, "Moby"))
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #1"))
        await pilot.press("3")
        await until(pilot, sees(pilot, "Takings 5,998.00"))
        assert isinstance(app.screen, SalesScreen)


async def test_the_hours_are_those_of_the_person(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales_module, "local_zone", lambda: "Europe/Berlin")
    async with app.run_test(size=(120, 40)) as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "Europe/Berlin"))
        assert set(shop.zones) == {"Europe/Berlin"}


async def test_where_nobody_knows_the_zone_the_hours_are_utc_and_say_so(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales_module, "local_zone", lambda: None)
    async with app.run_test(size=(60, 20)) as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "Takings per hour in UTC"))
        assert set(shop.zones) == {None}


async def test_a_zone_that_the_shop_has_not_heard_of_is_not_insisted_on(
    app: BazarApp, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales_module, "local_zone", lambda: "Mars/Olympus")
    report = shop.report

    def choosy(zone: str | None) -> Report:
        if zone is not None:
            raise BadRequest("tz is the name of a time zone.")
        return report(zone)

    monkeypatch.setattr(shop, "report", choosy)
    async with app.run_test() as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "in UTC"))


async def test_a_title_that_would_steer_the_terminal_does_not(
    app: BazarApp, shop: FakeShop
) -> None:
    assert shop.sold
    evil = replace(shop.sold.best_sellers[0], title="[/b] \x1b[31m\u202eevil [@click=app.quit]x[/]")
    shop.sold = replace(shop.sold, best_sellers=(evil,))
    async with app.run_test(size=(200, 60)) as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "[/b] [31mevil [@click=app.quit]x[/]"))


async def test_a_removed_book_can_be_asked_for_and_is_told_of(
    app: BazarApp, shop: FakeShop
) -> None:
    del shop.shelf[5]
    async with app.run_test() as pilot:
        await open_sales(pilot)
        await pilot.press("enter")
        await until(pilot, sees(pilot, "Book #5"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SalesScreen))


async def test_its_keys_are_in_the_help_and_it_is_a_command(app: BazarApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_sales(pilot)
        await pilot.press("question_mark")
        await until(pilot, sees(pilot, "In the sales"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SalesScreen))
        await pilot.press("ctrl+p", *"sales")
        await until(pilot, sees(pilot, "What was sold"))


async def test_no_colour_is_needed_to_read_it(
    shop: FakeShop, monkeypatch: pytest.MonkeyPatch, app: BazarApp
) -> None:
    """The cursor, the bar that is looked at, what is sold out: each has a sign of its own."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with app.run_test() as pilot:
        await open_sales(pilot)
        await until(pilot, sees(pilot, "▸Moby-Dick"))
        await pilot.press("shift+tab")
        await until(pilot, sees(pilot, "▴"))
        assert "sold out" in screen_text(pilot)
