"""What the frontend's /readyz says: which servers answer, and whether a book can be bought."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from shared.domain import ShopError
from shared.peer import Peer
from shared.web.operations import OK

Route = Literal["catalog-first", "order-first"]
_SECONDS: Final = 1.0
_STORAGE: Final = "storage"


class _Standing(NamedTuple):
    """How a server stands: whether it answers, and whether it can write; OK, or why not."""

    answers: str
    writes: str


class Readiness:
    """The checks of the frontend, which keeps nothing of its own."""

    def __init__(self, catalog: Peer, orders: Peer, route: Route) -> None:
        self._catalog = catalog
        self._orders = orders
        self._needed = ("catalog",) if route == "catalog-first" else ("order", "catalog")

    def __call__(self) -> Mapping[str, str]:
        """`catalog` and `order` as servers, and `buying`; each OK or what is wrong."""
        standing = {"catalog": _ask(self._catalog), "order": _ask(self._orders)}
        catalog, order = standing["catalog"], standing["order"]
        closed = [
            f"the {name} server: {standing[name].writes}"
            for name in self._needed
            if standing[name].writes != OK
        ]
        return {
            # A catalog that cannot write still shows its books.
            "catalog": catalog.answers,
            # An order server that cannot write is of no use, even where sales go on without it.
            "order": order.writes if order.answers == OK else order.answers,
            "buying": "; ".join(closed) or OK,
        }


def _ask(peer: Peer) -> _Standing:
    try:
        peer.get("/readyz", deadline=_SECONDS)
    except ShopError as error:
        checks: Mapping[str, str] = getattr(error, "checks", None) or {}
        if not checks:
            return _Standing(str(error), str(error))
        # What else is amiss there, a dead letter say, is its operator's and stops no buyer.
        return _Standing(OK, checks.get(_STORAGE, OK))
    return _Standing(OK, OK)
