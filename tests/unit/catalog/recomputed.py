"""A report worked out anew from every row, the slow and plain way; what the figures must equal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from servers.catalog.report import Question
from shared.domain import Book, Sale
from shared.report import BestSeller, Period, Report, Totals


def recomputed(
    books: Sequence[Book], rows: Sequence[Sale], question: Question, now: datetime
) -> Report:
    """`rows` is the ledger in its order, refusals too."""
    sales = [sale for sale in rows if sale.state == "sold"]
    copies = Counter[int]()
    for sale in sales:
        copies[sale.book_id] += sale.quantity
    low = [book for book in books if book.quantity <= question.low]
    low.sort(key=lambda book: (-copies[book.id], book.quantity, book.id))
    return Report(
        totals=Totals(len(sales), sum(copies.values()), _takings(sales)),
        per_hour=tuple(_per_hour(sales, question, now)),
        per_day=tuple(_per_day(sales, question, now)),
        best_sellers=tuple(_best_sellers(books, sales, question.top)),
        low_stock=tuple(low[: question.top]),
        low_total=len(low),
    )


def _takings(sales: Iterable[Sale]) -> Decimal:
    return sum((sale.quantity * sale.price for sale in sales), Decimal(0))


def _period(at: str, sales: Sequence[Sale]) -> Period:
    return Period(at, len(sales), sum(sale.quantity for sale in sales), _takings(sales))


def _hour(at: datetime, zone: tzinfo) -> tuple[date, int, timedelta | None]:
    local = at.astimezone(zone)
    return local.date(), local.hour, local.utcoffset()


def _per_hour(sales: Sequence[Sale], question: Question, now: datetime) -> Iterable[Period]:
    minute = now.replace(second=0, microsecond=0)
    begins: dict[tuple[date, int, timedelta | None], datetime] = {}
    while len(begins) <= question.hours:
        begins[_hour(minute, question.zone)] = minute
        minute -= timedelta(minutes=1)
    for hour, begin in list(begins.items())[: question.hours][::-1]:
        at = begin.astimezone(question.zone).isoformat(timespec="seconds").replace("+00:00", "Z")
        yield _period(at, [sale for sale in sales if _hour(sale.at, question.zone) == hour])


def _per_day(sales: Sequence[Sale], question: Question, now: datetime) -> Iterable[Period]:
    today = now.astimezone(question.zone).date()
    for back in range(question.days - 1, -1, -1):
        day = today - timedelta(days=back)
        on_it = [sale for sale in sales if sale.at.astimezone(question.zone).date() == day]
        yield _period(str(day), on_it)


def _best_sellers(books: Sequence[Book], sales: Sequence[Sale], count: int) -> Iterable[BestSeller]:
    titles = {sale.book_id: sale.title for sale in sales}
    titles |= {book.id: book.title for book in books}
    found = []
    for book_id in {sale.book_id for sale in sales}:
        of_it = [sale for sale in sales if sale.book_id == book_id]
        copies = sum(sale.quantity for sale in of_it)
        found.append(BestSeller(book_id, titles[book_id], copies, _takings(of_it)))
    return sorted(found, key=lambda book: (-book.copies, -book.takings, book.book_id))[:count]
