"""The shop: search, subjects, books, and the book under the cursor."""

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input

from shared.domain import ShopError
from tui import text
from tui.asker import Asker
from tui.desk import Desk
from tui.listing import PAGE, Listing, Query
from tui.live import Renewed, Watching
from tui.messages import BuyWanted, OpenWanted, Trouble
from tui.screens.base import BazarScreen
from tui.shop import BookPage, SubjectPage
from tui.widgets.booklist import BookList
from tui.widgets.card import Card, Preview
from tui.widgets.rows import Rows
from tui.widgets.subjectlist import Subjects

DEBOUNCE_SECONDS = 0.12
# Long enough that holding an arrow key asks for nothing on the way.
_SETTLE_SECONDS = 0.15
_PAGES_SECONDS = 0.03
_OTHERS = 6
_NEAREST = 4


class SearchInput(Input):
    """The search box; Esc clears it first and leaves it then."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave", "to the books", key_display="↵", id="search.leave"),
        Binding("escape", "clear_or_leave", "clear", key_display="esc", id="search.clear"),
    ]

    def action_leave(self) -> None:
        """Go on to the books."""
        # At once: a focus() that waits its turn would let the next key fall into the search.
        self.screen.set_focus(self.screen.query_one(BookList))

    def action_clear_or_leave(self) -> None:
        """Start over, or go back to the books."""
        if self.value:
            self.value = ""
        else:
            self.action_leave()


class ShopScreen(BazarScreen, Watching):
    """Where books are found and bought."""

    MODE = "shop"
    AUTO_FOCUS = "#books"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", key_display="/", id="shop.search"),
        Binding("s", "subjects", "subjects", id="shop.subjects"),
        Binding("b", "buy", "buy", id="shop.buy"),
        Binding("m", "more", "more", id="shop.more"),
        Binding("y", "copy", "copy", show=False, id="shop.copy"),
        Binding("escape", "back", "Back", show=False, id="shop.back"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._find = Asker(self, "find")
        self._pages = Asker(self, "pages")
        self._more = Asker(self, "more")
        self._query = Query()
        self._typing: Timer | None = None
        self._settling: Timer | None = None
        self._paging: Timer | None = None
        self._fresh_at = ""

    # -- the parts ----------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """Subjects, books and the book, side by side where there is room."""
        with Vertical(id="search-box"):
            yield SearchInput(
                placeholder="title or author", compact=True, select_on_focus=False, id="search"
            )
        with Horizontal(id="panes"):
            yield Subjects(self.desk.shop, self._trouble)
            with Vertical(id="middle"):
                yield BookList(id="books")
                yield Preview()
            yield Card()

    def on_mount(self) -> None:
        """Name the parts and fetch the first books once the first paint is out."""
        super().on_mount()
        self.query_one("#search-box").border_title = Content("Search (/)")
        self.books.border_title = Content("All books")
        self.call_after_refresh(self._search)

    @property
    def books(self) -> BookList:
        """The list."""
        return self.query_one(BookList)

    # -- searching ----------------------------------------------------------------------------

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        self._query = self._query._replace(text=event.value.strip())
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(DEBOUNCE_SECONDS, self._search)

    def show_subject(self, subject: str) -> None:
        """Show the books on a subject; empty means on any."""
        self._query = self._query._replace(subject=subject)
        self.query_one(Subjects).choose(subject)
        self._search()
        self.set_focus(self.books)

    def _search(self, *, stay: bool = False) -> None:
        """Ask for the first page, or for the one in view to `stay` at that place of the list."""
        query, began = self._query, self.desk.clock.monotonic()
        stay = stay and query == self.books.listing.query
        number = self.books.window[0] // PAGE if stay else 0
        self._pages.drop()
        self.bazar.live.drop()
        self.books.set_state("loading")
        self._find.ask(
            lambda: self.desk.shop.books(query.text, query.subject, PAGE, number * PAGE),
            lambda page: self._found(query, began, page, number, stay=stay),
            self._not_found,
        )

    def _found(
        self, query: Query, began: float, page: BookPage, number: int, *, stay: bool
    ) -> None:
        listing = Listing(query)
        listing.put(number, page)
        self._is_fresh()
        self.books.show(listing, stay=stay)
        took = (self.desk.clock.monotonic() - began) * 1000
        hits = f"{text.plural(page.total, 'hit')} {took:.0f} ms" if query.text else ""
        self.query_one("#search-box").border_subtitle = Content(hits)
        subject = text.cut(text.one_line(query.subject), 40)
        self.books.border_title = Content(f"Subject: {subject}" if subject else "All books")
        if not page.total and query.text:
            self._find.also(
                lambda: self.desk.shop.subjects(query.text, _NEAREST, 0), self._near, self._trouble
            )

    def _near(self, page: SubjectPage) -> None:
        self.books.nearest = tuple(text.one_line(one.subject) for one in page.data)
        self.books.refresh()

    def _not_found(self, error: ShopError) -> None:
        self.query_one("#search-box").border_subtitle = Content("")
        self.books.set_state("down")
        self._show_age()
        self._trouble(error)

    # -- the window of the list ---------------------------------------------------------------

    @on(Rows.Seen)
    def _seen(self) -> None:
        first, last = self.books.window
        total = self.books.row_count
        shown = f"{text.count(first + 1)}–{text.count(last + 1)} of {text.count(total)}"
        self.books.border_subtitle = Content(shown if total else "")
        if self._paging is None:
            self._paging = self.set_timer(_PAGES_SECONDS, self._fetch_pages)

    def _fetch_pages(self) -> None:
        self._paging = None
        listing = self.books.listing
        query = listing.query
        for number in listing.missing(*self.books.window):
            self._pages.also(
                partial(self.desk.shop.books, query.text, query.subject, PAGE, number * PAGE),
                partial(self._page_came, listing, number),
                partial(self._page_lost, listing, number),
            )

    def _page_came(self, listing: Listing, number: int, page: BookPage) -> None:
        listing.put(number, page)
        self.books.rows_changed()

    def _page_lost(self, listing: Listing, number: int, error: ShopError) -> None:
        listing.give_up(number)
        self.books.set_state("down")
        self._show_age()
        self._trouble(error)

    # -- stock that stays live ----------------------------------------------------------------

    def watched_ids(self) -> list[int]:
        """See Watching. Rows that are about to be replaced are not asked for."""
        return self.books.ids_in_view if self.books.state == "here" else []

    def renewed(self, books: Renewed) -> None:
        """See Watching."""
        if self.books.state == "here":
            self._is_fresh()
            self.books.mark(self.books.listing.renew(book for book in books.values() if book))

    def _is_fresh(self) -> None:
        self._fresh_at = text.clock_time(self.desk.clock.now())
        self._show_age("")

    def _show_age(self, age: str | None = None) -> None:
        shown = self._fresh_at if age is None else age
        self.query_one(Preview).as_of = shown
        self.query_one(Card).as_of = shown

    # -- the book under the cursor ------------------------------------------------------------

    @on(Rows.Moved)
    def _moved(self) -> None:
        book = self.books.book
        change = self.books.change_of(book.id) if book else 0
        preview, card = self.query_one(Preview), self.query_one(Card)
        is_other = card.book is None or book is None or card.book.id != book.id
        preview.book = card.book = book
        preview.change = card.change = change
        self.refresh_bindings()
        if is_other:
            card.others = ()
            if self._settling is not None:
                self._settling.stop()
            self._settling = self.set_timer(_SETTLE_SECONDS, self._fetch_others)

    def _fetch_others(self) -> None:
        book, card = self.books.book, self.query_one(Card)
        if book is None or not book.subjects or not card.display:
            return
        self._more.ask(
            lambda: self.desk.shop.books("", book.subjects[0], _OTHERS + 1, 0),
            lambda page: self._others_came(book.id, page),
            self._trouble,
        )

    def _others_came(self, book_id: int, page: BookPage) -> None:
        others = tuple(book for book in page.data if book.id != book_id)
        self.query_one(Card).others = others[:_OTHERS]

    # -- what can be done ---------------------------------------------------------------------

    def why_not(self, action: str) -> str | None:
        """See BazarScreen."""
        book = self.books.book if self.is_mounted else None
        if action in ("open", "buy", "more", "copy") and book is None:
            return "There is no book under the cursor."
        if action == "more" and book is not None and not book.subjects:
            return "This book is on no subject."
        if action == "buy" and book is not None:
            return self.bazar.why_not_buy(book)
        return None

    def action_search(self) -> None:
        """Go to the search box."""
        self.set_focus(self.query_one(SearchInput))

    def action_subjects(self) -> None:
        """Choose a subject: in the pane if it is there, else over the list."""
        pane = self.query_one(Subjects)
        if pane.display:
            self.set_focus(pane.filter)
        else:
            self.bazar.choose_subject(self._query.subject)

    @on(Rows.Opened, "#books")
    def action_open(self) -> None:
        """Show the book in full."""
        if self.can("open") and (book := self.books.book):
            self.post_message(OpenWanted(book.id, book))

    def action_buy(self) -> None:
        """Ask whether to buy the book."""
        if self.can("buy") and (book := self.books.book):
            self.post_message(BuyWanted(book))

    def action_more(self) -> None:
        """Show the books on the book's first subject."""
        if self.can("more") and (book := self.books.book):
            self.show_subject(book.subjects[0])

    def action_copy(self) -> None:
        """Copy the book's id and title."""
        if self.can("copy") and (book := self.books.book):
            self.app.copy_to_clipboard(f"{book.id}\t{text.one_line(book.title)}")
            self.bazar.say(f"Copied {book.id} {text.one_line(book.title)}")

    def action_back(self) -> None:
        """Undo one thing: the focus, the search, then the subject."""
        if not self.books.has_focus:
            self.set_focus(self.books)
        elif self.query_one(SearchInput).value:
            self.query_one(SearchInput).value = ""
        elif self._query.subject:
            self.show_subject("")

    @on(Subjects.Chosen)
    def _chosen(self, event: Subjects.Chosen) -> None:
        self.show_subject(event.subject)

    # -- what happens elsewhere ---------------------------------------------------------------

    def _trouble(self, error: ShopError) -> None:
        self.post_message(Trouble(error))

    def reload(self) -> None:
        """See BazarScreen."""
        self._search(stay=True)
        self.query_one(Subjects).load()

    def recovered(self) -> None:
        """See BazarScreen. The list stays where it is."""
        if self.books.state != "here":
            self.reload()

    def settled(self, purchases: int) -> None:
        """See BazarScreen."""
        if purchases:
            self.bazar.live.ask()

    def health_changed(self) -> None:
        """See BazarScreen."""
        down = self.bazar.health.down if self.bazar.health else ()
        if {"frontend", "catalog"} & set(down) and self.books.state == "here":
            self.books.set_state("down")
            self._show_age()
