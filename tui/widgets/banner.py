"""The line that says which server is down and when it is asked again; else it is not there."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui import text

_WHAT_STILL_WORKS = {
    "frontend": "loaded books stay",
    "catalog": "loaded books stay",
    "order": "browsing goes on",
}


class Banner(Widget):
    """Names who is down and counts down to the next try; a click tries now."""

    down: reactive[tuple[str, ...]] = reactive((), layout=True)
    seconds: reactive[float] = reactive(0.0)

    def watch_down(self, down: tuple[str, ...]) -> None:
        """Be there only when there is something to say."""
        self.display = bool(down)

    def render(self) -> Content:
        """Who, what still works, and when."""
        names = " and the ".join(self.down)
        verb = "server is down" if len(self.down) == 1 else "servers are down"
        try_again = (
            f"next try in {text.pause(self.seconds)}, r now" if self.seconds else "trying now"
        )
        still = _WHAT_STILL_WORKS[self.down[-1]] if self.down else ""
        words = f" ▲ The {names} {verb} · {try_again} · {still}"
        return Content(text.cut(words, self.size.width))

    def on_click(self) -> None:
        """Try now."""
        self.app.simulate_key("r")
