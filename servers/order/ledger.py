"""What can be done with orders. The words here are the shop's; how they are kept is below them."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec.structs import replace

from servers.order.moments import Moments
from shared.csv_repository import Repository, SortedIndex, Table
from shared.domain import (
    REFUSALS,
    BadRequest,
    Book,
    KeyReused,
    Order,
    OrderNotFound,
    PriceChanged,
    Purchase,
    Refused,
    Sold,
    check_same_purchase,
    to_millisecond,
)

_log = logging.getLogger(__name__)
ORDERS: Final = Table("orders", Order)
# What a list shows unless it is asked for one state: what a buyer would call "my orders".
SHOWN: Final = "shown"
STATES: Final = ("pending", "placed", "refused")


class Page(NamedTuple):
    """Some orders of how many."""

    orders: list[Order]
    total: int


class Ledger:
    """The order server's use cases over its repository.

    An order's life: `begin` writes it down as pending before the catalog is asked; then
    `record`, `refuse` or `forget` says what came of that. A sale of the catalog-first route begins
    with `record`. Placed and refused are for ever.
    """

    def __init__(self, repository: Repository, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._clock = clock
        self._orders = repository.rows(ORDERS)
        self._moments = Moments()
        self._by_state: SortedIndex[Order] = SortedIndex(self._lists, self._number)
        self._orders.watch(self._moments)
        self._orders.watch(self._by_state)

    @staticmethod
    def _lists(order: Order) -> tuple[str, ...]:
        return (order.state,) if order.state == "refused" else (order.state, SHOWN)

    def _number(self, order: Order) -> int:
        number = self._moments.number(order.id)
        assert number is not None
        return number

    def find(self, order_id: str) -> Order | None:
        """The order with this id, or None."""
        return self._orders.get(order_id)

    def order(self, order_id: str) -> Order:
        """The order with this id; raises OrderNotFound."""
        order = self.find(order_id)
        if order is None:
            raise OrderNotFound(f"No order has the id {order_id}.")
        return order

    def by_ids(self, ids: Iterable[str]) -> list[Order]:
        """The orders with these ids; those that aren't there are left out."""
        return [order for order in map(self.find, ids) if order is not None]

    def orders(self, state: str, limit: int, before: str | None) -> Page:
        """At most `limit` orders in a state (or SHOWN), newest first, from before the one named.

        Raises BadRequest if `before` is no order.
        """
        number = None if before is None else self._moments.number(before)
        if before is not None and number is None:
            raise BadRequest(f"before: no order has the id {before}.")
        found = self._get_all(self._by_state.before(state, number, limit))
        return Page(found, self._by_state.count(state))

    def pending(self, limit: int) -> list[Order]:
        """The oldest orders of which the catalog has not said what came of them."""
        found = self._get_all(self._by_state.slice("pending", 0, limit))
        return [order for order in found if order.state == "pending"]

    def pending_count(self) -> int:
        """How many orders are pending."""
        return self._by_state.count("pending")

    def _get_all(self, numbers: Sequence[int]) -> list[Order]:
        found = map(self._orders.get, map(self._moments.id, numbers))
        return [order for order in found if order is not None]

    def begin(self, key: str, book_id: int, wish: Purchase, book: Book | None) -> Order:
        """Write the intent to buy, or find the order that is there already under this key.

        `book` is what is known of the book by now. Raises KeyReused for another purchase's key.
        """
        with self._repository.transaction() as change:
            order = change.get(ORDERS, key)
            if order is None:
                order = Order(
                    id=key,
                    book_id=book_id,
                    title=book.title if book else "",
                    quantity=wish.quantity,
                    price=book.price if book else Decimal(0),
                    state="pending",
                    at=self._clock(),
                    expected_price=wish.expected_price,
                )
                change.put(ORDERS, order)
            check_same_purchase(order, book_id, wish)
        return order

    def refuse(self, order_id: str, refused: Refused) -> Order:
        """The catalog has refused what this pending order meant to buy, and wrote that down."""
        with self._repository.transaction() as change:
            order = change.get(ORDERS, order_id)
            if order is None:
                raise OrderNotFound(f"No order has the id {order_id}.")
            if order.state == "pending":
                price = refused.price if isinstance(refused, PriceChanged) else order.price
                reason = REFUSALS[type(refused)]
                order = replace(order, state="refused", reason=reason, price=price)
                change.put(ORDERS, order)
        return order

    def forget(self, pending: Order) -> None:
        """The catalog knows this key for another purchase: the intent has nothing to wait for.

        Not written as refused: the other purchase's sale is on its way here under the same id.
        """
        with self._repository.transaction() as change:
            if change.get(ORDERS, pending.id) == pending:
                change.delete(ORDERS, pending.id)

    def record(self, order_id: str, sold: Sold) -> Order:
        """Write a sale of the catalog's as an order; the same one twice is one order.

        Raises KeyReused where this id stands for another purchase that was settled.
        """
        with self._repository.transaction() as change:
            order = change.get(ORDERS, order_id)
            new = order is None or order.state == "pending"
            if order is None or new:
                # A pending one may even be for something else: one key was used on both routes.
                # The catalog has decided, and the pending one will be refused there.
                order = placed(order_id, sold)
                change.put(ORDERS, order)
            elif order != placed(order_id, sold):
                raise KeyReused(f"The order {order_id} is another purchase, and {order.state}.")
        if new:
            _log.info("bought book %s", order.title)
        return order

    def trouble(self) -> str | None:
        """Why nothing can be written at present, or None."""
        return self._repository.trouble


def placed(order_id: str, sold: Sold) -> Order:
    """The order that a sale of the catalog's is, to the last field."""
    return Order(
        id=order_id,
        book_id=sold.book_id,
        title=sold.title,
        quantity=sold.quantity,
        price=sold.price,
        state="placed",
        at=to_millisecond(sold.at),
        expected_price=sold.expected_price,
    )
