"""The admin's token: where it comes from, and a wrapping that no trace or log looks through."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, SupportsIndex

from shared.tokens import SHAPE, VARIABLE, is_token, read_tokens

_HIDDEN: Final = "(hidden)"


class _HiddenText(str):
    """Text that shows itself to nobody who prints it for debugging, a slice of it neither."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _HIDDEN

    def __getitem__(self, key: SupportsIndex | slice) -> "_HiddenText":
        return _HiddenText(super().__getitem__(key))


class Token:
    """A token that looks like one; raises ValueError, which does not repeat it, for other text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        bare = text.strip()
        if not is_token(bare):
            raise ValueError(f"a token is {SHAPE}")
        self._text = _HiddenText(bare)

    def __repr__(self) -> str:
        return f"Token{_HIDDEN}"

    def header(self) -> str:
        """What the request's `Authorization` says."""
        return _HiddenText("Bearer " + self._text)


def from_environment(variables: Mapping[str, str]) -> Token | None:
    """The token that the environment holds, if it holds one; raises ValueError if that is none."""
    text = variables.get(VARIABLE, "")
    if not text.strip():
        return None
    try:
        return Token(text)
    except ValueError as error:
        # `from None`: what was wrong with it may be the secret itself.
        raise ValueError(f"{VARIABLE}: {error}") from None


def from_file(path: Path) -> Token:
    """The first token in a file, alone or as the servers' own file has it: `name: token`.

    Raises ValueError, with the file's name, if it cannot be read or holds none.
    """
    try:
        tokens = read_tokens(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(f"{path}: {reason}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return Token(next(iter(tokens.values())))


def given(variables: Mapping[str, str], file: Path | None) -> Token | None:
    """The token that the app is started with: the environment's, else the one in `file`.

    Raises ValueError.
    """
    return from_environment(variables) or (from_file(file) if file is not None else None)
