"""What an admin may say about a book, beyond what the calls' own tests show."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.catalog.tables import BOOKS
from shared.domain import BadField, Book
from shared.edits import Edit, NewBook, checked, edited
from shared.trail import Change, change_document, differences, digest
from shared.wire import decode, encode
from tests.shops import Clock

DIGEST = "rcc3feff669c74863e4f4f0db"
XEN = Book(3, "Xen", "", ("a", "b"), 5, Decimal("12.50"))


@given(title=st.text(max_size=30), author=st.text(max_size=9), subject=st.text(max_size=9))
def test_what_passes_comes_back_from_a_file_as_it_was(
    title: str, author: str, subject: str
) -> None:
    """The checks are what keeps a row out that the CSV could not give back."""
    try:
        said = checked(NewBook(title, (subject, "x"), Decimal(1), author))
    except BadField:
        return
    book = Book(1, said.title, said.author, said.subjects, 0, said.price)
    assert BOOKS.checked(book) == book


def test_differences_are_the_fields_that_differ() -> None:
    """All of them where there was no book, or is none."""
    new = edited(XEN, Edit(title="Xen again", quantity_change=-2))
    before, after = differences(XEN, new)
    assert decode(before) == {"title": "Xen", "quantity": 5}
    assert decode(after) == {"title": "Xen again", "quantity": 3}
    assert differences(XEN, XEN) == ("{}", "{}")
    assert decode(differences(XEN, None)[0])["price"] == Decimal("12.50")


def test_a_trail_that_was_edited_by_hand_is_shown_as_it_stands() -> None:
    """The CSV is open to people."""
    row = Change("k", Clock()(), "anna", 3, "changed", 0, "not json", "", "")
    shown = change_document(row)
    assert (shown["before"], shown["after"]) == ({"text": "not json"}, {})
    assert encode(shown)


def test_stock_has_its_limits() -> None:
    """Both ends."""
    assert edited(XEN, Edit(quantity_change=-5)).quantity == 0
    for difference in (-6, 10**9):
        with pytest.raises(BadField):
            edited(XEN, Edit(quantity_change=difference))


def test_a_digest_is_of_what_was_said() -> None:
    """It is on disk: a field that is new some day must not make every old key another request."""
    said = NewBook("Walden", ("Nature",), Decimal("12.50"))
    assert digest("added", None, said) == DIGEST
    assert digest("added", None, NewBook("Walden", ("Nature",), Decimal("12.50"), "x")) != DIGEST
    assert digest("removed", 3, None) != digest("removed", 4, None)
