"""Entity tags (RFC 9110, sections 8.8.3 and 13.1): what was read, and whether it is still so.

A tag is a digest of the body. Every server makes it alike, so a body that one hands on from another
has the same tag at both.
"""

import hashlib
import re
from typing import Any, Final

import falcon

from shared import problems

_TAG: Final = re.compile(r'(W/)?("[^"]*")')
_LIST: Final = re.compile(r'[ ,]*(?:W/)?"[^"]*"(?: *,[ ,]*(?:W/)?"[^"]*")*[ ,]*')


def tag_of(body: bytes) -> str:
    """The strong tag of a body."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def is_list(header: str) -> bool:
    """Whether a header's value is a list of tags, or `*`."""
    return header.strip() == "*" or bool(_LIST.fullmatch(header))


def is_among(tag: str, header: str, *, strong: bool) -> bool:
    """Whether a list of tags, or `*`, names this one; weak ones count unless `strong`."""
    if header.strip() == "*":
        return True
    return any(value == tag and not (strong and weak) for weak, value in _TAG.findall(header))


class EntityTags:
    """Falcon middleware: each good answer to a GET has its tag; what the client has is a 304."""

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: Any, req_succeeded: bool
    ) -> None:
        """After the resource."""
        if req.method not in ("GET", "HEAD") or resp.status_code != problems.OK:
            return
        # What is handed on from another server has its tag already.
        tag = resp.get_header("ETag") or tag_of(resp.render_body() or b"")
        resp.set_header("ETag", tag)
        had = req.get_header("If-None-Match")
        if had is not None and is_among(tag, had, strong=False):
            resp.status = problems.NOT_MODIFIED
            resp.media = resp.data = resp.text = None
