"""What every window over a screen has: its own line of keys, in place of the one beneath it."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.screens.able import Able
from tui.widgets.keysbar import KeysBar
from tui.widgets.toosmall import TooSmall

T = TypeVar("T")


class Over(ModalScreen[T], Able):
    """A window over a screen, which answers a T; a subclass fills it.

    WHERE is what its help is called. A click beside the window leaves it.
    """

    WHERE = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "help", key_display="?", id="over.help"),
        Binding("r", "retry", "retry", show=False, id="over.retry"),
    ]

    def compose(self) -> ComposeResult:
        """The window, and below it the keys that count while it is there."""
        yield from self.compose_window()
        yield KeysBar(self.why_not)
        yield TooSmall()

    def compose_window(self) -> Iterable[Widget]:
        """What is in the middle of the screen."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Go back, and change nothing."""
        self.dismiss()

    def action_retry(self) -> None:
        """Ask the shop now, as the line about a server that is down says."""
        self.bazar.action_retry()

    def action_help(self) -> None:
        """Show what can be done here."""
        self.bazar.show_help(self.WHERE)

    def on_click(self, event: events.Click) -> None:
        """Beside the window there is only the way back."""
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            self.action_leave()
