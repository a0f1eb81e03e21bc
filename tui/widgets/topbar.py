"""The first line: where one is, and how each server is."""

from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from shared.version import VERSION
from tui.keys import keys_of
from tui.shop import SERVERS, Health

# The usual key, the name, the mode, and the binding that goes there.
SCREENS = (
    ("1", "Shop", "shop", "app.shop"),
    ("2", "Orders", "orders", "app.orders-tab"),
    ("3", "Sales", "sales", "app.sales"),
)
_WIDE = 80


class _Shown(NamedTuple):
    """What there is room for besides the tabs and the signs."""

    words: bool = False
    time: bool = False
    version: bool = False
    marks: bool = False


class TopBar(Widget):
    """The name, the screens as tabs, and a sign with a word for each server."""

    health: reactive[Health | None] = reactive(None)
    unsettled: reactive[int] = reactive(0)
    is_admin: reactive[bool] = reactive(False)

    def __init__(self, current: str, *, is_read_only: bool = False) -> None:
        super().__init__()
        self._current = current
        self._is_read_only = is_read_only

    def render(self) -> Content:
        """Tabs on the left, servers on the right, and as much between them as there is room for."""
        left = self._left()
        is_wide = self.size.width >= _WIDE
        for shown in (
            _Shown(words=is_wide, time=True, version=True, marks=True),
            _Shown(words=is_wide, time=True, marks=True),
            _Shown(words=is_wide, marks=True),
            _Shown(time=True, marks=True),
            _Shown(marks=True),
            _Shown(),
        ):
            right = self._right(shown)
            room = self.size.width - left.cell_length - right.cell_length
            if room >= 1:
                break
        return Content.assemble(left, " " * max(1, room), right)

    def _left(self) -> Content:
        parts: list[Content | tuple[str, str]] = [(" Bazar.com ", "bold $primary")]
        for usual, name, mode, binding in SCREENS:
            key = keys_of(self, usual, binding)
            if mode == self._current:
                tab = Content.styled(f"[{key} {name}]", "bold $foreground on $surface-lighten-2")
            else:
                tab = Content.styled(f" {key} {name} ", "$muted")
            parts.append(tab.stylize(Style.from_meta({"mode": mode})))
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """A click on a tab goes there."""
        if mode := event.style.meta.get("mode"):
            await self.app.run_action(f"go('{mode}')")

    def _right(self, shown: _Shown) -> Content:
        parts: list[Content | tuple[str, str]] = []
        for sign, word in self._marks():
            parts.append((f"{sign} {word}  " if shown.marks else f"{sign} ", "bold $warning"))
        parts += [self._server(name, shown.words) for name in SERVERS]
        if self.health is not None and not self.health.down and shown.time:
            parts.append((f"{self.health.seconds * 1000:3.0f} ms ", "$muted"))
        if shown.version:
            parts.append((f" v{VERSION} ", "$faint"))
        return Content.assemble(*parts)

    def _marks(self) -> list[tuple[str, str]]:
        """What is out of the ordinary: a sign, and a word where there is room for it."""
        marks = []
        if self.is_admin:
            marks.append(("◆", "admin"))
        if self._is_read_only:
            marks.append(("■", "read-only"))
        if self.unsettled:
            marks.append((f"… {self.unsettled}", "unsettled"))
        return marks

    def _server(self, name: str, has_words: bool) -> Content:
        word = name if has_words else name[0]
        if self.health is None:
            return Content.styled(f"· {word} ", "$muted")
        if name in self.health.down:
            return Content.styled(f"○ {word} down ", "bold $error")
        # Without the frontend nothing is known of the others.
        if "frontend" in self.health.down:
            return Content.styled(f"? {word} ", "$muted")
        return Content.assemble(("● ", "$success"), (f"{word} ", "$muted"))
