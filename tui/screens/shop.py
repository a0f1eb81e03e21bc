"""The shop: search, subjects, books, and the book under the cursor."""

import math
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input

from shared.domain import Book, ShopError
from tui import text
from tui.asker import Asker
from tui.desk import Desk
from tui.keys import keys_of
from tui.listing import PAGE, Listing, Query
from tui.live import Renewed, Watching
from tui.messages import BuyWanted, OpenWanted, Trouble
from tui.nearest import nearest_subjects
from tui.screens.adminkeys import ADMIN_KEYS, AdminKeys, want_of
from tui.screens.base import BazarScreen
from tui.shop import BookPage
from tui.watch import PAUSE_WELL
from tui.widgets.booklist import BookList
from tui.widgets.card import Card, Preview
from tui.widgets.rows import Rows
from tui.widgets.ruler import Ruler
from tui.widgets.searchinput import SearchInput
from tui.widgets.subjectlist import Subjects

DEBOUNCE_SECONDS = 0.12
# Long enough that holding an arrow key asks for nothing on the way.
_SETTLE_SECONDS = 0.15
_PAGES_SECONDS = 0.03
_OTHERS = 6
_ABOUT_HEIGHT = 32
_NEAREST = 4


class ShopScreen(BazarScreen, AdminKeys, Watching):
    """Where books are found and bought."""

    MODE = "shop"
    AUTO_FOCUS = "#books"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", key_display="/", id="shop.search"),
        Binding("s", "subjects", "subjects", id="shop.subjects"),
        Binding("b", "buy", "buy", id="shop.buy"),
        Binding("m", "more", "more", id="shop.more"),
        Binding("y", "copy", "copy", show=False, id="shop.copy"),
        Binding("escape", "back", "back", key_display="esc", id="shop.back"),
        *ADMIN_KEYS,
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
        self._tried_at = -math.inf

    # -- the parts ----------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """Subjects, books and the book, side by side where there is room."""
        with Horizontal(id="panes"):
            yield Subjects(self.desk.shop, self._trouble)
            with Vertical(id="middle", classes="frame"):
                search = f"Search ({keys_of(self, '/', 'shop.search')})"
                yield Ruler("top", search, id="search-ruler")
                yield SearchInput(
                    placeholder="title or author", compact=True, select_on_focus=False, id="search"
                )
                yield Ruler("middle", heading(self._query), id="books-ruler")
                yield BookList(id="books")
                yield Ruler("middle", id="preview-ruler")
                yield Preview()
                yield Ruler("bottom")
            yield Card("shop.more")

    def on_mount(self) -> None:
        """Fetch the first books once the first paint is out."""
        self.books.where = self.desk.shop.url
        self.call_after_refresh(self._search)

    def on_descendant_focus(self) -> None:
        """Light the line above what the keys go to."""
        self.query_one("#search-ruler", Ruler).is_lit = self.query_one(SearchInput).has_focus
        self.query_one("#books-ruler", Ruler).is_lit = self.books.has_focus

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
        self.bazar.heard()
        self.books.show(listing, stay=stay)
        took = (self.desk.clock.monotonic() - began) * 1000
        hits = f"{text.plural(page.total, 'hit')} {took:.0f} ms" if query.text else ""
        self.query_one("#search-ruler", Ruler).note = hits
        self.query_one("#books-ruler", Ruler).title = heading(query)
        self.refresh_bindings()
        if not page.total and query.text:
            self._find.also(
                lambda: nearest_subjects(self.desk.shop.subjects, query.text, _NEAREST),
                lambda near: self._near(query, near),
                self._trouble,
            )

    def _near(self, query: Query, subjects: tuple[str, ...]) -> None:
        if query == self._query:
            self.books.nearest = tuple(map(text.one_line, subjects))
            self.books.refresh()

    def _not_found(self, error: ShopError) -> None:
        self.query_one("#search-ruler", Ruler).note = "no answer" if self._query.text else ""
        self.books.set_state("down")
        self._show_age()
        self._trouble(error)

    # -- the window of the list ---------------------------------------------------------------

    @on(Rows.Seen)
    def _seen(self) -> None:
        first, last = self.books.window
        total = self.books.row_count
        shown = f"{text.count(first + 1)}–{text.count(last + 1)} of {text.count(total)}"
        self.query_one("#books-ruler", Ruler).note = shown if total else ""
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
        # The app may ask before the list is there, and when it is gone already.
        books = next(iter(self.query(BookList)), None)
        return books.ids_in_view if books is not None and books.state == "here" else []

    def renewed(self, books: Renewed) -> None:
        """See Watching."""
        if self.query(BookList) and self.books.state == "here":
            self._is_fresh()
            if any(number in books and books[number] is None for number in self.books.ids_in_view):
                # An admin removed it, so other books have moved up.
                self.reload()
            changes = self.books.listing.renew(book for book in books.values() if book)
            self.books.mark(changes)
            for number, change in changes.items():
                if book := books[number]:
                    self.bazar.note(text.stock_news(book.title, book.quantity, change))

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
            self._settle()

    def on_resize(self) -> None:
        """There may be room for a card now that had none."""
        if self.is_mounted and not self.query_one(Card).others:
            self._settle()

    def _settle(self) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(_SETTLE_SECONDS, self._fetch_others)

    def _fetch_others(self) -> None:
        book, card = self.books.book, self.query_one(Card)
        if book is None or not book.subjects or not card.display:
            return
        # What is left of the card below its cover and its words.
        wanted = max(_OTHERS, card.size.height - _ABOUT_HEIGHT)
        self._more.ask(
            lambda: self.desk.shop.books("", book.subjects[0], wanted + 1, 0),
            lambda page: self._others_came(book.id, page),
            self._trouble,
        )

    def _others_came(self, book_id: int, page: BookPage) -> None:
        self.query_one(Card).others = tuple(book for book in page.data if book.id != book_id)

    # -- what can be done ---------------------------------------------------------------------

    def why_not(self, action: str) -> str | None:
        """See BazarScreen."""
        book = self.books.book if self.is_mounted else None
        if want := want_of(action):
            return self.bazar.office.why_not(want, book)
        if action in ("open", "buy", "more", "copy") and book is None:
            return "There is no book under the cursor."
        if action == "more" and book is not None and not book.subjects:
            return "This book is on no subject."
        if action in ("more", "search", "subjects"):
            return self.bazar.why_not_read()
        if action == "buy" and book is not None:
            return self.bazar.why_not_buy(book)
        return None

    def admin_book(self) -> Book | None:
        """See AdminKeys."""
        return self.books.book

    def action_search(self) -> None:
        """Go to the search box."""
        if not self.can("search"):
            return
        search = self.query_one(SearchInput)
        self.set_focus(search)
        # What is typed now replaces what was searched for before.
        search.select_all()

    def action_subjects(self) -> None:
        """Choose a subject: in the pane if it is there, else over the list."""
        if not self.can("subjects"):
            return
        pane = self.query_one(Subjects)
        if pane.display:
            self.set_focus(pane.filter)
            pane.filter.select_all()
        else:
            self.bazar.choose_subject(self._query.subject)

    @on(Rows.Opened, "#books")
    def action_open(self) -> None:
        """Show the book in full."""
        if self.can("open") and (book := self.books.book):
            self.post_message(OpenWanted(book.id, book, self._fresh_at))

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
            self.bazar.copy_book(book)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no way back from all the books."""
        is_at_start = self._query == Query() and self.is_mounted and self.books.has_focus
        return not (action == "back" and is_at_start)

    def action_back(self) -> None:
        """Undo one thing: the filter and the focus, the search, then the subject."""
        if not self.books.has_focus:
            self.query_one(Subjects).filter.value = ""
            self.set_focus(self.books)
        elif self.query_one(SearchInput).value:
            self.query_one(SearchInput).value = ""
        elif self._query.subject:
            self.show_subject("")

    @on(Card.SubjectPressed)
    def _subject_pressed(self, event: Card.SubjectPressed) -> None:
        self.show_subject(event.subject)

    @on(Card.BookPressed)
    def _book_pressed(self, event: Card.BookPressed) -> None:
        self.post_message(OpenWanted(event.book.id, event.book))

    @on(events.Click, "Preview, #cover")
    def _picture_pressed(self) -> None:
        self.action_open()

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

    def edited(self, edits: int) -> None:
        """See BazarScreen. It may be another list now; it stays where it is."""
        if edits:
            self.reload()

    def health_changed(self) -> None:
        """See BazarScreen."""
        down = self.bazar.health.down if self.bazar.health else ()
        now = self.desk.clock.monotonic()
        if {"frontend", "catalog"} & set(down):
            self._mark_old()
        elif self.books.state == "down" and now - self._tried_at >= PAUSE_WELL:
            # One answer was lost, and nobody is down: that mends itself, too.
            self._tried_at = now
            self.reload()

    def not_renewed(self) -> None:
        """See Watching."""
        if self.query(BookList):
            self._mark_old()

    def _mark_old(self) -> None:
        if self.books.state == "here":
            self.books.set_state("down")
            self._show_age()


def heading(query: Query) -> str:
    """What the list below it is of."""
    subject, wanted = text.one_line(query.subject), text.cut(text.one_line(query.text), 24)
    if not wanted:
        return f"Subject: {subject}" if subject else "All books"
    return f"“{wanted}” in {subject}" if subject else f"Titles and authors with “{wanted}”"
