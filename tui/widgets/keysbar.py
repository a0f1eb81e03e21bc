"""The last line: the keys that do something here, grey where they cannot now."""

from collections.abc import Callable

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget


class KeysBar(Widget):
    """Draws the shown bindings of the screen that fit; a click on one is a press of its key.

    `why_not` says of an action why it cannot be done now, or None if it can.
    """

    def __init__(self, why_not: Callable[[str], str | None]) -> None:
        super().__init__()
        self._why_not = why_not

    def on_mount(self) -> None:
        """Draw again when other keys count."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def _shown(self) -> list[Binding]:
        found: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.enabled:
                found.setdefault(active.binding.action, active.binding)
        return list(found.values())

    def render(self) -> Content:
        """As many keys as there is room for."""
        line = Content("")
        for binding in self._shown():
            item = self._item(binding)
            if line.cell_length + item.cell_length <= self.size.width:
                line += item
        return line

    def _item(self, binding: Binding) -> Content:
        key = self.app.get_key_display(binding)
        if self._why_not(binding.action) is None:
            item = Content.assemble(" ", (key, "bold $primary"), f" {binding.description} ")
        else:
            item = Content.styled(f" {key} {binding.description} ", "$faint")
        return item.stylize(Style.from_meta({"key": binding.key}))

    def on_click(self, event: events.Click) -> None:
        """A click on a key is a press of it."""
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)
