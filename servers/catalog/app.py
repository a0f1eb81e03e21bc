"""The catalog's wiring: the table of its routes, and what each is handed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import falcon
from prometheus_client import CollectorRegistry, Gauge

from servers.catalog.books import BookBatch, BookOne, Books
from servers.catalog.delivery import AT_ONCE, Delivery
from servers.catalog.office import ChangeList, Office
from servers.catalog.report import Figures
from servers.catalog.reporting import SalesReport
from servers.catalog.resources import (
    Info,
    PurchaseOne,
    SaleOne,
    SalesList,
    Search,
    SubjectList,
    UpdateOne,
)
from servers.catalog.shelf import Shelf
from servers.catalog.stockroom import Stockroom
from servers.catalog.tables import BOOKS, SALES
from servers.catalog.tokens import Admins
from shared.csv_repository import Repository
from shared.domain import new_key
from shared.errand import Errand
from shared.peer import Peer
from shared.web.app import create_app
from shared.web.middleware import Traffic
from shared.web.operations import OK, operations

LAST_DELIVERY_SECONDS: Final = 2.0


class Catalog:
    """The catalog server's parts; `app` is its WSGI side. Start and stop it around serving."""

    def __init__(
        self,
        repository: Repository,
        orders: Peer,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        admins: Admins,
        keys: Callable[[], str] = new_key,
        deliveries_at_once: int = AT_ONCE,
    ) -> None:
        self._repository = repository
        self._orders = orders
        self._monotonic = monotonic
        self.shelf = Shelf(repository, clock)
        self.stockroom = Stockroom(repository, clock)
        self.figures = Figures(repository.rows(BOOKS), repository.rows(SALES))
        self.delivery = Delivery(self.shelf, orders, monotonic, deliveries_at_once)
        self._errand = Errand("delivery", self.delivery.deliver)
        office = Office(self.stockroom, admins, keys)
        sold = self._errand.poke
        traffic = Traffic()
        _add_gauges(traffic.registry, self.shelf, self.delivery)
        self.app: falcon.App[Any, Any] = create_app(
            [
                ("/search/{subject:segment}", Search(self.shelf)),
                ("/info/{book_id:segment}", Info(self.shelf)),
                ("/subjects", SubjectList(self.shelf)),
                ("/books", Books(self.shelf, office)),
                ("/books/batch", BookBatch(office)),
                ("/books/{book_id:segment}", BookOne(self.shelf, office)),
                ("/changes", ChangeList(office)),
                ("/purchase/{book_id:segment}", PurchaseOne(self.shelf, keys, sold)),
                (
                    "/update/{book_id:segment}",
                    UpdateOne(self.shelf, self.stockroom, keys, sold),
                ),
                ("/sales", SalesList(self.shelf)),
                ("/sales/{sale_id:segment}", SaleOne(self.shelf)),
                ("/reports/sales", SalesReport(self.figures, clock)),
                *operations(self._checks, traffic.registry),
            ],
            traffic,
        )

    def _checks(self) -> Mapping[str, str]:
        dead = len(self.delivery.dead)
        return {
            "storage": self.shelf.trouble() or OK,
            "delivery": f"sales refused by the order server: {dead}" if dead else OK,
        }

    def start(self) -> None:
        """Deliver what was left over."""
        self._errand.start()

    def stop(self) -> None:
        """Deliver what can be delivered in a moment, bring the CSVs up to date."""
        self._errand.stop()
        end = self._monotonic() + LAST_DELIVERY_SECONDS
        self.delivery.deliver(lambda: self._monotonic() > end)
        self._orders.close()
        self._repository.close()


def _add_gauges(registry: CollectorRegistry, shelf: Shelf, delivery: Delivery) -> None:
    waiting = Gauge(
        "bazar_sales_undelivered", "Sales whose order is still on its way.", registry=registry
    )
    waiting.set_function(shelf.undelivered_count)
    dead = Gauge(
        "bazar_sales_dead", "Sales refused by the order server for good.", registry=registry
    )
    dead.set_function(lambda: len(delivery.dead))
