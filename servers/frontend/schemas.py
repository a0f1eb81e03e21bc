"""The shapes on the wire as JSON Schema 2020-12, from the types that read and write them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from shared.domain import Book, BookId, Copies, Purchase, Reason, SubjectCount
from shared.edits import MAX_SUBJECT, MAX_SUBJECTS, MAX_TEXT, Edit, KeyedBook, NewBook
from shared.problems import Problem
from shared.report import Report
from shared.trail import Entry, Placed

UUID: Final = {"type": "string", "format": "uuid"}
_REFS: Final = "#/components/schemas/{name}"


class Title(msgspec.Struct):
    """A book in a list of a subject."""

    id: BookId
    title: str


class Order(msgspec.Struct):
    """A purchase as its buyer sees it."""

    id: str
    book_id: BookId
    title: str
    quantity: Copies
    price: Decimal
    state: Literal["pending", "placed", "refused"]
    at: datetime
    reason: Reason = ""


class Bought(msgspec.Struct):
    """The answer to a purchase."""

    status: str
    order: Order


class State(msgspec.Struct):
    """How a server is, and what it needs."""

    status: str
    checks: dict[str, str] = {}


TYPES: Final = (
    Book, Title, SubjectCount, Order, Bought, Purchase, NewBook, KeyedBook, Edit, Placed, Entry,
    Report, State, Problem,
)  # fmt: skip
_SENT: Final = ("Book", "Title", "SubjectCount", "Bought", "Placed", "Entry")


def ref(name: str) -> dict[str, Any]:
    """The schema of that name."""
    return {"$ref": _REFS.format(name=name)}


def components() -> dict[str, Any]:
    """All of them by name."""
    _, found = msgspec.json.schema_components(TYPES, ref_template=_REFS)
    mended: dict[str, Any] = {name: _mend(schema) for name, schema in found.items()}
    for name in _SENT:
        # What is sent has all its fields; a default is for whoever reads it from a client.
        mended[name]["required"] = list(mended[name]["properties"])
        for field in mended[name]["properties"].values():
            field.pop("default", None)
    for name, field in (("Order", "id"), ("Entry", "id"), ("Placed", "key"), ("KeyedBook", "key")):
        mended[name]["properties"][field] = UUID
    for name in ("NewBook", "KeyedBook", "Edit"):
        _add_rules(mended[name]["properties"])
    return mended


def _add_rules(fields: dict[str, Any]) -> None:
    """What shared.edits checks beyond the types."""
    fields["title"] |= {"minLength": 1, "maxLength": MAX_TEXT}
    fields["author"] |= {"maxLength": MAX_TEXT}
    subject = {"type": "string", "minLength": 1, "maxLength": MAX_SUBJECT, "pattern": "^[^;]*$"}
    fields["subjects"] |= {"minItems": 1, "maxItems": MAX_SUBJECTS, "items": subject}


def _mend(schema: Any) -> Any:
    """A price is a number on the wire, where msgspec has text; a docstring goes on one line."""
    if isinstance(schema, list):
        return [_mend(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "decimal":
        default = {"default": 0} if "default" in schema else {}
        return {"type": "number", "minimum": 0, **default}
    mended = {name: _mend(part) for name, part in schema.items()}
    if isinstance(mended.get("description"), str):
        mended["description"] = " ".join(mended["description"].partition("Raises")[0].split())
    return mended
