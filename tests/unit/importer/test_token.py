"""Where the admin's token comes from."""

from pathlib import Path

import pytest

from servers.importer.errors import NoToken
from servers.importer.token import find_token

ENVIRONMENT = {"BAZAR_ADMIN__TOKEN": "of-the-environment"}


def test_the_file_that_is_named_counts_before_the_environment(tmp_path: Path) -> None:
    """The same file that the catalog server reads, if it has one admin."""
    assert find_token(None, ENVIRONMENT) == "of-the-environment"
    file = tmp_path / "token"
    for text in ("of-the-file\n", "# mine\nann: of-the-file\n"):
        file.write_text(text)
        assert find_token(str(file), ENVIRONMENT) == "of-the-file"


def test_without_a_token_it_says_how_to_give_one() -> None:
    """Never on the command line."""
    with pytest.raises(NoToken, match="BAZAR_ADMIN__TOKEN or --token-file FILE"):
        find_token(None, {"BAZAR_ADMIN__TOKEN": " "})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no token in it"),
        (b"ann: a\nben: b\n", "the tokens of 2 admins"),
        (b"\xff\xfe", "not text in UTF-8"),
        ("t\u00f6ken".encode(), "line 1"),
        (b"two words", "line 1"),
    ],
)
def test_a_file_that_is_of_no_use_is_told_without_what_is_in_it(
    tmp_path: Path, content: bytes, said: str
) -> None:
    """A token is never shown."""
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(NoToken, match=said) as told:
        find_token(str(file), ENVIRONMENT)
    for secret in ("t\u00f6ken", "two", "words"):
        assert secret not in str(told.value)


def test_what_cannot_be_sent_in_a_header_is_no_token() -> None:
    """Told by the variable's name alone."""
    for wrong in ("two words", "t\u00f6ken"):
        with pytest.raises(NoToken, match="BAZAR_ADMIN__TOKEN: a token is") as told:
            find_token(None, {"BAZAR_ADMIN__TOKEN": wrong})
        assert wrong not in str(told.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Rather than taking the environment's."""
    with pytest.raises(NoToken, match="cannot read"):
        find_token(str(tmp_path / "none"), ENVIRONMENT)
