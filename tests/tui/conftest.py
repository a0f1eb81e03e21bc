"""The app over a shop in memory, and how a test waits for what it wants to see."""

import os
import time
from collections.abc import Callable, Iterator

import pytest
from textual._context import visible_screen_stack
from textual.pilot import Pilot

from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys
from tui.app import BazarApp
from tui.desk import Desk


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are shown where the person is; here that is UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def shop() -> FakeShop:
    """A shop with seven books."""
    return FakeShop()


@pytest.fixture
def clock() -> FrozenClock:
    """Noon."""
    return FrozenClock()


@pytest.fixture
def keys() -> MemoryKeys:
    """Where keys are kept."""
    return MemoryKeys()


@pytest.fixture
def admin(shop: FakeShop) -> FakeAdmin:
    """The admin's side of that shop; no token is entered yet."""
    return FakeAdmin(shop)


@pytest.fixture
def app(shop: FakeShop, clock: FrozenClock, keys: MemoryKeys, admin: FakeAdmin) -> BazarApp:
    """The app, not running yet."""
    os.environ.pop("NO_COLOR", None)
    return BazarApp(Desk(shop, clock, keys, admin))


async def until(pilot: Pilot[None], condition: Callable[[], object], seconds: float = 8.0) -> None:
    """Wait until it is so; fails if it never is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"never came: {screen_text(pilot)}"
        await pilot.pause(0.01)
    await pilot.pause()


async def still(pilot: Pilot[None]) -> None:
    """Wait until what is shown has stayed the same for a moment: a busy machine paints late."""
    before = ""
    while before != (before := screen_text(pilot)):
        await pilot.pause(0.15)


def screen_text(pilot: Pilot[None]) -> str:
    """What a person sees, line by line."""
    app = pilot.app
    width, height = app.size
    # Without them a window over a screen would be drawn, and kept, as over nothing.
    visible_screen_stack.set(app._background_screens)
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip()[:width] for strip in strips[:height])


def sees(pilot: Pilot[None], words: str) -> Callable[[], bool]:
    """Whether these words are on the screen."""
    return lambda: words in screen_text(pilot)
