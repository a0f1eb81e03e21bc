"""The frontend's wiring: the table of its routes, and which server is behind each."""

from collections.abc import Callable
from typing import Any, Final

import falcon

from servers.frontend.docs import docs
from servers.frontend.readiness import Readiness, Route
from servers.frontend.resources import BookBatch, BookOne, Books, Forward, OrderOne, PurchaseOne
from shared.domain import new_key
from shared.peer import Peer
from shared.web.app import create_app
from shared.web.middleware import Traffic
from shared.web.operations import operations

_PAGE: Final = ("limit", "offset")
_REPORT: Final = ("hours", "days", "top", "low", "tz")


class Frontend:
    """The frontend server's parts; `app` is its WSGI side. Start and stop it around serving."""

    def __init__(
        self, catalog: Peer, orders: Peer, route: Route, keys: Callable[[], str] = new_key
    ) -> None:
        self._peers = (catalog, orders)
        first = catalog if route == "catalog-first" else orders
        traffic = Traffic()
        self.app: falcon.App[Any, Any] = create_app(
            [
                ("/search/{subject:segment}", Forward(catalog, "/search/{subject}", _PAGE)),
                ("/info/{book_id:segment}", Forward(catalog, "/info/{book_id}")),
                ("/subjects", Forward(catalog, "/subjects", ("q", *_PAGE))),
                ("/books", Books(catalog, ("q", "subject", "ids", *_PAGE), keys)),
                ("/books/batch", BookBatch(catalog, keys)),
                ("/books/{book_id:segment}", BookOne(catalog, keys)),
                ("/changes", Forward(catalog, "/changes", ("before", "book", "limit"))),
                ("/purchase/{book_id:segment}", PurchaseOne(first, keys)),
                ("/orders", Forward(orders, "/orders", ("state", "before", "limit"))),
                ("/orders/{order_id:segment}", OrderOne(orders, catalog)),
                ("/reports/sales", Forward(catalog, "/reports/sales", _REPORT)),
                *docs(),
                *operations(Readiness(catalog, orders, route), traffic.registry),
            ],
            traffic,
        )

    def start(self) -> None:
        """Nothing is left over here: the frontend keeps nothing."""

    def stop(self) -> None:
        """Let go of the connections."""
        for peer in self._peers:
            peer.close()
