"""The order server's wiring: the table of its routes, and what each is handed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import falcon
from prometheus_client import CollectorRegistry, Gauge

from servers.order.ledger import Ledger
from servers.order.resources import OrderList, OrderOne, PurchaseOne
from servers.order.settle import Settling
from shared.csv_repository import Repository
from shared.domain import new_key
from shared.errand import Errand
from shared.peer import Peer
from shared.web.app import create_app
from shared.web.middleware import Traffic
from shared.web.operations import OK, operations


class Orders:
    """The order server's parts; `app` is its WSGI side. Start and stop it around serving."""

    def __init__(
        self,
        repository: Repository,
        catalog: Peer,
        clock: Callable[[], datetime],
        keys: Callable[[], str] = new_key,
    ) -> None:
        self._repository = repository
        self._catalog = catalog
        self.ledger = Ledger(repository, clock)
        self.settling = Settling(self.ledger, catalog)
        self._errand = Errand("settling", self.settling.settle_all)
        traffic = Traffic()
        _add_gauges(traffic.registry, self.ledger, self.settling)
        self.app: falcon.App[Any, Any] = create_app(
            [
                (
                    "/purchase/{book_id:segment}",
                    PurchaseOne(self.settling, keys, self._errand.poke),
                ),
                ("/orders", OrderList(self.ledger)),
                ("/orders/{order_id:segment}", OrderOne(self.ledger)),
                *operations(self._checks, traffic.registry),
            ],
            traffic,
        )

    def _checks(self) -> Mapping[str, str]:
        stuck = len(self.settling.stuck)
        return {
            "storage": self.ledger.trouble() or OK,
            "settling": f"orders that the catalog cannot settle: {stuck}" if stuck else OK,
        }

    def start(self) -> None:
        """Take up what was pending."""
        self._errand.start()

    def stop(self) -> None:
        """Stop settling, bring the CSV up to date; the next start takes up what is pending."""
        self._errand.stop()
        self._catalog.close()
        self._repository.close()


def _add_gauges(registry: CollectorRegistry, ledger: Ledger, settling: Settling) -> None:
    pending = Gauge(
        "bazar_orders_pending", "Orders that the catalog has yet to settle.", registry=registry
    )
    pending.set_function(ledger.pending_count)
    stuck = Gauge("bazar_orders_stuck", "Orders the catalog cannot settle.", registry=registry)
    stuck.set_function(lambda: len(settling.stuck))
