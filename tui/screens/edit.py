"""Editing a book: only what was typed over is sent, and never over another admin's edit."""

from textual.app import ComposeResult

from shared.domain import Book
from shared.edits import Edit
from tui import draft, text
from tui.admin import Tagged
from tui.desk import Desk
from tui.draft import Draft, Wrong
from tui.lost import resolve, sides
from tui.office import Office
from tui.screens.add import SUBJECTS_HINT
from tui.screens.dialog import Dialog
from tui.widgets.form import Field, Line, Page


class EditScreen(Dialog):
    """The same form, filled with the book; the stock is changed by restocking alone."""

    NAME = "Edit"

    def __init__(self, desk: Desk, office: Office, book: Book) -> None:
        super().__init__(desk, office, book)
        self._before = draft.draft_of(book)

    def compose_form(self) -> ComposeResult:
        """See Dialog."""
        before = self._before
        yield Field("title", "Title", Line(before.title))
        yield Field("author", "Author", Line(before.author))
        yield Field("subjects", "Subjects", Page(before.subjects), SUBJECTS_HINT)
        yield Field("price", "Price", Line(before.price))

    def heading(self) -> str:
        """See Dialog."""
        assert self.book is not None
        return f"Edit book #{self.book.id}"

    def loaded(self, book: Book) -> None:
        """See Dialog."""
        self._fill(draft.draft_of(book))

    def _fill(self, shown: Draft) -> None:
        self._before = shown
        for field in self.query(Field):
            field.value = getattr(shown, field.key)

    def _draft(self) -> Draft:
        return self._before._replace(**{field.key: field.value for field in self.query(Field)})

    def is_typed(self) -> bool:
        """See Dialog."""
        return self._draft() != self._before

    def send(self) -> None:
        """See Dialog."""
        try:
            self._change(draft.edit(self._before, self._draft()))
        except Wrong as wrong:
            self.mark(wrong.sentences)

    def _change(self, edit: Edit) -> None:
        assert self.book is not None
        book_id, tag = self.book.id, self.tag
        self.begin(lambda key: self.desk.admin.change(key, book_id, edit, tag))

    def refused_field(self, path: str, detail: str) -> None:
        """See Dialog."""
        self.mark({draft.field_of(path): detail})

    def done(self, answer: Tagged) -> None:
        """See Dialog."""
        self.office.changed(f"Changed {text.one_line(answer.book.title)}.")

    # -- an edit lost to another admin --------------------------------------------------------

    def changed_meanwhile(self, theirs: Tagged) -> None:
        """See Dialog. Both are shown, and the admin chooses field by field."""
        from tui.screens.lost import LostScreen

        assert self.book is not None
        said = draft.said(draft.edit(self._before, self._draft()))
        rows = sides(self.book, said, theirs.book)

        def chosen(mine: "frozenset[str] | None") -> None:
            if mine is None:
                self.set_state("ready", "Not saved: another admin changed it meanwhile.")
            else:
                self._settle(frozenset(resolve(rows, mine)), theirs)

        self.app.push_screen(LostScreen(theirs.book, rows), chosen)

    def _settle(self, mine: frozenset[str], theirs: Tagged) -> None:
        """Go on from the other edit, with these fields as they were typed."""
        typed = self._draft()
        self.book, self.tag = theirs
        self._fill(draft.draft_of(theirs.book))
        for field in self.query(Field):
            if field.key in mine:
                field.value = getattr(typed, field.key)
        self.set_state("ready")
        if mine:
            self.send()
        else:
            self.office.say("Nothing was sent: the other admin's edit stays as it is.")
            self.close()
