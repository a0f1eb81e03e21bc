"""`python -m servers reconcile`: the catalog's sales held against the orders, by id, over HTTP.

Two passes, a page at a time, so that a million sales need no more memory than a thousand: each
page of sales is looked up among the orders, then each page of orders among the sales. A sale is
written before its order, and marked as delivered after it; that order of things tells what is
lost from what is only on its way, also while the shop is open.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from servers.order.ledger import placed
from shared import config
from shared.domain import Order, Sale, ShopError, timestamp
from shared.peer import Peer

AGREE: Final = 0
DIFFER: Final = 1
CANNOT: Final = 2
ON_ITS_WAY: Final = "on its way"
DIFFERS: Final = "differs"
_PAGE: Final = 500
_STATES: Final = ("pending", "placed", "refused")


# All that an order shows; what its buyer expected to pay is between the servers.
_PLACED: Final = tuple(name for name in Order.__struct_fields__ if name != "expected_price")
# What a refusal is of, and why; the price that it shows may have been read a moment before.
_REFUSED: Final = ("book_id", "quantity", "reason")


class _Orders(msgspec.Struct):
    data: list[Order]


class _Sales(msgspec.Struct):
    data: list[Sale]


T = TypeVar("T")
Tell = Callable[[str, str, str], None]


class Reconciliation:
    """Compares the two ledgers; `tell` hears (ON_ITS_WAY or DIFFERS, id, what) of each finding."""

    def __init__(self, catalog: Peer, orders: Peer, tell: Tell) -> None:
        self._catalog = catalog
        self._orders = orders
        self._tell = tell
        self.found: Counter[str] = Counter()
        self.sold = 0
        self.placed = 0

    def run(self) -> bool:
        """Whether the ledgers agree, nothing being on its way; raises ShopError."""
        for sales in self._sale_pages():
            orders = {order.id: order for order in self._orders_by_ids(s.id for s in sales)}
            for sale in sales:
                self.sold += sale.state == "sold"
                self._check_sale(sale, orders.get(sale.id))
        for state in _STATES:
            for page in self._order_pages(state):
                sales_by_id = {sale.id: sale for sale in self._sales_by_ids(o.id for o in page)}
                for order in page:
                    self.placed += order.state == "placed"
                    self._check_order(order, sales_by_id.get(order.id))
        return not self.found

    def _check_sale(self, sale: Sale, order: Order | None) -> None:
        if sale.state == "refused":
            self._check_refusal(sale, order)
        elif order is None:
            what = f"sold {_says(sale)}"
            if sale.delivered:
                self._find(DIFFERS, sale.id, f"{what} and delivered, but there is no order")
            else:
                self._find(ON_ITS_WAY, sale.id, f"{what}, the order server is not told yet")
        elif order.state == "refused":
            self._find(DIFFERS, sale.id, "sold by the catalog, but its order is refused")
        elif order.state == "placed":
            # As the order server itself holds a sale against the order that it has.
            if unlike := _unlike(placed(sale.id, sale.sold()), order):
                self._find(DIFFERS, sale.id, f"sold {_says(sale)}, but not so its order: {unlike}")
            elif not sale.delivered:
                self._find(ON_ITS_WAY, sale.id, f"sold {_says(sale)}, not acknowledged yet")

    def _check_refusal(self, sale: Sale, order: Order | None) -> None:
        if order is None or order.state == "pending":
            return
        if order.state == "placed":
            self._find(DIFFERS, sale.id, "refused by the catalog, and yet an order")
        elif unlike := _unlike(sale, order, _REFUSED):
            self._find(DIFFERS, sale.id, f"refused, but not so its order: {unlike}")

    def _check_order(self, order: Order, sale: Sale | None) -> None:
        if order.state == "pending":
            self._find(ON_ITS_WAY, order.id, f"{_says(order)} is pending at the order server")
        elif sale is None:
            self._find(
                DIFFERS, order.id, f"an order {order.state} that the catalog knows nothing of"
            )

    def _find(self, kind: str, order_id: str, what: str) -> None:
        self.found[kind] += 1
        self._tell(kind, order_id, what)

    def _sale_pages(self) -> Iterator[list[Sale]]:
        after: str | None = None
        while page := self._get(self._catalog, "/sales", _Sales, after=after, limit=_PAGE).data:
            yield page
            after = page[-1].id

    def _order_pages(self, state: str) -> Iterator[list[Order]]:
        before: str | None = None
        while True:
            found = self._get(
                self._orders, "/orders", _Orders, state=state, before=before, limit=_PAGE
            )
            if not found.data:
                return
            yield found.data
            before = found.data[-1].id

    def _orders_by_ids(self, ids: Iterable[str]) -> list[Order]:
        return self._get(self._orders, "/orders", _Orders, ids=",".join(ids)).data

    def _sales_by_ids(self, ids: Iterable[str]) -> list[Sale]:
        return self._get(self._catalog, "/sales", _Sales, ids=",".join(ids)).data

    @staticmethod
    def _get(peer: Peer, path: str, type_: type[T], **params: str | int | None) -> T:
        return msgspec.json.decode(peer.get(path, params).body, type=type_)


def _says(row: Sale | Order) -> str:
    return f"{row.quantity} of book {row.book_id} at {row.price}"


def _unlike(meant: Sale | Order, order: Order, fields: Sequence[str] = _PLACED) -> str:
    """Which fields are not the same in the order, and how; empty if all are."""
    return ", ".join(
        f"{name} {_shown(getattr(meant, name))} is {_shown(getattr(order, name))}"
        for name in fields
        if getattr(meant, name) != getattr(order, name)
    )


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    return repr(value) if isinstance(value, str) else str(value)


def main(argv: Sequence[str]) -> int:
    """Print what differs and what is on its way; returns AGREE, DIFFER or CANNOT."""
    parser = argparse.ArgumentParser(
        prog="python -m servers reconcile",
        description="Hold the catalog's sales against the order server's orders, by id. Exit "
        "status 0 if they agree, 1 if something differs or is still on its way, 2 if a server "
        "cannot be asked.",
    )
    parser.add_argument("--config", type=Path, default=config.DEFAULT, metavar="FILE",
                        help="where the servers are (%(default)s)")  # fmt: skip
    given = parser.parse_args(argv)
    try:
        settings = config.load(given.config, os.environ)
        work = Reconciliation(
            Peer("catalog", settings.catalog.url),
            Peer("order", settings.order.url),
            lambda kind, order_id, what: print(f"{kind:<10}  {order_id}  {what}"),
        )
        agree = work.run()
    except msgspec.MsgspecError:
        print("bazar: what answers there is not the shop's server", file=sys.stderr)
        return CANNOT
    except (config.ConfigError, ShopError) as error:
        print(f"bazar: {error}", file=sys.stderr)
        return CANNOT
    counts = f"{work.sold:,} sales, {work.placed:,} orders"
    if agree:
        print(f"{counts}: they agree.")
        return AGREE
    print(f"{counts}: {work.found[DIFFERS]:,} differ, {work.found[ON_ITS_WAY]:,} on their way.")
    return DIFFER
