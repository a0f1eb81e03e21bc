"""Deleting a book: the id is typed to confirm, so that no slip of a finger does it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Button, Static

from shared.domain import Book
from tui.admin import Tagged
from tui.screens.about import about
from tui.screens.dialog import Dialog, State, save_key
from tui.widgets.form import Field, Line

_WORDS = (
    "The book leaves the shop and cannot be bought any more. "
    "Its orders stay, with the title and the price it was sold for; its id is never given again."
)


class RemoveScreen(Dialog):
    """Shows what would be deleted, and deletes it once its id is typed."""

    NAME = "Delete this book?"
    YES = "Delete"
    BINDINGS: ClassVar[list[BindingType]] = [save_key(YES)]

    def compose_form(self) -> ComposeResult:
        """See Dialog."""
        yield Static(markup=False, classes="about")
        yield Static(_WORDS, markup=False, classes="words")
        yield Field("id", "Its id", Line(placeholder="type the id to confirm"))

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self.call_after_refresh(self._draw)

    def set_state(self, state: State, words: str = "", look: str = "$text-warning") -> None:
        """See Dialog. The button waits for the id."""
        super().set_state(state, words, look)
        if state == "ready":
            self.query_one(".yes", Button).disabled = not self._is_confirmed()

    def loaded(self, book: Book) -> None:
        """See Dialog."""
        self._draw()

    def typed(self) -> None:
        """See Dialog."""
        self._draw()

    def _is_confirmed(self) -> bool:
        assert self.book is not None
        return self.query_one(Field).value.strip().removeprefix("#") == str(self.book.id)

    def _draw(self) -> None:
        if self.book is None or not self.query(".about"):
            # Not filled yet, or on its way out.
            return
        self.query_one(".about", Static).update(about(self.book, self.query_one(".form")))
        if self.state == "ready":
            self.query_one(".yes", Button).disabled = not self._is_confirmed()

    def send(self) -> None:
        """See Dialog."""
        assert self.book is not None
        if not self._is_confirmed():
            self.mark({"id": f"Type {self.book.id} to delete it."})
            return
        book_id, tag = self.book.id, self.tag
        self.begin(lambda key: self.desk.admin.remove(key, book_id, tag))

    def changed_meanwhile(self, theirs: Tagged) -> None:
        """See Dialog. It may be another book now to whoever reads it, so it is asked again."""
        self.book, self.tag = theirs
        self.query_one(Field).value = ""
        words = "Not deleted: another admin changed it meanwhile. This is how it is now."
        self.set_state("ready", words)
        self._draw()

    def done(self, answer: None) -> None:
        """See Dialog."""
        assert self.book is not None
        self.office.removed(self.book)
