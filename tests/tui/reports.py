"""Reports as a shop would give them, without a shop."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from shared.domain import Book
from shared.report import BestSeller, Period, Report, Totals
from tests.tui.fakes import NOON, classics

# Takings of a day and a month of a small shop, the newest last.
_HOURS = (0, 0, 0, 12, 25, 50, 37, 80, 64, 30, 12, 0, 0, 0, 0, 0, 0, 4, 0, 25, 62, 118, 75, 42)
_DAYS = (
    120, 90, 240, 310, 280, 60, 0, 150, 170, 220, 260, 410, 380, 90, 210, 160, 200, 330, 470, 520,
    110, 180, 240, 150, 390, 610, 480, 130, 314, 326,
)  # fmt: skip


def nothing_sold(low_stock: Sequence[Book] = ()) -> Report:
    """A new shop's."""
    return _report([0] * 24, [0] * 30, (), low_stock, Totals(0, 0, Decimal(0)))


def a_month_of_sales() -> Report:
    """A shop that does well enough."""
    books = classics()
    sold = (214, 96, 95, 40, 17, 3, 1)
    best = tuple(
        BestSeller(book.id, book.title, copies, copies * book.price)
        for copies, book in zip(sold, books[4:] + books[:4], strict=True)
    )
    takings = sum((book.takings for book in best), Decimal(0))
    low = [book for book in books if book.quantity <= 5]
    return _report(_HOURS, _DAYS, best, low, Totals(431, sum(sold), takings))


def _report(
    hours: Sequence[int],
    days: Sequence[int],
    best: tuple[BestSeller, ...],
    low: Sequence[Book],
    totals: Totals,
) -> Report:
    return Report(
        totals=totals,
        per_hour=tuple(_periods(hours, timedelta(hours=1), "%Y-%m-%dT%H:%M:%SZ")),
        per_day=tuple(_periods(days, timedelta(days=1), "%Y-%m-%d")),
        best_sellers=best,
        low_stock=tuple(low),
        low_total=len(low),
    )


def _periods(takings: Sequence[int], step: timedelta, form: str) -> Iterable[Period]:
    for back, amount in zip(range(len(takings) - 1, -1, -1), takings, strict=True):
        at = (NOON - back * step).strftime(form)
        yield Period(at, amount // 12, amount // 12, Decimal(amount))
