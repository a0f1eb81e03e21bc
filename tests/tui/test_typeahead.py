"""Keys that arrive many at once, as over a slow line: each does what it does before the next."""

import pytest
from textual import events
from textual.widgets import Input

from tests.tui.conftest import screen_text, sees, until
from tests.tui.fakes import FakeShop
from tui.app import BazarApp


def burst(app: BazarApp, *keys: str) -> None:
    """All of them before the app has seen the first."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_a_word_behind_the_slash_is_searched_for_and_none_of_it_is_a_command(
    app: BazarApp,
) -> None:
    """`q` would have left the shop."""
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        burst(app, "slash", *"quobqr")
        await until(pilot, sees(pilot, "No titles match “quobqr”"))
        assert app.is_running


async def test_a_search_a_move_and_a_purchase_in_one_breath(app: BazarApp, shop: FakeShop) -> None:
    """Down to the `y`, which is only remembered until the price of now is there."""
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "56 left"))
        burst(app, "slash", *"rpcs")
        await until(pilot, sees(pilot, "1 hit "))
        burst(app, "enter", "b", "y")
        await until(pilot, sees(pilot, "✓ Bought"))
    assert [book for _, book, _ in shop.purchases] == [2]
    assert app.clipboard == ""


async def test_keys_for_a_screen_that_closes_go_on_below_it(app: BazarApp) -> None:
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        burst(app, "enter", "escape", "j", "question_mark", "escape", "j", "slash", "x")
        await until(pilot, lambda: app.screen_stack[0].query_one("#search", Input).value == "x")
        assert "▸Xen" in screen_text(pilot)


async def test_a_key_whose_messenger_is_lost_holds_up_the_next_only_for_a_moment(
    app: BazarApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_follow", lambda done: None)
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        burst(app, "j", "j", "j")
        await until(pilot, sees(pilot, "▸Cooking"))
