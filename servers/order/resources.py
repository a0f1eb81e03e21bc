"""The order server's HTTP resources: parse, call one use case, answer."""

from collections.abc import Callable
from typing import Final

import falcon

from servers.order.ledger import SHOWN, STATES, Ledger
from servers.order.settle import Settling
from shared import problems
from shared.domain import (
    BadRequest,
    Purchase,
    Sold,
    bought,
    order_document,
    parse_book_id,
    parse_order_id,
)
from shared.web.body import (
    DEFAULT_PAGE,
    MAX_PAGE,
    read_id,
    read_json,
    read_key,
    read_list,
    read_number,
)

# When a pending order is worth another look.
_LOOK_AGAIN_SECONDS: Final = 1


class PurchaseOne:
    """PUT /purchase/{id}: the order-first route. `left` is told of each order left pending."""

    def __init__(
        self, settling: Settling, new_key: Callable[[], str], left: Callable[[], None]
    ) -> None:
        self._settling = settling
        self._new_key = new_key
        self._left = left

    def on_put(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """200 with the order, or 202 with where it will be."""
        key = read_key(req) or self._new_key()
        wish = read_json(req, Purchase, Purchase())
        order = self._settling.buy(key, parse_book_id(book_id), wish)
        resp.media = bought(order)
        if order.state == "pending":
            self._left()
            resp.status = problems.ACCEPTED
            resp.set_header("Location", f"/orders/{order.id}")
            resp.set_header("Retry-After", str(_LOOK_AGAIN_SECONDS))


class OrderOne:
    """GET /orders/{id}, and PUT by which the catalog tells of a sale."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def on_get(self, req: falcon.Request, resp: falcon.Response, order_id: str) -> None:
        """One order."""
        resp.media = {"data": [order_document(self._ledger.order(parse_order_id(order_id)))]}

    on_head = on_get

    def on_put(self, req: falcon.Request, resp: falcon.Response, order_id: str) -> None:
        """Record a sale as an order; the same id twice is one order."""
        sold = read_json(req, Sold)
        order = self._ledger.record(parse_order_id(order_id), sold)
        resp.media = {"data": [order_document(order)]}


class OrderList:
    """GET /orders"""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Those named by `ids`; or newest first, placed and pending ones unless `state` asks."""
        ids = read_list(req, "ids")
        if ids is not None:
            named = self._ledger.by_ids(ids)
            resp.media = {"data": list(map(order_document, named)), "total": len(named)}
            return
        state = req.get_param("state")
        if state is not None and state not in STATES:
            raise BadRequest(f"state is one of {', '.join(STATES)}.")
        limit = read_number(req, "limit", MAX_PAGE)
        page = self._ledger.orders(
            state or SHOWN, DEFAULT_PAGE if limit is None else limit, read_id(req, "before")
        )
        resp.media = {"data": list(map(order_document, page.orders)), "total": page.total}

    on_head = on_get
