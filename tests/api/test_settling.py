"""Orders that the catalog cannot settle: told while it is so, and in nobody's way."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.domain import BadRequest
from shared.problems import from_error
from shared.wire import encode
from tests.shops import Shop, carry, drop

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


def baffled(environ: Any, start_response: Callable[..., object]) -> Iterable[bytes]:
    """A catalog that makes nothing of a sale, as one of another version may."""
    start_response("400 Bad Request", [("Content-Type", "application/problem+json")])
    return [encode(from_error(BadRequest("no such field"), "r"))]


def ready(shop: Shop) -> int:
    """What the order server's /readyz answers."""
    return shop.ask("GET", "/readyz", app=shop.orders.app).status


def test_an_order_that_never_gets_an_answer_holds_up_no_other(order_first: Shop) -> None:
    """It goes last in the next round."""
    order_first.to_catalog.before = lambda r: drop() if r.method == "PUT" else None
    stuck, other = (order_first.buy(book).json["order"]["id"] for book in (1, 2))
    order_first.to_catalog.before = lambda r: drop() if str(r.url).endswith("/update/1") else None
    assert not order_first.orders.settling.settle_all()
    assert not order_first.orders.settling.settle_all()
    assert order_first.ask("GET", f"/orders/{other}").json["data"][0]["state"] == "placed"
    assert order_first.ask("GET", f"/orders/{stuck}").json["data"][0]["state"] == "pending"
    order_first.to_catalog.before = carry
    order_first.settle()
    order_first.check_books()


def test_a_stuck_order_that_ends_otherwise_is_stuck_no_more(order_first: Shop) -> None:
    """`readyz` is for what is wrong now."""
    order_first.to_catalog.after = lambda r: drop() if r.method == "PUT" else None
    order = order_first.buy(3).json["order"]["id"]
    order_first.orders.settling.stuck[order] = "the catalog makes no sense of it"
    assert not order_first.orders.settling.settle_all()
    assert order_first.ask("GET", "/readyz", app=order_first.orders.app).status == 503
    order_first.catalog.delivery.deliver()
    assert order_first.orders.settling.settle_all()
    assert order_first.ask("GET", "/readyz", app=order_first.orders.app).status == 200


def test_an_order_stuck_at_its_own_request_and_then_told_of_is_stuck_no_more(
    order_first: Shop,
) -> None:
    """The same purchase came to the catalog by the other route; the errand never had to try."""
    real = order_first.catalog.app
    # After the look at the book.
    order_first.to_catalog.before = lambda r: (
        setattr(order_first.to_catalog, "app", baffled) if r.method == "PUT" else None
    )
    assert order_first.buy(3, KEY).status == 202
    order_first.to_catalog.before, order_first.to_catalog.app = carry, real
    assert ready(order_first) == 503
    assert order_first.ask("PUT", "/purchase/3", key=KEY, app=real).status == 200
    assert order_first.catalog.delivery.deliver()
    assert order_first.orders.settling.settle_all()
    assert ready(order_first) == 200
    order_first.check_books()
