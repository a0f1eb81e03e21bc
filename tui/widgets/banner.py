"""The line that says which server is down and when it is asked again; else it is not there."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui import text
from tui.keys import keys_of

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
            f"next try in {text.pause(self.seconds)}, {keys_of(self, 'r', 'app.retry')} now"
            if self.seconds
            else "trying now"
        )
        still = _WHAT_STILL_WORKS[self.down[-1]] if self.down else ""
        words = f" ▲ The {names} {verb} · {try_again} · {still}"
        return Content(text.cut(words, self.size.width))

    async def on_click(self) -> None:
        """Try now."""
        await self.app.run_action("retry")
