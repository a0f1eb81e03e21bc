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
    """Names who is down, or why nothing can be bought, and counts down; a click tries now."""

    down: reactive[tuple[str, ...]] = reactive((), layout=True)
    closed: reactive[str] = reactive("", layout=True)
    seconds: reactive[float] = reactive(0.0)

    def watch_down(self) -> None:
        """Be there only when there is something to say."""
        self.display = bool(self.down or self.closed)

    def watch_closed(self) -> None:
        """See watch_down."""
        self.watch_down()

    def render(self) -> Content:
        """What is wrong, when it is asked again, and, where there is room, the rest of it."""
        try_again = (
            f"next try in {text.pause(self.seconds)}, {keys_of(self, 'r', 'app.retry')} now"
            if self.seconds
            else "trying now"
        )
        what, more = self._what()
        shorter = try_again.removeprefix("next try in ")
        ways = (f" ▲ {what} · {try_again} · {more}", f" ▲ {what} · {try_again}",
                f" ▲ {what} · {shorter}")  # fmt: skip
        fits = [words for words in ways if text.width(words) <= self.size.width]
        return Content(fits[0] if fits else text.cut(ways[-1], self.size.width))

    def _what(self) -> tuple[str, str]:
        if not self.down:
            return "Nothing can be bought now", text.one_line(self.closed)
        names = " and ".join(self.down)
        verb = "server is down" if len(self.down) == 1 else "servers are down"
        return f"The {names} {verb}", _WHAT_STILL_WORKS[min(self.down)]

    async def on_click(self) -> None:
        """Try now."""
        await self.app.run_action("retry")
