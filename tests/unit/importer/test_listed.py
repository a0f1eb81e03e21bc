"""What a book is known by, from run to run, and what is sent of it."""

import json
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.importer.listed import ROOM, Keys, Listed, to_list
from servers.importer.rows import BadRow

KNOWN_BY = st.tuples(*[st.text("ab\",[] '", max_size=3)] * 3)


def test_a_rows_key_is_the_same_in_every_run_and_for_ever() -> None:
    """With another one, what is in the shops already would be doubled."""
    keys = Keys()
    assert keys.next("15", "Moby Dick", "Melville") == "df226d36-2575-5963-bc5d-89777043b740"
    assert keys.next("15", "Moby Dick", "Melville") == "98f214b9-6959-5857-a0c9-56acf3ef3988"
    assert uuid.UUID(keys.next("", "", "")).version == 5


@given(st.lists(KNOWN_BY, max_size=20))
def test_no_two_rows_of_a_file_have_one_key(rows: list[tuple[str, str, str]]) -> None:
    """Not those that are alike in all, nor those that only look so when run together."""
    keys = Keys()
    assert len({keys.next(*row) for row in rows}) == len(rows)


def test_outer_spaces_make_no_other_book() -> None:
    """They are not on the book either."""
    assert Keys().next(" 1", "A ", " B") == Keys().next("1", "A", "B")


FIELDS = {
    "title": " Tea ",
    "author": "",
    "subjects": ("drinks",),
    "quantity": 3,
    "price": Decimal("2.50"),
}


def test_a_book_is_sent_as_the_admins_call_takes_it() -> None:
    """The price digit for digit, outer spaces gone."""
    found = to_list(7, "k", FIELDS)
    assert isinstance(found, Listed)
    assert found[:2] == (7, "k")
    assert json.loads(found.json, parse_float=Decimal) == {
        **FIELDS,
        "key": "k",
        "title": "Tea",
        "subjects": ["drinks"],
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "title: a title is needed"),
        ({"title": "a\nb"}, "title: a control character, U+000A, at 1"),
        ({"subjects": ()}, "subjects: a book has 1 to 50 subjects"),
        ({"subjects": ("x", "\t\x07")}, "subjects[1]: a control character"),
        ({"quantity": -1}, "quantity: Expected `int` >= 0"),
        ({"price": Decimal("0.001")}, "price: a price has at most two decimals"),
        ({"subjects": tuple("\N{WHITE CHESS KING}" * n for n in range(200, 250))}, "bytes"),
    ],
)
def test_a_wrong_field_is_told_by_its_name(wrong: dict[str, object], said: str) -> None:
    """Before anything is sent."""
    found = to_list(7, "k", FIELDS | wrong)
    assert isinstance(found, BadRow)
    assert found.line == 7
    assert said in found.what


def test_the_largest_book_of_one_request_fits() -> None:
    """To the byte."""
    bare = to_list(7, "k", FIELDS)
    assert isinstance(bare, Listed)
    left = ROOM - len(bare.json)

    def filled(size: int) -> Listed | BadRow:
        whole, rest = divmod(size, 501)
        subjects = [f"{n:02}" + "\u00e9" * 248 for n in range(whole)]
        more = {"subjects": ("drinks", *subjects), "author": "y" * rest}
        return to_list(7, "k", FIELDS | more)

    largest = filled(left)
    assert isinstance(largest, Listed)
    assert len(largest.json) == ROOM
    assert isinstance(filled(left + 1), BadRow)
