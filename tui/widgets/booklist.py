"""The books that were found: title, author, price and stock, one line each."""

from collections.abc import Mapping
from typing import Literal

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive

from shared.domain import Book
from tui import text
from tui.listing import Listing, Query
from tui.widgets.rows import Rows

LOW_STOCK = 3
# A price of three digits, and `9,999 left` or `▾1 12 left`, each with the space before it; the
# title gives way to a longer price.
_PRICE = 7
_STOCK = 11
# A title is worth this much room before the author gets any.
_TITLE = 32
_AUTHOR = (12, 36)
_CHANGE_SECONDS = 6.0

State = Literal["loading", "here", "down"]


class BookList(Rows):
    """Draws a Listing; who owns it fetches the pages that `Seen` shows to be missing."""

    is_stale: reactive[bool] = reactive(False, toggle_class="-stale")

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.listing = Listing(Query())
        self.state: State = "loading"
        self.nearest: tuple[str, ...] = ()
        # The shop's address, for whoever finds it shut.
        self.where = ""
        self._changes: dict[int, int] = {}
        # Whether the stock shown is as the shop last said, also while it is asked again.
        self._is_old = False

    @property
    def row_count(self) -> int:
        """See Rows."""
        return self.listing.total

    @property
    def book(self) -> Book | None:
        """The book under the cursor, if its page has come."""
        return self.listing.at(self.cursor)

    @property
    def ids_in_view(self) -> list[int]:
        """The ids of the books that can be seen."""
        first, last = self.window
        seen = (self.listing.at(place) for place in range(first, last + 1))
        return [book.id for book in seen if book is not None]

    def show(self, listing: Listing, *, stay: bool = False) -> None:
        """Draw another listing, from its top, or where the last one was if it is to `stay`."""
        self.listing = listing
        self.state = "here"
        self.is_stale = self._is_old = False
        self.nearest = ()
        self._changes.clear()
        if not stay:
            self.to_top()
        self.rows_changed()

    def set_state(self, state: State) -> None:
        """What is the matter; rows that are here stay, dimmed unless all is well."""
        self.state = state
        self._is_old = state == "down" or (self._is_old and state == "loading")
        self.is_stale = state != "here"
        self.refresh()

    def mark(self, changes: Mapping[int, int]) -> None:
        """Show for a while beside each stock how it changed."""
        self._changes |= changes
        self.rows_changed()
        if changes:
            self.set_timer(_CHANGE_SECONDS, lambda: self._unmark(changes))

    def change_of(self, book_id: int) -> int:
        """How the stock of a book changed a moment ago; 0 if it did not."""
        return self._changes.get(book_id, 0)

    def _unmark(self, changes: Mapping[int, int]) -> None:
        for book_id, change in changes.items():
            if self._changes.get(book_id) == change:
                del self._changes[book_id]
        self.rows_changed()

    def draw(self, row: int, width: int) -> Content:
        """See Rows."""
        book = self.listing.at(row)
        if book is None:
            return self._skeleton(row, width)
        price = " " + text.money(book.price).rjust(_PRICE - 1)
        author_width = _author_width(width)
        left = width - author_width - cell_len(price) - _STOCK
        title = text.fit(text.one_line(book.title) or f"Book {book.id}", left)
        author = _author(book, author_width)
        muted = self.style_of("muted")
        if self.is_stale:
            about = "~" if self._is_old else ""
            stock = (about + text.stock(book.quantity)).rjust(_STOCK)
            return Content.assemble((title + author + price + stock, muted))
        shown = "" if book.quantity else muted
        return Content.assemble((title, shown), (author, muted), (price, shown), self._stock(book))

    def _stock(self, book: Book) -> Content:
        """The copies left at the right edge, and before them how they changed a moment ago."""
        words = text.stock(book.quantity)
        change = self.change_of(book.id)
        mark = f"{'▾' if change < 0 else '▴'}{text.short_count(abs(change))} " if change else ""
        mark = mark if len(mark) + len(words) < _STOCK else f"{mark[:1]} "[: len(mark)]
        if not book.quantity:
            look = self.style_of("bad")
        elif book.quantity <= LOW_STOCK:
            look = self.style_of("warning")
        else:
            look = self.style_of("good")
        room = " " * (_STOCK - len(mark) - len(words))
        return Content.assemble(room, (mark, self.style_of("warning")), (words, look))

    def _skeleton(self, row: int, width: int) -> Content:
        """A row whose page has not come: the shape of a book, of a length that differs by row."""
        author_width = _author_width(width)
        left = width - author_width - _PRICE - _STOCK
        title = text.fit("░" * (left * (45 + row * 37 % 45) // 100), left)
        author = text.fit(" " + "░" * (author_width * 2 // 3), author_width)
        numbers = "░░░░░".rjust(_PRICE) + "░░░░░░░".rjust(_STOCK)
        return Content.styled(title + author + numbers, self.style_of("muted"))

    def note(self) -> Content:
        """See Rows."""
        muted, strong = self.style_of("muted"), self.style_of("strong")
        if self.state == "loading":
            return Content.styled("Looking along the shelves …", muted)
        if self.state == "down":
            return Content.assemble(
                ("The shop does not answer.", strong),
                f"\n{self.where}",
                ("\nThe books come by themselves as soon as it does.", muted),
                ("\n\nmake run opens a shop here; --frontend URL is for another.", muted),
            )
        query = self.listing.query
        wanted = text.cut(text.one_line(query.text), 40)
        if not wanted:
            return Content.styled("No books here.", strong)
        near = f"\nSubjects like it: {', '.join(self.nearest)}" if self.nearest else ""
        where, again = "", ""
        if query.subject:
            where = f" in {text.cut(text.one_line(query.subject), 40)}"
            again = "; Esc again searches on every subject"
        return Content.assemble(
            (f"No titles match “{wanted}”{where}", strong),
            (f"\nEsc clears the search{again}", muted),
            near,
        )


def _author_width(width: int) -> int:
    """Cells for the author and the space before it; 0 where the title needs them all."""
    least, most = _AUTHOR
    left = width - _PRICE - _STOCK - _TITLE
    return min(most, least + (left - least) * 2 // 5) if left >= least else 0


def _author(book: Book, width: int) -> str:
    if not width:
        return ""
    return " " + text.fit(text.author(text.one_line(book.author), width - 1), width - 1)
