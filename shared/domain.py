"""Books, sales and orders, and what can go wrong with them; no I/O.

What went wrong is an exception named for what happened in the shop::

    ShopError
    ├── Refused               a definite no; it was written down, asking again changes nothing
    │   ├── BookNotFound
    │   ├── OutOfStock
    │   └── PriceChanged
    ├── NotFound              nothing by that name
    │   ├── SubjectNotFound
    │   └── OrderNotFound
    ├── BadRequest            the request itself is wrong; mend it before asking again
    │   ├── BadKey
    │   └── BadField
    ├── KeyReused             the key belongs to another request; use a new one
    │   └── ChangeKeyReused
    ├── NoIdLeft              no other book can be added
    ├── EditedMeanwhile       the book is not as the admin saw it; look again
    ├── NotAdmin              for the admin alone
    │   ├── TokenMissing
    │   ├── TokenWrong
    │   └── AdminOff
    ├── InProgress            the key is being worked on now; ask again in a moment
    └── TryLater
        ├── Unavailable       nothing was done; safe to ask again
        └── OutcomeUnknown    it may have been done; ask again with the same key only
"""

import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec

MAX_QUANTITY: Final = 1_000_000_000
MAX_PRICE: Final = Decimal(1_000_000_000)

Quantity = Annotated[int, msgspec.Meta(ge=0, le=MAX_QUANTITY)]
Difference = Annotated[int, msgspec.Meta(ge=-MAX_QUANTITY, le=MAX_QUANTITY)]
Copies = Annotated[int, msgspec.Meta(ge=1, le=MAX_QUANTITY)]
BookId = Annotated[int, msgspec.Meta(ge=0, lt=10**18)]

_BOOK_ID: Final = re.compile(r"(?:0|[1-9][0-9]{0,17})", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class ShopError(Exception):
    """Something that can go wrong in the shop; its text is for the person who asked."""


class Refused(ShopError):
    """The purchase was refused: it took nothing and never will."""


class NotFound(ShopError):
    """There is nothing by that name."""


class BadRequest(ShopError):
    """The request itself is wrong."""


class TryLater(ShopError):
    """A server could not answer; `retry_after` is in seconds."""

    retry_after: float = 1.0


class BookNotFound(Refused, NotFound):
    """No book has this id."""


class OutOfStock(Refused):
    """Fewer copies are left than were asked for."""


class PriceChanged(Refused):
    """The price is no longer the expected one; `price` is the one it has now."""

    def __init__(self, detail: str, price: Decimal) -> None:
        super().__init__(detail)
        self.price = price


class SubjectNotFound(NotFound):
    """No book is on this subject."""


class OrderNotFound(NotFound):
    """No order has this id."""


class BadKey(BadRequest):
    """The Idempotency-Key is not a UUID."""


class BadField(BadRequest):
    """A field is wrong; `path` is its JSON path, as in `$.quantity`."""

    def __init__(self, detail: str, path: str = "$") -> None:
        super().__init__(detail)
        self.path = path


class KeyReused(ShopError):
    """This key was used for another request."""


class ChangeKeyReused(KeyReused):
    """This key was used for another change of a book."""


class NoIdLeft(ShopError):
    """The highest id there can be was given, so no other book can be added."""


class EditedMeanwhile(ShopError):
    """The book is not as it was when the admin looked at it."""


class NotAdmin(ShopError):
    """Only the shop's admin may do this."""


class TokenMissing(NotAdmin):
    """The request has no token."""


class TokenWrong(NotAdmin):
    """The request has a token that is not one of the shop's."""


class AdminOff(NotAdmin):
    """The shop has no token, so nobody is its admin."""


class InProgress(TryLater):
    """This key is being worked on at this moment."""


class Unavailable(TryLater):
    """Nothing was done: a server is down, full or read-only.

    `checks` says what is wrong with each part, where that is known.
    """

    checks: dict[str, str] | None = None


class OutcomeUnknown(TryLater):
    """It may have been done or not; asking again with `key` finds out."""

    key: str | None = None


def money(value: Decimal) -> Decimal:
    """The one way an amount is written: whole (30) or with two decimals (12.50).

    Raises ValueError unless 0 <= value <= MAX_PRICE with at most two decimals.
    """
    if not value.is_finite() or (value.is_signed() and value) or value > MAX_PRICE:
        raise ValueError("a price is a number from 0 to 1000000000")
    whole = value.to_integral_value()
    if value == whole:
        return Decimal(int(whole))
    cents = value.quantize(Decimal("0.01"))
    if cents != value:
        raise ValueError("a price has at most two decimals")
    return cents


def fold(text: str) -> str:
    """How two spellings of a subject are compared: case, outer and repeated spaces don't count."""
    return " ".join(text.casefold().split())


def parse_book_id(text: str) -> int:
    """A book's id from the wire: 1 to 18 decimal digits and nothing else.

    Raises BookNotFound for anything else, since no book can have such an id.
    """
    if not _BOOK_ID.fullmatch(text):
        raise BookNotFound("A book's id is a whole number of 1 to 18 digits.")
    return int(text)


def parse_key(text: str) -> str:
    """A key or an order's id in its one spelling; raises BadKey if it is not a UUID.

    Quotes around it are allowed, as draft-ietf-httpapi-idempotency-key-header writes them.
    """
    bare = text.strip().removeprefix('"').removesuffix('"')
    if not _UUID.fullmatch(bare):
        raise BadKey("An Idempotency-Key is a UUID such as 6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11.")
    return str(uuid.UUID(bare))


def parse_order_id(text: str) -> str:
    """An order's id from the wire in its one spelling; raises OrderNotFound if it is not a UUID."""
    try:
        return parse_key(text)
    except BadKey:
        raise OrderNotFound("An order's id is a UUID.") from None


def new_key() -> str:
    """A key for a buyer who sent none."""
    return str(uuid.uuid4())


def now() -> datetime:
    """The time, in the milliseconds that the files keep, so that what is read back is the same."""
    return to_millisecond(datetime.now(UTC))


def to_millisecond(at: datetime) -> datetime:
    """A moment as the files keep it; raises BadField for one that UTC has no year for."""
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise BadField("a moment is between the years 1 and 9999", "$.at") from None
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class Book(msgspec.Struct, frozen=True, gc=False):
    """One title and the copies in stock. The price is in the shop's currency.

    Raises ValueError for a price that `money` refuses.
    """

    id: BookId
    title: str
    author: str = ""
    subjects: tuple[str, ...] = ()
    quantity: Quantity = 0
    price: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        # 12.5 and 30.00 are what a person types; one spelling is kept, so that reads compare.
        spelled = money(self.price)
        if str(spelled) != str(self.price):
            msgspec.structs.force_setattr(self, "price", spelled)

    def refuse(self, copies: int, expected_price: Decimal | None) -> "Refused | None":
        """Why this many copies cannot be sold at that price now, or None if they can."""
        if expected_price is not None and expected_price != self.price:
            return PriceChanged(f"The price is now {self.price}.", self.price)
        if copies > self.quantity:
            return OutOfStock(f"{self.quantity} left of {self.title!r}.")
        return None


class Purchase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer may say about a purchase, in the body of the request."""

    quantity: Copies = 1
    expected_price: Decimal | None = None


class Update(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of one book: its stock by a difference, its price by a new value.

    A negative `quantity_change` under a key is a sale and is kept as one.
    """

    quantity_change: Difference = 0
    price: Decimal | None = None
    expected_price: Decimal | None = None


Reason = Literal["", "no such book", "out of stock", "price changed"]


class Sale(msgspec.Struct, frozen=True, gc=False):
    """Copies taken from stock, or the refusal to; the catalog's ledger.

    `price` is the price of one copy at that moment, `expected_price` what the buyer said.
    """

    id: str
    book_id: BookId
    title: str
    quantity: Copies
    price: Decimal
    state: Literal["sold", "refused"]
    delivered: bool
    at: datetime
    reason: Reason = ""
    expected_price: Decimal | None = None

    def sold(self) -> "Sold":
        """What the order server is told of it."""
        return Sold(
            self.book_id, self.title, self.quantity, self.price, self.at, self.expected_price
        )


class Sold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the catalog tells the order server of a sale; the fields are the Sale's."""

    book_id: BookId
    title: str
    quantity: Copies
    price: Decimal
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    expected_price: Decimal | None = None


class Order(msgspec.Struct, frozen=True, gc=False):
    """A purchase as the buyer sees it; the order server's ledger. Same id as its sale."""

    id: str
    book_id: BookId
    title: str
    quantity: Copies
    price: Decimal
    state: Literal["pending", "placed", "refused"]
    at: datetime
    reason: Reason = ""
    expected_price: Decimal | None = None


def timestamp(at: datetime) -> str:
    """A moment as the wire and the files write it: UTC, in milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def order_document(row: Sale | Order) -> dict[str, Any]:
    """An order as the wire shows it; a sale that is on its way to the order server is one too."""
    document: dict[str, Any] = {
        "id": row.id,
        "book_id": row.book_id,
        "title": row.title,
        "quantity": row.quantity,
        "price": row.price,
        "state": "placed" if row.state == "sold" else row.state,
        "at": timestamp(row.at),
    }
    return document | ({"reason": row.reason} if row.reason else {})


def sale_document(sale: Sale) -> dict[str, Any]:
    """A row of the catalog's ledger as the wire shows it."""
    return msgspec.structs.asdict(sale) | {"at": timestamp(sale.at)}


def bought(row: Sale | Order) -> dict[str, Any]:
    """The answer to a purchase: a sentence, and the order."""
    if row.state == "pending":
        name = row.title or f"Book {row.book_id}"
        status = f"{name} is being bought; ask again for what became of it."
    else:
        status = f"{row.title} was bought successfully."
    return {"status": status, "order": order_document(row)}


class SubjectCount(msgspec.Struct, frozen=True):
    """A subject in its first spelling, and how many books are on it."""

    subject: str
    books: int


REFUSALS: Final[dict[type[Refused], Reason]] = {
    BookNotFound: "no such book",
    OutOfStock: "out of stock",
    PriceChanged: "price changed",
}


def refusal(row: Sale | Order) -> Refused | None:
    """The refusal that a ledger's row stands for, as the exception it was; None if it is none."""
    match row.reason:
        case "no such book":
            return BookNotFound(f"No book has the id {row.book_id}.")
        case "out of stock":
            return OutOfStock(f"Not enough copies were left of {row.title!r}.")
        case "price changed":
            return PriceChanged(f"The price had become {row.price}.", row.price)
        case _:
            return None


def is_same_purchase(row: Sale | Order, book_id: int, wish: Purchase) -> bool:
    """Whether a row written under some key was for this very purchase."""
    meant = (book_id, wish.quantity, wish.expected_price)
    return (row.book_id, row.quantity, row.expected_price) == meant


def check_same_purchase(row: Sale | Order, book_id: int, wish: Purchase) -> None:
    """Raise KeyReused unless a row written under this key was for this very purchase."""
    if not is_same_purchase(row, book_id, wish):
        raise KeyReused(f"This key was used to buy {row.quantity} of book {row.book_id}.")
