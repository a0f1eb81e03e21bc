"""Keys moved by the ids of their bindings."""

import re
from pathlib import Path

import pytest

from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys
from tui.app import BazarApp
from tui.desk import Desk
from tui.keymap import check, every_binding, own_bindings, written
from tui.preferences import Preferences

FILE = Path("settings.toml")


def test_every_binding_has_an_id_that_means_one_thing() -> None:
    """So that every key can be moved."""
    without = [(owner.__name__, one.key) for owner, one in own_bindings() if not one.id]
    assert without == []
    meanings: dict[str | None, set[str]] = {}
    for _, one in own_bindings():
        meanings.setdefault(one.id, set()).add(one.action)
    assert {name: actions for name, actions in meanings.items() if len(actions) > 1} == {}
    assert len(every_binding()) > 30


def test_the_keys_as_they_come_do_not_clash() -> None:
    """Each moved to where it is already."""
    wanted = {one.id: ",".join(one.keys) for one in every_binding()}
    wanted = {name: keys for name, keys in wanted.items() if name != "app.help"}
    assert check(wanted, FILE)[1] == []


def test_every_binding_is_told_in_words_and_keys_that_the_file_takes() -> None:
    """No names of the program's own; what is told can be written into the file as it is."""
    for one in every_binding():
        assert re.fullmatch("[A-Za-z, ]+", one.words), one
        if one.id != "app.help":  # which has the key that stands for the help of a window, too
            taken = check({one.id: written(one.keys)}, FILE)[0][one.id]
            assert set(taken.split(",")) == set(one.keys)
    assert written(["question_mark", "comma", "space", "ctrl+b", "G"]) == "?,comma,space,ctrl+b,G"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"shop.by": "x"}, '"shop.by": no such binding; there are shop.back, shop.buy,'),
        ({"by": "x"}, '"by": no such binding; there are admin.…, app.…, '),
        ({"shop.buy": "xx"}, "\"shop.buy\": 'xx' is no key; keys are one character"),
        ({"shop.buy": ""}, "\"shop.buy\": '' is no key"),
        ({"shop.buy": "ctrl+"}, "\"shop.buy\": 'ctrl+' is no key"),
        ({"shop.buy": "tab"}, '"shop.buy": tab is needed by every screen'),
        ({"shop.buy": "o"}, '"shop.buy": o is the key of "app.orders" at the same time'),
        ({"shop.buy": "x,?"}, '"shop.buy": ? is the key of "app.help" at the same time'),
        ({"shop.buy": "j"}, '"shop.buy": j is the key of "rows.down" at the same time'),
        ({"app.quit": "z", "shop.buy": "z"}, '"shop.buy": z is the key of "app.quit"'),
        ({"search.leave": "x"}, '"search.leave": x is typed there'),
    ],
)
def test_a_key_that_cannot_be_is_told_in_one_line(keys: dict[str, str], told: str) -> None:
    good, problems = check(keys, FILE)
    (problem,) = problems
    assert problem.startswith(f"settings.toml: keys: {told}")
    assert good == dict(list(keys.items())[: len(keys) - 1])


def test_two_keys_may_change_places_and_modals_have_keys_of_their_own() -> None:
    keys = {"shop.buy": "m", "shop.more": "b", "book.more": "w", "app.help": ","}
    good, problems = check(keys, FILE)
    assert problems == []
    assert good == {**keys, "app.help": "comma"}


def test_esc_always_goes_back() -> None:
    """Since the screens say so; as Tab goes to the next part of one."""
    assert check({"sales.next": "x"}, FILE)[0] == {"sales.next": "x,tab"}
    assert check({"book.back": "x"}, FILE)[0] == {"book.back": "x,escape"}


@pytest.fixture
def moved(shop: FakeShop, clock: FrozenClock, keys: MemoryKeys) -> BazarApp:
    """The app of somebody who buys with ^b, looks for more with x and asks for help with f1."""
    chosen = {
        "shop.buy": "ctrl+b",
        "buy.yes": "j",
        "buy.right": "right",
        "shop.more": "x",
        "book.more": "z",
        "buy.more": "u",
        "app.help": "f1",
        "app.retry": "R",
        "shop.search": "f",
        "app.shop": "f2",
    }
    keymap, problems = check(chosen, FILE)
    assert problems == []
    return BazarApp(Desk(shop, clock, keys, FakeAdmin(shop)), Preferences(keymap=keymap))


async def test_moved_keys_work_and_the_old_ones_do_not(moved: BazarApp, shop: FakeShop) -> None:
    async with moved.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("j", "b")
        await pilot.pause(0.1)
        assert "Buy this book?" not in screen_text(pilot)
        await pilot.press("ctrl+b")
        await until(pilot, sees(pilot, "One copy, at this price."))
        await pilot.press("y")
        assert shop.purchases == []
        await pilot.press("j")
        await until(pilot, sees(pilot, "✓ Bought"))
    assert [number for _, number, _ in shop.purchases] == [2]


async def test_moved_keys_are_the_ones_that_are_shown(moved: BazarApp, shop: FakeShop) -> None:
    """In the bar, on the tabs, in the titles, in the question, in the help and in the banner."""
    async with moved.run_test(size=(100, 24)) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        assert "^b buy" in screen_text(pilot)
        assert "x more" in screen_text(pilot)
        assert "f2 Shop" in screen_text(pilot)
        assert "Search (f)" in screen_text(pilot)
        await pilot.press("f1")
        await until(pilot, sees(pilot, "In the shop"))
        assert "^b          buy it" in screen_text(pilot)
        assert "x           more like this" in screen_text(pilot)
        await pilot.press("escape", "ctrl+b")
        await until(pilot, sees(pilot, "Buy (j)"))
        assert "More copies with u and −" in screen_text(pilot)
        await pilot.press("escape", "enter")
        await until(pilot, sees(pilot, "More like this  z"))
        await pilot.press("escape")
        shop.go_down("order")
        await pilot.press("R")
        await until(pilot, sees(pilot, "R now"))


async def test_a_key_moved_to_a_letter_is_still_typed_in_the_search(moved: BazarApp) -> None:
    """And while letters are typed, it is not among the keys that do something."""
    async with moved.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("f", *"xen")
        await until(pilot, sees(pilot, "1 hit "))
        assert "x more" not in screen_text(pilot)


async def test_what_is_wrong_in_the_settings_is_told_by_the_app(
    shop: FakeShop, clock: FrozenClock, keys: MemoryKeys
) -> None:
    """It opens all the same."""
    preferences = Preferences(problems=("settings.toml: theme: it must be one of dark",))
    app = BazarApp(Desk(shop, clock, keys, FakeAdmin(shop)), preferences)
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "settings.toml: theme: it must be"))
        await until(pilot, sees(pilot, "Moby-Dick"))
