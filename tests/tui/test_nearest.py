"""Which subjects a search that found no book may have meant."""

import pytest

from shared.domain import SubjectCount, fold
from tui.nearest import nearest_subjects
from tui.shop import SubjectPage

SUBJECTS = ("Philosophy, Modern", "Science fiction", "Sea stories", "Whaling -- Fiction", "Wheels")


def subjects(text: str, limit: int, offset: int) -> SubjectPage:
    """A shop's answer."""
    found = tuple(SubjectCount(one, 1) for one in SUBJECTS if fold(text) in fold(one))
    return SubjectPage(found[offset : offset + limit], len(found))


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("hilos", ("Philosophy, Modern",)),
        ("whxl", ("Wheels", "Whaling -- Fiction")),
        ("whalling", ("Whaling -- Fiction",)),
        ("the sea storys", ("Sea stories",)),
        ("fictoin", ("Science fiction", "Whaling -- Fiction")),
        ("philosofy of whaling", ("Whaling -- Fiction", "Philosophy, Modern")),
        ("whxy", ()),
        ("qqqq", ()),
        ("x", ()),
        ("–", ()),
    ],
)
def test_a_word_finds_the_subjects_that_it_may_have_meant(
    wanted: str, near: tuple[str, ...]
) -> None:
    """Also with a slip of the finger in it."""
    assert nearest_subjects(subjects, wanted, 4) == near


def test_no_more_than_wanted_are_named() -> None:
    assert nearest_subjects(subjects, "fictoin", 1) == ("Science fiction",)
