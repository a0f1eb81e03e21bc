"""The admin's token: where it comes from, and a wrapping that no trace or log looks through."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, SupportsIndex

VARIABLE: Final = "BAZAR_ADMIN__TOKEN"
# What a header can carry and the servers take; RFC 6750, section 2.1, has fewer characters.
_TOKEN: Final = re.compile(r"[!-~]+", re.ASCII)
_NAMED: Final = re.compile(r"^[^:\s][^:]*?\s*:\s*")
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
        if not _TOKEN.fullmatch(bare):
            raise ValueError("a token is letters, digits and signs of ASCII, without spaces")
        self._text = _HiddenText(bare)

    def __repr__(self) -> str:
        return f"Token{_HIDDEN}"

    def header(self) -> str:
        """What the request's `Authorization` says."""
        return _HiddenText("Bearer " + self._text)


def from_environment(variables: Mapping[str, str]) -> Token | None:
    """The token that the environment holds, if it holds one; raises ValueError if that is none."""
    text = variables.get(VARIABLE, "")
    return _named(text, VARIABLE) if text.strip() else None


def from_file(path: Path) -> Token:
    """The token in a file, alone or as the servers' own file has it: `name: token`.

    Raises ValueError, with the file's name, if it cannot be read or holds none.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(f"{path}: {reason}") from None
    said = (line.strip() for line in lines)
    first = next((line for line in said if line and not line.startswith("#")), "")
    return _named(_NAMED.sub("", first), str(path))


def given(variables: Mapping[str, str], file: Path | None) -> Token | None:
    """The token that the app is started with: the environment's, else the one in `file`.

    Raises ValueError.
    """
    return from_environment(variables) or (from_file(file) if file is not None else None)


def _named(text: str, where: str) -> Token:
    try:
        return Token(text)
    except ValueError as error:
        # `from None`: what was wrong with it may be the secret itself.
        raise ValueError(f"{where}: {error}") from None
