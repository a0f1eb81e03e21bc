"""The best sellers with their bars, and the books that run low."""

from decimal import Decimal
from typing import Final

from textual.content import Content

from shared.domain import Book
from shared.report import BestSeller
from tui import bars, text
from tui.widgets.rows import Rows

_COPIES: Final = 7
_MONEY: Final = 13
_STOCK: Final = 11
# A title is worth this much room before anything is written that can be seen elsewhere.
_TITLE: Final = 26
_BAR: Final = (4, 24)


class BestSellers(Rows):
    """Copies sold, as a bar and a number, and what they brought in."""

    SIGN_ELSEWHERE = " "

    def __init__(self) -> None:
        super().__init__()
        self.books: tuple[BestSeller, ...] = ()
        self.words = ""
        self.border_title = Content("Best sellers")

    @property
    def row_count(self) -> int:
        """See Rows."""
        return len(self.books)

    @property
    def book_id(self) -> int | None:
        """The book under the cursor."""
        return self.books[self.cursor].book_id if self.cursor < len(self.books) else None

    def draw(self, row: int, width: int) -> Content:
        """See Rows."""
        book = self.books[row]
        money = _MONEY if self._has_room_for_money(width) else 0
        bar = max(_BAR[0], min(_BAR[1], (width - _COPIES - money) // 4))
        title = text.fit(_title(book.title, book.book_id), width - bar - _COPIES - money - 1)
        drawn = bars.across(Decimal(book.copies), Decimal(self.books[0].copies), bar)
        muted, is_stale = self.style_of("muted"), self.has_class("-stale")
        takings = text.money(book.takings).rjust(money) if money else ""
        return Content.assemble(
            (title + " ", muted if is_stale else ""),
            (drawn, muted if is_stale else self.style_of("strong")),
            (text.short_count(book.copies).rjust(_COPIES), muted if is_stale else ""),
            (takings, muted),
        )

    def rows_changed(self) -> None:
        """See Rows."""
        super().rows_changed()
        self._name_columns()

    def on_resize(self) -> None:
        """See Rows."""
        super().on_resize()
        self._name_columns()

    def _has_room_for_money(self, width: int) -> bool:
        return width >= _TITLE + _BAR[0] + _COPIES + _MONEY

    def _name_columns(self) -> None:
        has_money = self._has_room_for_money(self.scrollable_content_region.width - 2)
        names = "copies, takings" if has_money else "copies"
        self.border_subtitle = Content(names if self.books else "")

    def note(self) -> Content:
        """See Rows."""
        return Content.styled(self.words, self.style_of("muted"))


class LowStock(Rows):
    """Books with few copies left, those first that sell best; `total` are low."""

    SIGN_ELSEWHERE = " "

    def __init__(self) -> None:
        super().__init__()
        self.books: tuple[Book, ...] = ()
        self.words = ""
        self.border_title = Content("Low stock")

    @property
    def row_count(self) -> int:
        """See Rows."""
        return len(self.books)

    @property
    def book_id(self) -> int | None:
        """The book under the cursor."""
        return self.books[self.cursor].id if self.cursor < len(self.books) else None

    def draw(self, row: int, width: int) -> Content:
        """See Rows."""
        book = self.books[row]
        money = _MONEY if width >= _TITLE + _STOCK + _MONEY else 0
        title = text.fit(_title(book.title, book.id), width - _STOCK - money)
        price = text.money(book.price).rjust(money) if money else ""
        stock = text.stock(book.quantity).rjust(_STOCK)
        muted = self.style_of("muted")
        if self.has_class("-stale"):
            return Content.assemble((title + price + stock, muted))
        look = self.style_of("warning" if book.quantity else "bad")
        return Content.assemble(title, (price, muted), (stock, look))

    def note(self) -> Content:
        """See Rows."""
        return Content.styled(self.words, self.style_of("muted"))


def _title(title: str, book_id: int) -> str:
    return text.one_line(title) or f"Book {book_id}"
