"""Where the admin's token comes from."""

from pathlib import Path

import pytest

from tui.token import Token, from_file, given


@pytest.mark.parametrize(
    "text",
    ["abc\n", "# ours\n\nanna: abc\nben: other\n", "anna  :  abc", "\n\n  abc  \n", "\ufeffabc"],
    ids=["alone", "named", "spaced", "blank lines", "with a byte order mark"],
)
def test_a_file_holds_it_alone_or_as_the_servers_have_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "token"
    file.write_text(text)
    assert from_file(file).header() == "Bearer abc"


def test_a_token_may_have_colons_as_it_may_for_the_servers(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s3cret:part\n")
    assert from_file(file).header() == "Bearer s3cret:part"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file")
    for variables, header in (
        ({"BAZAR_ADMIN__TOKEN": "from-env"}, "Bearer from-env"),
        ({"BAZAR_ADMIN__TOKEN": " "}, "Bearer from-file"),
        ({}, "Bearer from-file"),
    ):
        token = given(variables, file)
        assert token is not None
        assert token.header() == header
    assert given({}, None) is None


@pytest.mark.parametrize("text", ["", "two words", "tab\there", "ümlaut", "line\nbreak"])
def test_what_cannot_be_a_token_is_refused_without_being_repeated(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(ValueError, match="a token is") as refused:
        Token(text)
    assert not text or text not in str(refused.value)
    file = tmp_path / "token"
    file.write_text("two words")
    with pytest.raises(ValueError, match=str(file)) as refused:
        from_file(file)
    assert "two words" not in str(refused.value)
    with pytest.raises(ValueError, match="No such file"):
        from_file(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="BAZAR_ADMIN__TOKEN"):
        given({"BAZAR_ADMIN__TOKEN": "two words"}, None)


def test_a_token_shows_itself_to_nobody() -> None:
    token = Token("s3cret")
    shown = (
        f"{token!r} {[token]} {token.header()!r} {token.header()[7:9]!r} { {1: token.header()} }"
    )
    assert "s3" not in shown
