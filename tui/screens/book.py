"""One book in full, over whatever was there."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from shared.domain import Book, BookNotFound, ShopError
from tui import text
from tui.asker import Asker
from tui.desk import Desk
from tui.live import Renewed, Watching
from tui.messages import BuyWanted, MoreWanted, OpenWanted, Trouble
from tui.screens.adminkeys import ADMIN_KEYS, AdminKeys, want_of
from tui.screens.scrolling import Scrolling
from tui.shop import BookPage, Health
from tui.widgets.card import Card
from tui.widgets.keysbar import KeysBar

_OTHERS = 6


class BookScreen(Scrolling, AdminKeys, Watching):
    """The cover, the price, a stock that stays live, and what else there is on the subject."""

    WHERE = "book"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "back", key_display="esc", id="book.back"),
        Binding("b", "buy", "buy", id="book.buy"),
        Binding("m", "more", "more like this", id="book.more"),
        Binding("y", "copy", "copy", id="book.copy"),
        Binding("1", "go('shop')", "shop", show=False, id="book.shop"),
        Binding("2,o", "go('orders')", "orders", show=False, id="book.orders"),
        Binding("3", "go('sales')", "sales", show=False, id="book.sales"),
        *ADMIN_KEYS,
    ]

    def __init__(self, desk: Desk, book_id: int, book: Book | None, fresh_at: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._number = book_id
        self._book = book
        self._is_gone = False
        self._fresh_at = fresh_at
        self._first = Asker(self, "book")
        self._more = Asker(self, "more")

    def compose_window(self) -> ComposeResult:
        """The card."""
        with Vertical(id="book-box"):
            yield Card("book.more")

    def on_mount(self) -> None:
        """Show what is known and fetch the rest."""
        self._head()
        self.query_one(Card).book = self._book
        self._ask()
        self.watch(self.app, "health", self._health_changed, init=True)
        self.watch(self.app, "edits", self._leave_if_removed, init=False)

    def _ask(self) -> None:
        self._first.ask(lambda: self._desk.shop.book(self._number), self._came, self._lost)

    def watched_ids(self) -> list[int]:
        """See Watching."""
        return [self._number]

    def renewed(self, books: Renewed) -> None:
        """See Watching."""
        if self._number in books:
            self._first.drop()
            book = books[self._number]
            if book is None:
                self._gone()
            else:
                self._came(book)

    def _came(self, book: Book) -> None:
        self._fresh_at = text.clock_time(self._desk.clock.now())
        card = self.query_one(Card)
        if card.book is not None and card.book.quantity != book.quantity:
            card.change = book.quantity - card.book.quantity
        self._book = card.book = book
        self._head()
        self.query_one(KeysBar).refresh()
        if book.subjects and not card.others:
            self._more.ask(
                lambda: self._desk.shop.books("", book.subjects[0], _OTHERS + 1, 0),
                self._others_came,
                self._trouble,
            )

    def _others_came(self, page: BookPage) -> None:
        others = tuple(book for book in page.data if book.id != self._number)
        self.query_one(Card).others = others[:_OTHERS]

    def _lost(self, error: ShopError) -> None:
        if isinstance(error, BookNotFound):
            self._gone()
        elif self._book is None:
            self._head("it comes when the shop answers")
        self._trouble(error)

    def _gone(self) -> None:
        self._is_gone = True
        self._head("not found")
        self.query_one(KeysBar).refresh()

    def on_screen_resume(self) -> None:
        """The admin's window over it has closed."""
        self._leave_if_removed()

    def _leave_if_removed(self) -> None:
        """A book that was deleted from here has no window; the notice tells of it."""
        if self.is_current and self.bazar.office.has_removed(self._number):
            self.dismiss()

    def _head(self, words: str = "") -> None:
        title = f"Book #{self._number}: {words}" if words else f"Book #{self._number}"
        self.query_one("#book-box").border_title = Content(title)

    def _trouble(self, error: ShopError) -> None:
        self.app.post_message(Trouble(error))

    def why_not(self, action: str) -> str | None:
        """Why an action cannot be done now, or None."""
        if want := want_of(action):
            return self.bazar.office.why_not(want, self.admin_book())
        if action not in ("buy", "more", "copy"):
            return None
        if self._is_gone:
            return "The shop does not have this book any more."
        if self._book is None:
            return "The book has not come yet."
        if action == "copy":
            return None
        if action == "more":
            no_subject = None if self._book.subjects else "This book is on no subject."
            return no_subject or self.bazar.why_not_read()
        return self.bazar.why_not_buy(self._book)

    def _health_changed(self, health: Health | None) -> None:
        is_stale = health is not None and bool({"frontend", "catalog"} & set(health.down))
        self.query_one(Card).as_of = self._fresh_at if is_stale else ""
        self.query_one(KeysBar).refresh()
        if not is_stale and self._book is None and not self._is_gone:
            self._ask()

    def admin_book(self) -> Book | None:
        """See AdminKeys."""
        return None if self._is_gone else self._book

    def action_buy(self) -> None:
        """Ask whether to buy it."""
        if self.can("buy") and self._book is not None:
            self.app.post_message(BuyWanted(self._book))

    def action_more(self) -> None:
        """Show the books on its first subject."""
        if self.can("more") and self._book is not None:
            self.app.post_message(MoreWanted(self._book.subjects[0]))
            self.dismiss()

    @on(Card.SubjectPressed)
    def _subject_pressed(self, event: Card.SubjectPressed) -> None:
        self.app.post_message(MoreWanted(event.subject))
        self.dismiss()

    @on(Card.BookPressed)
    def _book_pressed(self, event: Card.BookPressed) -> None:
        self.app.post_message(OpenWanted(event.book.id, event.book))
        self.dismiss()

    def scrolled(self) -> Card:
        """See Scrolling."""
        return self.query_one(Card)

    def action_copy(self) -> None:
        """Copy its number and title."""
        if self.can("copy") and self._book is not None:
            self.bazar.copy_book(self._book)

    async def action_go(self, mode: str) -> None:
        """Go to another screen."""
        self.dismiss()
        await self.bazar.action_go(mode)
