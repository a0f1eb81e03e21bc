"""Where the admin comes to: who asks, under which key, having seen what; and the trail."""

from collections.abc import Callable
from typing import Any

import falcon

from servers.catalog.stockroom import Asked, Stockroom
from servers.catalog.tokens import Admins
from shared.domain import BadRequest, Book
from shared.trail import change_document
from shared.web.body import DEFAULT_PAGE, MAX_PAGE, read_id, read_key, read_number
from shared.web.tags import is_among, is_list, tag_of
from shared.wire import encode


class Office:
    """Who asks for what; `new_key` makes one for whoever sent none."""

    def __init__(self, stockroom: Stockroom, admins: Admins, new_key: Callable[[], str]) -> None:
        self.stockroom = stockroom
        self._admins = admins
        self._new_key = new_key

    def admin(self, req: falcon.Request) -> str:
        """The name of the admin who asks; raises a NotAdmin."""
        return self._admins.name_of(req.get_header("Authorization"))

    def asked(self, req: falcon.Request) -> Asked:
        """Who asks for a change, under which key, of which book; raises a NotAdmin or BadKey."""
        by = self.admin(req)
        key = read_key(req) or self._new_key()
        seen = req.get_header("If-Match")
        if seen is None:
            return Asked(by, key)
        if not is_list(seen):
            raise BadRequest("If-Match is the ETag of the book, quotes and all, or *.")
        return Asked(by, key, lambda book: is_among(book_tag(book), seen, strong=True))


def book_tag(book: Book) -> str:
    """The tag that a read of this one book has."""
    return tag_of(encode(one_book(book)))


def one_book(book: Book) -> dict[str, Any]:
    """A book as an answer has it."""
    return {"data": [book]}


class ChangeList:
    """GET /changes: who changed which book, from what to what, and when."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Newest first, from before `before`; of one `book` or of all."""
        self._office.admin(req)
        limit = read_number(req, "limit", MAX_PAGE)
        found, total = self._office.stockroom.changes(
            read_id(req, "before"),
            read_number(req, "book", 10**18 - 1),
            DEFAULT_PAGE if limit is None else limit,
        )
        resp.media = {"data": list(map(change_document, found)), "total": total}

    on_head = on_get
