"""What became of a book by whom: the trail that every change leaves."""

import hashlib
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec.structs import asdict

from shared.domain import Book, BookId, timestamp
from shared.wire import decode, encode

What = Literal["added", "changed", "removed"]


class Change(msgspec.Struct, frozen=True, gc=False):
    """What became of a book by whom: a row of the trail, which is the memory of its key too.

    `quantity_change` is what it did to the stock; `before` and `after` are JSON of the fields that
    differ; `request` is a digest of what was asked.
    """

    id: str
    at: datetime
    by: str
    book_id: BookId
    what: What
    quantity_change: int
    before: str
    after: str
    request: str


class Entry(msgspec.Struct, frozen=True):
    """A row of the trail as it is read from the wire."""

    id: str
    at: datetime
    by: str
    book_id: BookId
    what: What
    quantity_change: int
    before: dict[str, Any]
    after: dict[str, Any]


class Placed(msgspec.Struct, frozen=True):
    """What became of one book of a batch."""

    key: str
    id: BookId
    state: Literal["added", "present", "different"]


def digest(what: What, book_id: int | None, said: Any) -> str:
    """What tells one request from another under the same key.

    It begins with a letter that no number has: a spreadsheet would round some digests otherwise.
    """
    return "r" + hashlib.blake2b(encode([what, book_id, said]), digest_size=12).hexdigest()


def differences(old: Book | None, new: Book | None) -> tuple[str, str]:
    """JSON of the fields that differ, before and after; of all where there was or is no book."""
    before = asdict(old) if old else {}
    after = asdict(new) if new else {}
    if old and new:
        names = [name for name in before if before[name] != after[name]]
        before = {name: before[name] for name in names}
        after = {name: after[name] for name in names}
    return encode(before).decode(), encode(after).decode()


def change_document(change: Change) -> dict[str, Any]:
    """A row of the trail as the wire shows it."""
    return {
        "id": change.id,
        "at": timestamp(change.at),
        "by": change.by,
        "book_id": change.book_id,
        "what": change.what,
        "quantity_change": change.quantity_change,
        "before": _fields(change.before),
        "after": _fields(change.after),
    }


def _fields(text: str) -> Any:
    """The file is open to people: what is no JSON any more is shown as the text it is."""
    try:
        return decode(text or "{}")
    except msgspec.DecodeError:
        return {"text": text}
