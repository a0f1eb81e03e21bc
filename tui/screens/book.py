"""One book in full, over whatever was there."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from shared.domain import Book, BookNotFound, ShopError
from tui.asker import Asker
from tui.desk import Desk
from tui.messages import BuyWanted, MoreWanted, Trouble
from tui.shop import BookPage
from tui.widgets.card import Card
from tui.widgets.keysbar import KeysBar
from tui.widgets.toosmall import TooSmall

LIVE_SECONDS = 2.0
_OTHERS = 6


class BookScreen(ModalScreen[None]):
    """The cover, the price, a stock that stays live, and what else there is on the subject."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "back", key_display="esc", id="book.back"),
        Binding("b", "buy", "buy", id="book.buy"),
        Binding("m", "more", "more like this", id="book.more"),
        Binding("up,k", "scroll(-1)", show=False, id="book.up"),
        Binding("down,j", "scroll(1)", show=False, id="book.down"),
    ]

    def __init__(self, desk: Desk, book_id: int, book: Book | None) -> None:
        super().__init__()
        self._desk = desk
        self._number = book_id
        self._book = book
        self._live = Asker(self, "book")
        self._more = Asker(self, "more")

    def compose(self) -> ComposeResult:
        """The card and its keys."""
        with Vertical(id="book-box"):
            yield Card()
            yield KeysBar(self.why_not)
        yield TooSmall()

    def on_mount(self) -> None:
        """Show what is known and fetch the rest."""
        self.query_one("#book-box").border_title = Content(f"Book #{self._number}")
        self.query_one(Card).book = self._book
        self.refresh_stock()
        self.set_interval(LIVE_SECONDS, self.refresh_stock)

    def refresh_stock(self) -> None:
        """Ask for the book as it is now."""
        if self.app.app_focus:
            self._live.ask(lambda: self._desk.shop.book(self._number), self._came, self._lost)

    def _came(self, book: Book) -> None:
        card = self.query_one(Card)
        if card.book is not None and card.book.quantity != book.quantity:
            card.change = book.quantity - card.book.quantity
        self._book = card.book = book
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
            self.query_one("#book-box").border_title = Content(f"Book #{self._number}: not found")
        self._trouble(error)

    def _trouble(self, error: ShopError) -> None:
        self.app.post_message(Trouble(error))

    def why_not(self, action: str) -> str | None:
        """Why an action cannot be done now, or None."""
        if action in ("buy", "more") and self._book is None:
            return "The book has not come yet."
        if action == "buy" and self._book is not None and not self._book.quantity:
            return "This book is sold out."
        if action == "more" and self._book is not None and not self._book.subjects:
            return "This book is on no subject."
        return None

    def action_buy(self) -> None:
        """Ask whether to buy it."""
        if self.why_not("buy") is None and self._book is not None:
            self.app.post_message(BuyWanted(self._book))

    def action_more(self) -> None:
        """Show the books on its first subject."""
        if self.why_not("more") is None and self._book is not None:
            self.app.post_message(MoreWanted(self._book.subjects[0]))
            self.dismiss()

    def action_scroll(self, by: int) -> None:
        """Scroll the card."""
        self.query_one(Card).scroll_relative(y=by, animate=False)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()
