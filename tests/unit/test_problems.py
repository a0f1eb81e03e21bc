"""Errors there and back."""

from decimal import Decimal

import pytest

from shared import problems
from shared.domain import (
    BadField,
    OutcomeUnknown,
    PriceChanged,
    ShopError,
    Unavailable,
)
from shared.wire import encode


def leaves(kind: type[ShopError]) -> set[type[ShopError]]:
    """The errors that have no finer ones."""
    below = kind.__subclasses__()
    return {kind} if not below else set().union(*map(leaves, below))


def test_every_error_of_the_shop_has_a_status_of_its_own_kind() -> None:
    """None is forgotten in the table; the app's own never leave it."""
    served = {error for error in leaves(ShopError) if error.__module__ == "shared.domain"}
    assert served <= {kind.error for kind in problems.KINDS}


def test_slugs_and_titles_are_unique() -> None:
    """A client may go by either."""
    assert len({kind.slug for kind in problems.KINDS}) == len(problems.KINDS)
    assert len({kind.title for kind in problems.KINDS}) == len(problems.KINDS)


def made(kind: type[ShopError]) -> ShopError:
    """One error of a kind."""
    if kind is PriceChanged:
        return PriceChanged("now 12.50", Decimal("12.50"))
    return BadField("no", "$.quantity") if kind is BadField else kind("words")


@pytest.mark.parametrize("kind", [kind.error for kind in problems.KINDS], ids=lambda k: k.__name__)
def test_an_error_comes_back_as_itself(kind: type[ShopError]) -> None:
    """Over the wire and through another server."""
    error = made(kind)
    problem = problems.from_error(error, "r1")
    again = problems.to_error(problem.status, encode(problem), problems.headers(problem))
    assert type(again) is kind
    assert (str(again), getattr(again, "path", None), getattr(again, "price", None)) == (
        str(error),
        getattr(error, "path", None),
        getattr(error, "price", None),
    )


@pytest.mark.parametrize("status", [301, 404, 409, 418, 422, 429, 500, 502, 503, 504, 799])
def test_what_some_proxy_says_decides_nothing(status: int) -> None:
    """A plain 404 is no refusal, a plain 503 no promise that nothing was done."""
    assert type(problems.to_error(status, b"<html>", {})) is OutcomeUnknown


def test_retry_after_is_taken_over_and_bounded() -> None:
    """A peer cannot send anyone to sleep for a year."""
    problem = encode(problems.from_error(Unavailable("x"), "r"))
    for given, seconds in (("7", 7), ("31536000", 60), ("soon", 1), ("-3", 0)):
        error = problems.to_error(503, problem, {"Retry-After": given})
        assert isinstance(error, Unavailable)
        assert error.retry_after == seconds
