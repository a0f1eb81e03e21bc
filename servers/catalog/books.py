"""The books as a collection: read by everyone, written by the admin."""

from collections.abc import Iterable
from typing import Annotated, Any

import falcon
import msgspec

from servers.catalog.office import Office, book_tag, one_book
from servers.catalog.resources import Info
from servers.catalog.shelf import Page, Shelf
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
from shared.edits import MAX_BATCH, Edit, KeyedBook, NewBook
from shared.web.body import DEFAULT_PAGE, read_json, read_list, read_page


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many new books at once."""

    data: Annotated[list[KeyedBook], msgspec.Meta(max_length=MAX_BATCH)]


def _answer(resp: falcon.Response, book: Book) -> None:
    resp.media = one_book(book)
    resp.set_header("ETag", book_tag(book))


class Books:
    """GET and POST /books"""

    def __init__(self, shelf: Shelf, office: Office) -> None:
        self._shelf = shelf
        self._office = office

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Whole books by words, subject or ids, in pages."""
        ids = read_list(req, "ids")
        if ids is not None:
            resp.media = _page(self._shelf.by_ids(_parse_ids(ids)))
            return
        limit, offset = read_page(req, DEFAULT_PAGE)
        text, subject = req.get_param("q"), req.get_param("subject")
        resp.media = _page(self._shelf.books(text or None, subject, limit or 0, offset))

    on_head = on_get

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add a book; 201 with where it is."""
        asked = self._office.asked(req)
        book = self._office.stockroom.add(read_json(req, NewBook), asked)
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


class BookOne(Info):
    """GET, PATCH and DELETE /books/{id}"""

    def __init__(self, shelf: Shelf, office: Office) -> None:
        super().__init__(shelf)
        self._office = office

    def on_patch(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """Set the fields that the body has, if the book is still as `If-Match` says."""
        asked = self._office.asked(req)
        number = parse_book_id(book_id)
        _answer(resp, self._office.stockroom.edit(number, read_json(req, Edit), asked))

    def on_delete(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """Take it off the shelf."""
        asked = self._office.asked(req)
        self._office.stockroom.remove(parse_book_id(book_id), asked)
        resp.status = problems.NO_CONTENT


class BookBatch:
    """POST /books/batch: how an import comes into a running shop."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Add many books, all or none; what came under a key before is not added again."""
        by = self._office.admin(req)
        said = read_json(req, Batch).data
        books = [_with_good_key(at, book) for at, book in enumerate(said)]
        resp.media = {"data": self._office.stockroom.add_many(books, by)}


def _with_good_key(at: int, said: KeyedBook) -> KeyedBook:
    try:
        return msgspec.structs.replace(said, key=parse_key(said.key))
    except BadKey as error:
        raise BadField(str(error), f"$.data[{at}].key") from None
