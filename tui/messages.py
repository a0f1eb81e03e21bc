"""What a screen asks of the app."""

from textual.message import Message

from shared.domain import Book, ShopError


class BuyWanted(Message):
    """Somebody wants to buy this book."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book


class OpenWanted(Message):
    """Somebody wants to see this book in full."""

    def __init__(self, book_id: int, book: Book | None = None, fresh_at: str = "") -> None:
        super().__init__()
        self.book_id = book_id
        self.book = book
        # When `book` was read.
        self.fresh_at = fresh_at


class MoreWanted(Message):
    """Somebody wants to see what else there is on this subject."""

    def __init__(self, subject: str) -> None:
        super().__init__()
        self.subject = subject


class AdminWanted(Message):
    """Somebody wants to do what only the admin may, most of it to this book."""

    def __init__(self, want: str, book: Book | None) -> None:
        super().__init__()
        self.want = want
        self.book = book


class Trouble(Message):
    """The shop did not answer a question; the app finds out which server it is."""

    def __init__(self, error: ShopError) -> None:
        super().__init__()
        self.error = error
