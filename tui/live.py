"""Books on the screen that stay as they are in the shop, whoever else buys them.

One question every two seconds for all that somebody can see, however many screens show it; none
while nobody looks, nothing is shown, or the shop is known not to answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Protocol

from textual.app import App
from textual.css.query import NoMatches

from shared.domain import Book, ShopError
from tui.asker import Asker
from tui.shop import Shop

LIVE_SECONDS: Final = 2.0
# What a book is now, by its id; None for one that the shop does not have any more.
Renewed = Mapping[int, Book | None]


class Watching:
    """A screen that shows books."""

    def watched_ids(self) -> Sequence[int]:
        """The ids of the books that can be seen on it now."""
        raise NotImplementedError

    def renewed(self, books: Renewed) -> None:
        """Take in what these books are now; they may be more than it shows."""
        raise NotImplementedError

    def not_renewed(self) -> None:
        """They could not be asked for: what is shown may be old."""


class Host(Protocol):
    """What is asked of the app: who shows books, and whether asking makes sense."""

    def watching(self) -> Iterable[Watching]:
        """The screens in view."""

    def is_worth_asking(self) -> bool:
        """Whether somebody looks, and the shop may answer."""


class Live:
    """Asks for the books in view of `host`, which is `app`; `failed` hears why it could not."""

    def __init__(
        self, app: App[None], host: Host, shop: Shop, failed: Callable[[ShopError], None]
    ) -> None:
        self._host = host
        self._shop = shop
        self._failed = failed
        self._asker = Asker(app, "live")
        self._is_asking = False

    def tick(self) -> None:
        """Ask unless a question is on its way: on a slow line each would overtake the last."""
        if not self._is_asking:
            self.ask()

    def ask(self) -> None:
        """Ask for all of them now, in place of a question that is still on its way."""
        ids = list(dict.fromkeys(i for one in self._host.watching() for i in one.watched_ids()))
        if ids and self._host.is_worth_asking():
            self._is_asking = True
            self._asker.ask(
                lambda: self._shop.books_by_id(ids),
                lambda books: self._came(ids, books),
                self._could_not,
            )

    def drop(self) -> None:
        """Forget what was asked: what is shown will be newer than the answer."""
        self._is_asking = False
        self._asker.drop()

    def _could_not(self, error: ShopError) -> None:
        self._is_asking = False
        for one in self._host.watching():
            with suppress(NoMatches):
                one.not_renewed()
        self._failed(error)

    def _came(self, ids: Sequence[int], books: Iterable[Book]) -> None:
        self._is_asking = False
        found = {book.id: book for book in books}
        now = {number: found.get(number) for number in ids}
        for one in self._host.watching():
            # A screen that is being taken down, as at the end, has lost some of its parts.
            with suppress(NoMatches):
                one.renewed(now)
