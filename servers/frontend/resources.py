"""The frontend's HTTP resources: choose the server, forward, hand on what it said."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import falcon
import msgspec

from shared.domain import (
    BadRequest,
    Order,
    OrderNotFound,
    OutcomeUnknown,
    Purchase,
    Sale,
    Unavailable,
    order_document,
    parse_book_id,
    parse_order_id,
)
from shared.peer import Answer, Peer, segment
from shared.web.body import read_bytes, read_json, read_key

# Longer than the servers behind take at their worst, so that their answer is the one that is told.
PURCHASE_SECONDS: Final = 9.0
READ_SECONDS: Final = 4.0
# A second place to look is a courtesy; it must not make the first answer late.
_LOOK_ASIDE_SECONDS: Final = 1.0
_HANDED_ON: Final = ("Location", "Retry-After", "ETag")


def hand_on(answer: Answer, resp: falcon.Response) -> None:
    """Make a peer's good answer ours, byte for byte."""
    resp.status = answer.status
    resp.data = answer.body
    for name in _HANDED_ON:
        if name in answer.headers:
            resp.set_header(name, answer.headers[name])


class Forward:
    """GET of a list or a page: asked of `peer` at `path`, with the query's `params`."""

    def __init__(self, peer: Peer, path: str, params: Sequence[str] = ()) -> None:
        self._peer = peer
        self._path = path
        self._params = params

    def on_get(self, req: falcon.Request, resp: falcon.Response, **pieces: str) -> None:
        """What the peer says; its problems too."""
        path = _fill(self._path, pieces)
        params = {name: req.get_param(name) for name in self._params}
        answer = self._peer.get(path, params, headers=_sent_on(req), deadline=READ_SECONDS)
        hand_on(answer, resp)

    on_head = on_get


def _fill(path: str, pieces: Mapping[str, str]) -> str:
    return path.format(**{name: segment(piece) for name, piece in pieces.items()})


def _sent_on(req: falcon.Request) -> dict[str, str]:
    """The headers that are for the server behind; who the admin is, it alone knows."""
    given = {name: req.get_header(name) for name in ("Authorization", "If-Match")}
    found = {name: value for name, value in given.items() if value is not None}
    for name, value in found.items():
        if not (value.isascii() and value.isprintable()):
            raise BadRequest(f"{name}: only letters, digits and signs of ASCII.")
    return found


class Write:
    """The admin's calls, asked of `peer` at `path`; a key is made for a client who sent none."""

    def __init__(self, peer: Peer, path: str, new_key: Callable[[], str]) -> None:
        self._peer = peer
        self._path = path
        self._new_key = new_key

    def send(self, req: falcon.Request, resp: falcon.Response, **pieces: str) -> None:
        """What the peer says; an unknown outcome tells the key to ask again with."""
        key = read_key(req) or self._new_key()
        path = _fill(self._path, pieces)
        # RFC 9110, section 9.3.5: a body of a DELETE means nothing.
        body = None if req.method == "DELETE" else read_bytes(req) or None
        try:
            answer = self._peer.change(
                req.method, path, body, key=key, headers=_sent_on(req), deadline=PURCHASE_SECONDS
            )
        except OutcomeUnknown as error:
            error.key = key
            raise
        hand_on(answer, resp)


class Books(Forward):
    """GET and POST /books"""

    def __init__(self, peer: Peer, params: Sequence[str], new_key: Callable[[], str]) -> None:
        super().__init__(peer, "/books", params)
        self.on_post = Write(peer, "/books", new_key).send


class BookOne(Forward):
    """GET, PATCH and DELETE /books/{id}"""

    def __init__(self, peer: Peer, new_key: Callable[[], str]) -> None:
        super().__init__(peer, "/books/{book_id}")
        self.on_patch = self.on_delete = Write(peer, "/books/{book_id}", new_key).send


class BookBatch:
    """POST /books/batch; each book of a batch has a key of its own."""

    def __init__(self, peer: Peer, new_key: Callable[[], str]) -> None:
        self.on_post = Write(peer, "/books/batch", new_key).send


class PurchaseOne:
    """PUT /purchase/{id}: by the configured route, `peer` being the server it begins at."""

    def __init__(self, peer: Peer, new_key: Callable[[], str]) -> None:
        self._peer = peer
        self._new_key = new_key

    def on_put(self, req: falcon.Request, resp: falcon.Response, book_id: str) -> None:
        """Buy under the client's key, or under one made here, which an unknown outcome tells."""
        key = read_key(req) or self._new_key()
        wish = read_json(req, Purchase, Purchase())
        path = f"/purchase/{parse_book_id(book_id)}"
        try:
            answer = self._peer.put(path, wish, key=key, deadline=PURCHASE_SECONDS)
        except OutcomeUnknown as error:
            error.key = key
            raise
        hand_on(answer, resp)


class _SaleAnswer(msgspec.Struct):
    data: list[Sale]


class _OrderAnswer(msgspec.Struct):
    data: list[Order]


class OrderOne:
    """GET /orders/{id}: an order, or the catalog's sale while the order server has yet to hear."""

    def __init__(self, orders: Peer, catalog: Peer) -> None:
        self._orders = orders
        self._catalog = catalog

    def on_get(self, req: falcon.Request, resp: falcon.Response, order_id: str) -> None:
        """A purchase answered 200 is found here from that moment on."""
        key = parse_order_id(order_id)
        try:
            answer = self._orders.get(f"/orders/{key}", deadline=READ_SECONDS)
        except (OrderNotFound, Unavailable) as error:
            resp.media = {"data": [order_document(self._sale(key, error))]}
            return
        sold = self._sold_meanwhile(key, answer)
        if sold is None:
            hand_on(answer, resp)
        else:
            resp.media = {"data": [order_document(sold)]}

    def _sold_meanwhile(self, key: str, answer: Answer) -> Sale | None:
        """The sale of a pending order: the same purchase may have been sold by the other route,
        and answered so."""
        if msgspec.json.decode(answer.body, type=_OrderAnswer).data[0].state != "pending":
            return None
        try:
            sale = self._sale(key, Unavailable())
        except Unavailable:
            return None
        return sale if sale.state == "sold" else None

    def _sale(self, key: str, error: OrderNotFound | Unavailable) -> Sale:
        try:
            answer = self._catalog.get(f"/sales/{key}", deadline=_LOOK_ASIDE_SECONDS)
        except OrderNotFound:
            raise error from None
        except Unavailable as unavailable:
            # "No such order" would be more than is known.
            raise unavailable from None
        return msgspec.json.decode(answer.body, type=_SaleAnswer).data[0]

    on_head = on_get
