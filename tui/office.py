"""Admin mode: whether it is on, what the admin wants to do, and where that is done.

Everything here runs on the app's own thread but the questions themselves.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.app import SystemCommand
from textual.screen import Screen

from shared.domain import AdminOff, Book, NotAdmin, ShopError, new_key
from tui import text, threads
from tui.admin import READ_ONLY_WORDS, Trail
from tui.asker import Asker
from tui.deed import Deed, Result
from tui.desk import Desk
from tui.token import Token

if TYPE_CHECKING:
    from tui.app import BazarApp

# What each key does; those after the first are done to a book.
WANTS: Final = ("add", "edit", "restock", "remove", "history", "changes")
_OF_A_BOOK: Final = ("edit", "restock", "remove", "history")
_WRITES: Final = ("add", "edit", "restock", "remove")

Then = Callable[[], None]


class Office:
    """Opens the admin's screens over `host`, asking for a token first where there is none."""

    def __init__(self, host: "BazarApp", desk: Desk) -> None:
        self._host = host
        self._desk = desk
        self._asker = Asker(host, "admin")
        self._removed: set[int] = set()

    # -- the token ----------------------------------------------------------------------------

    def open(self) -> None:
        """Take up the token that the app was started with, and see whether it is the right one."""
        if self._desk.admin.token is None:
            return
        self._host.is_admin = True
        self.knock(lambda: None, self._refused_at_start)

    def _refused_at_start(self, error: ShopError) -> None:
        # A shop that is down says nothing about the token.
        if isinstance(error, NotAdmin):
            self.leave()
            self._host.say(f"No admin mode: {refusal(error)}", "warning")

    def knock(self, told: Then, failed: Callable[[ShopError], None]) -> None:
        """Ask the shop whether it takes the token."""

        def known(_: "Trail") -> None:
            told()

        self._asker.ask(partial(self._desk.admin.trail, 1), known, failed)

    def drop(self) -> None:
        """Forget what was asked, and the token it was asked with."""
        self._asker.drop()
        self.leave()

    def admit(self, token: Token) -> None:
        """Go by this token from now on."""
        self._desk.admin.token = token

    def enter(self, then: Then | None = None, why: str = "") -> None:
        """Ask for the token; go on with `then` once the shop takes it."""
        from tui.screens.token import TokenScreen

        def answered(is_in: bool | None) -> None:
            if is_in:
                self._host.is_admin = True
                if then is not None:
                    then()

        self._host.push_screen(TokenScreen(self, why), answered)

    def leave(self) -> None:
        """Forget the token."""
        self._desk.admin.token = None
        self._host.is_admin = False

    # -- what is wanted -----------------------------------------------------------------------

    def why_not(self, want: str, book: Book | None) -> str | None:
        """Why the admin cannot do this now, as a sentence; None if it can be done."""
        if want in _WRITES and self._desk.read_only:
            return READ_ONLY_WORDS
        down = self._host.health.down if self._host.health else ()
        for name in ("frontend", "catalog"):
            if name in down:
                return f"The {name} server is down; the admin's work waits until it is back."
        if want in _OF_A_BOOK and book is None:
            return "There is no book here."
        return None

    def want(self, want: str, book: Book | None) -> None:
        """Do what a key or a command says, asking for the token first if there is none."""
        why = self.why_not(want, book)
        if why is not None:
            self._host.say(why, "warning")
        elif self._host.is_admin:
            self._host.push_screen(self._screen(want, book))
        else:
            self.enter(partial(self.want, want, book))

    def _screen(self, want: str, book: Book | None) -> Screen[None]:
        match want, book:
            case "edit", Book():
                from tui.screens.edit import EditScreen

                return EditScreen(self._desk, self, book)
            case "restock", Book():
                from tui.screens.restock import RestockScreen

                return RestockScreen(self._desk, self, book)
            case "remove", Book():
                from tui.screens.remove import RemoveScreen

                return RemoveScreen(self._desk, self, book)
            case "add", _:
                from tui.screens.add import AddScreen

                return AddScreen(self._desk, self)
            case _:
                from tui.screens.trail import TrailScreen

                return TrailScreen(self._desk, self, book if want == "history" else None)

    def commands(self, book: Book | None) -> Iterable[SystemCommand]:
        """The admin's part of `^p`."""
        if not self._host.is_admin:
            yield SystemCommand("Admin: enter token", "Add, edit, restock, delete", self.enter)
            return
        yield self._command("Admin: add a book", "The shop gives it an id", "add")
        yield self._command("Admin: changes", "Who changed which book, and when", "changes")
        if book is not None:
            title = text.cut(text.one_line(book.title), 40)
            yield self._command("Admin: edit", title, "edit", book)
            yield self._command("Admin: restock", title, "restock", book)
            yield self._command("Admin: history", title, "history", book)
            yield self._command("Admin: delete", title, "remove", book)
        yield SystemCommand("Admin: enter token", "Go on with another one", self.enter)
        yield SystemCommand("Admin: leave", "Forget the token", self.leave)

    def _command(self, name: str, tip: str, want: str, book: Book | None = None) -> SystemCommand:
        return SystemCommand(name, tip, partial(self.want, want, book))

    # -- doing it -----------------------------------------------------------------------------

    def new_key(self) -> str:
        """A key for one more change."""
        return new_key()

    def attempt(self, deed: Deed, told: Callable[[Result], None]) -> None:
        """Ask for a change in a thread; `told` hears what became of it."""
        threads.start(self._host, lambda: partial(told, deed.attempt()), "admin's deed")

    def restocked(self, words: str) -> None:
        """The stock of a book was changed: say so, and show it wherever it is shown."""
        self._host.say(words)
        self._host.settled += 1

    def changed(self, words: str) -> None:
        """Another list of books may be right now: say so, and show it."""
        self._host.say(words)
        self._host.edits += 1
        self._host.live.ask()

    def removed(self, book: Book) -> None:
        """A book was deleted: say so, and show it in no list and no window."""
        self._removed.add(book.id)
        self.changed(f"Deleted {text.one_line(book.title)}, book {book.id}.")

    def has_removed(self, book_id: int) -> bool:
        """Whether the book with this id was deleted here, which is for ever."""
        return book_id in self._removed

    def say(self, words: str) -> None:
        """Tell what became of a change whose screen is gone."""
        self._host.say(words, "warning")


def refusal(error: ShopError) -> str:
    """Why the shop does not take somebody for its admin, as a sentence."""
    if isinstance(error, AdminOff):
        return text.sentence(str(error))
    return f"The shop does not take this token (401): {text.sentence(str(error))}"
