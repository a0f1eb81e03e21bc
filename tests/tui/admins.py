"""An admin at the app: what the tests of admin mode have in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from tests.tui.conftest import sees, until
from tests.tui.fake_admin import RIGHT, FakeAdmin
from tui.app import BazarApp
from tui.token import Token
from tui.widgets.form import Field


@asynccontextmanager
async def opened(
    app: BazarApp, admin: FakeAdmin, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Pilot[Any]]:
    """The shop, with a token that was given at the start; the cursor is on RPCs for Noobs."""
    admin.token = Token(RIGHT)
    async with app.run_test(notifications=True, size=size) as pilot:
        await until(pilot, sees(pilot, "Moby-Dick"))
        await until(pilot, sees(pilot, "◆ admin"))
        await pilot.press("j")
        yield pilot


async def press(pilot: Pilot[Any], key: str, words: str) -> None:
    """Open a dialog and wait until the book is in it."""
    await pilot.press(key)
    await until(pilot, sees(pilot, words))
    await until(pilot, lambda: getattr(pilot.app.screen, "state", "ready") == "ready")


def field(app: BazarApp, name: str) -> Field:
    """A field of the dialog that is shown."""
    return app.screen.query_one(f"#field-{name}", Field)


def put(app: BazarApp, **values: str) -> None:
    """Type these into the fields."""
    for name, value in values.items():
        field(app, name).value = value


async def lose_an_edit(pilot: Pilot[Any], app: BazarApp, admin: FakeAdmin) -> None:
    """Another title is typed and sent, after another admin has sent one; both are shown."""
    await press(pilot, "e", "Edit book #2")
    put(app, title="RPCs for All")
    admin.rival(2, title="RPCs for Some")
    await pilot.press("f2")
    await until(pilot, sees(pilot, "changed by another admin"))
