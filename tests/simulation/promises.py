"""What was answered, held against the two ledgers, at any moment that they can be seen."""

from collections.abc import Sequence

from servers.order.ledger import placed
from shared.csv_repository import Rows
from shared.domain import Order, Sale
from tests.simulation.buyers import Wanted
from tests.wsgi import Reply


def check(purchases: Sequence[Wanted], sales: Rows[Sale], orders: Rows[Order] | None) -> None:
    """An answer holds from when it was heard; `orders` is None while they cannot be seen."""
    for wanted in purchases:
        if wanted.answer is None:
            continue
        sale = sales.get(wanted.key)
        if wanted.answer.status == 200:
            _check_sold(wanted, sale, orders)
        elif wanted.answer.status in (404, 409):
            assert sale, f"a refusal is not on disk: {wanted}"
            assert sale.state == "refused", f"refused, and yet sold: {wanted}"
    if orders is not None:
        for order in orders.all():
            _check_order(order, sales.get(order.id))


def _check_sold(wanted: Wanted, sale: Sale | None, orders: Rows[Order] | None) -> None:
    assert sale, f"a sale that was answered 200 is gone: {wanted}"
    assert sale.state == "sold", f"answered 200, and refused: {wanted}"
    assert (sale.book_id, sale.quantity) == (wanted.book_id, wanted.copies)
    assert sale.price == wanted.wish.get("expected_price", sale.price), "another price was charged"
    if sale.delivered and orders is not None:
        order = orders.get(wanted.key)
        assert order, f"delivered, but there is no order: {wanted}"
        assert order.state == "placed", f"delivered, and its order is {order.state}: {wanted}"


def _check_order(order: Order, sale: Sale | None) -> None:
    if order.state == "placed":
        assert sale, f"an order without a sale: {order}"
        assert sale.state == "sold", f"an order of what was refused: {order}"
        assert order == placed(sale.id, sale.sold()), f"{order} is not what was sold: {sale}"
    elif order.state == "refused":
        assert sale, f"refused by the order server alone: {order}"
        assert sale.state == "refused", f"refused, and yet sold: {order}"


def check_found(wanted: Wanted, found: Reply) -> None:
    """What GET /orders/{id} says of a purchase that was answered 200."""
    assert wanted.answer
    assert found.status in (200, 503, 504), f"sold, and then {found.status}: {wanted}"
    if found.status == 200:
        (order,) = found.json["data"]
        sold = wanted.answer.json["order"]
        # Where the catalog cannot be asked, the order server may know of its own intent alone.
        is_told = order == sold or order["state"] == "pending"
        assert is_told, (wanted, found.body)
        assert order["id"] == sold["id"], (wanted, found.body)
