"""Asking for the admin's token: never shown, and kept nowhere but in this run of the app."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from shared.domain import NotAdmin, ShopError
from tui import text
from tui.messages import Trouble
from tui.office import Office, refusal
from tui.screens.over import Over
from tui.token import Token
from tui.widgets.form import Field, Line

_WORDS = (
    "The token that the shop's servers were given. It is kept until you leave, and not on disk."
)


class TokenScreen(Over[bool]):
    """Answers whether the shop took the token."""

    WHERE = "form"
    AUTO_FOCUS = "Line"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", key_display="esc", id="token.leave"),
    ]

    def __init__(self, office: Office, why: str) -> None:
        super().__init__()
        self._office = office
        self._why = why
        self._is_asking = False

    def compose_window(self) -> ComposeResult:
        """A masked field and two buttons."""
        with Vertical(classes="dialog"):
            yield Static(_WORDS, markup=False, classes="words")
            yield Field("token", "Token", Line(password=True))
            yield Static(markup=False, classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", compact=True, classes="no")
                yield Button("Enter", compact=True, classes="yes")

    def on_mount(self) -> None:
        """Say why it is asked for."""
        box = self.query_one(".dialog")
        box.border_title = Content("Admin mode")
        self._say(self._why)

    def _say(self, words: str, look: str = "$text-error") -> None:
        said = self.query_one(".said", Static)
        said.update(Content.styled(text.one_line(words), look))
        said.display = bool(words)

    @on(Input.Submitted)
    @on(Button.Pressed, ".yes")
    def action_enter(self) -> None:
        """Ask the shop whether it takes what was typed."""
        if self._is_asking:
            return
        try:
            token = Token(self.query_one(Field).value)
        except ValueError as error:
            self._say(text.sentence(str(error)))
            return
        self._is_asking = True
        self._say("Asking the shop …", "$muted")
        self._office.admit(token)
        self._office.knock(self._is_in, self._failed)

    def _is_in(self) -> None:
        if self.is_attached:
            self.dismiss(True)

    def _failed(self, error: ShopError) -> None:
        self._is_asking = False
        self._office.leave()
        if not self.is_attached:
            return
        if isinstance(error, NotAdmin):
            self._say(refusal(error))
        else:
            self._say(f"{text.sentence(str(error))} Enter asks again.")
            self.app.post_message(Trouble(error))

    @on(Button.Pressed, ".no")
    def action_leave(self) -> None:
        """Go on without."""
        if self._is_asking:
            self._office.drop()
        self.dismiss(False)
