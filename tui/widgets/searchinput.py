"""The box in which words are typed that titles and authors are searched for."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.widgets.booklist import BookList


class SearchInput(Input):
    """Enter and ↓ keep what is typed and go to the books; Esc drops it and goes there too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave", "to the books", key_display="↵", id="search.leave"),
        Binding("escape", "drop", "clear", key_display="esc", id="search.clear"),
    ]

    def action_leave(self) -> None:
        """Go on to the books."""
        # At once: a focus() that waits its turn would let the next key fall into the search.
        self.screen.set_focus(self.screen.query_one(BookList))

    def action_drop(self) -> None:
        """Start over."""
        self.value = ""
        self.action_leave()
