"""A window whose text may be longer than it is high, and the keys that move it."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.screens.over import Over


class Scrolling(Over[None]):
    """A window with something in it that scrolls; a subclass says what."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", show=False, id="window.up"),
        Binding("down,j", "scroll(1)", show=False, id="window.down"),
        Binding("pageup", "scroll_page(-1)", show=False, id="window.page-up"),
        Binding("pagedown,space", "scroll_page(1)", show=False, id="window.page-down"),
        Binding("home,g", "scroll_edge(0)", show=False, id="window.first"),
        Binding("end,G", "scroll_edge(1)", show=False, id="window.last"),
    ]

    def scrolled(self) -> Widget:
        """What moves."""
        raise NotImplementedError

    # At once, or of keys that come quickly only the last one would count.

    def action_scroll(self, by: int) -> None:
        """Some lines."""
        self.scrolled().scroll_relative(y=by, animate=False, immediate=True)

    def action_scroll_page(self, by: int) -> None:
        """Some pages, less a line that stays in view."""
        self.action_scroll(by * max(1, self.scrolled().scrollable_content_region.height - 1))

    def action_scroll_edge(self, end: int) -> None:
        """To the beginning, or with 1 to the end."""
        moved = self.scrolled()
        moved.scroll_to(y=end * moved.max_scroll_y, animate=False, immediate=True)
