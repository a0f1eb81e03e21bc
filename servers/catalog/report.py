"""The figures of what was sold, kept up to date as the sales and books tables change.

The thread that shows a sale to readers has buyers waiting behind it, so it only puts the change in
a queue. Whoever asks for a report takes in what is queued first, under a lock that only those who
ask share: a report is of one moment, and no purchase ever waits for one. When nobody asks for long,
the queue is taken in by whoever makes it too long, unless a report is being made just then.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from servers.catalog.periods import Span, last_days, last_hours, quarter
from servers.catalog.rankings import BestSellers, LowStock, Sold
from shared.csv_repository import Rows
from shared.domain import Book, Sale
from shared.report import BestSeller, Period, Report, Totals

_LONG_QUEUE: Final = 1_000

_Row = TypeVar("_Row")


class Question(NamedTuple):
    """What a report is asked for: so many hours and days of a zone, so many books in each list,
    and how few copies are few."""

    hours: int
    days: int
    top: int
    low: int
    zone: tzinfo


class Tally(msgspec.Struct, gc=False):
    """Sales, the copies in them, and their takings in hundredths, in which they are exact."""

    sales: int = 0
    copies: int = 0
    cents: int = 0

    def add(self, sales: int, copies: int, cents: int) -> None:
        """So much more."""
        self.sales += sales
        self.copies += copies
        self.cents += cents


class Quarters:
    """What was sold in each quarter of an hour in which something was.

    It grows with the shop's age, not with its sales.
    """

    def __init__(self) -> None:
        self._tallies: dict[int, Tally] = {}
        # The quarter of the last sale. The next one is mostly in it too, which is quickly seen.
        self._tally = Tally()
        self._first, self._last = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)

    def at(self, moment: datetime) -> Tally:
        """The tally of the quarter that a moment is in, to add to."""
        if not self._first <= moment <= self._last:
            self._tally = self._tallies.setdefault(quarter(moment), Tally())
            self._first, self._last = _ends(moment)
        return self._tally

    def all(self) -> Iterable[Tally]:
        """Those that there are."""
        return self._tallies.values()

    def between(self, first: int, end: int) -> Tally:
        """All that was sold from the quarter `first` to before `end`."""
        sales = copies = cents = 0
        for number in range(first, end):
            if tally := self._tallies.get(number):
                sales += tally.sales
                copies += tally.copies
                cents += tally.cents
        return Tally(sales, copies, cents)


def _ends(moment: datetime) -> tuple[datetime, datetime]:
    """The first and last moment of a quarter, as far as that is cheaply known."""
    if moment.tzinfo is not UTC:
        return moment, moment
    first = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return first, moment.replace(minute=first.minute + 14, second=59, microsecond=999_999)


def amount(cents: int) -> Decimal:
    """An amount as the wire writes it: whole, or with two decimals."""
    return Decimal(cents).scaleb(-2) if cents % 100 else Decimal(cents // 100)


def _cents(price: Decimal) -> int:
    """Rounded only where someone has written a finer price into sales.csv by hand."""
    return round(price * 100)


class _Queued(Generic[_Row]):
    """A Watcher that takes in a table at once, and its changes later, by way of `put`."""

    def __init__(
        self,
        load: Callable[[Iterable[_Row]], None],
        put: Callable[[_Row | None, _Row | None], None],
    ) -> None:
        self._load = load
        self._put = put

    def load(self, rows: Iterable[_Row]) -> None:
        """See Watcher."""
        self._load(rows)

    def change(self, old: _Row | None, new: _Row | None) -> None:
        """See Watcher."""
        self._put(old, new)


class Figures:
    """Watches both tables from now on; a report at any time, from any thread."""

    def __init__(self, books: Rows[Book], sales: Rows[Sale], long_queue: int = _LONG_QUEUE) -> None:
        self._shelf = books
        self._long_queue = long_queue
        self._total = Tally()
        self._quarters = Quarters()
        self._sellers = BestSellers()
        self._low = LowStock()
        self._lock = threading.Lock()
        self._queue: deque[tuple[Callable[[Any, Any], None], Any, Any]] = deque()
        sales.watch(_Queued(self._load_sales, self._sale_changes))
        books.watch(_Queued(self._load_books, self._book_changes))

    def report(self, question: Question, now: datetime) -> Report:
        """What was sold until now."""
        hours = last_hours(now, question.zone, question.hours)
        days = last_days(now, question.zone, question.days)
        with self._lock:
            self._catch_up()
            sellers = self._sellers.first(question.top)
            return Report(
                totals=Totals(self._total.sales, self._total.copies, amount(self._total.cents)),
                per_hour=tuple(map(self._period, hours)),
                per_day=tuple(map(self._period, days)),
                best_sellers=tuple(self._seller(book_id, sold) for book_id, sold in sellers),
                low_stock=tuple(self._low.first(question.low, question.top)),
                low_total=self._low.count(question.low),
            )

    @property
    def queued(self) -> int:
        """How many changes have not been taken in yet."""
        return len(self._queue)

    def _period(self, span: Span) -> Period:
        sold = self._quarters.between(span.first, span.end)
        return Period(span.at, sold.sales, sold.copies, amount(sold.cents))

    def _seller(self, book_id: int, sold: Sold) -> BestSeller:
        book = self._shelf.get(book_id)
        title = book.title if book else sold.title
        return BestSeller(book_id, title, sold.copies, amount(sold.cents))

    def _load_sales(self, rows: Iterable[Sale]) -> None:
        """What `_count` does sale by sale, in the quick way that a million at the start need."""
        books: dict[int, Sold] = {}
        cents_of: dict[Decimal, int] = {}
        for sale in rows:
            if sale.state != "sold":
                continue
            price = cents_of.get(sale.price)
            if price is None:
                price = cents_of[sale.price] = _cents(sale.price)
            copies = sale.quantity
            cents = copies * price
            self._quarters.at(sale.at).add(1, copies, cents)
            book = books.get(sale.book_id)
            if book is None:
                books[sale.book_id] = Sold(copies, cents, sale.title)
            else:
                book.add(copies, cents, sale.title)
        for tally in self._quarters.all():
            self._total.add(tally.sales, tally.copies, tally.cents)
        self._sellers.load(books)

    def _load_books(self, rows: Iterable[Book]) -> None:
        self._low.load(rows, self._sellers)

    def _sale_changes(self, old: Sale | None, new: Sale | None) -> None:
        # Every sale is written once more when its order is delivered, which sells nothing.
        if old is None or new is None or _is_another(old, new):
            self._put(self._take_sale, old, new)

    def _book_changes(self, old: Book | None, new: Book | None) -> None:
        self._put(self._take_book, old, new)

    def _put(self, take: Callable[[Any, Any], None], old: object, new: object) -> None:
        self._queue.append((take, old, new))
        if len(self._queue) > self._long_queue and self._lock.acquire(blocking=False):
            try:
                self._catch_up()
            finally:
                self._lock.release()

    def _catch_up(self) -> None:
        for _ in range(len(self._queue)):
            take, old, new = self._queue.popleft()
            take(old, new)

    def _take_sale(self, old: Sale | None, new: Sale | None) -> None:
        for sale, sign in ((old, -1), (new, 1)):
            if sale is not None and sale.state == "sold":
                self._count(sale, sign)

    def _count(self, sale: Sale, sign: int) -> None:
        copies = sign * sale.quantity
        cents = copies * _cents(sale.price)
        self._total.add(sign, copies, cents)
        self._quarters.at(sale.at).add(sign, copies, cents)
        before = self._sellers.copies(sale.book_id)
        self._sellers.add(sale.book_id, copies, cents, sale.title)
        self._low.sold(sale.book_id, before, self._sellers.copies(sale.book_id))

    def _take_book(self, old: Book | None, new: Book | None) -> None:
        self._low.change(old, new, self._sellers)


def _is_another(old: Sale, new: Sale) -> bool:
    """Whether two rows of one sale differ in anything that is counted."""
    return (old.state, old.book_id, old.quantity, old.price, old.at, old.title) != (
        new.state, new.book_id, new.quantity, new.price, new.at, new.title
    )  # fmt: skip
