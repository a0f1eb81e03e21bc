"""Who is an admin."""

import pytest

from servers.catalog.tokens import Admins
from shared.domain import AdminOff, TokenMissing, TokenWrong
from shared.tokens import read_tokens


def test_a_file_has_a_token_for_each_or_one_bare() -> None:
    """Comments and blank lines don't count; a token may hold a colon where it has a name."""
    text = "# ours\n\nanna: abc\nben the second :  x:y\n"
    assert read_tokens(text) == {"anna": "abc", "ben the second": "x:y"}
    assert read_tokens("abc-_.~+/=\n") == {"admin": "abc-_.~+/="}
    assert read_tokens("s3cret:part\r\n") == {"admin": "s3cret:part"}
    assert read_tokens("\ufeffanna: abc\r\n") == {"anna": "abc"}


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "no token"), ("# x", "no token"), ("a b", "line 1"), ("a: b\na: c", "line 2: this name"),
     ("a: b c", "line 1"), ("order server: x", "line 1: the trail"), ("a: \xe9", "line 1"),
     ("a: x\nb: x", "line 2: this token")],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused_by_line(text: str, says: str) -> None:
    """And its tokens are not told."""
    with pytest.raises(ValueError, match=says) as failure:
        read_tokens(text)
    assert "c" not in str(failure.value).replace("token", "").split()


def test_a_token_names_its_admin() -> None:
    """The scheme in any case (RFC 9110, section 11.1)."""
    admins = Admins({"anna": "abc", "ben": "xyz"})
    assert admins.name_of("Bearer abc") == "anna"
    assert admins.name_of("bEaReR  xyz") == "ben"
    for header in (None, "", "abc", "Basic abc", "Bearer", "Bearer a b"):
        with pytest.raises(TokenMissing):
            admins.name_of(header)
    for header in ("Bearer ab", "Bearer abcd", "Bearer ABC", "Bearer \xff", "Bearer anna"):
        with pytest.raises(TokenWrong):
            admins.name_of(header)


def test_without_any_token_nobody_is() -> None:
    """Not even with an empty one."""
    for header in (None, "Bearer ", "Bearer x"):
        with pytest.raises(AdminOff):
            Admins({}).name_of(header)
