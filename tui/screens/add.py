"""Adding a book."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from shared.edits import NewBook
from tui import draft, text
from tui.admin import Tagged
from tui.desk import Desk
from tui.draft import Draft, Wrong
from tui.messages import OpenWanted
from tui.office import Office
from tui.screens.dialog import Dialog, save_key
from tui.widgets.form import Field, Line, Page

SUBJECTS_HINT = "one on a line, or with ; between them"


class AddScreen(Dialog):
    """A form for a new book; the shop gives it an id."""

    NAME = "Add a book"
    YES = "Add"
    BINDINGS: ClassVar[list[BindingType]] = [save_key(YES)]

    def __init__(self, desk: Desk, office: Office) -> None:
        super().__init__(desk, office, None)

    def compose_form(self) -> ComposeResult:
        """See Dialog."""
        yield Field("title", "Title", Line())
        yield Field("author", "Author", Line())
        yield Field("subjects", "Subjects", Page(), SUBJECTS_HINT)
        yield Field("price", "Price", Line(placeholder="such as 12.50"))
        yield Field("quantity", "Copies", Line(placeholder="0 if left empty"))

    def _draft(self) -> Draft:
        return Draft(**{field.key: field.value for field in self.query(Field)})

    def is_typed(self) -> bool:
        """See Dialog."""
        return self._draft() != Draft()

    def send(self) -> None:
        """See Dialog."""
        try:
            book = draft.new_book(self._draft())
        except Wrong as wrong:
            self.mark(wrong.sentences)
        else:
            self._add(book)

    def _add(self, book: NewBook) -> None:
        self.begin(lambda key: self.desk.admin.add(key, book))

    def refused_field(self, path: str, detail: str) -> None:
        """See Dialog."""
        self.mark({draft.field_of(path): detail})

    def done(self, answer: Tagged) -> None:
        """See Dialog. The new book is shown, since a list need not reach it."""
        book = answer.book
        self.office.changed(f"Added {text.one_line(book.title)} as book {book.id}.")
        self.app.post_message(OpenWanted(book.id, book))
