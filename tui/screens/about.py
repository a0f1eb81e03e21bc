"""The book that a dialog is about, in a few lines."""

from textual.content import Content
from textual.widget import Widget

from shared.domain import Book
from tui import text
from tui.widgets.card import stock_words

_LEAST = 20


def about(book: Book, place: Widget) -> Content:
    """Title, author, id, price and stock, for a place of that width."""
    width = max(_LEAST, place.scrollable_content_region.width)
    title = "\n".join(text.wrap(text.one_line(book.title) or f"Book {book.id}", width, 3))
    author = text.cut(text.one_line(book.author), width)
    return Content.assemble(
        (title, "bold"),
        (f"\n{author}" if author else "", "$muted"),
        (f"\n#{book.id}   ", "$muted"),
        (text.money(book.price), "bold $primary"),
        "   ",
        stock_words(book),
    )
