"""Takes pictures of the running app over a shop of its own: `python -m tests.tui.picture`.

docs/app.md shows them all.
"""

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import requests
from textual.pilot import Pilot

from tests.processes import ROOT, RunningShop
from tests.tui.admins import put
from tests.tui.conftest import screen_text, sees
from tui.admin import FrontendAdmin
from tui.app import BazarApp
from tui.clock import SystemClock
from tui.desk import Desk
from tui.pending import KeyFolder
from tui.preferences import Preferences
from tui.shop import Frontend
from tui.theme import ALL
from tui.token import Token

PICTURES: Final = ROOT / "docs" / "pictures"
SMALL: Final = (60, 20)
USUAL: Final = (80, 24)
WIDE: Final = (120, 40)
VAST: Final = (200, 60)
TOKEN: Final = "a-token-for-the-pictures"
_SECONDS: Final = 30.0


class Photographer:
    """Opens the app over `shop`, presses keys, and takes pictures."""

    def __init__(self, shop: RunningShop, folder: Path) -> None:
        self.shop = shop
        self._folder = folder
        self._pilot: Pilot[None]

    @asynccontextmanager
    async def open(
        self, size: tuple[int, int], theme: str = "dark", token: str = ""
    ) -> AsyncIterator[None]:
        """The app at its first screen, all servers answering."""
        frontend = Frontend(self.shop.url)
        admin = FrontendAdmin(frontend, Token(token) if token else None)
        desk = Desk(frontend, SystemClock(), KeyFolder(self._folder), admin)
        app = BazarApp(desk, Preferences(theme=theme))
        async with app.run_test(size=size, notifications=True) as self._pilot:
            await self.until("Moby-Dick")
            await self.until("●")
            yield
        frontend.close()

    async def type(self, *keys: str, until: str) -> None:
        """Press keys and wait until these words are to be seen."""
        await self._pilot.press(*keys)
        await self.until(until)

    async def resize(self, width: int, height: int, *, until: str) -> None:
        """Make the terminal another size."""
        await self._pilot.resize_terminal(width, height)
        await self.until(until)

    @property
    def app(self) -> BazarApp:
        """The app that is open."""
        assert isinstance(self._pilot.app, BazarApp)
        return self._pilot.app

    def change(self, book_id: int, **fields: object) -> None:
        """What another admin does meanwhile."""
        url = f"{self.shop.url}/books/{book_id}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        requests.patch(url, json=fields, headers=headers, timeout=_SECONDS).raise_for_status()

    async def until(self, words: str) -> None:
        """Wait until these words are to be seen, and all has settled."""
        await self._wait(sees(self._pilot, words))

    async def _wait(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + _SECONDS
        while not condition():
            if time.monotonic() > end:
                raise SystemExit(f"this is no picture of it:\n{screen_text(self._pilot)}")
            await self._pilot.pause(0.05)
        await self._pilot.pause(0.5)

    def take(self, name: str) -> None:
        """Save what is to be seen."""
        width, height = self._pilot.app.size
        svg = _slim(self._pilot.app.export_screenshot(title="Bazar.com"))
        (PICTURES / f"{name}-{width}x{height}.svg").write_text(svg, encoding="utf-8")


def _slim(svg: str) -> str:
    """The same picture in half the bytes, with nothing that a browser would fetch."""
    lines = svg.splitlines()
    # A browser that finds no such font would go and fetch it.
    start = next(n for n, line in enumerate(lines) if "@font-face" in line)
    end = next(n for n, line in enumerate(lines) if ".terminal" in line and "matrix" in line)
    kept = "\n".join(line.strip() for line in [*lines[:start], *lines[end:]])
    # Every piece of text is cut at its own line, where it ends anyway.
    kept = re.sub(r'<clipPath id="[^"]*-line-\d+">\s*<rect[^>]*/>\s*</clipPath>\n?', "", kept)
    kept = re.sub(r' clip-path="url\(#[^)]*-line-\d+\)"', "", kept)
    return re.sub(r"terminal-\d+-", "t-", kept) + "\n"


async def _browse(see: Photographer, size: tuple[int, int]) -> None:
    """From the first screen through a search to a purchase and its order."""
    async with see.open(size):
        see.take("shop")
        await see.type("slash", *"adventures", until=" hits")
        await see.type("enter", until="▸")
        see.take("search")
        await see.type("enter", until="Book #")
        see.take("book")
        await see.type("escape", "b", until="One copy, at this price.")
        see.take("buy")
        if size == USUAL:
            await see.type("3", until="3 copies")
            see.take("copies")
            await see.type("backspace", until="One copy, at this price.")
        await see.type("y", until="✓ Bought")
        see.take("bought")
        await see.type("escape", "2", until="✓ placed")
        see.take("orders")


async def _windows(see: Photographer) -> None:
    """What opens over the usual screen, and what is said where nothing is found."""
    async with see.open(USUAL):
        await see.type("s", until="distributed systems")
        see.take("subjects")
        await see.type("escape", "question_mark", until="Help")
        see.take("help")
        await see.type("escape", "ctrl+p", *"moby", until="Moby-Dick")
        see.take("commands")
        await see.type("escape", "slash", *"whxl", until="whxl")
        await see.until("No titles")
        see.take("empty")


async def _refused(see: Photographer) -> None:
    """What a purchase meets when somebody else was faster, or the shop is gone."""
    async with see.open(USUAL):
        await see.type("j", "b", until="One copy, at this price.")
        see.change(2, price=45)
        await see.type("y", until="it is 45.00")
        see.take("price")
        await see.type("escape", "b", until="One copy, at this price.")
        see.change(2, quantity=0)
        await see.type("y", until="Sold out")
        see.take("sold-out")
        await see.type("escape", "j", "b", until="One copy, at this price.")
        see.shop.kill("catalog")
        await see.type("y", until="Nothing was bought.")
        see.take("not-now")
        see.shop.start("catalog")


async def _too_small(see: Photographer) -> None:
    async with see.open(USUAL):
        await see.resize(48, 12, until="too small")
        see.take("too-small")


async def _sales(see: Photographer, size: tuple[int, int]) -> None:
    """What the shop's owner looks at."""
    async with see.open(size):
        await see.type("3", until="Takings")
        see.take("sales")


async def _admin(see: Photographer) -> None:
    """The windows of somebody who looks after the books, and the trail that they leave."""
    async with see.open(USUAL, token=TOKEN):
        await see.until("◆ admin")
        await see.type("ctrl+p", *"admin: leave", until="Admin: leave")
        await see.type("enter", until="Bazar.com")
        await see.type("e", until="Token")
        see.take("token")
        await see.type(*TOKEN, "enter", until="Edit book")
        await see.type("escape", until="◆ admin")
        await see.type("j", "plus", until="Restock")
        await see.type("2", "0", until="becomes")
        see.take("restock")
        await see.type("f2", until="copies now")
        await see.type("a", until="Add a book")
        see.take("add")
        await see.type("escape", "e", until="Edit book #2")
        see.take("edit")
        put(see.app, title="RPCs for Everyone", price="45")
        see.change(2, title="RPCs for All")
        await see.type("f2", until="was changed by another admin")
        see.take("lost")
        await see.type("escape", "escape", "escape", until="◆ admin")
        await see.type("d", until="Delete this book?")
        see.take("delete")
        await see.type("escape", "h", until="stock +20")
        see.take("history")


async def _down(see: Photographer) -> None:
    async with see.open(USUAL):
        see.shop.kill("catalog")
        await see.until("The catalog server is down")
        see.take("down")
        see.shop.start("catalog")


async def _everything(see: Photographer) -> None:
    for size in (USUAL, WIDE):
        await _browse(see, size)
        await _sales(see, size)
    await _windows(see)
    await _admin(see)
    for size in (SMALL, VAST):
        async with see.open(size):
            see.take("shop")
    for theme in ALL[1:]:
        async with see.open(USUAL, theme.name):
            see.take(f"theme-{theme.name}")
    await _refused(see)
    await _too_small(see)
    await _down(see)


def main() -> int:
    """Start a shop, take the pictures, stop it; returns the exit status."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        shop = RunningShop(Path(name))
        shop.variables["catalog"] = {"BAZAR_ADMIN__TOKEN": TOKEN}
        try:
            shop.start()
            asyncio.run(_everything(Photographer(shop, Path(name) / "keys")))
        finally:
            shop.stop()
    for picture in sorted(PICTURES.glob("*.svg")):
        print(picture.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
