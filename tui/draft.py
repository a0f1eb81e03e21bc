"""A book as it is typed into a form, and what that comes to; knows nothing of screens.

The fields are checked by the rules of the servers, so that what passes here passes there.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from shared.domain import MAX_QUANTITY, BadField, Book
from shared.edits import Edit, NewBook, check_author, check_price, check_subjects, check_title
from tui import text

FIELDS: Final = ("title", "author", "subjects", "price", "quantity")
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_PRICE: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?", re.ASCII)
_BETWEEN: Final = re.compile(r"[;\n]")
_FIELD: Final = re.compile(r"\$\.([a-z_]+)")


class Wrong(ValueError):
    """Fields that are wrong: a sentence for each, by the name of the field; "" is the whole."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(next(iter(sentences.values()), ""))
        self.sentences = dict(sentences)


class Draft(NamedTuple):
    """What the fields of the form hold, as text."""

    title: str = ""
    author: str = ""
    subjects: str = ""
    price: str = ""
    quantity: str = ""


def draft_of(book: Book) -> Draft:
    """How a book stands in the form before anything is typed, safe to show."""
    return Draft(
        text.one_line(book.title),
        text.one_line(book.author),
        "\n".join(text.one_line(subject) for subject in book.subjects),
        str(book.price),
        str(book.quantity),
    )


def new_book(draft: Draft) -> NewBook:
    """The book to add; raises Wrong with every field that is wrong."""
    values = _read(draft, FIELDS)
    return NewBook(**values)


def edit(before: Draft, now: Draft) -> Edit:
    """The fields that were typed over, and only those; raises Wrong, also if there is none.

    A field is held against the text that was shown, so that what could not be shown as it is
    stays as it is.
    """
    names = [name for name in FIELDS if getattr(before, name) != getattr(now, name)]
    values = _read(now, names)
    if not values:
        raise Wrong({"": "Nothing was changed."})
    return Edit(**values)


def said(change: Edit) -> dict[str, Any]:
    """The fields that an edit sets."""
    every = {name: getattr(change, name) for name in FIELDS}
    return {name: value for name, value in every.items() if value is not UNSET}


def field_of(path: str) -> str:
    """The field that a JSON path of the server's leads to; "" where it leads to none of them."""
    found = _FIELD.match(path)
    name = found[1] if found else ""
    return name if name in FIELDS or name == "quantity_change" else ""


def difference(typed: str, now: int) -> int:
    """The copies to add, or with a minus to take away; raises Wrong."""
    number = _whole(typed.strip().removeprefix("+") or "0", -MAX_QUANTITY)
    if not number:
        raise Wrong({"quantity_change": "How many copies came? With a minus they went."})
    if now + number < 0:
        raise Wrong({"quantity_change": f"Only {text.count(now)} in stock."})
    if now + number > MAX_QUANTITY:
        raise Wrong({"quantity_change": f"Stock may be at most {text.count(MAX_QUANTITY)}."})
    return number


def _read(draft: Draft, names: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    sentences: dict[str, str] = {}
    for name in names:
        try:
            values[name] = _READERS[name](getattr(draft, name))
        except BadField as error:
            sentences[name] = text.sentence(str(error))
        except Wrong as error:
            sentences[name] = str(error)
    if sentences:
        raise Wrong(sentences)
    return values


def _subjects(typed: str) -> tuple[str, ...]:
    found = (one.strip() for one in _BETWEEN.split(typed))
    return check_subjects([one for one in found if one])


def _price(typed: str) -> Decimal:
    bare = typed.strip()
    if not _PRICE.fullmatch(bare):
        raise Wrong({"price": "A price is a number such as 12.50."})
    return check_price(Decimal(bare))


def _quantity(typed: str) -> int:
    return _whole(typed.strip() or "0", 0)


def _whole(bare: str, least: int) -> int:
    if not _NUMBER.fullmatch(bare):
        raise Wrong({"quantity_change": "A whole number of copies."})
    number = int(bare)
    if not least <= number <= MAX_QUANTITY:
        most = text.count(MAX_QUANTITY)
        raise Wrong({"quantity_change": f"From {text.count(least)} to {most} copies."})
    return number


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "title": check_title,
    "author": check_author,
    "subjects": _subjects,
    "price": _price,
    "quantity": _quantity,
}
