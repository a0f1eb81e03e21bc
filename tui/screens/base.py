"""What every full screen has: the top bar, the banner, the keys, and "too small"."""

from typing import cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.desk import Desk
from tui.screens.able import Able
from tui.shop import Health
from tui.widgets.activity import Activity
from tui.widgets.banner import Banner
from tui.widgets.keysbar import KeysBar
from tui.widgets.toosmall import TooSmall
from tui.widgets.topbar import TopBar


class BazarScreen(Screen[None], Able):
    """A screen of the shop; a subclass fills the body."""

    MODE = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        with Vertical(id="page"):
            yield TopBar(self.MODE, is_read_only=self.desk.read_only)
            yield Banner()
            with Vertical(id="body"):
                yield from self.compose_body()
            yield Activity()
            yield KeysBar(self.why_not)
        yield TooSmall()

    def compose_body(self) -> ComposeResult:
        """What is between the bars."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow what the app knows."""
        self._follow("health", self._show_health)
        self._follow("unsettled", self._show_unsettled)
        self._follow("seconds_left", self._show_seconds)
        self._follow("activity", self._show_activity)
        self._follow("settled", self.settled)
        self._follow("is_admin", self._show_admin)
        self._follow("edits", self.edited)

    def on_resize(self) -> None:
        """See that the keys go to something that is to be seen."""
        self.call_after_refresh(self._keep_the_focus_in_sight)

    def _keep_the_focus_in_sight(self) -> None:
        focused = self.focused
        parts = [] if focused is None else cast("list[Widget]", focused.ancestors_with_self)
        if self.is_current and self.AUTO_FOCUS and not (parts and all(p.display for p in parts)):
            self.set_focus(self.query(self.AUTO_FOCUS).first(Widget))

    def _follow(self, name: str, callback: object) -> None:
        assert isinstance(getattr(type(self.app), name), Reactive)
        self.watch(self.app, name, callback, init=True)  # type: ignore[arg-type]

    def reload(self) -> None:
        """Ask the shop again for everything that is shown."""

    def settled(self, purchases: int) -> None:
        """One more purchase has its outcome."""

    def edited(self, edits: int) -> None:
        """One more time the admin added, changed or removed a book."""

    def recovered(self) -> None:
        """The servers answer again."""

    def health_changed(self) -> None:
        """The servers are as `self.bazar.health` says now."""

    def _show_health(self, before: Health | None, now: Health | None) -> None:
        self.query_one(TopBar).health = now
        banner = self.query_one(Banner)
        banner.down = now.down if now else ()
        banner.closed = now.closed if now else ""
        self.query_one(KeysBar).refresh()
        self.health_changed()
        if before is not None and not before.is_well and now is not None and now.is_well:
            self.recovered()

    def _show_unsettled(self, number: int) -> None:
        self.query_one(TopBar).unsettled = number

    def _show_admin(self, is_admin: bool) -> None:
        self.query_one(TopBar).is_admin = is_admin
        self.query_one(KeysBar).refresh()

    def _show_seconds(self, seconds: float) -> None:
        self.query_one(Banner).seconds = seconds

    def _show_activity(self, news: tuple[tuple[str, str], ...]) -> None:
        self.query_one(Activity).news = news


class FreshScreen(BazarScreen):
    """A screen that is asked for again while somebody looks, and after anything was bought."""

    REFRESH_SECONDS = 5.0

    def on_mount(self) -> None:
        """Look again now and then."""
        self.set_interval(self.REFRESH_SECONDS, self._refresh_while_looked_at)

    def on_screen_resume(self) -> None:
        """Somebody looks."""
        self.reload()

    def is_looked_at(self) -> bool:
        """Whether somebody sees what would come."""
        return bool(self.bazar.current_mode == self.MODE and self.app.app_focus)

    def _refresh_while_looked_at(self) -> None:
        if self.is_looked_at():
            self.reload()

    def settled(self, purchases: int) -> None:
        """See BazarScreen."""
        if purchases and self.bazar.current_mode == self.MODE:
            self.reload()

    def recovered(self) -> None:
        """See BazarScreen."""
        self.reload()
