"""What the admin's dialogs have in common: a change is sent under one key until it is settled."""

from collections.abc import Callable
from typing import Any, ClassVar, Final, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from shared.domain import Book, BookNotFound, NotAdmin, ShopError
from tui import text
from tui.admin import Tagged
from tui.asker import Asker
from tui.deed import PATIENCE, Deed, Result
from tui.desk import Desk
from tui.messages import Trouble
from tui.office import Office, refusal
from tui.screens.over import Over
from tui.widgets.form import Field
from tui.widgets.keysbar import KeysBar

_SEE: Final = "Nothing was sent: see the fields with ✗."

State = Literal["loading", "no book", "ready", "sending", "unknown"]


def save_key(yes: str) -> Binding:
    """The key that does what the button does, by the same word."""
    return Binding("f2", "save", yes.lower(), key_display="F2", id="dialog.save")


class Dialog(Over[None]):
    """A subclass fills the form and says what to send, and its YES once more in a `save_key`.

    Whatever goes wrong, the form stays as it was typed.
    """

    YES = "Save"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", key_display="esc", id="dialog.leave"),
        save_key(YES),
        Binding("r", "again", "ask again", id="dialog.again"),
    ]
    WHERE = "form"
    NAME = ""

    def __init__(self, desk: Desk, office: Office, book: Book | None) -> None:
        super().__init__()
        self.desk = desk
        self.office = office
        self.book = book
        self.tag = ""
        self.state: State = "loading" if book is not None else "ready"
        self._asker = Asker(self, "dialog")
        self._deed: Deed | None = None
        self._sales_between = 0
        self._said_leave = False
        self._says_see = False
        self._is_gone = False

    # -- the parts ----------------------------------------------------------------------------

    def compose_window(self) -> ComposeResult:
        """The form, a sentence under it, and two buttons."""
        with Vertical(classes="dialog"):
            with VerticalScroll(classes="form", can_focus=False):
                yield from self.compose_form()
            yield Static(markup=False, classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", compact=True, classes="no")
                yield Button(self.YES, compact=True, classes="yes")

    def compose_form(self) -> ComposeResult:
        """What is typed into."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Look at the book as it is now, tag and all."""
        box = self.query_one(".dialog")
        box.border_title = Content(self.heading())
        self.set_state(self.state)
        if self.book is not None:
            self.load()

    def why_not(self, action: str) -> str | None:
        """See Over."""
        if action == "again" and self.state not in ("unknown", "no book"):
            return "There is nothing to ask again."
        if action == "save" and self.state != "ready":
            return "Not while something is on its way."
        return None

    def heading(self) -> str:
        """What stands over the form."""
        return self.NAME

    def load(self) -> None:
        """Fetch the book as it is now."""
        assert self.book is not None
        book_id = self.book.id
        self.set_state("loading", "Fetching the book as it is now …", "$muted")
        self._asker.ask(lambda: self.desk.admin.tagged(book_id), self._came, self._could_not)

    def _came(self, tagged: Tagged) -> None:
        self.book, self.tag = tagged
        self.set_state("ready")
        self.loaded(tagged.book)

    def _could_not(self, error: ShopError) -> None:
        again = "" if isinstance(error, BookNotFound) else " r asks again."
        self.set_state("no book", text.sentence(str(error)) + again, "$text-error")
        self.app.post_message(Trouble(error))

    def loaded(self, book: Book) -> None:
        """The book is here."""

    # -- what is said -------------------------------------------------------------------------

    def set_state(self, state: State, words: str = "", look: str = "$text-warning") -> None:
        """Show how things are; while something is on its way nothing can be typed."""
        self.state = state
        self._said_leave = False
        self.query_one(KeysBar).refresh()
        form = self.query_one(".form")
        is_locked = state in ("loading", "sending", "unknown", "no book")
        had_focus = self.focused
        form.disabled = is_locked
        yes, no = self.query_one(".yes", Button), self.query_one(".no", Button)
        yes.display = state != "no book"
        yes.label = Content("Ask again" if state == "unknown" else self.YES)
        yes.disabled = state in ("loading", "sending")
        no.label = Content("Hide" if state in ("sending", "unknown") else "Cancel")
        self.say(words, look)
        if is_locked:
            self.set_focus(yes if state == "unknown" else no)
        elif had_focus is None or had_focus in (yes, no):
            self.focus_form()

    def say(self, words: str, look: str = "$text-warning") -> None:
        """A sentence under the form."""
        said = self.query_one(".said", Static)
        said.update(Content.styled(text.one_line(words), look))
        said.display = bool(words)
        self._says_see = False

    def focus_form(self) -> None:
        """Where typing begins."""
        wrong = self.query("Field.-wrong")
        first = wrong.first(Field) if wrong else next(iter(self.query(Field)), None)
        if first is not None:
            self.set_focus(first.control)

    def mark(self, sentences: "dict[str, str]") -> None:
        """Show beside each field what is wrong with it, and the rest under the form."""
        left = dict(sentences)
        for field in self.query(Field):
            field.wrong(left.pop(field.key, ""))
        if sentences:
            elsewhere = " ".join(left.values())
            self.say(elsewhere or _SEE, "$text-error")
            self._says_see = not elsewhere
            self.focus_form()

    # -- sending ------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Send what was typed; does nothing while something is on its way."""
        if self.state == "unknown":
            self.action_again()
        elif self.state == "ready":
            self._sales_between = 0
            self.send()

    def send(self) -> None:
        """Check what was typed and `begin`."""
        raise NotImplementedError

    def begin(self, ask: Callable[[str], Any]) -> None:
        """Send a change under a key of its own."""
        self.mark({})
        self._deed = Deed(self.office.new_key(), ask)
        self._attempt()

    def _attempt(self) -> None:
        assert self._deed is not None
        self.set_state("sending", "Sending …", "$muted")
        self.office.attempt(self._deed, self._told)

    def action_again(self) -> None:
        """Ask once more: for the book, or under the same key for the change."""
        if self.state == "unknown":
            self._attempt()
        elif self.state == "no book":
            self.load()

    def _told(self, result: Result) -> None:
        if result.stage == "done":
            self.done(result.answer)
            self.close()
        elif self._is_gone:
            self.office.say(f"{self.NAME}: {text.sentence(result.detail)}")
        else:
            self._show(result)

    def _show(self, result: Result) -> None:
        detail = text.sentence(result.detail)
        match result.stage:
            case "unknown":
                words = f"? No answer yet. {detail} It may have been done or not; asking again"
                self.set_state("unknown", f"{words} cannot do it twice.")
            case "field":
                self.set_state("ready")
                self.refused_field(result.path, detail)
            case "edited":
                self._look_again()
            case "gone":
                self.set_state("ready", "✗ The shop does not have this book any more.")
            case "not admin":
                self._ask_for_token(result.error)
            case "not done":
                self.set_state("ready", f"✗ Nothing was done. {detail} Try again.", "$text-error")
                if result.error is not None:
                    self.app.post_message(Trouble(result.error))
            case _:
                self.set_state("ready", f"✗ {detail}", "$text-error")

    def refused_field(self, path: str, detail: str) -> None:
        """The shop says that a field is wrong."""
        self.mark({path: detail})

    def done(self, answer: Any) -> None:
        """It is on disk."""
        raise NotImplementedError

    def _ask_for_token(self, error: ShopError | None) -> None:
        assert isinstance(error, NotAdmin)
        # What is unsure stays unsure: a no to this token says nothing of the earlier request.
        is_unsure = self._deed is not None and self._deed.is_unsure
        self.set_state("unknown" if is_unsure else "ready", f"✗ {refusal(error)}", "$text-error")
        self.office.leave()
        self.office.enter(self._attempt, refusal(error))

    # -- a change that met another one --------------------------------------------------------

    def _look_again(self) -> None:
        assert self.book is not None
        book_id = self.book.id
        self._asker.ask(lambda: self.desk.admin.tagged(book_id), self._compare, self._lost_sight)

    def _lost_sight(self, error: ShopError) -> None:
        words = (
            f"Nothing was done: it was changed meanwhile. {text.sentence(str(error))} Try again."
        )
        self.set_state("ready", f"✗ {words}", "$text-error")

    def _compare(self, theirs: Tagged) -> None:
        assert self.book is not None
        if not same_but_for_stock(self.book, theirs.book):
            self.changed_meanwhile(theirs)
            return
        self.book, self.tag = theirs
        self._sales_between += 1
        if self._sales_between <= PATIENCE:
            self.send()
        else:
            words = "✗ Nothing was done: the book sells faster than it can be changed. Try again."
            self.set_state("ready", words)

    def changed_meanwhile(self, theirs: Tagged) -> None:
        """Another admin was faster."""

    # -- leaving ------------------------------------------------------------------------------

    def is_typed(self) -> bool:
        """Whether leaving would lose something."""
        return False

    def action_leave(self) -> None:
        """Leave; with something typed only when asked twice."""
        if self.state == "ready" and self.is_typed() and not self._said_leave:
            self.say("Esc again leaves without saving.")
            self._said_leave = True
            return
        if self.state in ("sending", "unknown"):
            self.office.say(f"{self.NAME}: not known yet; the book's history (h) will tell.")
        self.close()

    def close(self) -> None:
        """Be gone, once."""
        if not self._is_gone:
            self._is_gone = True
            self.dismiss()

    @on(Button.Pressed, ".yes")
    def _yes_pressed(self) -> None:
        self.action_save()

    @on(Button.Pressed, ".no")
    def _no_pressed(self) -> None:
        self.action_leave()

    @on(Field.Typed)
    def _typed(self) -> None:
        if self._said_leave:
            self._said_leave = False
            self.say("")
        if self._says_see and not self.query("Field.-wrong"):
            self.say("")
        self.typed()

    def typed(self) -> None:
        """Something else stands in a field now."""

    @on(Input.Submitted)
    def _go_on(self) -> None:
        """Enter goes on to the next field, and from the last one to the button."""
        self.focus_next()
        no = self.query_one(".no", Button)
        if self.focused is no:
            self.focus_next()


def same_but_for_stock(one: Book, other: Book) -> bool:
    """Whether only sales or restocks lie between two states of a book."""
    return (one.title, one.author, one.subjects, one.price) == (
        other.title,
        other.author,
        other.subjects,
        other.price,
    )
