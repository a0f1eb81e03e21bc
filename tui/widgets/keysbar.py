"""The last line: the keys that do something here, grey and in brackets where they cannot now."""

from collections.abc import Callable, Sequence
from typing import Final

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.keys import key_to_character
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

# What gives way where there is no room for all, the first one first.
_GIVE_WAY: Final = (
    "shop.copy",
    "shop.more",
    "app.retry",
    "app.commands",
    "book.more",
    "book.copy",
    "admin.history",
    "over.help",
    "shop.subjects",
    "app.help",
    "shop.search",
)
# Textual does not know its own name for it.
_NAMED: Final = {"slash": "/"}
# Shown although the binding itself is not, where there is room.
_WITH_ROOM: Final = ("app.retry", "shop.copy")


def is_admins(binding: Binding) -> bool:
    """Whether a key is for the admin alone."""
    return (binding.id or "").startswith("admin.")


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

    def _counting(self) -> list[Binding]:
        """What a key does here, each action once, in the order in which the keys are found."""
        found: dict[str, Binding] = {}
        focused = self.screen.focused
        for key, active in self.screen.active_bindings.items():
            # A letter does nothing where letters are typed.
            character = _NAMED.get(key) or key_to_character(key)
            is_typed = focused is not None and focused.check_consume_key(key, character)
            is_wanted = active.binding.show or active.binding.id in _WITH_ROOM
            is_for_others = is_admins(active.binding) and not self._is_admin()
            is_wanted = is_wanted and not is_for_others and not is_typed
            if is_wanted and active.enabled:
                found.setdefault(active.binding.action, active.binding)
        return sorted(found.values(), key=_rank)

    def _is_admin(self) -> bool:
        return bool(getattr(self.app, "is_admin", False))

    def render(self) -> Content:
        """As many keys as there is room for."""
        items = [(binding.id, self._item(binding)) for binding in self._counting()]
        for name in _GIVE_WAY:
            if _width(items) > self.size.width:
                items = [item for item in items if item[0] != name]
        line = Content("")
        for _, item in items:
            if line.cell_length + item.cell_length <= self.size.width:
                line += item
        return line

    def _item(self, binding: Binding) -> Content:
        key = self.app.get_key_display(binding)
        if self._why_not(binding.action) is None:
            item = Content.assemble(" ", (key, "bold $primary"), f" {binding.description} ")
        else:
            item = Content.styled(f"({key} {binding.description}) ", "$faint")
        return item.stylize(Style.from_meta({"key": binding.key}))

    def on_click(self, event: events.Click) -> None:
        """A click on a key is a press of it."""
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)


def _rank(binding: Binding) -> int:
    """What is of this place first, then the way back, then what is everywhere."""
    if (binding.id or "").startswith(("app.", "over.")):
        return 2
    return int(binding.key_display == "esc")


def _width(items: Sequence[tuple[str | None, Content]]) -> int:
    return sum(item.cell_length for _, item in items)
