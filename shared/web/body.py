"""What a request says, checked: its JSON body, its query, its key."""

import re
from decimal import Decimal
from typing import Any, Final, TypeVar

import falcon
import msgspec

from shared.domain import BadField, BadRequest, OrderNotFound, money, parse_key, parse_order_id
from shared.wire import decode

MAX_BODY: Final = 16 * 1024
MAX_PAGE: Final = 1000
DEFAULT_PAGE: Final = 100
KEY_HEADER: Final = "Idempotency-Key"

_JSON_KIND: Final = re.compile(r"application/[a-z0-9.-]+\+json")

T = TypeVar("T")


def read_bytes(req: falcon.Request) -> bytes:
    """The body, empty if there is none; raises the 413 of a larger one and the 415 of another."""
    if (req.content_length or 0) > MAX_BODY:
        raise falcon.HTTPContentTooLarge(description="A body may be at most 16 KiB.")
    body = req.bounded_stream.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise falcon.HTTPContentTooLarge(description="A body may be at most 16 KiB.")
    if body and not _is_json(req.content_type):
        raise falcon.HTTPUnsupportedMediaType(description="Send JSON as application/json.")
    return body


def _is_json(content_type: str | None) -> bool:
    # curl -d says x-www-form-urlencoded unless told otherwise; that is not JSON, and it is told.
    media, _, _ = (content_type or "application/json").partition(";")
    media = media.strip().lower()
    # JSON Patch (RFC 6902) is a list of steps, which no call takes; a merge patch (RFC 7396) is.
    if media == "application/json-patch+json":
        return False
    return media == "application/json" or bool(_JSON_KIND.fullmatch(media))


def read_json(req: falcon.Request, type_: type[T], default: T | None = None) -> T:
    """The body as `type_`; `default` stands for no body.

    Raises BadRequest if it is not JSON, BadField with the JSON path of what is wrong.
    """
    body = read_bytes(req)
    if not body:
        if default is not None:
            return default
        raise BadRequest("This call needs a JSON body.")
    try:
        value = msgspec.json.decode(body, type=type_)
        _check_amounts(value, decode(body), "$")
        return value
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `")
        raise BadField(what, _full_path(what, path.rstrip("`") or "$")) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not JSON: {error}") from None


def _check_amounts(value: object, raw: Any, path: str) -> None:
    """Hold amounts to what `money` takes; msgspec alone reads the text "25" and NaN as well."""
    if isinstance(value, Decimal):
        if isinstance(raw, str):
            raise BadField("Expected a number, got a text", path)
        try:
            money(value)
        except ValueError as error:
            raise BadField(str(error), path) from None
    elif isinstance(value, msgspec.Struct):
        for name, part in msgspec.structs.asdict(value).items():
            if name in raw:
                _check_amounts(part, raw[name], f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for at, part in enumerate(value):
            _check_amounts(part, raw[at], f"{path}[{at}]")


def _full_path(what: str, path: str) -> str:
    """msgspec names an unknown or missing field in the sentence; put it into the path too."""
    if "unknown field" in what or "missing required field" in what:
        return f"{path}.{what.split('`')[1]}"
    return path


def read_key(req: falcon.Request) -> str | None:
    """The request's Idempotency-Key in its one spelling, or None; raises BadKey."""
    given = req.get_header(KEY_HEADER)
    return None if given is None else parse_key(given)


def read_page(req: falcon.Request, default_limit: int | None) -> tuple[int | None, int]:
    """`limit` and `offset`; raises BadRequest."""
    limit = read_number(req, "limit", MAX_PAGE)
    offset = read_number(req, "offset", 10**18)
    return default_limit if limit is None else limit, offset or 0


def read_id(req: falcon.Request, name: str) -> str | None:
    """The id of a sale, order or change in the query, in its one spelling; raises BadRequest."""
    given = req.get_param(name)
    try:
        return None if given is None else parse_order_id(given)
    except OrderNotFound:
        raise BadRequest(f"{name} is the id of one: a UUID.") from None


def read_list(req: falcon.Request, name: str) -> list[str] | None:
    """The texts of `?name=a,b,c`, each once, or None if it is not there; raises BadRequest."""
    given = req.get_param(name)
    if given is None:
        return None
    parts = dict.fromkeys(part.strip() for part in given.split(","))
    if len(parts) > MAX_PAGE:
        raise BadRequest(f"{name}: at most {MAX_PAGE} at a time.")
    return [part for part in parts if part]


def read_number(req: falcon.Request, name: str, most: int) -> int | None:
    """A whole number in the query, or None if it is not there; raises BadRequest."""
    given = req.get_param(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 19 and int(given) <= most):
        raise BadRequest(f"{name} is a whole number from 0 to {most}.")
    return int(given)
