"""Restocking by a number of copies, which no sale of the same moment can be lost to."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from shared.domain import Book
from shared.edits import Edit
from tui import draft, text
from tui.admin import Tagged
from tui.draft import Wrong
from tui.live import Renewed, Watching
from tui.screens.about import about
from tui.screens.dialog import Dialog, save_key
from tui.widgets.form import Field, Line


class RestockScreen(Dialog, Watching):
    """Asks how many copies came, or with a minus went, and shows what the stock becomes."""

    NAME = "Restock"
    YES = "Restock"
    BINDINGS: ClassVar[list[BindingType]] = [save_key(YES)]

    def compose_form(self) -> ComposeResult:
        """See Dialog."""
        yield Static(markup=False, classes="about")
        yield Field("quantity_change", "Copies", Line(placeholder="such as 20, or -3 to correct"))
        yield Static(markup=False, classes="becomes")

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self.call_after_refresh(self._draw)

    def watched_ids(self) -> list[int]:
        """See Watching: the shop sells meanwhile."""
        return [self.book.id] if self.state == "ready" and self.book is not None else []

    def renewed(self, books: Renewed) -> None:
        """See Watching."""
        book = books.get(self.book.id) if self.book is not None else None
        if self.state == "ready" and book is not None:
            self.book = book
            self._draw()

    def loaded(self, book: Book) -> None:
        """See Dialog."""
        self._draw()

    def typed(self) -> None:
        """See Dialog."""
        self._draw()

    @property
    def _given(self) -> str:
        return self.query_one(Field).value

    def is_typed(self) -> bool:
        """See Dialog."""
        return bool(self._given)

    def _draw(self) -> None:
        if self.book is None or not self.query(".about"):
            # Not filled yet, or on its way out.
            return
        self.query_one(".about", Static).update(about(self.book, self.query_one(".form")))
        self.query_one(".becomes", Static).update(
            Content.styled(self._becomes(self.book), "$muted")
        )

    def _becomes(self, book: Book) -> str:
        try:
            change = draft.difference(self._given, book.quantity)
        except Wrong:
            return ""
        now, then = text.count(book.quantity), text.count(book.quantity + change)
        return f"Stock now {now}, becomes {then}. What is sold meanwhile counts too."

    def send(self) -> None:
        """See Dialog. No tag goes with it: a difference is right whatever the stock is by then."""
        assert self.book is not None
        try:
            change = draft.difference(self._given, self.book.quantity)
        except Wrong as wrong:
            self.mark(wrong.sentences)
            return
        book_id, edit = self.book.id, Edit(quantity_change=change)
        self.begin(lambda key: self.desk.admin.change(key, book_id, edit, None))

    def refused_field(self, path: str, detail: str) -> None:
        """See Dialog."""
        self.mark({draft.field_of(path): detail})

    def done(self, answer: Tagged) -> None:
        """See Dialog."""
        book = answer.book
        title, copies = text.one_line(book.title), text.plural(book.quantity, "copy", "copies")
        self.office.restocked(f"Restocked {title}: {copies} now.")
