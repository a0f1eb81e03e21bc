"""Sales become orders: told of again until the order server has them; and dead letters."""

import uuid

import pytest

from servers.order.ledger import ORDERS
from tests.processes import wait_for
from tests.shops import Shop, carry, drop

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


def test_the_catalog_answers_without_the_order_server_and_tells_it_later(
    catalog_first: Shop,
) -> None:
    """The improvement of the second design: the delivery is on disk."""
    catalog_first.to_order.before = drop
    assert catalog_first.buy(3, KEY).status == 200
    assert not catalog_first.catalog.delivery.deliver()
    catalog_first.restart()
    assert not catalog_first.catalog.delivery.deliver()
    catalog_first.to_order.before = carry
    catalog_first.settle()
    catalog_first.check_books()


def test_a_lost_acknowledgement_is_told_again_and_is_one_order(catalog_first: Shop) -> None:
    """The order is on disk, its answer lost."""
    catalog_first.buy(3)
    catalog_first.to_order.after = drop
    assert not catalog_first.catalog.delivery.deliver()
    catalog_first.to_order.after = carry
    catalog_first.settle()
    catalog_first.check_books()


def test_a_sale_that_the_order_server_refuses_for_good_is_kept_and_told(
    catalog_first: Shop,
) -> None:
    """A dead letter is on `readyz`, in the metrics and in the ledger, and holds nobody up."""
    record = {"book_id": 2, "title": "t", "quantity": 9, "price": 1, "at": "2026-01-01T00:00:00Z"}
    told = catalog_first.ask("PUT", f"/orders/{KEY}", record, app=catalog_first.orders.app)
    assert told.status == 200
    catalog_first.buy(3, KEY)
    catalog_first.buy(3)
    assert catalog_first.catalog.delivery.deliver()
    ready = catalog_first.ask("GET", "/readyz", app=catalog_first.catalog.app)
    assert (ready.status, ready.json["checks"]["delivery"]) == (
        503,
        "sales refused by the order server: 1",
    )
    metrics = catalog_first.ask("GET", "/metrics", app=catalog_first.catalog.app).body
    assert b"bazar_sales_dead 1.0" in metrics
    assert b"bazar_sales_undelivered 1.0" in metrics
    assert [sale.delivered for sale in catalog_first.sales()] == [False, True]


def test_a_dead_letter_goes_through_once_the_order_servers_ledger_is_mended(
    catalog_first: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a restart; and what is no refusal of the shop's own never makes one."""
    monkeypatch.setattr("servers.catalog.delivery.DEAD_SECONDS", 0.0)
    catalog_first.buy(3, KEY)
    orders, catalog_first.to_order.app = catalog_first.to_order.app, catalog_first.catalog.app
    assert not catalog_first.catalog.delivery.deliver()
    assert not catalog_first.catalog.delivery.dead
    catalog_first.to_order.app = orders
    record = {"book_id": 2, "title": "t", "quantity": 9, "price": 1, "at": "2026-01-01T00:00:00Z"}
    catalog_first.ask("PUT", f"/orders/{KEY}", record, app=catalog_first.orders.app)
    assert catalog_first.catalog.delivery.deliver()
    assert list(catalog_first.catalog.delivery.dead) == [KEY]
    with catalog_first.ledgers.transaction() as change:
        change.delete(ORDERS, KEY)
    catalog_first.settle()
    assert catalog_first.ask("GET", "/readyz", app=catalog_first.catalog.app).status == 200
    catalog_first.check_books()


def test_a_dead_letter_is_told_again_after_a_restart(catalog_first: Shop) -> None:
    """By the catalog's own errand at its start; with the order server down it is undelivered."""
    record = {"book_id": 2, "title": "t", "quantity": 9, "price": 1, "at": "2026-01-01T00:00:00Z"}
    catalog_first.ask("PUT", f"/orders/{KEY}", record, app=catalog_first.orders.app)
    catalog_first.buy(3, KEY)
    assert catalog_first.catalog.delivery.deliver()
    catalog_first.to_order.before = drop
    catalog_first.restart()
    assert not catalog_first.catalog.delivery.deliver()
    metrics = catalog_first.ask("GET", "/metrics", app=catalog_first.catalog.app).body
    assert b"bazar_sales_undelivered 1.0" in metrics
    catalog_first.to_order.before = carry
    catalog_first.restart()
    catalog_first.catalog.start()
    wait_for(lambda: bool(catalog_first.catalog.delivery.dead), "the order server is asked")
    ready = catalog_first.ask("GET", "/readyz", app=catalog_first.catalog.app)
    assert (ready.status, ready.json["checks"]["delivery"]) == (
        503,
        "sales refused by the order server: 1",
    )


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "2039-09-08T00:00:00Z", "9999-12-31T23:59:59.999Z"]
)
def test_an_order_of_any_year_is_kept_and_opens_again(catalog_first: Shop, at: str) -> None:
    """A wrong clock on another machine must not end this one; many of one moment are fine too."""
    record = {"book_id": 2, "title": "t", "quantity": 9, "price": 1, "at": at}
    keys = [str(uuid.UUID(int=number)) for number in range(20)]
    for key in keys * 2:
        told = catalog_first.ask("PUT", f"/orders/{key}", record, app=catalog_first.orders.app)
        assert told.status == 200
    catalog_first.restart()
    listed = catalog_first.ask("GET", "/orders").json["data"]
    assert [order["id"] for order in listed] == keys[::-1]
    assert {order["at"] for order in listed} <= {at, at.replace("Z", ".000Z")}


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+10:00", "noon"])
def test_a_sale_of_no_moment_is_told_so(catalog_first: Shop, at: str) -> None:
    """422, with the path."""
    record = {"book_id": 2, "title": "t", "quantity": 9, "price": 1, "at": at}
    told = catalog_first.ask("PUT", f"/orders/{KEY}", record, app=catalog_first.orders.app)
    assert (told.status, told.json["path"]) == (422, "$.at")
