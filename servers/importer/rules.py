"""The price and the stock of a book: the catalogue has none, so they are drawn by rule.

Each book has a generator of its own, made of the seed and its Text#: the same command gives the
same file on every machine, and no book's price depends on which others were left out.
"""

import hashlib
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from shared.domain import MAX_QUANTITY, money

_ENDS: Final = (Decimal("0.00"), Decimal("0.50"), Decimal("0.99"))


class Prices(NamedTuple):
    """Prices from `low` to `high` that end as prices do, in .00, .50 or .99; or one alone."""

    low: Decimal
    high: Decimal

    @classmethod
    def parse(cls, text: str) -> "Prices":
        """From `4..30` or `12.50`; raises ValueError."""
        low, high = _ends(text)
        try:
            found = cls(money(Decimal(low)), money(Decimal(high)))
        except InvalidOperation:
            raise ValueError(f"{text!r} is neither a price (12.50) nor a range (4..30)") from None
        if found.low > found.high:
            raise ValueError(f"{text!r} is the wrong way round")
        if found.low != found.high and _step_from(found.low) > _step_to(found.high):
            raise ValueError(f"no price from {low} to {high} ends in .00, .50 or .99")
        return found

    def pick(self, draw: int) -> Decimal:
        """One of them; a draw is any integer from 0 on."""
        if self.low == self.high:
            return self.low
        first, last = _step_from(self.low), _step_to(self.high)
        return money(_step(first + draw % (last - first + 1)))


class Stocks(NamedTuple):
    """Numbers of copies from `low` to `high`; where low is 0, a few books are sold out."""

    low: int
    high: int

    @classmethod
    def parse(cls, text: str) -> "Stocks":
        """From `0..60` or `12`; raises ValueError."""
        ends = _ends(text)
        if not all(end.isascii() and end.isdecimal() for end in ends):
            raise ValueError(f"{text!r} is neither a number of copies (12) nor a range (0..60)")
        low, high = map(int, ends)
        if low > high:
            raise ValueError(f"{text!r} is the wrong way round")
        if high > MAX_QUANTITY:
            raise ValueError(f"a stock is at most {MAX_QUANTITY}")
        return cls(low, high)

    def pick(self, draw: int) -> int:
        """One of them; a draw is any integer from 0 on."""
        return self.low + draw % (self.high - self.low + 1)


class Rules(NamedTuple):
    """How prices and stocks are set."""

    prices: Prices
    stocks: Stocks
    seed: int

    def draw(self, number: int) -> tuple[Decimal, int]:
        """The price and the stock of the work with this Text#."""
        digest = hashlib.blake2b(f"{self.seed}/{number}".encode(), digest_size=16).digest()
        price = int.from_bytes(digest[:8], "big")
        stock = int.from_bytes(digest[8:], "big")
        return self.prices.pick(price), self.stocks.pick(stock)


def _ends(text: str) -> tuple[str, str]:
    low, dots, high = (part.strip() for part in text.partition(".."))
    return low, high if dots else low


def _step(number: int) -> Decimal:
    """The prices that end so, counted from 0: 0, 0.50, 0.99, 1, 1.50…"""
    whole, end = divmod(number, len(_ENDS))
    return whole + _ENDS[end]


def _step_from(low: Decimal) -> int:
    number = int(low) * len(_ENDS)
    while _step(number) < low:
        number += 1
    return number


def _step_to(high: Decimal) -> int:
    number = int(high) * len(_ENDS) + len(_ENDS) - 1
    while _step(number) > high:
        number -= 1
    return number
