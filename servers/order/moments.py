"""Orders in the order of their moments, whatever order they arrived in.

A sale of the catalog-first route may reach the order server late, after one of the other route
that was made after it; "newest first" means the sale, not the delivery.
"""

from collections.abc import Iterable
from typing import Final

from shared.domain import Order

# The years 1 to 9999 are 48 bits of milliseconds with their sign; with 15 for those of one
# millisecond they fit into the 64 that an index holds. More than fit run on into the next one.
_OF_ONE_MILLISECOND: Final = 15


class Moments:
    """Watches the orders; each keeps the number that it got from its first moment."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        # Where to look on in a millisecond that has many.
        self._free: dict[int, int] = {}

    def load(self, rows: Iterable[Order]) -> None:
        """See Watcher."""
        for row in rows:
            self.change(None, row)

    def change(self, old: Order | None, new: Order | None) -> None:
        """See Watcher; an order that went keeps its number."""
        if new is None or new.id in self._numbers:
            return
        number = self._number_for(round(new.at.timestamp() * 1000) << _OF_ONE_MILLISECOND)
        # The id first: whoever finds a number must find its id.
        self._ids[number] = new.id
        self._numbers[new.id] = number

    def _number_for(self, first: int) -> int:
        if first not in self._ids:
            return first
        number = self._free.get(first, first + 1)
        while number in self._ids:
            number += 1
        self._free[first] = number + 1
        return number

    def number(self, order_id: str) -> int | None:
        """The number of an order, or None if there never was one of this id."""
        return self._numbers.get(order_id)

    def id(self, number: int) -> str:
        """The id of the order with this number."""
        return self._ids[number]
