"""Who is an admin: a bearer token (RFC 6750) is looked up among the shop's."""

import hmac
import re
from collections.abc import Mapping
from typing import Final

from shared.domain import AdminOff, TokenMissing, TokenWrong
from shared.tokens import VARIABLE

_HEADER: Final = re.compile(r"bearer +(?P<token>\S+) *", re.IGNORECASE)
_HOW: Final = (
    f"Set the variable {VARIABLE} for the catalog server, or name a file with tokens as"
    " token_file under [admin] in its config."
)


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
