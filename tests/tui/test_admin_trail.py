"""Who changed which book, in the app."""

from decimal import Decimal

from shared.domain import Unavailable
from tests.tui.admins import opened
from tests.tui.conftest import screen_text, sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop
from tui.app import BazarApp


async def test_the_history_of_a_book_tells_who_changed_what(
    app: BazarApp, admin: FakeAdmin
) -> None:
    admin.rival(2, price=Decimal("49.50"), title="RPCs")
    admin.rival(2, quantity=60)
    admin.rival(3, title="Xen")
    async with opened(app, admin) as pilot:
        await pilot.press("h")
        await until(pilot, sees(pilot, "Changes of book #2"))
        await until(pilot, sees(pilot, "2 changes"))
        assert "stock +4" in screen_text(pilot)
        assert "56 → 60  (+4)" in screen_text(pilot)
        assert "Xen" not in screen_text(pilot)
        await pilot.press("j")
        await until(pilot, sees(pilot, "50.00 → 49.50"))
        assert "RPCs for Noobs → RPCs" in screen_text(pilot)
        assert "by bob" in screen_text(pilot)


async def test_all_changes_come_page_by_page(app: BazarApp, admin: FakeAdmin) -> None:
    for number in range(130):
        admin.rival(2, quantity=100 + number)
    async with opened(app, admin) as pilot:
        await pilot.press("4")
        await until(pilot, sees(pilot, "130 changes"))
        for _ in range(3):
            await pilot.press("end")
            await pilot.pause(0.1)
        await until(pilot, sees(pilot, "56 → 100  (+44)"))


async def test_the_trail_says_when_it_cannot_be_read(
    app: BazarApp, shop: FakeShop, admin: FakeAdmin
) -> None:
    async with opened(app, admin) as pilot:
        shop.error = Unavailable("The catalog server cannot be reached.")
        await pilot.press("h")
        await until(pilot, sees(pilot, "r asks again."))
        shop.error = None
        await pilot.press("r")
        await until(pilot, sees(pilot, "Nothing was changed yet."))


async def test_the_commands_offer_the_admins_work(app: BazarApp, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        await pilot.press("ctrl+p")
        await pilot.press(*"admin: r")
        await until(pilot, sees(pilot, "Admin: restock"))
        await pilot.press("enter")
        await until(pilot, sees(pilot, "56 in stock"))


async def test_leaving_forgets_the_token(app: BazarApp, admin: FakeAdmin) -> None:
    async with opened(app, admin) as pilot:
        app.office.leave()
        await until(pilot, lambda: "◆" not in screen_text(pilot))
        assert "restock" not in screen_text(pilot)
    assert admin.token is None
