"""What the shop's admin can do, as the app sees it. Knows nothing of screens.

Every method blocks until the frontend has answered, as those of `shop` do, and raises a ShopError:
NotAdmin if the token is missing, wrong, or the shop has none; EditedMeanwhile if the book is not
the one that `tag` stands for.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import msgspec

from shared.domain import Book, BookNotFound, OutcomeUnknown, Unavailable
from shared.edits import Edit, NewBook
from shared.trail import Entry
from tui.shop import READ_SECONDS, Frontend, ReadOnly, decode
from tui.token import Token

if TYPE_CHECKING:
    from shared.peer import Answer

READ_ONLY_WORDS: Final = "Read-only: nothing is changed from here."
# The frontend waits for the catalog less long than this.
CHANGE_SECONDS: Final = 10.0


class Tagged(NamedTuple):
    """A book, and the tag that tells it from how it was before and will be after."""

    book: Book
    tag: str


class Trail(msgspec.Struct, frozen=True):
    """Some entries of `total`, newest first."""

    data: tuple[Entry, ...]
    total: int


class Admin(Protocol):
    """The admin's calls; `token` goes with each of them."""

    token: Token | None

    def tagged(self, book_id: int) -> Tagged:
        """A book as it is now, with its tag; needs no token."""

    def add(self, key: str, book: NewBook) -> Tagged:
        """Add a book under a key; raises BadField."""

    def change(self, key: str, book_id: int, edit: Edit, tag: str | None) -> Tagged:
        """Change a book under a key, if it is still the one with that tag; raises BadField."""

    def remove(self, key: str, book_id: int, tag: str) -> None:
        """Remove a book under a key, if it is still the one with that tag."""

    def trail(self, limit: int, before: str | None = None, book_id: int | None = None) -> Trail:
        """The newest changes, or those before the one with that id; of one book or of all."""


class _Books(msgspec.Struct):
    data: tuple[Book, ...]


class FrontendAdmin:
    """The Admin over HTTP, through a Frontend's own connections; used by many threads."""

    def __init__(
        self, frontend: Frontend, token: Token | None = None, *, read_only: bool = False
    ) -> None:
        self._frontend = frontend
        self._read_only = read_only
        self.token = token

    def tagged(self, book_id: int) -> Tagged:
        """See Admin."""
        answer = self._frontend.peer.get(f"/info/{book_id}", deadline=READ_SECONDS)
        return _tagged(answer, book_id)

    def add(self, key: str, book: NewBook) -> Tagged:
        """See Admin."""
        return _changed(self._send("POST", "/books", book, key), None)

    def change(self, key: str, book_id: int, edit: Edit, tag: str | None) -> Tagged:
        """See Admin."""
        answer = self._send("PATCH", f"/books/{book_id}", edit, key, tag)
        return _changed(answer, book_id)

    def remove(self, key: str, book_id: int, tag: str) -> None:
        """See Admin."""
        self._send("DELETE", f"/books/{book_id}", None, key, tag)

    def trail(self, limit: int, before: str | None = None, book_id: int | None = None) -> Trail:
        """See Admin."""
        asked = {"limit": limit, "before": before, "book": book_id}
        answer = self._frontend.peer.get(
            "/changes", asked, headers=self._headers(None), deadline=READ_SECONDS
        )
        return decode(answer.body, Trail)

    def _send(
        self, method: str, path: str, body: Any, key: str, tag: str | None = None
    ) -> "Answer":
        if self._read_only:
            raise ReadOnly(READ_ONLY_WORDS)
        # Twice, as the key allows: most lost answers are found without bothering anybody.
        return self._frontend.peer.change(
            method, path, body, key=key, headers=self._headers(tag), deadline=CHANGE_SECONDS
        )

    def _headers(self, tag: str | None) -> Mapping[str, str]:
        found = {}
        if self.token is not None:
            found["Authorization"] = self.token.header()
        if tag is not None:
            found["If-Match"] = tag
        return found


def _tagged(answer: "Answer", book_id: int | None) -> Tagged:
    books = decode(answer.body, _Books).data
    if not books:
        raise BookNotFound(f"No book has the id {book_id}.")
    # A proxy that packs an answer calls its tag a weak one (RFC 9110, section 8.8.1), and a weak
    # tag matches nothing; what the shop compares is the book.
    return Tagged(books[0], answer.headers.get("ETag", "").removeprefix("W/"))


def _changed(answer: "Answer", book_id: int | None) -> Tagged:
    try:
        return _tagged(answer, book_id)
    except (Unavailable, BookNotFound) as error:
        raise OutcomeUnknown(str(error)) from error
