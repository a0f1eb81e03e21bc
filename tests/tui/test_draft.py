"""A book as it is typed, and what that comes to."""

from decimal import Decimal

import pytest
from msgspec import UNSET

from shared.domain import MAX_QUANTITY, Book
from tui import draft
from tui.draft import Draft, Wrong
from tui.lost import first_choice, resolve, sides

BOOK = Book(5, "Moby-Dick", "Melville", ("Whales", "Sea"), 7, Decimal("12.50"))


def test_an_edit_has_the_fields_that_were_typed_over() -> None:
    before = draft.draft_of(BOOK)
    edit = draft.edit(before, before._replace(subjects="Whales\nSea; Ships\n\n", price="13"))
    assert edit.subjects == ("Whales", "Sea", "Ships")
    assert edit.price == Decimal(13)
    assert edit.title is UNSET
    assert edit.author is UNSET
    with pytest.raises(Wrong, match="Nothing was changed"):
        draft.edit(before, before)


def test_a_new_book_needs_what_the_servers_want() -> None:
    with pytest.raises(Wrong) as wrong:
        draft.new_book(Draft(author="x" * 1001, price="-1", quantity="1.5"))
    assert set(wrong.value.sentences) == {"title", "author", "subjects", "price", "quantity"}
    book = draft.new_book(Draft(" Emma ", "", "Love", " 8.5 "))
    assert (book.title, book.price, book.quantity) == ("Emma", Decimal("8.5"), 0)


@pytest.mark.parametrize("price", ["", "1,5", "1e3", "NaN", "inf", "١٢", "12.345", "0x1", "1_0"])
def test_what_is_no_price_is_told(price: str) -> None:
    with pytest.raises(Wrong) as wrong:
        draft.new_book(Draft("Emma", "", "Love", price))
    assert set(wrong.value.sentences) == {"price"}


@pytest.mark.parametrize(
    ("typed", "copies"), [("20", 20), ("+20", 20), (" -7 ", -7), ("+ 1", None), ("--1", None),
    ("", None), ("0", None), ("-8", None), (str(MAX_QUANTITY), None), ("9" * 30, None)],
)  # fmt: skip
def test_a_difference_is_copies_that_came_or_went(typed: str, copies: int | None) -> None:
    if copies is None:
        with pytest.raises(Wrong):
            draft.difference(typed, 7)
    else:
        assert draft.difference(typed, 7) == copies


def test_a_path_of_the_servers_leads_to_a_field() -> None:
    assert draft.field_of("$.subjects[3]") == "subjects"
    assert draft.field_of("$.quantity_change") == "quantity_change"
    assert draft.field_of("$.data[0].title") == ""
    assert draft.field_of("$") == ""


def test_of_a_lost_edit_each_keeps_what_it_touched() -> None:
    theirs = Book(5, "Moby Dick", "H. Melville", ("Whales", "Sea"), 3, Decimal("12.50"))
    rows = sides(BOOK, {"title": "Whale!", "price": Decimal(11)}, theirs)
    assert [row.name for row in rows if row.differs] == ["title", "author", "price"]
    assert first_choice(rows) == {"title", "price"}
    assert resolve(rows, {"title", "author"}) == {"title": "Whale!", "author": "Melville"}
    assert resolve(rows, ()) == {}
