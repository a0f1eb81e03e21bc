"""Paths as they were sent.

WSGI decodes a path before anyone splits it, so a subject `a%2Fb` would arrive as two pieces. Here
the raw path that Waitress hands over is split first; inside a piece `/` and `%` stay escaped until
the converter of the route takes them back.
"""

from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import falcon
from falcon.routing import BaseConverter


def routable(raw: str) -> str:
    """A raw request target as a PATH_INFO in which each piece is one segment (WSGI's latin-1)."""
    if not raw.startswith("/"):
        raw = urlsplit(raw).path  # the absolute form of RFC 9112 section 3.2.2
    path = raw.partition("?")[0].partition("#")[0]
    pieces = (unquote_to_bytes(piece.encode("latin-1", "replace")) for piece in path.split("/"))
    return "/".join(_escape(piece.decode("latin-1")) for piece in pieces)


def _escape(piece: str) -> str:
    return piece.replace("%", "%25").replace("/", "%2F")


class ShopRequest(falcon.Request):
    """A request whose path is split before it is decoded."""

    def __init__(self, env: dict[str, Any], options: Any = None) -> None:
        raw = env.get("REQUEST_URI")
        if raw is not None:
            env["PATH_INFO"] = routable(raw)
        else:
            env["PATH_INFO"] = env["PATH_INFO"].replace("%", "%25")
        super().__init__(env, options)


class SegmentConverter(BaseConverter):
    """One piece of a path as text."""

    def convert(self, value: str) -> str:
        """Undo the escapes of `routable`."""
        return value.replace("%2F", "/").replace("%25", "%")
