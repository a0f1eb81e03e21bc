"""The order-first route: the intent first, then the catalog, then what it said.

    nothing ──begin──▶ pending ──the catalog sold──────▶ placed
                          │ ├────the catalog refused───▶ refused
                          │ └────the key is another's──▶ nothing
                          └──no answer: stays pending, asked again by `settle_all`

The intent is on disk before the catalog is asked, so whatever is lost afterwards, someone asks
again. It asks by the same PUT under the same key and never by a GET: a copy of its own request,
late on the way, may still take the last book after a GET has said that nothing was sold.

No purchase is refused on the strength of `GET /info` alone. The catalog makes the refusal and
writes it down, so a late copy of the request is refused on the other route too.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from servers.order.ledger import Ledger
from shared import logs
from shared.csv_repository import RepositoryError
from shared.domain import (
    BadRequest,
    Book,
    BookNotFound,
    InProgress,
    KeyReused,
    NotFound,
    Order,
    Purchase,
    Refused,
    Sale,
    TryLater,
    check_same_purchase,
    is_same_purchase,
    refusal,
)
from shared.peer import Peer

_log = logging.getLogger(__name__)
_BATCH: Final = 100
_INFO_SECONDS: Final = 1.5
_UPDATE_SECONDS: Final = 2.0


class _BookAnswer(msgspec.Struct):
    data: list[Book]


class _SaleAnswer(msgspec.Struct):
    sale: Sale


class Settling:
    """Buys by the order-first route. One key is worked on by one thread at a time."""

    def __init__(self, ledger: Ledger, catalog: Peer) -> None:
        self._ledger = ledger
        self._catalog = catalog
        self._busy: set[str] = set()
        self._mutex = threading.Lock()
        # Pending orders that the catalog answers with neither yes nor no, and what it said.
        self.stuck: dict[str, str] = {}
        self._failures: Counter[str] = Counter()

    def buy(self, key: str, book_id: int, wish: Purchase) -> Order:
        """Buy, or say again what became of this key; the order is placed or pending.

        Raises a Refused; KeyReused; InProgress; Unavailable if nothing was done.
        """
        with self._alone(key):
            order = self._ledger.find(key)
            if order and order.state == "pending" and not is_same_purchase(order, book_id, wish):
                order = self._clear_the_way(order)
            if order is None:
                order = self._ledger.begin(key, book_id, wish, self._look_up(book_id))
            check_same_purchase(order, book_id, wish)
            if order.state == "pending":
                order = self._settle(order)
        if refused := refusal(order):
            raise refused
        return order

    def _clear_the_way(self, pending: Order) -> Order | None:
        """What became of another purchase's intent under the same key; None if nothing did.

        An intent decides nothing: the key may be a sale of the very purchase that is asked for
        now, made on the other route. Raises InProgress while the catalog has not said.
        """
        try:
            order = self._settle(pending)
        except KeyReused:
            return None
        if order.state == "pending":
            raise InProgress("Another purchase under this key is being worked on.")
        return order

    def _look_up(self, book_id: int) -> Book | None:
        """The book for the order's title and price; its absence is for the catalog to write down.

        Raises Unavailable: then nothing has been done, and the buyer may simply try again.
        """
        try:
            answer = self._catalog.get(f"/info/{book_id}", deadline=_INFO_SECONDS)
        except BookNotFound:
            return None
        return msgspec.json.decode(answer.body, type=_BookAnswer).data[0]

    def _settle(self, order: Order) -> Order:
        """Have the catalog sell what a pending order means to buy; still pending if it can't say.

        Raises KeyReused if the catalog knows the key for another purchase.
        """
        try:
            settled = self._ask(order)
        except TryLater as error:
            # Never taken for a failure: the copies may be taken already.
            _log.warning("order %s stays pending: %s", order.id, error)
            return order
        except RepositoryError as error:
            # The catalog may have sold; "nothing was done" would be a lie, pending is the truth.
            _log.error("order %s stays pending, its end cannot be written: %s", order.id, error)
            return order
        except (BadRequest, NotFound) as error:
            _log.error("order %s is stuck, the catalog says: %s", order.id, error)
            self.stuck[order.id] = str(error)
            return order
        self.stuck.pop(order.id, None)
        return settled

    def _ask(self, order: Order) -> Order:
        body = {"quantity_change": -order.quantity, "expected_price": order.expected_price}
        path = f"/update/{order.book_id}"
        try:
            answer = self._catalog.put(path, body, key=order.id, deadline=_UPDATE_SECONDS)
        except Refused as refused:
            return self._ledger.refuse(order.id, refused)
        except KeyReused:
            self._ledger.forget(order)
            raise
        sale = msgspec.json.decode(answer.body, type=_SaleAnswer).sale
        return self._ledger.record(order.id, sale.sold())

    def settle_all(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Settle what is pending, oldest first; False if some of it has to wait."""
        waiting = self._ledger.pending(_BATCH + len(self._failures))
        ids = {order.id for order in waiting}
        for gone in self._failures.keys() - ids:
            del self._failures[gone]
        # A delivery of the catalog's may have placed it, without a try of this server's.
        for settled in [order_id for order_id in list(self.stuck) if not self._waits(order_id)]:
            self.stuck.pop(settled, None)
        # Those that failed go last: one that never gets an answer must not hold up the rest.
        for order in sorted(waiting, key=lambda order: self._failures[order.id]):
            if stopping():
                break
            if not self._settle_one(order):
                self._failures[order.id] += 1
                return False
        return True

    def _waits(self, order_id: str) -> bool:
        order = self._ledger.find(order_id)
        return order is not None and order.state == "pending"

    def _settle_one(self, order: Order) -> bool:
        logs.begin_request(order.id)
        try:
            with self._alone(order.id):
                now = self._ledger.find(order.id)
                if now is not None and now.state == "pending":
                    now = self._settle(now)
                return now is None or now.state != "pending"
        except KeyReused:
            return True
        except InProgress:
            # Its own buyer is at it; should that fail, the next round takes it up.
            return False
        except RepositoryError as error:
            _log.error("order %s cannot be settled: %s", order.id, error)
            return False

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._mutex:
            if key in self._busy:
                raise InProgress("This key is being worked on at this moment.")
            self._busy.add(key)
        try:
            yield
        finally:
            with self._mutex:
                self._busy.discard(key)
