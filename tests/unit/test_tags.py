"""Entity tags and the lists of them."""

import pytest

from shared.web.tags import is_among, tag_of


def test_a_tag_is_of_the_body() -> None:
    """The same for the same, another for another, quoted as RFC 9110 has it."""
    assert tag_of(b"a") == tag_of(b"a") != tag_of(b"b")
    assert tag_of(b"")[0] == tag_of(b"")[-1] == '"'


@pytest.mark.parametrize(
    ("header", "weakly", "strongly"),
    [
        ('"a"', True, True),
        ('W/"a"', True, False),
        ('"x", "a"', True, True),
        ('"x",W/"a"', True, False),
        ("*", True, True),
        (" * ", True, True),
        ('"x, a"', False, False),
        ('"b"', False, False),
        ("a", False, False),
        ("", False, False),
    ],
)
def test_a_list_names_a_tag_or_not(header: str, weakly: bool, strongly: bool) -> None:
    """If-None-Match compares weakly, If-Match strongly."""
    assert is_among('"a"', header, strong=False) is weakly
    assert is_among('"a"', header, strong=True) is strongly
