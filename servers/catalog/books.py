"""The books as a collection: read by everyone, written by the admin."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final

import falcon
import msgspec

from servers.catalog.shelf import Page, Shelf
from servers.catalog.stockroom import Asked, Placed, Stockroom
from servers.catalog.tokens import Admins
from shared import problems
from shared.domain import (
    BadField,
    BadKey,
    BadRequest,
    Book,
    BookNotFound,
    parse_book_id,
    parse_key,
)
from shared.edits import MAX_BATCH, Edit, KeyedBook, NewBook, change_document
from shared.web.body import (
    MAX_PAGE,
    read_id,
    read_json,
    read_key,
    read_list,
    read_number,
    read_page,
)
from shared.web.tags import is_among, tag_of
from shared.wire import encode

_DEFAULT_PAGE: Final = 100


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many new books at once."""

    data: Annotated[list[KeyedBook], msgspec.Meta(max_length=MAX_BATCH)]


class Desk:
    """Where the admin comes to: who asks, under which key, and what that one has seen."""

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
        return Asked(by, key, lambda book: is_among(book_tag(book), seen, strong=True))


def book_tag(book: Book) -> str:
    """The tag that a read of this one book has."""
    return tag_of(encode(_one(book)))


def _one(book: Book) -> dict[str, Any]:
    return {"data": [book]}


def _answer(resp: falcon.Response, book: Book) -> None:
    resp.media = _one(book)
    resp.set_header("ETag", book_tag(book))


class Books:
    """GET and POST /books"""

    def __init__(self, shelf: Shelf, desk: Desk) -> None:
        self._shelf = shelf
        self._desk = desk

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Whole books by words, subject or ids, in pages."""
        ids = read_list(req, "ids")
        if ids is not None:
            resp.media = _page(self._shelf.by_ids(_parse_ids(ids)))
            return
        limit, offset = read_page(req, _DEFAULT_PAGE)
        text, subject = req.get_param("q"), req.get_param("subject")
        resp.media = _page(self._shelf.books(text or None, subject, limit or 0, offset))

    on_head = on_get

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add a book; 201 with where it is."""
        asked = self._desk.asked(req)
        book = self._desk.stockroom.add(read_json(req, NewBook), asked)
        _answer(resp, book)
        resp.status = problems.CREATED
        resp.set_header("Location", f"/books/{book.id}")


def _page(page: Page) -> dict[str, Any]:
    return {"data": page.books, "total": page.total}


def _parse_ids(ids: Iterable[str]) -> list[int]:
    try:
        return [parse_book_id(text) for text in ids]
    except BookNotFound as error:
        raise BadRequest(f"ids: {error}") from None


class BookOne:
    """GET, PATCH and DELETE /books/{id}"""

    def __init__(self, shelf: Shelf, desk: Desk) -> None:
        self._shelf = shelf
        self._desk = desk

    def on_get(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """One whole book."""
        resp.media = _one(self._shelf.info(parse_book_id(book_id)))

    on_head = on_get

    def on_patch(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """Set the fields that the body has, if the book is still as `If-Match` says."""
        asked = self._desk.asked(req)
        number = parse_book_id(book_id)
        _answer(resp, self._desk.stockroom.edit(number, read_json(req, Edit), asked))

    def on_delete(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """Take it off the shelf."""
        asked = self._desk.asked(req)
        self._desk.stockroom.remove(parse_book_id(book_id), asked)
        resp.status = problems.NO_CONTENT


class BookBatch:
    """POST /books/batch: how an import comes into a running shop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add many books, all or none; what came under a key before is not added again."""
        by = self._desk.admin(req)
        said = read_json(req, Batch).data
        books = [_with_good_key(at, book) for at, book in enumerate(said)]
        placed: list[Placed] = self._desk.stockroom.add_many(books, by)
        resp.media = {"data": [one._asdict() for one in placed]}


def _with_good_key(at: int, said: KeyedBook) -> KeyedBook:
    try:
        return msgspec.structs.replace(said, key=parse_key(said.key))
    except BadKey as error:
        raise BadField(str(error), f"$.data[{at}].key") from None


class ChangeList:
    """GET /changes: who changed which book, from what to what, and when."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Newest first, from before `before`; of one `book` or of all."""
        self._desk.admin(req)
        limit = read_number(req, "limit", MAX_PAGE)
        found, total = self._desk.stockroom.changes(
            read_id(req, "before"),
            read_number(req, "book", 10**18 - 1),
            _DEFAULT_PAGE if limit is None else limit,
        )
        resp.media = {"data": list(map(change_document, found)), "total": total}

    on_head = on_get
