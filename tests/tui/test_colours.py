"""Colours: enough contrast in every theme, none where none is wanted, and never the only sign."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.color import ColorType
from rich.segment import Segment
from textual.command import CommandPalette
from textual.pilot import Pilot

from shared.domain import OutcomeUnknown
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys
from tui import purchase
from tui.app import BazarApp
from tui.desk import Desk
from tui.preferences import Preferences
from tui.remembered import Memory
from tui.screens.shop import ShopScreen
from tui.settings import THEMES
from tui.shop import Receipt
from tui.theme import ALL, COLOUR_BLIND

Look = Callable[[BazarApp, Pilot[None], FakeShop], object]
# Lines, skeletons and cloth: shapes that say nothing which words do not.
_SHAPES = re.compile(r"[\s│─╭╮╰╯├┤┃━┏┓┗┛┌┐└┘┼┬┴▌▐░█▁▔▎▊▂▃▄▅▆▇▀║═╱╲╳▚▞◇·•✦]*")


async def _shop(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    """The list with sold out, low and changed stock, and an action that cannot be done."""
    await pilot.press("j", "j", "j")
    await until(pilot, sees(pilot, "(b buy)"))
    screen = app.screen_stack[0]
    assert isinstance(screen, ShopScreen)
    screen.books.mark({1: -2, 5: 3})
    await until(pilot, sees(pilot, "▾2 13 left"))


async def _search(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    await pilot.press("slash", *"whxl")
    await until(pilot, sees(pilot, "No titles match"))


async def _question(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    await pilot.press("j", "b")
    await until(pilot, sees(pilot, "One copy, at this price."))


async def _bought(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    await _question(app, pilot, shop)
    await pilot.press("y")
    await until(pilot, sees(pilot, "✓ Bought"))


async def _unknown(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    shop.answers = [OutcomeUnknown("The frontend server did not answer in time.")]
    await _question(app, pilot, shop)
    await pilot.press("y")
    await until(pilot, sees(pilot, "? No answer yet"))


async def _pending(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    shop.answers = [Receipt("key", settled=False)]
    await _question(app, pilot, shop)
    await pilot.press("y")
    await until(pilot, sees(pilot, "… Pending"))


async def _down(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    shop.go_down("catalog")
    await pilot.press("r")
    await until(pilot, sees(pilot, "▲ The catalog server is down"))
    await until(pilot, sees(pilot, "~56 left"))


async def _orders(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    shop.ledger = [shop.an_order(str(n), shop.book(n)) for n in (1, 2)]
    await pilot.press("2")
    await until(pilot, sees(pilot, "✓ placed"))


async def _book(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    await pilot.press("G", "k", "enter")
    await until(pilot, sees(pilot, "More like this"))


async def _help(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    await pilot.press("question_mark")
    await until(pilot, sees(pilot, "In the shop"))


async def _commands(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    await pilot.press("ctrl+p")
    await until(pilot, sees(pilot, "The keys of this screen"))


async def _subjects(app: BazarApp, pilot: Pilot[None], shop: FakeShop) -> None:
    await pilot.press("s")
    await until(pilot, sees(pilot, "Philosophy"))


STATES: dict[str, Look] = {
    name.lstrip("_"): look
    for name, look in globals().items()
    if name.startswith("_") and callable(look) and look.__module__ == __name__
}


@pytest.fixture(autouse=True)
def _slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purchase, "PAUSES", (60.0,))
    monkeypatch.delenv("NO_COLOR", raising=False)


@asynccontextmanager
async def shown(
    theme: str, state: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[BazarApp, Pilot[None]]]:
    """The app in one of the states."""
    shop = FakeShop()
    app = BazarApp(
        Desk(shop, FrozenClock(), MemoryKeys(), FakeAdmin(shop)), Preferences(theme=theme)
    )
    async with app.run_test(size=size) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await until(pilot, sees(pilot, "● "))
        await STATES[state](app, pilot, shop)  # type: ignore[misc]
        await pilot.pause(0.2)
        yield app, pilot


def segments(app: BazarApp) -> Iterator[Segment]:
    """What is drawn, piece by piece; of a question over a screen, only the question."""
    strips = app.screen._compositor.render_strips()
    if not app.screen.is_modal:
        for strip in strips:
            yield from strip
        return
    boxes = app.screen.query("#--input, #--results") or app.screen.query("ModalScreen > *")
    for box in (box.region for box in boxes if box.display):
        for strip in strips[box.y : box.bottom]:
            yield from strip.crop(box.x, box.right)


def luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [c / 255 for c in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faint(app: BazarApp, least: float) -> set[tuple[str, str, str, float]]:
    """The words whose contrast is less: the words, their colours, and the ratio."""
    found = set()
    for text, style, _ in segments(app):
        if style is None or _SHAPES.fullmatch(text):
            continue
        assert style.color is not None
        assert style.bgcolor is not None
        ink, paper = style.color.get_truecolor(), style.bgcolor.get_truecolor(foreground=False)
        if style.reverse:
            ink, paper = paper, ink
        if (ratio := contrast(ink, paper)) < least:
            found.add((text.strip(), str(ink.hex), str(paper.hex), round(ratio, 2)))
    return found


async def themes(app: BazarApp, pilot: Pilot[None]) -> AsyncIterator[str]:
    """Every theme, put on one after the other."""
    is_palette = isinstance(app.screen, CommandPalette)
    for name in THEMES:
        if is_palette:  # It closes before a theme is put on, and keeps the colours it opened with.
            await pilot.press("escape")
        app.theme = name
        if is_palette:
            await _commands(app, pilot, FakeShop())
        await pilot.pause(0.1)
        yield name


@pytest.mark.parametrize("state", STATES)
async def test_every_word_has_contrast_enough_in_every_theme(state: str) -> None:
    """4.5 to 1, WCAG's AA, also where a command is grey; 7 to 1, AAA, in high contrast.

    What the ansi theme looks like is the terminal's to say: it is drawn in its default and its
    sixteen colours, covers too, and no word in the colour of its own paper.
    """
    async with shown("dark", state, (120, 40)) as (app, pilot):
        async for theme in themes(app, pilot):
            if theme == "ansi":
                assert foreign(app) == set()
            else:
                least = 7.0 if theme == "high-contrast" else 4.5
                assert (theme, faint(app, least)) == (theme, set())


def foreign(app: BazarApp) -> set[str]:
    """What is not drawn in the terminal's own colours, or in that of its paper."""
    found = set()
    for text, style, _ in segments(app):
        if style is None:
            continue
        types = {colour.type for colour in (style.color, style.bgcolor) if colour}
        is_own = types <= {ColorType.DEFAULT, ColorType.STANDARD}
        is_hidden = style.color == style.bgcolor and bool(style.color)
        if not is_own or (is_hidden and not style.color.is_default and text.strip()):  # type: ignore[union-attr]
            found.add(text)
    return found


@pytest.mark.parametrize("state", STATES)
async def test_no_color_draws_no_colour_in_any_theme(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a grey."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown("dark", state) as (app, pilot):
        async for theme in themes(app, pilot):
            for text, style, _ in segments(app):
                colours = (style.color, style.bgcolor) if style else (None, None)
                assert colours == (None, None), (theme, text)


# What a person has to be able to tell apart, and the sign of it that is no colour.
SIGNS = {
    "shop": ["▸Cooking", "sold out", "▾2 13 left", "▴3 7 left", "(b buy)", "[1 Shop]"],
    "down": ["▲ The catalog server is down", "○ catalog down", "~56 left", "(b buy)", "as of"],
    "bought": ["✓ Bought"],
    "pending": ["… Pending"],
    "unknown": ["? No answer yet"],
    "orders": ["▸", "✓ placed", "[2 Orders]"],
}


@pytest.mark.parametrize("state", SIGNS)
async def test_nothing_is_told_by_colour_alone(state: str) -> None:
    """In characters alone, each is there."""
    async with shown("dark", state) as (_, pilot):
        text = screen_text(pilot)
        assert [sign for sign in SIGNS[state] if sign not in text] == []


@pytest.mark.parametrize("state", ["shop", "question", "book"])
async def test_without_colours_the_focus_and_the_cursor_are_seen(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reverse for the row under the hand and the button that Enter presses; bold for a key."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown("dark", state) as (app, _):
        styled = [(text, style) for text, style, _ in segments(app) if style is not None]
        reversed_ = "".join(text for text, style in styled if style.reverse)
        bold = [text.strip() for text, style in styled if style.bold]
    assert {"shop": "▸Cooking", "question": "Cancel", "book": ""}[state] in reversed_
    assert "Buy (y)" not in reversed_
    assert state == "question" or "b" in bold or state == "shop"


async def test_a_theme_is_put_on_at_once_and_kept(tmp_path: Path) -> None:
    """From ^p; the list has the shop's own five and nothing else."""
    memory = Memory(tmp_path)
    preferences = Preferences(keep_theme=lambda name: memory.keep_theme(name, over=None))
    shop = FakeShop()
    desk = Desk(shop, FrozenClock(), MemoryKeys(), FakeAdmin(shop))
    app = BazarApp(desk, preferences)
    async with app.run_test() as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await pilot.press("ctrl+p")
        await until(pilot, sees(pilot, "The keys of this screen"))
        await pilot.press(*"theme")
        await until(pilot, sees(pilot, "Choose other colours"))
        await pilot.press("down", "enter")
        await until(pilot, sees(pilot, "the 16 colours of the terminal itself"))
        await until(pilot, sees(pilot, "ink, paper and brass (now)"))
        assert "gruvbox" not in screen_text(pilot)
        await pilot.press(*"light")
        await until(pilot, lambda: "ink, paper" not in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.theme == "light")
        await until(pilot, sees(pilot, "Moby-Dick"))
        assert faint(app, 4.5) == set()
    assert memory.load().theme_after(None) == "light"


async def test_a_theme_that_cannot_be_kept_is_put_on_for_this_time() -> None:
    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    shop = FakeShop()
    desk = Desk(shop, FrozenClock(), MemoryKeys(), FakeAdmin(shop))
    app = BazarApp(desk, Preferences(keep_theme=full))
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        app.choose_theme("light")
        await until(pilot, sees(pilot, "cannot be kept: No space left on"))
        assert app.theme == "light"


def test_the_settings_name_the_themes_that_there_are() -> None:
    assert [theme.name for theme in ALL] == list(THEMES)


# Machado, Oliveira and Fernandes 2009, severity 1, on linear red, green and blue.
EYES = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def seen_by(eye: str, colour: str) -> tuple[float, float, float]:
    """A colour as CIE L*a*b* to an eye that lacks one kind of cone."""
    rgb = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    red, green, blue = (
        min(1.0, max(0.0, sum(k * c for k, c in zip(row, linear, strict=True))))
        for row in EYES[eye]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("eye", EYES)
def test_every_kind_of_eye_tells_good_warning_and_bad_apart(eye: str) -> None:
    """A difference of 20 is seen at a glance; 2 is just seen."""
    colours = [COLOUR_BLIND.success, COLOUR_BLIND.warning, COLOUR_BLIND.error]
    seen = [seen_by(eye, colour) for colour in colours if colour]
    for place, one in enumerate(seen):
        for other in seen[place + 1 :]:
            assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 20
