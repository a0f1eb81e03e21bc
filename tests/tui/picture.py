"""Takes pictures of the running app over a shop of its own: `python -m tests.tui.picture`."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from textual.pilot import Pilot

from tests.processes import ROOT, RunningShop
from tests.tui.conftest import sees
from tui.app import BazarApp
from tui.clock import SystemClock
from tui.desk import Desk
from tui.pending import KeyFolder
from tui.shop import Frontend

PICTURES: Final = ROOT / "docs" / "pictures"
USUAL: Final = (80, 24)
WIDE: Final = (120, 40)
_SECONDS: Final = 20.0


async def _wait(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    end = time.monotonic() + _SECONDS
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("the app never showed what the picture is of")
        await pilot.pause(0.05)
    await pilot.pause(0.3)


async def _type(pilot: Pilot[None], *keys: str, until: str) -> None:
    await pilot.press(*keys)
    await _wait(pilot, sees(pilot, until))


async def _take(app: BazarApp, pilot: Pilot[None]) -> None:
    width, height = app.size
    await _wait(pilot, sees(pilot, "● catalog"))
    await _wait(pilot, sees(pilot, "Moby-Dick"))
    _save(app, f"shop-{width}x{height}")
    await _type(pilot, "slash", *"adventures", until=" hits")
    await pilot.press("enter")
    await pilot.pause(0.4)
    _save(app, f"search-{width}x{height}")
    await _type(pilot, "b", until="One copy, at this price.")
    _save(app, f"buy-{width}x{height}")
    await _type(pilot, "y", until="✓ Bought")
    await pilot.press("escape")
    await _type(pilot, "2", until="✓ placed")
    _save(app, f"orders-{width}x{height}")
    await pilot.press("1")
    await _type(pilot, "enter", until="Book #")
    await pilot.pause(0.4)
    _save(app, f"book-{width}x{height}")


async def _take_down(app: BazarApp, pilot: Pilot[None]) -> None:
    width, height = app.size
    await _wait(pilot, sees(pilot, "The catalog server is down"))
    _save(app, f"down-{width}x{height}")


def _save(app: BazarApp, name: str) -> None:
    svg = app.export_screenshot(title="Bazar.com")
    # A browser that finds no such font would go and fetch it.
    lines = svg.splitlines()
    start = next(n for n, line in enumerate(lines) if "@font-face" in line)
    end = next(n for n, line in enumerate(lines) if ".terminal" in line and "matrix" in line)
    (PICTURES / f"{name}.svg").write_text("\n".join([*lines[:start], *lines[end:]]) + "\n")


async def _run(shop: RunningShop, folder: Path) -> None:
    for size in (USUAL, WIDE):
        app = BazarApp(Desk(Frontend(shop.url), SystemClock(), KeyFolder(folder)))
        async with app.run_test(size=size) as pilot:
            await _take(app, pilot)
            if size == USUAL:
                await pilot.press("escape", "escape")
                shop.kill("catalog")
                await _take_down(app, pilot)
                shop.start("catalog")


def main() -> int:
    """Start a shop, take the pictures, stop it; returns the exit status."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        shop = RunningShop(Path(name))
        try:
            shop.start()
            asyncio.run(_run(shop, Path(name) / "keys"))
        finally:
            shop.stop()
    for picture in sorted(PICTURES.glob("*.svg")):
        print(picture.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
