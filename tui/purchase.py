"""One purchase, asked until its outcome is definite; knows nothing of screens.

What an answer means depends on what went before: "nothing was done" settles a purchase only if no
earlier request under its key may have been the one that did it.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec

from shared.domain import (
    BadRequest,
    Book,
    BookNotFound,
    InProgress,
    OrderNotFound,
    OutOfStock,
    PriceChanged,
    ShopError,
    TryLater,
    Unavailable,
)
from tui.pending import Keys, Unsettled
from tui.shop import Receipt, Shop

Stage = Literal[
    "bought",  # on disk; there is an order
    "pending",  # accepted; the shop settles it by itself
    "working",  # another request under this key is being worked on
    "unknown",  # no answer; it may have been bought
    "price changed",  # refused; `price` is the one it has now
    "sold out",  # refused
    "gone",  # refused: no such book
    "not done",  # surely nothing was bought, and asking again may help
    "wrong",  # refused for a reason that asking again does not mend
]
OPEN: Final[frozenset[Stage]] = frozenset({"pending", "working", "unknown"})
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class Outcome(msgspec.Struct, frozen=True):
    """What is known of a purchase now; `pause` is how long the shop asks to wait."""

    stage: Stage
    detail: str = ""
    price: Decimal | None = None
    pause: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it may still turn out one way or the other, so it must be asked again."""
        return self.stage in OPEN


def begin(
    book: Book,
    shop: str,
    now: datetime,
    new_key: Callable[[], str] | None = None,
    quantity: int = 1,
) -> Unsettled:
    """A purchase of copies at the price that was shown, under a key of its own."""
    key = new_key() if new_key else str(uuid.uuid4())
    return Unsettled(key, shop, book.id, book.title, book.price, now, quantity)


def pause_before(attempt: int, least: float) -> float:
    """Seconds to wait before asking again: growing, and never less than the shop asks for."""
    return max(least, PAUSES[min(attempt, len(PAUSES) - 1)])


def ask(shop: Shop, keys: Keys, unsettled: Unsettled, *, unsure: bool) -> Outcome:
    """Ask for the purchase under its key, which is on disk before the request leaves.

    `unsure` says that an earlier request under the key may have done it. The key is forgotten when
    the outcome is definite.
    """
    try:
        keys.keep(unsettled)
    except OSError as error:
        if not unsure:
            return Outcome("not done", f"The key cannot be written down: {error.strerror}.")
    try:
        receipt = shop.purchase(
            unsettled.key, unsettled.book_id, unsettled.price, unsettled.quantity
        )
    except ShopError as error:
        outcome = _read_error(error, unsure)
    else:
        outcome = _read_receipt(receipt)
    return _forget_if_definite(keys, unsettled, outcome)


def look(shop: Shop, keys: Keys, unsettled: Unsettled) -> Outcome:
    """Look whether an accepted purchase has been settled."""
    try:
        order = shop.order(unsettled.key)
    except OrderNotFound:
        outcome = Outcome("pending", "The order is not written yet.")
    except ShopError as error:
        outcome = Outcome("pending", str(error), pause=getattr(error, "retry_after", 0.0))
    else:
        match order.state:
            case "placed":
                outcome = Outcome("bought", price=order.price)
            case "pending":
                outcome = Outcome("pending")
            case "refused":
                outcome = _read_refusal(order.reason, order.price)
    return _forget_if_definite(keys, unsettled, outcome)


def find_out(shop: Shop, keys: Keys, unsettled: Unsettled) -> Outcome:
    """Only look what became of a purchase, where nothing may be bought.

    Where there is no order of it yet it may still be made by a late request, so it stays open.
    """
    outcome = look(shop, keys, unsettled)
    if outcome.stage != "pending":
        return outcome
    return Outcome("unknown", "There is no settled order of it, and read-only asks no more.")


def _read_receipt(receipt: Receipt) -> Outcome:
    if receipt.settled:
        return Outcome("bought", price=receipt.price)
    return Outcome("pending", price=receipt.price)


def _read_refusal(reason: str, price: Decimal) -> Outcome:
    if reason == "price changed":
        return Outcome("price changed", price=price)
    return Outcome("gone" if reason == "no such book" else "sold out")


def _read_error(error: ShopError, unsure: bool) -> Outcome:
    match error:
        case PriceChanged(price=price):
            return Outcome("price changed", price=price)
        case OutOfStock():
            return Outcome("sold out")
        case BookNotFound():
            return Outcome("gone")
        case InProgress(retry_after=seconds):
            return Outcome("working", pause=seconds)
        case Unavailable(retry_after=seconds) if not unsure:
            return Outcome("not done", str(error), pause=seconds)
        case TryLater(retry_after=seconds):
            return Outcome("unknown", str(error), pause=seconds)
        case BadRequest() if unsure:
            # A no to this request says nothing of the earlier one.
            return Outcome("unknown", str(error))
        case _:
            return Outcome("wrong", str(error))


def _forget_if_definite(keys: Keys, unsettled: Unsettled, outcome: Outcome) -> Outcome:
    """Let go of the key of a purchase whose outcome is definite; returns what to tell.

    A key that cannot be removed will be asked with again at the next start. That is harmless but
    after "not done", where it would buy; so then the purchase is not over yet.
    """
    if outcome.is_open:
        return outcome
    try:
        keys.forget(unsettled.key)
    except OSError as error:
        if outcome.stage == "not done":
            return Outcome("unknown", f"Its key cannot be removed: {error.strerror}.")
    return outcome
