"""Choosing a subject over the list, where there is no room for a pane."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from shared.domain import ShopError
from tui.desk import Desk
from tui.messages import Trouble
from tui.widgets.subjectlist import Subjects
from tui.widgets.toosmall import TooSmall


class SubjectsScreen(ModalScreen[str | None]):
    """Answers the subject that was chosen, empty for all of them, or None for no change."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="subjects.back"),
        Binding("down", "to_list", show=False, id="subjects.down"),
    ]

    def __init__(self, desk: Desk, current: str) -> None:
        super().__init__()
        self._subjects = Subjects(desk.shop, self._trouble)
        self._subjects.choose(current)

    def _trouble(self, error: ShopError) -> None:
        self.app.post_message(Trouble(error))

    def compose(self) -> ComposeResult:
        """The same parts as in the pane."""
        yield self._subjects
        yield TooSmall()

    def on_subjects_chosen(self, event: Subjects.Chosen) -> None:
        """Answer it."""
        event.stop()
        self.dismiss(event.subject)

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def action_to_list(self) -> None:
        """From the filter into the list."""
        self.set_focus(self._subjects.list)
