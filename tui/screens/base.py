"""What every full screen has: the top bar, the banner, the keys, and "too small"."""

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import Reactive
from textual.screen import Screen

from tui.desk import Desk
from tui.shop import Health
from tui.widgets.activity import Activity
from tui.widgets.banner import Banner
from tui.widgets.keysbar import KeysBar
from tui.widgets.toosmall import TooSmall
from tui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from tui.app import BazarApp


class BazarScreen(Screen[None]):
    """A screen of the shop; a subclass fills the body."""

    MODE = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    @property
    def bazar(self) -> "BazarApp":
        """The app, by its own type."""
        return cast("BazarApp", self.app)

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        with Vertical(id="page"):
            yield TopBar(self.MODE)
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

    def _follow(self, name: str, callback: object) -> None:
        assert isinstance(getattr(type(self.app), name), Reactive)
        self.watch(self.app, name, callback, init=True)  # type: ignore[arg-type]

    def why_not(self, action: str) -> str | None:
        """Why an action cannot be done now, as a sentence; None if it can."""
        return None

    def can(self, action: str) -> bool:
        """Whether an action can be done now; says why if not."""
        why = self.why_not(action)
        if why is not None:
            self.bazar.say(why, "warning")
        return why is None

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
        self.query_one(Banner).down = now.down if now else ()
        self.query_one(KeysBar).refresh()
        self.health_changed()
        if before is not None and before.down and now is not None and not now.down:
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
