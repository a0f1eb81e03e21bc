"""The admins' tokens as they are written down: in the environment, or in a file."""

import re
from typing import Final

VARIABLE: Final = "BAZAR_ADMIN__TOKEN"
# Whom the variable, or a file with nothing but a token, speaks of.
NAME: Final = "admin"
# What the trail calls a change by PUT /update: between the shop's own machines nobody has a name.
ORDER_SERVER: Final = "order server"
SHAPE: Final = "letters, digits and signs of ASCII, without spaces"

# What a header can carry; RFC 6750, section 2.1, has fewer characters.
_TOKEN: Final = re.compile(r"[!-~]+", re.ASCII)
# A space after the colon, since a token may have colons of its own.
_LINE: Final = re.compile(rf"(?:(?P<name>\w[\w .'-]{{0,39}}?) *:\s+)?(?P<token>{_TOKEN.pattern})")


def is_token(text: str) -> bool:
    """Whether this can be a token."""
    return bool(_TOKEN.fullmatch(text))


def read_tokens(text: str) -> dict[str, str]:
    """The tokens of a file, by admin's name: a line `name: token` for each, or one bare token.

    Blank lines and those that begin with # don't count. Raises ValueError with the line, and with
    nothing of what is in it.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        parts = _LINE.fullmatch(bare)
        if parts is None:
            raise ValueError(f"line {number} is neither `name: token` nor a token")
        name = parts["name"] or NAME
        if name in found:
            raise ValueError(f"line {number}: this name has a token already")
        if name == ORDER_SERVER:
            raise ValueError(f"line {number}: the trail calls the order server so")
        if parts["token"] in found.values():
            raise ValueError(f"line {number}: this token is another admin's already")
        found[name] = parts["token"]
    if not found:
        raise ValueError("there is no token in it")
    return found
