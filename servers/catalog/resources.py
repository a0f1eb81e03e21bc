"""The catalog's HTTP resources: parse, call one use case, answer."""

from collections.abc import Callable

import falcon

from servers.catalog.shelf import Shelf
from servers.catalog.stockroom import Stockroom
from shared.domain import (
    BadField,
    Purchase,
    Sale,
    Update,
    bought,
    parse_book_id,
    parse_order_id,
    sale_document,
)
from shared.web.body import (
    DEFAULT_PAGE,
    MAX_PAGE,
    read_id,
    read_json,
    read_key,
    read_list,
    read_number,
    read_page,
)


class Search:
    """GET /search/{subject}"""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def on_get(self, req: falcon.Request, resp: falcon.Response, subject: str) -> None:
        """The ids and titles of the books on a subject."""
        limit, offset = read_page(req, None)
        page = self._shelf.search(subject, limit, offset)
        resp.media = {"data": [{"id": book.id, "title": book.title} for book in page.books]}

    on_head = on_get


class Info:
    """GET /info/{id}"""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def on_get(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """One whole book."""
        resp.media = {"data": [self._shelf.info(parse_book_id(book_id))]}

    on_head = on_get


class SubjectList:
    """GET /subjects"""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The subjects that hold `q`, with their numbers of books."""
        limit, offset = read_page(req, None)
        found = self._shelf.subjects(req.get_param("q") or "")
        end = None if limit is None else offset + limit
        resp.media = {"data": found[offset:end], "total": len(found)}

    on_head = on_get


class PurchaseOne:
    """PUT /purchase/{id}: the catalog-first route. `sold` is told of each sale."""

    def __init__(self, shelf: Shelf, new_key: Callable[[], str], sold: Callable[[], None]) -> None:
        self._shelf = shelf
        self._new_key = new_key
        self._sold = sold

    def on_put(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """Take the copies and write the sale in one step; its order follows by delivery."""
        key = read_key(req) or self._new_key()
        wish = read_json(req, Purchase, Purchase())
        sale = self._shelf.sell(key, parse_book_id(book_id), wish)
        self._sold()
        resp.media = bought(sale)


class UpdateOne:
    """PUT /update/{id}: stock by a difference, or the price."""

    def __init__(
        self,
        shelf: Shelf,
        stockroom: Stockroom,
        new_key: Callable[[], str],
        sold: Callable[[], None],
    ) -> None:
        self._shelf = shelf
        self._stockroom = stockroom
        self._new_key = new_key
        self._sold = sold

    def on_put(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """Copies that leave under a key are a sale of the order-first route."""
        update = read_json(req, Update)
        key = read_key(req)
        number = parse_book_id(book_id)
        if update.quantity_change < 0 and key is not None:
            sale = self._sell(key, number, update)
            resp.media = {"data": self._shelf.by_ids([number]).books, "sale": sale_document(sale)}
        else:
            book = self._stockroom.update(number, update, key or self._new_key())
            resp.media = {"data": [book]}

    def _sell(self, key: str, book_id: int, update: Update) -> Sale:
        if update.price is not None:
            raise BadField("a sale does not set a price", "$.price")
        wish = Purchase(-update.quantity_change, update.expected_price)
        sale = self._shelf.sell(key, book_id, wish)
        self._sold()
        return sale


class SaleOne:
    """GET /sales/{id}"""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def on_get(self, req: falcon.Request, resp: falcon.Response, sale_id: str) -> None:
        """One sale or refusal; how a sale whose order is still on its way can be seen."""
        resp.media = {"data": [sale_document(self._shelf.sale(parse_order_id(sale_id)))]}

    on_head = on_get


class SalesList:
    """GET /sales: the catalog's own ledger, to hold against the orders."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Those named by `ids`; or sales and refusals in their order, from after `after`."""
        ids = read_list(req, "ids")
        if ids is not None:
            named = self._shelf.sales_by_ids(ids)
            resp.media = {"data": list(map(sale_document, named)), "total": len(named)}
            return
        after = read_id(req, "after")
        limit = read_number(req, "limit", MAX_PAGE)
        found, total = self._shelf.sales(after, DEFAULT_PAGE if limit is None else limit)
        resp.media = {"data": list(map(sale_document, found)), "total": total}

    on_head = on_get
