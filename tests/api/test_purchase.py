"""A purchase, on both routes: the four promises where nothing fails, and where the wire does."""

import uuid
from typing import Any

import pytest
import requests

from tests.shops import Shop, carry, drop
from tests.wsgi import call

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


def wire(shop: Shop) -> Any:
    """The wire that the second half of a purchase takes."""
    return shop.to_order if shop.route == "catalog-first" else shop.to_catalog


def test_a_purchase_takes_a_copy_and_makes_an_order(shop: Shop) -> None:
    """The sentence is the contract's."""
    reply = shop.buy(3)
    assert reply.status == 200
    assert reply.json["status"] == (
        "Xen and the Art of Surviving Undergraduate School was bought successfully."
    )
    assert shop.stock(3) == 36
    shop.settle()
    orders = shop.ask("GET", "/orders").json
    assert orders == {"data": [reply.json["order"]], "total": 1}
    order = orders["data"][0]
    assert (order["book_id"], order["quantity"], order["price"], order["state"]) == (
        3,
        1,
        25,
        "placed",
    )
    assert order["at"].endswith("Z")
    shop.check_books()


def test_the_order_can_be_read_by_its_id_at_once(shop: Shop) -> None:
    """Also while the catalog has yet to tell the order server of it."""
    order = shop.buy(3).json["order"]
    assert shop.ask("GET", f"/orders/{order['id']}").json == {"data": [order]}
    shop.settle()
    assert shop.ask("GET", f"/orders/{order['id']}").json == {"data": [order]}


def test_an_order_that_is_not_there_is_404(shop: Shop) -> None:
    """An id of any shape."""
    for name in (KEY, "1", "x%2Fy"):
        reply = shop.ask("GET", f"/orders/{name}")
        assert (reply.status, reply.title) == (404, "Order not found")


def test_the_same_key_again_gets_the_same_answer_and_buys_nothing_more(shop: Shop) -> None:
    """Also after a restart of every server, and in another spelling of the key."""
    first = shop.buy(3, KEY)
    assert shop.buy(3, KEY).json == first.json
    shop.restart()
    assert shop.buy(3, f'"{KEY.upper()}"').json == first.json
    assert shop.stock(3) == 36
    shop.settle()
    shop.check_books()


def test_a_key_of_another_purchase_is_422(shop: Shop) -> None:
    """Another book, another quantity, another price."""
    shop.buy(3, KEY)
    for reply in (
        shop.buy(2, KEY),
        shop.buy(3, KEY, quantity=2),
        shop.buy(3, KEY, expected_price=25),
    ):
        assert (reply.status, reply.title) == (422, "This key was used for another purchase")
    shop.settle()
    shop.check_books()


def test_a_sold_out_book_is_refused(shop: Shop) -> None:
    """404 with the contract's sentence."""
    reply = shop.buy(4)
    assert (reply.status, reply.title) == (404, "The book is out of stock")
    assert shop.buy(1, quantity=14).title == "The book is out of stock"
    shop.settle()
    shop.check_books()


def test_a_book_that_is_not_there_is_refused(shop: Shop) -> None:
    """404 with the contract's sentence."""
    reply = shop.buy(99)
    assert (reply.status, reply.title) == (404, "Book not found")


@pytest.mark.parametrize(("book_id", "wish"), [(4, {}), (3, {"expected_price": 20}), (99, {})])
def test_a_late_copy_of_a_refused_purchase_never_sells(
    shop: Shop, book_id: int, wish: dict[str, Any]
) -> None:
    """A refusal is written: neither a restock nor the other route nor a restart undoes it."""
    refused = shop.buy(book_id, KEY, **wish)
    restock = {"quantity_change": 20, "price": 20}
    shop.ask("PUT", f"/update/{book_id}", restock, app=shop.catalog.app)
    shop.restart()
    for app in (shop.frontend.app, shop.catalog.app, shop.orders.app):
        late = shop.ask("PUT", f"/purchase/{book_id}", wish or None, KEY, app)
        assert (late.status, late.title) == (refused.status, refused.title)
    assert not [sale for sale in shop.sales() if sale.state == "sold"]
    shop.settle()
    assert shop.ask("GET", "/orders").json["total"] == 0


def test_a_changed_price_is_409_and_tells_the_new_one(shop: Shop) -> None:
    """And the expected one is what is charged."""
    reply = shop.buy(3, expected_price=24.99)
    assert (reply.status, reply.json["price"]) == (409, 25)
    assert shop.buy(3, expected_price=25).status == 200


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        (b'{"quantity":0}', 422, "$.quantity"),
        (b'{"quantity":1.5}', 422, "$.quantity"),
        (b'{"quantity":true}', 422, "$.quantity"),
        (b'{"quantity":"2"}', 422, "$.quantity"),
        (b'{"copies":2}', 422, "$.copies"),
        (b'{"expected_price":"dear"}', 422, "$.expected_price"),
        (b'{"expected_price":"25"}', 422, "$.expected_price"),
        (b'{"expected_price":"NaN"}', 422, "$.expected_price"),
        (b'{"expected_price":-1}', 422, "$.expected_price"),
        (b'{"expected_price":25.001}', 422, "$.expected_price"),
        (b'{"expected_price":1e999999999}', 422, "$.expected_price"),
        (b"[]", 422, "$"),
        (b'{"quantity":', 400, None),
        (b"\xff\xfe", 400, None),
    ],
)
def test_a_bad_body_is_told_with_its_path_and_buys_nothing(
    shop: Shop, body: bytes, status: int, path: str | None
) -> None:
    """Bad JSON 400, a wrong field 422."""
    for app in (shop.frontend.app, shop.catalog.app, shop.orders.app):
        reply = call(app, "PUT", "/purchase/3", body)
        assert (reply.status, reply.json.get("path")) == (status, path)
    assert shop.stock(3) == 37
    assert shop.sales() == []


def test_a_key_that_is_no_uuid_is_400(shop: Shop) -> None:
    """A short key of one client would one day be another's."""
    reply = shop.buy(3, "order-1")
    assert (reply.status, reply.title) == (400, "The Idempotency-Key is not a UUID")


def test_both_routes_know_one_key(shop: Shop) -> None:
    """The id is the same on every server, so the other route answers for it too."""
    first = shop.buy(3, KEY).json["order"]
    for app in (shop.catalog.app, shop.orders.app):
        again = shop.ask("PUT", "/purchase/3", None, KEY, app)
        assert (again.status, again.json["order"]) == (200, first)
    assert shop.stock(3) == 36
    shop.settle()
    shop.check_books()


def test_what_one_route_sold_is_not_pending_by_the_other(order_first: Shop) -> None:
    """The order server has only its intent; the buyer was answered 200 all the same."""
    order_first.to_catalog.before = lambda r: drop() if r.method == "PUT" else None
    assert order_first.buy(3, KEY).status == 202
    order_first.to_catalog.before = carry
    assert order_first.ask("GET", f"/orders/{KEY}").json["data"][0]["state"] == "pending"
    sold = order_first.ask("PUT", "/purchase/3", None, KEY, order_first.catalog.app)
    assert sold.status == 200
    found = order_first.ask("GET", f"/orders/{KEY}")
    assert found.json["data"] == [sold.json["order"]]
    # Where the catalog cannot be asked, the order server's word is what there is.
    order_first.to_catalog.before = drop
    assert order_first.ask("GET", f"/orders/{KEY}").json["data"][0]["state"] == "pending"
    order_first.to_catalog.before = carry
    order_first.settle()
    order_first.check_books()


def test_one_key_for_two_books_on_two_routes_is_one_sale(shop: Shop) -> None:
    """The order server's intent gives way to what the catalog sold."""
    first = shop.buy(3, KEY).json["order"]
    other = shop.orders.app if shop.route == "catalog-first" else shop.catalog.app
    assert shop.ask("PUT", "/purchase/2", None, KEY, other).status == 422
    shop.settle()
    shop.check_books()
    assert shop.ask("GET", f"/orders/{KEY}").json["data"] == [first]


def test_an_intent_under_a_key_that_was_refused_for_another_book_waits_for_nothing(
    order_first: Shop,
) -> None:
    """No sale will ever come for that key, so nothing may stay pending under it."""
    refused = order_first.ask("PUT", "/purchase/4", None, KEY, order_first.catalog.app)
    assert refused.status == 404
    assert order_first.buy(3, KEY).status == 422
    assert order_first.orders.ledger.pending_count() == 0
    order_first.restart()
    assert order_first.buy(3, KEY).status == 422
    assert order_first.stock(3) == 37


def test_another_purchase_pending_under_a_key_does_not_hide_what_the_key_bought(
    order_first: Shop,
) -> None:
    """The key bought book 3 on the other route; then someone meant book 2 by it, without answer."""
    bought = order_first.ask("PUT", "/purchase/3", None, KEY, order_first.catalog.app).json["order"]
    order_first.to_catalog.before = lambda r: drop() if r.method == "PUT" else None
    assert order_first.buy(2, KEY).status == 202
    again = order_first.buy(3, KEY)
    assert (again.status, again.title) == (409, "This key is being worked on")
    order_first.to_catalog.before = carry
    again = order_first.buy(3, KEY)
    assert (again.status, again.json["order"]) == (200, bought)
    assert order_first.buy(2, KEY).status == 422
    order_first.settle()
    order_first.check_books()


def test_an_order_told_of_while_another_intent_under_its_key_is_given_up_stays(
    order_first: Shop,
) -> None:
    """The catalog has told of the sale after its no to the intent, and before the no is heard."""
    bought = order_first.ask("PUT", "/purchase/3", None, KEY, order_first.catalog.app).json["order"]

    def tell(request: requests.PreparedRequest) -> None:
        if request.method == "PUT":
            assert order_first.catalog.delivery.deliver()

    order_first.to_catalog.after = tell
    assert order_first.buy(2, KEY).status == 422
    assert order_first.ask("GET", f"/orders/{KEY}").json["data"] == [bought]
    order_first.check_books()


def test_the_last_copies_are_sold_once(shop: Shop) -> None:
    """Never more than were in stock."""
    statuses = [shop.buy(1).status for _ in range(15)]
    assert statuses == [200] * 13 + [404] * 2
    shop.settle()
    shop.check_books()
    assert shop.stock(1) == 0


def test_orders_come_newest_first_in_pages(shop: Shop) -> None:
    """`before` is the id of the last one seen."""
    bought = [shop.buy(2).json["order"]["id"] for _ in range(5)]
    shop.settle()
    seen: list[str] = []
    before = ""
    for size in (2, 2, 1, 0):
        page = shop.ask("GET", f"/orders?limit=2{before}").json
        assert (len(page["data"]), page["total"]) == (size, 5)
        seen += [order["id"] for order in page["data"]]
        before = f"&before={seen[-1]}"
    assert seen == bought[::-1]
    assert shop.ask("GET", f"/orders?before={uuid.UUID(int=1)}").status == 400
    assert shop.ask("GET", "/orders?state=lost").status == 400


def test_newest_first_is_by_the_sale_and_not_by_its_delivery(catalog_first: Shop) -> None:
    """An order of the other route may overtake a sale that is told of late."""
    catalog_first.to_order.before = drop
    early = [catalog_first.buy(2).json["order"]["id"] for _ in range(3)]
    late = catalog_first.ask("PUT", "/purchase/2", app=catalog_first.orders.app)
    catalog_first.to_order.before = carry
    catalog_first.settle()
    for _ in range(2):
        listed = [order["id"] for order in catalog_first.ask("GET", "/orders").json["data"]]
        assert listed == [late.json["order"]["id"], *early[::-1]]
        catalog_first.restart()


def test_refused_orders_are_listed_only_when_asked_for(order_first: Shop) -> None:
    """A list shows the placed and the pending ones unless `state` asks."""
    order_first.buy(4)
    order_first.buy(3)
    assert order_first.ask("GET", "/orders").json["total"] == 1
    (refused,) = order_first.ask("GET", "/orders?state=refused").json["data"]
    assert (refused["book_id"], refused["state"]) == (4, "refused")


def test_an_intent_without_an_answer_is_202_and_settled_later(order_first: Shop) -> None:
    """A timeout is never a failure: the copy may be taken, as it is here."""
    order_first.to_catalog.after = lambda r: drop() if r.method == "PUT" else None
    reply = order_first.buy(3, KEY)
    assert reply.status == 202
    assert reply.headers["Location"] == f"/orders/{KEY}"
    assert int(reply.headers["Retry-After"]) >= 1
    assert reply.json["order"]["state"] == "pending"
    kept = order_first.ask("GET", f"/orders/{KEY}", app=order_first.orders.app)
    assert kept.json["data"][0]["state"] == "pending"
    assert order_first.ask("GET", "/orders").json["total"] == 1
    assert order_first.stock(3) == 36
    order_first.to_order.before = drop
    order_first.restart()
    order_first.to_order.before = carry
    assert not order_first.orders.settling.settle_all()
    order_first.to_catalog.after = carry
    order_first.settle()
    assert order_first.ask("GET", f"/orders/{KEY}").json["data"][0]["state"] == "placed"
    assert order_first.buy(3, KEY).status == 200
    assert order_first.stock(3) == 36
    order_first.check_books()


def test_a_pending_purchase_that_the_catalog_refuses_is_refused(order_first: Shop) -> None:
    """The catalog never saw the first try; meanwhile the book was sold out."""
    order_first.to_catalog.before = lambda r: drop() if r.method == "PUT" else None
    assert order_first.buy(1, KEY, quantity=13).status == 202
    order_first.to_catalog.before = carry
    assert order_first.ask("PUT", "/purchase/1", app=order_first.catalog.app).status == 200
    order_first.settle()
    assert order_first.ask("GET", f"/orders/{KEY}").json["data"][0]["state"] == "refused"
    assert order_first.buy(1, KEY, quantity=13).status == 404
    order_first.check_books()


def test_without_the_catalog_nothing_is_begun(order_first: Shop) -> None:
    """503, and not even an intent: the buyer may simply try again."""
    order_first.to_catalog.before = drop
    reply = order_first.buy(3, KEY)
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    order_first.to_catalog.before = carry
    assert order_first.ask("GET", f"/orders/{KEY}").status == 404
    assert order_first.stock(3) == 37


def test_an_answer_lost_on_the_way_to_the_frontend_is_504_with_the_key(shop: Shop) -> None:
    """Unknown is what it is; the key finds out, also for a buyer who sent none."""
    first = shop.to_catalog if shop.route == "catalog-first" else shop.to_order
    first.after = drop
    reply = shop.buy(3)
    assert (reply.status, reply.title) == (504, "The outcome is not known yet")
    assert reply.headers["Retry-After"]
    first.after = carry
    again = shop.buy(3, reply.json["key"])
    assert again.status == 200
    assert shop.stock(3) == 36
    shop.settle()
    shop.check_books()


def test_a_dropped_purchase_reaches_the_server_twice_and_sells_once(shop: Shop) -> None:
    """The frontend's one retry is safe because of the key it made."""
    first = shop.to_catalog if shop.route == "catalog-first" else shop.to_order
    drops = iter([True])

    def once(request: Any) -> None:
        if request.url.endswith("/purchase/3") and next(drops, False):
            raise requests.ConnectionError("cut off")

    first.after = once
    assert shop.buy(3).status == 200
    assert sum(sent == "PUT /purchase/3" for sent in first.sent) == 2
    assert shop.stock(3) == 36
    shop.settle()
    shop.check_books()


def test_a_restock_under_a_key_is_made_once(catalog_first: Shop) -> None:
    """And another one under the same key is refused."""
    app = catalog_first.catalog.app
    for _ in range(2):
        reply = catalog_first.ask("PUT", "/update/4", {"quantity_change": 5}, KEY, app)
        assert (reply.status, reply.json["data"][0]["quantity"]) == (200, 5)
    assert catalog_first.ask("PUT", "/update/4", {"quantity_change": 6}, KEY, app).status == 422
    assert catalog_first.ask("PUT", "/update/4", {"quantity_change": -6}, app=app).status == 404
    assert catalog_first.ask("PUT", "/update/9", {"quantity_change": 1}, app=app).status == 404
    assert catalog_first.ask("PUT", "/update/4", {"price": -1}, app=app).status == 422
    assert catalog_first.stock(4) == 5


def test_the_sales_are_listed_in_their_order(catalog_first: Shop) -> None:
    """For whoever holds the two ledgers against each other."""
    ids = [catalog_first.buy(2).json["order"]["id"] for _ in range(3)]
    app = catalog_first.catalog.app
    page = catalog_first.ask("GET", "/sales?limit=2", app=app).json
    assert ([sale["id"] for sale in page["data"]], page["total"]) == (ids[:2], 3)
    assert page["data"][0]["at"].endswith("Z")
    assert len(page["data"][0]["at"]) == len("2026-11-22T08:54:36.767Z")
    rest = catalog_first.ask("GET", f"/sales?after={ids[1]}", app=app).json
    assert [sale["id"] for sale in rest["data"]] == ids[2:]
    assert catalog_first.ask("GET", f"/sales?after={KEY}", app=app).status == 400
