"""Sales -> orders: tells the order server of each sale, again and again until it has it.

An errand of its own, so that none of the catalog's request threads ever waits for the order
server: two pools that wait for each other come to a stop together.
"""

import logging
from collections.abc import Callable
from typing import Final

from servers.catalog.shelf import Shelf
from shared import logs
from shared.csv_repository import RepositoryError
from shared.domain import Sale, ShopError, TryLater
from shared.peer import Peer

_log = logging.getLogger(__name__)
_BATCH: Final = 100


class Delivery:
    """Delivers what is undelivered, oldest first."""

    def __init__(self, shelf: Shelf, orders: Peer) -> None:
        self._shelf = shelf
        self._orders = orders
        # Sales that the order server refused for good, and what it said. Tried again at a restart.
        self.dead: dict[str, str] = {}

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Deliver until nothing is left or `stopping` says so; False if some has to wait."""
        while waiting := self._waiting():
            done: list[str] = []
            reached = True
            for sale in waiting:
                if stopping() or not reached:
                    break
                reached = self._tell(sale, done)
            # Marked only when the order server has said that each is on its disk; lost in a crash,
            # the mark is made again, since an order told of twice is one order.
            if not self._mark(done) or not reached:
                return False
            if stopping():
                break
        return True

    def _mark(self, done: list[str]) -> bool:
        try:
            self._shelf.mark_delivered(done)
        except RepositoryError as error:
            _log.error("delivered sales cannot be marked: %s", error)
            return False
        return True

    def _waiting(self) -> list[Sale]:
        found = self._shelf.undelivered(_BATCH + len(self.dead))
        return [sale for sale in found if sale.id not in self.dead][:_BATCH]

    def _tell(self, sale: Sale, done: list[str]) -> bool:
        """Tell of one sale; True unless it has to be told again."""
        # Its id is the trace of it from here on: the buyer's request has been answered.
        logs.begin_request(sale.id)
        try:
            self._orders.put(f"/orders/{sale.id}", sale.sold(), key=sale.id, attempts=1)
        except TryLater:
            return False
        except ShopError as error:
            _log.error("the order server refuses sale %s for good: %s", sale.id, error)
            self.dead[sale.id] = str(error)
        else:
            done.append(sale.id)
        return True
