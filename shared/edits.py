"""What an admin may say about a book, how it is checked, and the trail that it leaves."""

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from shared.domain import (
    MAX_QUANTITY,
    BadField,
    Book,
    BookId,
    Quantity,
    money,
    timestamp,
)
from shared.wire import decode, encode

MAX_TEXT: Final = 1_000
MAX_SUBJECTS: Final = 50
MAX_BATCH: Final = 500
# U+2028 and U+2029 end a line as LF does; the others are the control characters.
_NOT_TEXT: Final = ("Cc", "Zl", "Zp", "Cs")

Difference = Annotated[int, msgspec.Meta(ge=-MAX_QUANTITY, le=MAX_QUANTITY)]
What = Literal["added", "changed", "removed"]


class NewBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A book as an admin adds it; its id is given by the shop."""

    title: str
    subjects: tuple[str, ...]
    price: Decimal
    author: str = ""
    quantity: Quantity = 0


class KeyedBook(NewBook, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of a batch, under a key of its own."""

    key: str

    def book(self) -> NewBook:
        """What it is without the key."""
        return NewBook(self.title, self.subjects, self.price, self.author, self.quantity)


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of a book that are to be set; the stock also by a difference."""

    title: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    subjects: tuple[str, ...] | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    quantity_change: Difference | UnsetType = UNSET
    price: Decimal | UnsetType = UNSET


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


def checked(said: NewBook, path: str = "$") -> NewBook:
    """A new book with its outer spaces gone; raises BadField with the JSON path below `path`."""
    return replace(
        said,
        title=check_title(said.title, f"{path}.title"),
        author=check_author(said.author, f"{path}.author"),
        subjects=check_subjects(said.subjects, f"{path}.subjects"),
        price=_check_price(said.price, f"{path}.price"),
    )


def checked_edit(said: Edit) -> Edit:
    """An edit with its outer spaces gone; raises BadField."""
    if said.quantity is not UNSET and said.quantity_change is not UNSET:
        raise BadField("say either quantity or quantity_change", "$.quantity_change")
    if all(value is UNSET for value in asdict(said).values()):
        raise BadField("no field to change", "$")
    checks: dict[str, Any] = {
        "title": check_title,
        "author": check_author,
        "subjects": check_subjects,
        "price": _check_price,
    }
    given = {name: value for name in checks if (value := getattr(said, name)) is not UNSET}
    return replace(
        said, **{name: checks[name](value, f"$.{name}") for name, value in given.items()}
    )


def check_title(text: str, path: str = "$.title") -> str:
    """A title of 1 to 1,000 characters, none of them a control character; raises BadField."""
    return _check_text(text, 1, path)


def check_author(text: str, path: str = "$.author") -> str:
    """An author, or none; raises BadField."""
    return _check_text(text, 0, path)


def check_subjects(subjects: Sequence[str], path: str = "$.subjects") -> tuple[str, ...]:
    """1 to 50 subjects, each once; raises BadField with the path of the wrong one."""
    if not 1 <= len(subjects) <= MAX_SUBJECTS:
        raise BadField(f"a book has 1 to {MAX_SUBJECTS} subjects", path)
    found = [_check_text(text, 1, f"{path}[{at}]") for at, text in enumerate(subjects)]
    for at, subject in enumerate(found):
        if ";" in subject:
            raise BadField("a semicolon stands between two subjects", f"{path}[{at}]")
    return tuple(dict.fromkeys(found))


def _check_text(text: str, least: int, path: str) -> str:
    bare = text.strip()
    if not least <= len(bare) <= MAX_TEXT:
        raise BadField(f"{least} to {MAX_TEXT:,} characters, not {len(bare):,}", path)
    # None of them is printable, and most texts are printable all through.
    for at, character in () if bare.isprintable() else enumerate(bare):
        if unicodedata.category(character) in _NOT_TEXT:
            raise BadField(f"a control character, U+{ord(character):04X}, at {at}", path)
    return bare


def _check_price(price: Decimal, path: str = "$.price") -> Decimal:
    try:
        return money(price)
    except ValueError as error:
        raise BadField(str(error), path) from None


def edited(book: Book, edit: Edit) -> Book:
    """The book as an edit makes it that was checked; raises BadField for an impossible stock."""
    fields = {name: value for name, value in asdict(edit).items() if value is not UNSET}
    difference = fields.pop("quantity_change", None)
    if difference is not None:
        quantity = book.quantity + difference
        if quantity < 0:
            raise BadField(f"only {book.quantity} in stock", "$.quantity_change")
        if quantity > MAX_QUANTITY:
            raise BadField(f"stock may be at most {MAX_QUANTITY}", "$.quantity_change")
        fields["quantity"] = quantity
    return replace(book, **fields)


def digest(what: What, book_id: int | None, said: Any) -> str:
    """What tells one request from another under the same key."""
    return hashlib.blake2b(encode([what, book_id, said]), digest_size=12).hexdigest()


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
