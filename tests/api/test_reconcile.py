"""The two ledgers held against each other."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servers import reconcile
from servers.catalog.tables import SALES
from servers.order.ledger import ORDERS
from servers.reconcile import DIFFERS, ON_ITS_WAY, Reconciliation
from shared.peer import Peer
from tests.shops import Shop, carry, drop
from tests.wsgi import InProcess

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


def compare(shop: Shop) -> tuple[bool, list[tuple[str, str]]]:
    """Whether they agree, and (kind, id) of each finding."""
    found: list[tuple[str, str]] = []
    work = Reconciliation(
        Peer("catalog", "http://catalog", adapter=InProcess(shop.catalog.app)),
        Peer("order", "http://order", adapter=InProcess(shop.orders.app)),
        lambda kind, order_id, _: found.append((kind, order_id)),
    )
    return work.run(), found


def spoil(shop: Shop, **changes: Any) -> None:
    """Change the order behind everyone's back."""
    with shop.ledgers.transaction() as change:
        order = change.get(ORDERS, KEY)
        assert order is not None
        change.put(ORDERS, msgspec.structs.replace(order, **changes))


def test_ledgers_of_a_shop_at_rest_agree(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several pages, with refusals in both."""
    monkeypatch.setattr(reconcile, "_PAGE", 3)
    for _ in range(8):
        shop.buy(2)
        shop.buy(4)
    shop.settle()
    assert compare(shop) == (True, [])


def test_what_is_not_told_yet_is_on_its_way(catalog_first: Shop) -> None:
    """Not agreed, and not lost."""
    catalog_first.buy(3, KEY)
    assert compare(catalog_first) == (False, [(ON_ITS_WAY, KEY)])


def test_a_pending_order_is_on_its_way(order_first: Shop) -> None:
    """Whatever the catalog knows of it."""
    order_first.to_catalog.after = lambda r: drop() if r.method == "PUT" else None
    order_first.buy(3, KEY)
    agree, found = compare(order_first)
    assert not agree
    assert set(found) == {(ON_ITS_WAY, KEY)}


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 2},
        {"price": Decimal(1)},
        {"book_id": 2},
        {"title": "xen"},
        {"at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"reason": "out of stock"},
        {"state": "refused"},
    ],
)
def test_an_order_that_is_not_what_was_sold_differs(
    catalog_first: Shop, changes: dict[str, Any]
) -> None:
    """Each field counts with which the order server would refuse to be told of it."""
    catalog_first.buy(3, KEY)
    catalog_first.settle()
    spoil(catalog_first, **changes)
    agree, found = compare(catalog_first)
    assert not agree
    assert (DIFFERS, KEY) in found


@pytest.mark.parametrize("changes", [{"title": "xen"}, {"at": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_a_dead_letter_differs(catalog_first: Shop, changes: dict[str, Any]) -> None:
    """Of the same copies at the same price, and yet refused by the order server for good."""
    catalog_first.buy(3, KEY)
    catalog_first.to_order.after = drop
    assert not catalog_first.catalog.delivery.deliver()
    catalog_first.to_order.after = carry
    spoil(catalog_first, **changes)
    assert catalog_first.catalog.delivery.deliver()
    assert list(catalog_first.catalog.delivery.dead) == [KEY]
    assert compare(catalog_first) == (False, [(DIFFERS, KEY)])


def test_a_sale_that_is_told_but_not_acknowledged_is_on_its_way(catalog_first: Shop) -> None:
    """Nothing is lost, and it is not over: the catalog will tell of it again."""
    catalog_first.buy(3, KEY, expected_price=25)
    catalog_first.to_order.after = drop
    assert not catalog_first.catalog.delivery.deliver()
    assert compare(catalog_first) == (False, [(ON_ITS_WAY, KEY)])
    catalog_first.to_order.after = carry
    catalog_first.settle()
    assert compare(catalog_first) == (True, [])


@pytest.mark.parametrize(
    "changes", [{"quantity": 2}, {"book_id": 2}, {"reason": "price changed"}, {"state": "placed"}]
)
def test_a_refused_order_that_is_not_what_was_refused_differs(
    order_first: Shop, changes: dict[str, Any]
) -> None:
    """A key answers for one purchase at both servers, also where that is no."""
    assert order_first.buy(4, KEY).status == 404
    assert compare(order_first) == (True, [])
    spoil(order_first, **changes)
    assert compare(order_first) == (False, [(DIFFERS, KEY)])


def test_a_delivered_sale_without_its_order_differs(catalog_first: Shop) -> None:
    """As after a lost data folder."""
    catalog_first.buy(3, KEY)
    catalog_first.settle()
    with catalog_first.ledgers.transaction() as change:
        change.delete(ORDERS, KEY)
    assert compare(catalog_first) == (False, [(DIFFERS, KEY)])


def test_an_order_without_a_sale_differs(catalog_first: Shop) -> None:
    """The other way round."""
    catalog_first.buy(3, KEY)
    catalog_first.settle()
    with catalog_first.books.transaction() as change:
        change.delete(SALES, KEY)
    assert compare(catalog_first) == (False, [(DIFFERS, KEY)])


def test_servers_that_cannot_be_asked_are_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line."""
    assert reconcile.main(["--config", str(tmp_path / "none.toml")]) == 2
    assert capsys.readouterr().err.startswith("bazar: ")
