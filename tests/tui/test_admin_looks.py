"""How the admin's windows look, held still, at every size."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from shared.domain import OutcomeUnknown
from tests.tui.admins import press, put
from tests.tui.conftest import sees, still, until
from tests.tui.fake_admin import RIGHT, FakeAdmin
from tui import app as app_module
from tui.app import BazarApp
from tui.token import Token

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]
Compare = Callable[..., bool]
Look = Callable[[Pilot[Any], FakeAdmin], Awaitable[None]]


async def the_keys(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    await until(pilot, sees(pilot, "a add"))


async def the_token(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    admin.right = "another"
    pilot.app.office.leave()  # type: ignore[attr-defined]
    await press(pilot, "e", "Admin mode")
    await pilot.press(*"guess", "enter")
    await until(pilot, sees(pilot, "401"))


async def an_empty_form_sent(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    await press(pilot, "a", "Add a book")
    await pilot.press("f2")
    await until(pilot, sees(pilot, "see the fields"))


async def an_unknown_outcome(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    admin.lost = [OutcomeUnknown("The frontend server did not answer in time.")]
    await press(pilot, "e", "Edit book #5")
    put(pilot.app, price="11")  # type: ignore[arg-type]
    await pilot.press("f2")
    await until(pilot, sees(pilot, "No answer yet"))


async def a_lost_edit(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    await press(pilot, "e", "Edit book #5")
    put(pilot.app, title="Moby Dick, a novel", price="11")  # type: ignore[arg-type]
    admin.rival(5, title="Moby-Dick", author="H. Melville", subjects=("Whales", "Sea stories"))
    await pilot.press("f2")
    await until(pilot, sees(pilot, "by another admin"))


async def a_restock(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    await press(pilot, "plus", "─ Restock ─")
    await pilot.press(*"20")
    await until(pilot, sees(pilot, "becomes 27"))


async def a_deletion(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    await press(pilot, "d", "Delete this book?")


async def the_trail(pilot: Pilot[Any], admin: FakeAdmin) -> None:
    admin.rival(5, title="Moby-Dick", price=Decimal("11.5"), subjects=("Whales", "Sea stories"))
    admin.rival(5, quantity=20)
    await pilot.press("h")
    await until(pilot, sees(pilot, "2 changes"))
    await pilot.press("j")


@pytest.mark.parametrize("size", SIZES, ids=[f"{width}x{height}" for width, height in SIZES])
@pytest.mark.parametrize(
    "look",
    [
        the_keys, the_token, an_empty_form_sent, an_unknown_outcome, a_lost_edit, a_restock,
        a_deletion, the_trail,
    ],
)  # fmt: skip
def test_admin_mode_looks_like_this(
    app: BazarApp,
    admin: FakeAdmin,
    snap_compare: Compare,
    look: Look,
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What the list beneath learns meanwhile is no part of these pictures.
    monkeypatch.setattr(app_module, "LIVE_SECONDS", 3600.0)
    admin.token = Token(RIGHT)

    async def go(pilot: Pilot[Any]) -> None:
        await until(pilot, sees(pilot, "Moby"))
        await until(pilot, sees(pilot, "◆ admin"))
        await until(pilot, sees(pilot, "● "))
        await pilot.press("j", "j", "j", "j")
        if size[0] >= 120:
            await until(pilot, sees(pilot, "More like this"))
        await look(pilot, admin)
        for box in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
            box.cursor_blink = False
        await still(pilot)

    assert snap_compare(app, terminal_size=size, run_before=go)
