"""The admin's keys on a screen that shows books."""

from textual.binding import Binding, BindingType
from textual.screen import Screen

from shared.domain import Book
from tui.messages import AdminWanted

ACTION = "admin("
ADMIN_KEYS: list[BindingType] = [
    Binding("a", "admin('add')", "add", id="admin.add"),
    Binding("e", "admin('edit')", "edit", id="admin.edit"),
    Binding("plus", "admin('restock')", "restock", key_display="+", id="admin.restock"),
    Binding("d", "admin('remove')", "delete", id="admin.remove"),
    Binding("h", "admin('history')", "history", id="admin.history"),
]


def want_of(action: str) -> str | None:
    """What the admin wants by an action, if it is one of the admin's."""
    return action[len(ACTION) :].strip("')") if action.startswith(ACTION) else None


class AdminKeys(Screen[None]):
    """What a screen needs so that ADMIN_KEYS work on it."""

    def admin_book(self) -> Book | None:
        """The book that they are about."""
        raise NotImplementedError

    def action_admin(self, want: str) -> None:
        """Have it done by the app."""
        self.post_message(AdminWanted(want, self.admin_book()))
