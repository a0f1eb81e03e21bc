"""The trail: who changed which book, when, and from what to what."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from shared.domain import Book, NotAdmin, ShopError
from shared.trail import Entry
from tui import text
from tui.admin import Trail
from tui.asker import Asker
from tui.desk import Desk
from tui.messages import OpenWanted, Trouble
from tui.office import Office, refusal
from tui.screens.over import Over
from tui.widgets.rows import Rows
from tui.widgets.traillist import EntryDetails, TrailList

_PAGE = 50


class TrailScreen(Over[None]):
    """The changes of one book, or of all; older ones come as they are scrolled to."""

    WHERE = "trail"
    AUTO_FOCUS = "TrailList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "back", key_display="esc", id="trail.back"),
        Binding("r", "reload", "ask again", id="trail.reload"),
    ]

    def __init__(self, desk: Desk, office: Office, book: Book | None) -> None:
        super().__init__()
        self._desk = desk
        self._office = office
        self._book = book
        self._first = Asker(self, "first changes")
        self._next = Asker(self, "next changes")
        self._is_fetching = False

    def compose_window(self) -> ComposeResult:
        """The list, and the change under the cursor in full."""
        with Vertical(classes="dialog"):
            yield TrailList(self._desk.clock)
            yield EntryDetails()

    @property
    def trail(self) -> TrailList:
        """The list."""
        return self.query_one(TrailList)

    def on_mount(self) -> None:
        """Fetch the newest ones."""
        title = "Changes"
        if self._book is not None:
            title = (
                f"Changes of book #{self._book.id} {text.cut(text.one_line(self._book.title), 30)}"
            )
        self.query_one(".dialog").border_title = Content(title)
        self.action_reload()

    def _ask(self, before: str | None = None) -> Trail:
        book_id = self._book.id if self._book is not None else None
        return self._desk.admin.trail(_PAGE, before, book_id)

    def action_reload(self) -> None:
        """Ask for the newest ones again."""
        self._next.drop()
        self._is_fetching = False
        self._first.ask(self._ask, lambda page: self._take(list(page.data), page), self._failed)

    def _append(self, page: Trail) -> None:
        self._is_fetching = False
        self._take([*self.trail.entries, *page.data], page)

    def _take(self, entries: list[Entry], page: Trail) -> None:
        trail = self.trail
        trail.words = "Nothing was changed yet."
        trail.set_class(False, "-stale")
        trail.entries, trail.total = entries, page.total
        self._subtitle(text.plural(page.total, "change"))
        trail.rows_changed()

    def _subtitle(self, words: str) -> None:
        box = self.query_one(".dialog")
        box.border_subtitle = Content(f"{words}")

    def _failed(self, error: ShopError) -> None:
        self._is_fetching = False
        self.trail.words = f"{text.sentence(str(error))} r asks again."
        self.trail.set_class(True, "-stale")
        self.trail.refresh()
        self._subtitle("not up to date, r asks again" if self.trail.entries else "")
        if isinstance(error, NotAdmin):
            self._office.leave()
            self._office.enter(self.action_reload, refusal(error))
        else:
            self.app.post_message(Trouble(error))

    @on(Rows.Seen)
    def _seen(self) -> None:
        """Fetch the next page when the end of what is here comes near."""
        trail = self.trail
        is_near_end = trail.window[1] >= len(trail.entries) - 5
        if trail.entries and is_near_end and len(trail.entries) < trail.total:
            self._fetch_older(trail.entries[-1].id)

    def _fetch_older(self, last: str) -> None:
        if not self._is_fetching:
            self._is_fetching = True
            self._next.ask(lambda: self._ask(last), self._append, self._failed)

    @on(Rows.Moved)
    def _moved(self) -> None:
        self.query_one(EntryDetails).entry = self.trail.entry

    @on(Rows.Opened)
    def _opened(self) -> None:
        if entry := self.trail.entry:
            self.app.post_message(OpenWanted(entry.book_id))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()
