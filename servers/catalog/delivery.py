"""Sales -> orders: tells the order server of each sale, again and again until it has it.

A thread of its own, so that none of the catalog's request threads ever waits for the order
server: two pools that wait for each other come to a stop together.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from servers.catalog.shelf import Shelf
from shared.csv_repository import RepositoryError
from shared.domain import Sale, ShopError, TryLater
from shared.peer import Peer

_log = logging.getLogger(__name__)
_BATCH: Final = 100
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0


class Delivery:
    """Delivers what is undelivered, oldest first; `poke` it when there is something new."""

    def __init__(self, shelf: Shelf, orders: Peer) -> None:
        self._shelf = shelf
        self._orders = orders
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._pause = _FIRST_PAUSE
        # Sales that the order server refused for good, and what it said. Tried again at a restart.
        self.dead: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin, with what was left over from the last run."""
        self._news.set()
        self._thread.start()

    def stop(self) -> None:
        """Finish the sale at hand and stop; the rest is on disk for the next start."""
        self._stopping.set()
        self._news.set()
        self._thread.join(timeout=10)

    def poke(self) -> None:
        """There may be something to deliver."""
        self._news.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.wait()
            self._news.clear()
            while not self._stopping.is_set() and not self.deliver_some(self._stopping.is_set):
                self._stopping.wait(self._pause)
                self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            self._pause = _FIRST_PAUSE

    def deliver_some(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Deliver until nothing is left; False if the order server can't be reached now."""
        while waiting := self._waiting():
            done: list[str] = []
            reached = True
            for sale in waiting:
                if stopping():
                    break
                reached = self._deliver(sale, done)
                if not reached:
                    break
            if not self._mark(done) or not reached:
                return False
            if stopping():
                break
        return True

    def _waiting(self) -> list[Sale]:
        found = self._shelf.undelivered(_BATCH + len(self.dead))
        return [sale for sale in found if sale.id not in self.dead][:_BATCH]

    def _deliver(self, sale: Sale, done: list[str]) -> bool:
        """Tell of one sale; True unless it has to be told again."""
        body = {
            "book_id": sale.book_id,
            "title": sale.title,
            "quantity": sale.quantity,
            "price": sale.price,
            "expected_price": sale.expected_price,
            "at": sale.at,
        }
        try:
            self._orders.put(f"/orders/{sale.id}", body, key=sale.id, attempts=1)
        except TryLater:
            return False
        except ShopError as error:
            _log.error("the order server refuses sale %s for good: %s", sale.id, error)
            self.dead[sale.id] = str(error)
        else:
            done.append(sale.id)
        return True

    def _mark(self, done: list[str]) -> bool:
        try:
            if done:
                self._shelf.mark_delivered(done)
        except RepositoryError as error:
            _log.error("delivered sales could not be marked: %s", error)
            return False
        return True
