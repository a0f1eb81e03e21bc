"""What the shop has sold, as the wire shows it: `GET /reports/sales`."""

from decimal import Decimal

import msgspec

from shared.domain import Book


class Totals(msgspec.Struct, frozen=True):
    """All that was ever sold; `takings` is in the shop's currency, as a price is."""

    sales: int
    copies: int
    takings: Decimal


class Period(msgspec.Struct, frozen=True):
    """What was sold in an hour or on a day, which may be nothing.

    `at` is when an hour begins, with its distance from UTC (`2026-11-22T09:00:00+01:00`), or a
    day's date (`2026-11-22`).
    """

    at: str
    sales: int
    copies: int
    takings: Decimal


class BestSeller(msgspec.Struct, frozen=True):
    """How a book has sold; one that was removed keeps the title that it was last sold under."""

    book_id: int
    title: str
    copies: int
    takings: Decimal


class Report(msgspec.Struct, frozen=True):
    """`per_hour` and `per_day` are without holes, oldest first; the last one is still running.

    `best_sellers` is by copies, then by takings. `low_stock` has the best-selling first, then
    those with the fewest copies; `low_total` counts all that are low, listed or not.
    """

    totals: Totals
    per_hour: tuple[Period, ...]
    per_day: tuple[Period, ...]
    best_sellers: tuple[BestSeller, ...]
    low_stock: tuple[Book, ...]
    low_total: int
