"""The frontend's calls as an OpenAPI 3.1 document: spec.openapis.org/oas/v3.1.0."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from servers.frontend import schemas
from shared import problems
from shared.version import VERSION

_JSON: Final = "application/json"
_PIECE: Final = {
    "subject": ("A subject, percent-encoded.", {"type": "string"}),
    "book_id": ("A book's id.", {"type": "integer", "minimum": 0}),
    "order_id": ("An order's id, which is its purchase's key.", schemas.UUID),
}
_NUMBER: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"type": "string"}
_QUERY: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "limit": ("At most so many.", _NUMBER | {"maximum": 1000}),
    "offset": ("From this one on.", _NUMBER),
    "q": ("Words, or the beginnings of words.", _TEXT),
    "subject": ("Only books on this subject.", _TEXT),
    "ids": ("Ids with commas between.", _TEXT),
    "state": ("Only orders in this state.", {"enum": ["pending", "placed", "refused"]}),
    "before": ("The id of the last one seen.", schemas.UUID),
    "book": ("Only changes of this book.", _NUMBER),
    "hours": ("Hours to report.", _NUMBER | {"maximum": 744}),
    "days": ("Days to report.", _NUMBER | {"maximum": 366}),
    "top": ("How many best sellers, and how many that run low.", _NUMBER | {"maximum": 100}),
    "low": ("How few copies are few.", _NUMBER | {"maximum": 100}),
    "tz": ("The time zone of hours and days, such as Europe/Berlin.", _TEXT),
}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A new UUID for each purchase or change; the same again does nothing more.",
    "schema": schemas.UUID,
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the book as you saw it.",
    "schema": _TEXT,
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag that you have; the answer is 304 while it is the same.",
    "schema": _TEXT,
}
# The headers that an answer of some status has besides.
_TOLD: Final = {
    200: ("ETag",),
    201: ("ETag", "Location"),
    202: ("Location", "Retry-After"),
    304: ("ETag",),
    401: ("WWW-Authenticate",),
    403: ("WWW-Authenticate",),
    503: ("Retry-After",),
    504: ("Retry-After",),
}
_ANSWERS: Final = {
    202: "Begun, and it will be settled; look at Location.",
    304: "As in If-None-Match.",
    400: "The request makes no sense.",
    401: "The admin's token is missing or wrong.",
    403: "This shop has no admin.",
    404: "There is none, or not enough left.",
    409: "The price has changed; or this key is being worked on.",
    412: "The book is not as you saw it.",
    413: "A body of more than 16 KiB.",
    415: "Not JSON.",
    422: "A field is wrong; or the key was used for something else.",
    503: "Nothing was done: a server is down, full or read-only.",
    504: "Not known; ask again with the same key.",
}
_READ: Final = (304, 400, 503)
_WRITE: Final = (400, 413, 415, 422, 503, 504)
_ADMIN: Final = (401, 403)


_TAGS: Final = {
    "search": "Books",
    "info": "Books",
    "subjects": "Books",
    "books": "Books",
    "purchase": "Buying",
    "orders": "Buying",
    "reports": "Owner",
}


class Call(NamedTuple):
    """One call: what it is for, what it takes, what it answers."""

    path: str
    method: str
    summary: str
    answer: dict[str, Any] | None
    refusals: tuple[int, ...]
    query: tuple[str, ...] = ()
    body: dict[str, Any] | None = None
    headers: tuple[dict[str, Any], ...] = ()
    admin: bool = False
    good: int = 200
    media: str = _JSON
    must_have_body: bool = True


def _lists(of: str, *, total: bool = True) -> dict[str, Any]:
    properties: dict[str, Any] = {"data": {"type": "array", "items": schemas.ref(of)}}
    if total:
        properties["total"] = _NUMBER
    return {"type": "object", "properties": properties, "required": list(properties)}


_ONE_BOOK: Final = _lists("Book", total=False)
_PAGE: Final = ("limit", "offset")

CALLS: Final = (
    Call("/search/{subject}", "get", "The ids and titles of the books on a subject",
         _lists("Title", total=False), (*_READ, 404), _PAGE),
    Call("/info/{book_id}", "get", "One whole book", _ONE_BOOK, (*_READ, 404)),
    Call("/purchase/{book_id}", "put", "Buy a book", schemas.ref("Bought"),
         (*_WRITE, 202, 404, 409), body=schemas.ref("Purchase"), headers=(_KEY,),
         must_have_body=False),
    Call("/subjects", "get", "The subjects, with how many books each has",
         _lists("SubjectCount"), _READ, ("q", *_PAGE)),
    Call("/books", "get", "Whole books by words (best first), by subject, by ids, or all",
         _lists("Book"), _READ, ("q", "subject", "ids", *_PAGE)),
    Call("/books", "post", "Add a book", _ONE_BOOK, _WRITE, body=schemas.ref("NewBook"),
         headers=(_KEY,), admin=True, good=201),
    Call("/books/batch", "post", "Add many books, each once", _lists("Placed", total=False),
         _WRITE, body=_lists("KeyedBook", total=False), admin=True),
    Call("/books/{book_id}", "get", "One whole book", _ONE_BOOK, (*_READ, 404)),
    Call("/books/{book_id}", "patch", "Change a book, or restock it", _ONE_BOOK,
         (*_WRITE, 404, 412), body=schemas.ref("Edit"), headers=(_KEY, _IF_MATCH), admin=True),
    Call("/books/{book_id}", "delete", "Remove a book; its orders stay", None,
         (400, 404, 412, 422, 503, 504), headers=(_KEY, _IF_MATCH), admin=True, good=204),
    Call("/changes", "get", "Who changed which book, newest first", _lists("Entry"), _READ,
         ("book", "before", "limit"), admin=True),
    Call("/orders", "get", "The orders, newest first", _lists("Order"), _READ,
         ("state", "before", "limit")),
    Call("/orders/{order_id}", "get", "One order", _lists("Order", total=False), (*_READ, 404)),
    Call("/reports/sales", "get", "What sold when, what sells best, what runs low",
         _lists("Report", total=False), _READ, ("hours", "days", "top", "low", "tz")),
    Call("/livez", "get", "The process answers", schemas.ref("State"), (304,)),
    Call("/readyz", "get", "It can do its work", schemas.ref("State"), (304, 503)),
    Call("/metrics", "get", "Prometheus' text format", _TEXT, (304,), media="text/plain"),
    Call("/openapi.json", "get", "This document", {"type": "object"}, (304,)),
    Call("/docs", "get", "A page to try the calls in", _TEXT, (304,), media="text/html"),
    Call("/docs/{name}", "get", "What that page loads", _TEXT, (304, 404), media="text/*"),
)  # fmt: skip


def document() -> dict[str, Any]:
    """The whole of it."""
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bazar.com",
            "version": VERSION,
            "description": "A bookstore. `data` is always an array; a price is a JSON number.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.components(),
            "securitySchemes": {"admin": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": "_".join([call.method, *re.findall(r"\w+", call.path)]),
        "tags": ["Admin" if call.admin else _TAGS.get(call.path.split("/")[1], "Server")],
        "summary": call.summary,
        "parameters": [
            *_pieces(call.path),
            *_queries(call.query),
            *call.headers,
            *([_IF_NONE_MATCH] if call.method == "get" else []),
        ],
        "responses": _responses(call),
    }
    if call.body is not None:
        found["requestBody"] = {
            "required": call.must_have_body,
            "content": {_JSON: {"schema": call.body}},
        }
    if call.admin:
        found["security"] = [{"admin": []}]
    return found


def _pieces(path: str) -> Iterable[Mapping[str, Any]]:
    for name in (part[1:-1] for part in path.split("/") if part.startswith("{")):
        words, schema = _PIECE.get(name, ("A file's name.", _TEXT))
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": words,
            "schema": schema,
        }


def _queries(names: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    for name in names:
        words, schema = _QUERY[name]
        yield {"name": name, "in": "query", "description": words, "schema": schema}


def _responses(call: Call) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done" if call.method != "get" else "What was asked for"}
    if call.answer is not None:
        good["content"] = {call.media: {"schema": call.answer}}
    found = {call.good: good}
    for status in sorted(call.refusals + (_ADMIN if call.admin else ())):
        found[status] = {"description": _ANSWERS[status]} | _content(status)
    for status, answer in found.items():
        if names := _TOLD.get(status):
            answer["headers"] = {name: {"schema": _TEXT} for name in names}
    return {str(status): answer for status, answer in found.items()}


def _content(status: int) -> dict[str, Any]:
    if status == problems.NOT_MODIFIED:
        return {}
    if status == problems.ACCEPTED:
        return {"content": {_JSON: {"schema": schemas.ref("Bought")}}}
    return {"content": {problems.MEDIA_TYPE: {"schema": schemas.ref("Problem")}}}
