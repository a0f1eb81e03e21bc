"""The first line: where one is, and how each server is."""

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tui.shop import SERVERS, Health

SCREENS = (("1", "Shop", "shop"), ("2", "Orders", "orders"))
_WIDE = 80


class TopBar(Widget):
    """The name, the screens as tabs, and a sign with a word for each server."""

    health: reactive[Health | None] = reactive(None)
    unsettled: reactive[int] = reactive(0)

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    def render(self) -> Content:
        """Tabs on the left, servers on the right, with the room between them."""
        left, right = self._left(), self._right()
        room = self.size.width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(1, room), right)

    def _left(self) -> Content:
        parts: list[Content | tuple[str, str]] = [(" Bazar.com ", "bold $primary")]
        for key, name, mode in SCREENS:
            look = "bold $foreground on $surface-lighten-2" if mode == self._current else "$muted"
            tab = Content.styled(f" {key} {name} ", look)
            parts.append(tab.stylize(Style.from_meta({"key": key})))
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        """A click on a tab is a press of its key."""
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)

    def _right(self) -> Content:
        parts: list[Content | tuple[str, str]] = []
        if self.unsettled:
            parts.append((f"… {self.unsettled} unsettled  ", "bold $warning"))
        parts += [self._server(name) for name in SERVERS]
        if self.health is not None and not self.health.down:
            parts.append((f"{self.health.seconds * 1000:.0f} ms ", "$muted"))
        return Content.assemble(*parts)

    def _server(self, name: str) -> Content:
        word = name if self.size.width >= _WIDE else name[0]
        if self.health is None:
            return Content.styled(f"· {word} ", "$muted")
        if name in self.health.down:
            return Content.styled(f"○ {word} down ", "bold $error")
        # Without the frontend nothing is known of the others.
        if "frontend" in self.health.down:
            return Content.styled(f"? {word} ", "$muted")
        return Content.assemble(("● ", "$success"), (f"{word} ", "$muted"))
