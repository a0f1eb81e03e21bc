"""Who is an admin: a bearer token (RFC 6750) is looked up among the shop's."""

import hmac
import re
from collections.abc import Mapping
from typing import Final

from servers.catalog.stockroom import ORDER_SERVER
from shared.domain import AdminOff, TokenMissing, TokenWrong

NAME: Final = "admin"
# A space after the colon, since a token may have colons of its own.
_LINE: Final = re.compile(r"(?:(?P<name>\w[\w .'-]{0,39}?) *:\s+)?(?P<token>[!-~]+)")
_HEADER: Final = re.compile(r"bearer +(?P<token>\S+) *", re.IGNORECASE)
_HOW: Final = (
    "Set the variable BAZAR_ADMIN__TOKEN for the catalog server, or name a file with tokens as"
    " token_file under [admin] in its config."
)


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


class Admins:
    """The admins' tokens by name; none switches the admin's calls off."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = [(name, token.encode()) for name, token in tokens.items()]

    def name_of(self, header: str | None) -> str:
        """The admin whose token an Authorization header has.

        Raises AdminOff, TokenMissing or TokenWrong.
        """
        if not self._tokens:
            raise AdminOff(f"This shop has no admin's token. {_HOW}")
        given = _HEADER.fullmatch(header or "")
        if given is None:
            raise TokenMissing("Send the header Authorization: Bearer, and the token.")
        # WSGI hands over a header's bytes as latin-1.
        sent = given["token"].encode("latin-1", "replace")
        # All are compared, each in constant time, so that the answer's time tells nothing.
        names = [name for name, token in self._tokens if hmac.compare_digest(token, sent)]
        if not names:
            raise TokenWrong("This token is not one of the shop's.")
        return names[0]
