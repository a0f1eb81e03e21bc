"""What happened lately, newest first: on one line as much as fits, or one line each."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui import text

_BETWEEN = "   "
# A piece of news that is cut shorter says nothing.
_LEAST = 16


class Activity(Widget):
    """Draws the news, each as a time and words."""

    news: reactive[tuple[tuple[str, str], ...]] = reactive(())

    def render(self) -> Content:
        """The newest stands out."""
        if not self.news:
            return Content.styled("What happens in the shop is told here.", "$faint")
        if self.size.height > 1:
            return Content("\n").join(
                self._one(n) for n in range(min(len(self.news), self.size.height))
            )
        line = Content("")
        for number in range(len(self.news)):
            room = self.size.width - line.cell_length - len(_BETWEEN)
            if number and room < _LEAST + 10:
                break
            line += Content(_BETWEEN if number else "") + self._one(number, room)
        return line

    def _one(self, number: int, room: int = 0) -> Content:
        at, words = self.news[number]
        words = text.cut(words, (room or self.size.width) - len(at) - 2)
        return Content.assemble(
            (f"{at}  ", "$faint"), (words, "$muted" if number else "$foreground")
        )
