"""Choosing a subject over the list, where there is no room for a pane."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from shared.domain import ShopError
from tui.desk import Desk
from tui.messages import Trouble
from tui.screens.over import Over
from tui.widgets.subjectlist import Subjects


class SubjectsScreen(Over[str | None]):
    """Answers the subject that was chosen, empty for all of them, or None for no change."""

    WHERE = "subjects"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", key_display="esc", id="subjects.back"),
    ]

    def __init__(self, desk: Desk, current: str) -> None:
        super().__init__()
        self._subjects = Subjects(desk.shop, self._trouble)
        self._subjects.choose(current)

    def _trouble(self, error: ShopError) -> None:
        self.app.post_message(Trouble(error))

    def compose_window(self) -> ComposeResult:
        """The same parts as in the pane."""
        yield self._subjects

    def on_subjects_chosen(self, event: Subjects.Chosen) -> None:
        """Answer it."""
        event.stop()
        self.dismiss(event.subject)
