"""A book to be added to a running shop: the line of its row, its key, and itself as JSON.

The key is a UUIDv5 (RFC 9562) of what the row is known by, so the same row has the same key in
every run, and the shop, which keeps the keys of all that was ever added, adds it once. A row is
known by its id where it has one, its title and its author; rows that have all these alike are told
apart by which of them it is, counted from the top.
"""

import json
import uuid
from collections import Counter
from typing import Any, Final, NamedTuple

import msgspec

from servers.importer.rows import BadRow
from shared.domain import BadField
from shared.edits import NewBook, checked
from shared.web.body import MAX_BODY
from shared.wire import encode

# Of every import that ever was: with another one, what is in the shops already would be doubled.
_NAMESPACE: Final = uuid.UUID("b5a1c0de-6a2f-4d7e-9c53-8f1e0d2a7b46")
ROOM: Final = MAX_BODY - len(b'{"data":[]}')


class Listed(NamedTuple):
    """A book to be added; `json` is what is sent of it, its key included."""

    line: int
    key: str
    json: bytes


class Keys:
    """The keys of a file's rows, asked for in the file's order, of bad rows too."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def next(self, id_: str, title: str, author: str) -> str:
        """The key of the next row that is known by these."""
        known_by = (id_.strip(), title.strip(), author.strip())
        self._seen[known_by] += 1
        name = json.dumps([*known_by, self._seen[known_by]], ensure_ascii=False)
        return str(uuid.uuid5(_NAMESPACE, name))


def to_list(line: int, key: str, fields: dict[str, Any]) -> Listed | BadRow:
    """A row's fields as the book to be added, or what is wrong with them."""
    try:
        book = checked(msgspec.convert(fields, NewBook))
    except BadField as error:
        return BadRow(line, wrong_field(error.path, str(error)))
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `")
        return BadRow(line, wrong_field(path.rstrip("`") or "$", what))
    sent = encode({"key": key, **msgspec.structs.asdict(book)})
    if len(sent) > ROOM:
        return BadRow(line, f"its {len(sent):,} bytes are more than one request may have")
    return Listed(line, key, sent)


def wrong_field(path: str, what: str) -> str:
    """What is wrong, with the field's name before it: `title: a title is needed`."""
    field = path.removeprefix("$").removeprefix(".")
    return f"{field}: {what}" if field else what
