"""Sales -> orders: tells the order server of each sale, again and again until it has it.

An errand of its own, so that none of the catalog's request threads ever waits for the order
server: two pools that wait for each other come to a stop together.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Literal

from servers.catalog.shelf import Shelf
from shared import logs
from shared.csv_repository import RepositoryError
from shared.domain import Sale, ShopError, TryLater
from shared.peer import Peer

_log = logging.getLogger(__name__)
# Several at a time share an fsync at the order server, and the way there and back.
AT_ONCE: Final = 8
DEAD_SECONDS: Final = 30.0

Told = Literal["done", "again", "dead"]
DONE: Final = "done"
AGAIN: Final = "again"
DEAD: Final = "dead"


class Delivery:
    """Delivers what is undelivered, oldest first."""

    def __init__(
        self,
        shelf: Shelf,
        orders: Peer,
        monotonic: Callable[[], float],
        at_once: int = AT_ONCE,
    ) -> None:
        self._shelf = shelf
        self._orders = orders
        self._at_once = at_once
        self._monotonic = monotonic
        # Sales that the order server refused for good, and what it said. They are told of again
        # now and then: someone may have mended its ledger.
        self.dead: dict[str, str] = {}
        self._next_for_the_dead = 0.0

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Deliver until nothing is left or `stopping` says so; False if some has to wait."""
        passed_by = self._passed_by()
        with ThreadPoolExecutor(self._at_once, "delivery") as pool:
            while not stopping() and (waiting := self._waiting(passed_by)):
                told = list(pool.map(self._tell, waiting))
                ends = {sale.id: end for sale, end in zip(waiting, told, strict=True)}
                passed_by.update(sale_id for sale_id, end in ends.items() if end is DEAD)
                # Marked only when the order server has said that each is on its disk; lost in a
                # crash, the mark is made again, since an order told of twice is one order.
                done = [sale_id for sale_id, end in ends.items() if end is DONE]
                if not self._mark(done) or AGAIN in told:
                    return False
        return True

    def _passed_by(self) -> set[str]:
        """The sales to leave alone in this round."""
        if self._monotonic() < self._next_for_the_dead:
            return set(self.dead)
        self._next_for_the_dead = self._monotonic() + DEAD_SECONDS
        return set()

    def _mark(self, done: list[str]) -> bool:
        try:
            self._shelf.mark_delivered(done)
        except RepositoryError as error:
            _log.error("delivered sales cannot be marked: %s", error)
            return False
        return True

    def _waiting(self, passed_by: set[str]) -> list[Sale]:
        found = self._shelf.undelivered(self._at_once + len(passed_by))
        return [sale for sale in found if sale.id not in passed_by][: self._at_once]

    def _tell(self, sale: Sale) -> Told:
        # Its id is the trace of it from here on: the buyer's request has been answered.
        logs.begin_request(sale.id)
        try:
            self._orders.put(f"/orders/{sale.id}", sale.sold(), key=sale.id, attempts=1)
        except TryLater:
            return AGAIN
        except ShopError as error:
            if sale.id not in self.dead:
                _log.error("the order server refuses sale %s for good: %s", sale.id, error)
            self.dead[sale.id] = str(error)
            return DEAD
        self.dead.pop(sale.id, None)
        return DONE
