"""What went wrong <-> RFC 9457 problem documents, both ways; the one file that names statuses.

The client's half matters as much as the server's: a peer's document becomes the same exception
again, so a server that asks another one handles a refusal as if it had made it itself.
"""

from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

import msgspec

from shared import domain

MEDIA_TYPE: Final = "application/problem+json"
OK: Final = 200
CREATED: Final = 201
ACCEPTED: Final = 202
NO_CONTENT: Final = 204
NOT_MODIFIED: Final = 304
_URN: Final = "urn:bazar:problem:"


class Kind(msgspec.Struct, frozen=True):
    """How one kind of error looks on the wire."""

    error: type[domain.ShopError]
    slug: str
    status: int
    title: str
    # RFC 6750, section 3: how a client is to say who it is.
    challenge: str | None = None


# The order matters: the first kind that an error is an instance of is the one it is shown as.
KINDS: Final = (
    Kind(domain.BookNotFound, "book-not-found", 404, "Book not found"),
    Kind(domain.OutOfStock, "out-of-stock", 404, "The book is out of stock"),
    Kind(domain.PriceChanged, "price-changed", 409, "The price has changed"),
    Kind(domain.SubjectNotFound, "subject-not-found", 404,
         "No books with this subject were found"),
    Kind(domain.OrderNotFound, "order-not-found", 404, "Order not found"),
    Kind(domain.BadKey, "bad-key", 400, "The Idempotency-Key is not a UUID"),
    Kind(domain.BadField, "bad-field", 422, "A field is wrong"),
    Kind(domain.BadRequest, "bad-request", 400, "Bad request"),
    Kind(domain.ChangeKeyReused, "change-key-reused", 422,
         "This key was used for another change"),
    Kind(domain.NoIdLeft, "no-id-left", 409, "No id is left for another book"),
    Kind(domain.KeyReused, "key-reused", 422, "This key was used for another purchase"),
    Kind(domain.EditedMeanwhile, "edited-meanwhile", 412, "The book was changed meanwhile"),
    Kind(domain.TokenMissing, "token-missing", 401, "The admin's token is needed",
         'Bearer realm="bazar"'),
    Kind(domain.TokenWrong, "token-wrong", 401, "The admin's token is wrong",
         'Bearer realm="bazar", error="invalid_token"'),
    Kind(domain.AdminOff, "admin-off", 403, "The admin's calls are switched off",
         'Bearer realm="bazar", error="insufficient_scope"'),
    Kind(domain.InProgress, "in-progress", 409, "This key is being worked on"),
    Kind(domain.Unavailable, "unavailable", 503, "The shop cannot do this now"),
    Kind(domain.OutcomeUnknown, "outcome-unknown", 504, "The outcome is not known yet"),
)  # fmt: skip


class Problem(msgspec.Struct, omit_defaults=True):
    """An RFC 9457 document; `instance` is the request's id, the rest are extensions."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    path: str | None = None
    price: Decimal | None = None
    key: str | None = None
    retry_after: float | None = None
    checks: dict[str, str] | None = None


def from_error(error: domain.ShopError, request_id: str) -> Problem:
    """The document of a shop's error."""
    kind = next(k for k in KINDS if isinstance(error, k.error))
    return Problem(
        type=f"{_URN}{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=str(error) or kind.title,
        instance=f"urn:bazar:request:{request_id}",
        path=getattr(error, "path", None),
        price=getattr(error, "price", None),
        key=getattr(error, "key", None),
        retry_after=error.retry_after if isinstance(error, domain.TryLater) else None,
        checks=getattr(error, "checks", None),
    )


def from_status(status: int, detail: str | None, request_id: str) -> Problem:
    """The document of a plain HTTP status, as RFC 9457 section 4.2.1 has it: about:blank."""
    phrase = HTTPStatus(status).phrase
    return Problem(
        type="about:blank",
        title=phrase,
        status=status,
        detail=detail or phrase,
        instance=f"urn:bazar:request:{request_id}",
    )


def to_error(status: int, body: bytes, headers: Mapping[str, str]) -> domain.ShopError:
    """The exception that a peer's answer stands for.

    A document of ours becomes the exception it was made from. Whatever else comes (a proxy's page,
    a server of another kind) leaves the outcome unknown.
    """
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.MsgspecError:
        problem = from_status(status if status in _KNOWN else 500, None, "")
    slug = problem.type.removeprefix(_URN)
    error = next((k.error for k in KINDS if k.slug == slug), None)
    made = _make(error, problem) if error else _guess(status, problem.detail)
    if isinstance(made, domain.Unavailable):
        made.checks = problem.checks
    if isinstance(made, domain.TryLater):
        made.retry_after = _seconds(headers.get("Retry-After"), made.retry_after)
    return made


_KNOWN: Final = frozenset(HTTPStatus)


def _make(error: type[domain.ShopError], problem: Problem) -> domain.ShopError:
    if error is domain.PriceChanged:
        return domain.PriceChanged(problem.detail, problem.price or Decimal(0))
    if error is domain.BadField:
        return domain.BadField(problem.detail, problem.path or "$")
    return error(problem.detail)


def _guess(status: int, detail: str) -> domain.ShopError:
    """What is not a document of the shop's own decides nothing, a 404 of some proxy included."""
    return domain.OutcomeUnknown(f"A server answered {status}: {detail}")


def _seconds(value: str | None, default: float) -> float:
    try:
        return min(max(float(value or default), 0.0), 60.0)
    except ValueError:
        return default


def headers(problem: Problem) -> dict[str, Any]:
    """The headers that go with a document: `Retry-After` in whole seconds, `WWW-Authenticate`."""
    found = {}
    if problem.retry_after is not None:
        found["Retry-After"] = str(max(1, round(problem.retry_after)))
    kind = next((kind for kind in KINDS if problem.type == f"{_URN}{kind.slug}"), None)
    if kind and kind.challenge:
        found["WWW-Authenticate"] = kind.challenge
    return found
