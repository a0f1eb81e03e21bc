"""One book: two lines under the list, or in full with its cover."""

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from shared.domain import Book
from tui import text
from tui.keys import keys_of
from tui.widgets.booklist import LOW_STOCK
from tui.widgets.cover import cover

_SUBJECTS: Final = 4
_DOT: Final = " · "


def stock_words(book: Book) -> Content:
    """The copies in stock in full words."""
    if not book.quantity:
        return Content.styled("sold out", "$text-error")
    if book.quantity <= LOW_STOCK:
        return Content.styled(f"only {book.quantity} in stock", "$text-warning")
    return Content.styled(f"{text.count(book.quantity)} in stock", "$text-success")


def change_words(change: int) -> Content:
    """How the stock changed a moment ago; nothing if it did not."""
    sign = "▾" if change < 0 else "▴"
    words = f"{sign}{text.count(abs(change))} just now" if change else ""
    return Content.styled(words, "$text-warning")


def subject_words(book: Book) -> str:
    """The subjects of a book on one line."""
    return _DOT.join(text.one_line(subject) for subject in book.subjects)


class Preview(Widget):
    """The book under the cursor, in two lines."""

    book: reactive[Book | None] = reactive(None)
    change: reactive[int] = reactive(0)
    as_of: reactive[str] = reactive("")

    def render(self) -> Content:
        """Title, price and stock; below it author and subjects."""
        book, width = self.book, self.size.width - 1
        if book is None:
            return Content("")
        change = Content(" ") + change_words(self.change) if self.change else Content("")
        stale = Content.styled(f"  as of {self.as_of}" if self.as_of else "", "$muted")
        right = Content.assemble(
            (text.money(book.price), "bold"), "  ", stock_words(book), change, stale
        )
        title = text.fit(text.one_line(book.title), width - right.cell_length - 2)
        number = f"  #{book.id}"
        about = text.one_line(book.author)
        about += (_DOT if about else "") + subject_words(book)
        below = text.fit(about, width - len(number)) + number
        return Content.assemble((title, "bold"), "  ", right, "\n", (below, "$muted"))


class Card(VerticalScroll, can_focus=False):
    """The whole book; `others` are on the same subject.

    `more` is the id of the binding that shows all of those.
    """

    class SubjectPressed(Message):
        """A subject of the book was clicked."""

        def __init__(self, subject: str) -> None:
            super().__init__()
            self.subject = subject

    class BookPressed(Message):
        """Another book on its subject was clicked."""

        def __init__(self, book: Book) -> None:
            super().__init__()
            self.book = book

    book: reactive[Book | None] = reactive(None)
    change: reactive[int] = reactive(0)
    as_of: reactive[str] = reactive("")
    others: reactive[tuple[Book, ...]] = reactive(())

    def __init__(self, more: str) -> None:
        super().__init__()
        self._more_key = more

    def compose(self) -> ComposeResult:
        """The cover above the words."""
        yield Static(markup=False, id="cover")
        yield Static(markup=False, id="about")

    def on_mount(self) -> None:
        """Draw what is known by now."""
        self._draw()

    def watch_book(self, before: Book | None, now: Book | None) -> None:
        """Another book starts at its top."""
        if self.is_mounted:
            if before is None or now is None or before.id != now.id:
                self.scroll_home(animate=False)
            self._draw()

    def watch_change(self) -> None:
        """Show the change beside the stock."""
        self._draw()

    def watch_as_of(self) -> None:
        """Show how old the stock is."""
        self._draw()

    def watch_others(self) -> None:
        """Show them below."""
        self._draw()

    def on_resize(self) -> None:
        """Wrap to the new width, once the words know theirs."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        self.border_title = Content(f"Book #{self.book.id}" if self.book else "")
        front = self.query_one("#cover", Static)
        front.update(cover(self.book, *front.size) if self.book and front.size else "")
        self.query_one("#about", Static).update(self._about())

    def _about(self) -> Content:
        book = self.book
        if book is None:
            return Content("")
        width = max(10, self.query_one("#about").size.width)
        title = "\n".join(text.wrap(text.one_line(book.title), width, 6))
        author = text.cut(text.one_line(book.author), width)
        parts: list[Content | str | tuple[str, str]] = [(title, "bold"), "\n"]
        parts += [(author, "$muted"), "\n"] if author else []
        parts += ["\n", (text.money(book.price), "bold $primary"), "   "]
        parts.append(stock_words(book))
        parts += ["\n", change_words(self.change)] if self.change else []
        parts.append((f"\nas of {self.as_of}", "$muted") if self.as_of else "")
        parts.append("\n")
        parts += _subjects(book, width)
        parts += self._more(width)
        return Content.assemble(*parts)

    def _more(self, width: int) -> list[Content | str | tuple[str, str]]:
        if not self.others:
            return []
        parts: list[Content | str | tuple[str, str]] = [
            ("\n\nMore like this", "bold"),
            ("  " + keys_of(self, "m", self._more_key), "$primary"),
        ]
        for other in self.others:
            price = text.money(other.price)
            title = text.fit(text.one_line(other.title), width - len(price) - 1)
            line = Content.styled(f"{title} {price}", "$muted")
            parts += ["\n", line.stylize(Style.from_meta({"book": other.id}))]
        return parts

    def on_click(self, event: events.Click) -> None:
        """A click on a subject shows what is on it, one on another book opens that."""
        meta = event.style.meta
        if subject := meta.get("subject"):
            self.post_message(self.SubjectPressed(subject))
        for other in self.others:
            if other.id == meta.get("book"):
                self.post_message(self.BookPressed(other))


def _subjects(book: Book, width: int) -> list[Content | str | tuple[str, str]]:
    """One subject a line; those for which there is no room are counted."""
    parts: list[Content | str | tuple[str, str]] = []
    for subject in book.subjects[:_SUBJECTS]:
        line = Content.styled(text.cut(text.one_line(subject), width), "$text-secondary")
        parts += ["\n", line.stylize(Style.from_meta({"subject": subject}))]
    more = len(book.subjects) - _SUBJECTS
    if more > 0:
        parts.append((f"\nand {more} more", "$muted"))
    return parts
