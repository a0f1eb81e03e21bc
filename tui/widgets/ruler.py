"""A line of a frame with words in it: the parts of one frame share their lines."""

from typing import Literal

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui import text

Place = Literal["top", "middle", "bottom"]
_CORNERS: dict[Place, tuple[str, str]] = {
    "top": ("╭", "╮"),
    "middle": ("├", "┤"),
    "bottom": ("╰", "╯"),
}
_LINE = "─"


class Ruler(Widget):
    """What is below it on the left, how much of it on the right; `is_lit` while keys go there."""

    title: reactive[str] = reactive("")
    note: reactive[str] = reactive("")
    is_lit: reactive[bool] = reactive(False)

    def __init__(self, place: Place, title: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._left, self._right = _CORNERS[place]
        self.set_reactive(Ruler.title, title)

    def render(self) -> Content:
        """The line, as wide as there is room; the note is the first to give way."""
        width = self.size.width - 4
        title = text.cut(self.title, width - 2)
        note = self.note if text.width(title) + text.width(self.note) + 5 <= width else ""
        look = "bold $primary" if self.is_lit else "$foreground"
        left = Content.styled(f" {title} " if title else "", look)
        right = Content.styled(f" {note} " if note else "", "$muted")
        line = _LINE * max(0, width - left.cell_length - right.cell_length)
        return Content.assemble(self._left + _LINE, left, line, right, _LINE + self._right)
