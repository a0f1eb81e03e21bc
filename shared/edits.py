"""What an admin may say about a book, and how it is checked."""

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from shared.domain import (
    MAX_QUANTITY,
    BadField,
    Book,
    Difference,
    Quantity,
    fold,
    money,
)

MAX_TEXT: Final = 1_000
MAX_SUBJECTS: Final = 50
MAX_BATCH: Final = 500
MAX_SUBJECT: Final = 250
# Control characters; U+2028 and U+2029, which end a line as LF does; half a character.
_NOT_TEXT: Final = ("Cc", "Zl", "Zp", "Cs")
# These turn the direction of all that follows, on whatever screen it is shown.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN: Final = ("Cf", "Zs", "Mn")


class NewBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
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


def checked(said: NewBook, path: str = "$") -> NewBook:
    """A new book with its outer spaces gone; raises BadField with the JSON path below `path`."""
    return replace(
        said,
        title=check_title(said.title, f"{path}.title"),
        author=check_author(said.author, f"{path}.author"),
        subjects=check_subjects(said.subjects, f"{path}.subjects"),
        price=check_price(said.price, f"{path}.price"),
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
        "price": check_price,
    }
    given = {name: value for name in checks if (value := getattr(said, name)) is not UNSET}
    return replace(
        said, **{name: checks[name](value, f"$.{name}") for name, value in given.items()}
    )


def check_title(text: str, path: str = "$.title") -> str:
    """A title of 1 to 1,000 characters, none of them a control character; raises BadField."""
    return _check_text(text, path, "a title")


def check_author(text: str, path: str = "$.author") -> str:
    """An author, or none; raises BadField."""
    return _check_text(text, path)


def check_subjects(subjects: Sequence[str], path: str = "$.subjects") -> tuple[str, ...]:
    """1 to 50 subjects, each once; raises BadField with the path of the wrong one."""
    if not 1 <= len(subjects) <= MAX_SUBJECTS:
        raise BadField(f"a book has 1 to {MAX_SUBJECTS} subjects", path)
    found: dict[str, str] = {}
    for at, text in enumerate(subjects):
        subject = _check_text(text, f"{path}[{at}]", "a subject", MAX_SUBJECT)
        if ";" in subject:
            raise BadField("a semicolon stands between two subjects", f"{path}[{at}]")
        found.setdefault(fold(subject), subject)
    return tuple(found.values())


def _check_text(text: str, path: str, needed: str = "", most: int = MAX_TEXT) -> str:
    # None of them is printable, and most texts are printable all through.
    if not text.isprintable():
        _check_characters(text, path)
    bare = text.strip()
    if needed and not bare:
        raise BadField(f"{needed} is needed", path)
    if len(bare) > most:
        raise BadField(f"at most {most:,} characters, not {len(bare):,}", path)
    if needed and all(unicodedata.category(character) in _UNSEEN for character in bare):
        raise BadField("nothing of it can be seen", path)
    return bare


def _check_characters(text: str, path: str) -> None:
    for at, character in enumerate(text):
        if unicodedata.category(character) in _NOT_TEXT or character in _TURNING:
            raise BadField(f"a control character, U+{ord(character):04X}, at {at}", path)


def check_price(price: Decimal, path: str = "$.price") -> Decimal:
    """A price of at least 0 with at most two decimals; raises BadField."""
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
