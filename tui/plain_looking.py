"""What the shop has, in plain lines."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from shared.domain import Book, Order, SubjectCount
from tui import text
from tui.plain_lines import DONE, REFUSED, say
from tui.plain_words import MAX_LIMIT
from tui.shop import Shop

# As many as the servers give at once.
_PAGE: Final = 1000

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Page(Protocol[T_co]):
    """Some things of `total`."""

    @property
    def data(self) -> Sequence[T_co]:
        """These."""

    @property
    def total(self) -> int:
        """How many there are in all."""


# At most so many, after so many, the last of which was this one.
_Ask = Callable[[int, int, T | None], _Page[T]]


def search(shop: Shop, words: str, limit: int) -> int:
    """Print the books with these words; returns the exit status, as all of these do."""
    none = f"No title or author has “{words}”."
    return _books(shop, words, "", limit, none)


def subject(shop: Shop, name: str, limit: int) -> int:
    """Print the books on a subject."""
    return _books(shop, "", name, limit, f"No subject “{name}”; see: subjects WORDS")


def _books(shop: Shop, words: str, on: str, limit: int, none: str) -> int:
    def ask(count: int, told: int, _: Book | None) -> _Page[Book]:
        return shop.books(words, on, count, told)

    return _done_or(none, _tell(ask, _book, limit, ("more book", "more books")))


def subjects(shop: Shop, words: str, limit: int) -> int:
    """Print the subjects that hold these words, or all."""

    def ask(count: int, told: int, _: SubjectCount | None) -> _Page[SubjectCount]:
        return shop.subjects(words, count, told)

    def line(one: SubjectCount) -> str:
        return f"{one.books}\t{text.one_line(one.subject)}"

    none = f"No subject has “{words}”." if words else "The shop has no subject."
    return _done_or(none, _tell(ask, line, limit, ("more subject", "more subjects")))


def info(shop: Shop, book_id: int) -> int:
    """Print one book, a name and a value on each line; raises BookNotFound."""
    book = shop.book(book_id)
    rows = {
        "id": str(book.id),
        "title": text.one_line(book.title),
        "author": text.one_line(book.author),
        "subjects": ", ".join(map(text.one_line, book.subjects)),
        "price": str(book.price),
        "stock": str(book.quantity),
    }
    for name, value in rows.items():
        print(f"{name}\t{value}")
    return DONE


def orders(shop: Shop, limit: int) -> int:
    """Print the newest orders; that there is none yet is an answer as good as any."""

    def ask(count: int, _: int, last: Order | None) -> _Page[Order]:
        return shop.orders(count, last.id if last else None)

    if not _tell(ask, _order, limit, ("older order", "older orders")):
        say("No orders yet.")
    return DONE


def _book(book: Book) -> str:
    title, author = text.one_line(book.title), text.one_line(book.author)
    return f"{book.id}\t{title}\t{author}\t{book.price}\t{book.quantity}"


def _order(order: Order) -> str:
    at, title = text.exact(order.at), text.one_line(order.title)
    return f"{at}\t{order.state}\t{order.quantity}\t{title}\t{order.price}\t{order.id}"


def _tell(ask: _Ask[T], line: Callable[[T], str], limit: int, more: tuple[str, str]) -> bool:
    """Print at most so many things, page by page, and how many are left; False if there is none."""
    told, last = 0, None
    while True:
        page = ask(min(_PAGE, limit - told), told, last)
        for one in page.data:
            print(line(one))
        told += len(page.data)
        last = page.data[-1] if page.data else None
        if last is None or told >= min(page.total, limit):
            break
    if page.total > told:
        how = "; --limit N shows more." if limit < MAX_LIMIT else "."
        say(text.plural(page.total - told, *more) + how)
    return told > 0


def _done_or(none: str, found: bool) -> int:
    if found:
        return DONE
    say(none)
    return REFUSED
