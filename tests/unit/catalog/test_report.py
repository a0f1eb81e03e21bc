"""The sales figures, kept as things happen, are those that every row worked out anew gives."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from servers.catalog.report import Figures, Question, amount
from servers.catalog.shelf import Shelf
from servers.catalog.tables import BOOKS, SALES, TABLES
from shared.csv_repository import Repository, Rows
from shared.domain import Book, Purchase, Refused, Sale, new_key
from tests.memory_disk import MemoryDisk
from tests.unit.catalog.recomputed import recomputed

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo")
# Just before clocks change, somewhere.
BEGINNINGS = (
    datetime(2026, 3, 28, 22, 0, tzinfo=UTC),
    datetime(2026, 10, 24, 23, 50, tzinfo=UTC),
    datetime(2026, 4, 4, 14, 0, tzinfo=UTC),
    datetime(2018, 11, 4, 1, 0, tzinfo=UTC),
)
IDS = st.integers(1, 6)
SEEDED = tuple(Book(n, f"Title {n}", "", ("s",), n * 2, Decimal(n) + 12) for n in range(1, 6))
ALL = Question(hours=30, days=9, top=100, low=100, zone=UTC)


def _open(disk: MemoryDisk) -> Repository:
    seeds = {"books": lambda: b"".join(BOOKS.lines(SEEDED))}
    return Repository.open(disk, TABLES, seeds=seeds)


class Kept(RuleBasedStateMachine):
    """A catalog's two tables and the figures that watch them; each rule is a thing that happens."""

    @initialize(
        at=st.sampled_from(BEGINNINGS), zone=st.sampled_from(ZONES), long_queue=st.integers(0, 9)
    )
    def open(self, at: datetime, zone: str, long_queue: int) -> None:
        """A new shop."""
        self.now = at
        self.zone = ZoneInfo(zone)
        self.long_queue = long_queue
        self.disk = MemoryDisk()
        self._reopen(self.disk)

    def _reopen(self, disk: MemoryDisk) -> None:
        disk.kill_process()
        self.disk = disk
        self.repository = _open(disk)
        self.shelf = Shelf(self.repository, lambda: self.now)
        self.figures = Figures(
            self.repository.rows(BOOKS), self.repository.rows(SALES), self.long_queue
        )

    @rule(book_id=IDS, copies=st.integers(1, 3))
    def sell_or_refuse(self, book_id: int, copies: int) -> None:
        """Whichever it comes to: there are few copies, and one book is not there."""
        with suppress(Refused):
            self.shelf.sell(new_key(), book_id, Purchase(copies))

    @rule(minutes=st.sampled_from([1, 14, 47, 60, 600, 1440]))
    def time_passes(self, minutes: int) -> None:
        """Over hours and days, and over the changes of clocks."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def clock_is_put_back(self) -> None:
        """By an hour; what is sold next is older than what was sold last."""
        self.now -= timedelta(hours=1)

    @rule()
    def deliver(self) -> None:
        """Every sale is written again, which sells nothing."""
        self.shelf.mark_delivered([sale.id for sale in self.shelf.undelivered(99)])

    @rule(book_id=IDS, quantity=st.sampled_from([0, 3, 5, 7, 100, 101, 5000]))
    def restock(self, book_id: int, quantity: int) -> None:
        """Few copies become many, or none; a removed book comes back."""
        with self.repository.transaction() as change:
            book = change.get(BOOKS, book_id) or Book(book_id, "Again")
            change.put(BOOKS, replace(book, quantity=quantity))

    @rule(book_id=IDS, title=st.sampled_from("abc"), price=st.sampled_from(["0", "0.01", "19.99"]))
    def edit(self, book_id: int, title: str, price: str) -> None:
        """Sales keep the title and price that they were made at."""
        with self.repository.transaction() as change:
            book = change.get(BOOKS, book_id)
            if book is not None:
                change.put(BOOKS, replace(book, title=title, price=Decimal(price)))

    @rule(book_id=IDS)
    def remove(self, book_id: int) -> None:
        """Its sales stay."""
        with self.repository.transaction() as change:
            change.delete(BOOKS, book_id)

    @rule()
    def restart(self) -> None:
        """A clean stop."""
        self.repository.close()
        self._reopen(self.disk)

    @rule(seed=st.integers(0, 2**32 - 1))
    def power_failure(self, seed: int) -> None:
        """The journal is all there is of the last sales."""
        random = Random(seed)
        self._reopen(random.choice(list(self.disk.snapshot().variants(random, 2))))

    @rule(
        hours=st.sampled_from([0, 1, 24]),
        days=st.sampled_from([0, 1, 5]),
        top=st.integers(0, 7),
        low=st.sampled_from([0, 1, 5, 100]),
    )
    def ask(self, hours: int, days: int, top: int, low: int) -> None:
        """For anything; between the changes, so that many are taken in at once as well."""
        self._check(Question(hours, days, top, low, self.zone))

    def _check(self, question: Question) -> None:
        rows = self.repository.rows(BOOKS).all(), self.repository.rows(SALES).all()
        assert self.figures.report(question, self.now) == recomputed(*rows, question, self.now)

    def teardown(self) -> None:
        """At the end, all of it."""
        if hasattr(self, "figures"):
            self._check(ALL._replace(zone=self.zone))

    @invariant()
    def the_queue_is_kept_short(self) -> None:
        """Also when nobody asks."""
        if hasattr(self, "figures"):
            assert self.figures.queued <= self.long_queue


Kept.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestKept = Kept.TestCase


@pytest.fixture
def repository() -> Iterator[Repository]:
    """A catalog's, with a few books, in memory."""
    made = _open(MemoryDisk())
    yield made
    made.close()


NOW = datetime(2026, 11, 22, 8, 54, 36, tzinfo=UTC)


def _sale(book_id: int, copies: int, price: str, at: datetime = NOW) -> Sale:
    return Sale(new_key(), book_id, f"T{book_id}", copies, Decimal(price), "sold", True, at)


def _write(repository: Repository, *sales: Sale) -> None:
    with repository.transaction() as change:
        for sale in sales:
            change.put(SALES, sale)


def _figures(repository: Repository) -> Figures:
    return Figures(repository.rows(BOOKS), repository.rows(SALES))


@pytest.mark.parametrize("loaded", [True, False])
def test_takings_are_exact_however_large(repository: Repository, loaded: bool) -> None:
    """Which no float would be; those that are loaded and those that come."""
    sales = [_sale(1, 1_000_000_000, "999999999.99"), _sale(2, 3, "0.01"), _sale(2, 1, "0.07")]
    figures = _figures(repository)
    _write(repository, *sales)
    report = (_figures(repository) if loaded else figures).report(ALL, NOW)
    assert report.totals.takings == Decimal("999999999990000000.10")
    assert report.best_sellers[1].takings == Decimal("0.10")


@pytest.mark.parametrize(
    ("cents", "written"), [(0, "0"), (1, "0.01"), (1250, "12.50"), (3000, "30"), (-150, "-1.50")]
)
def test_an_amount_is_whole_or_has_two_decimals(cents: int, written: str) -> None:
    """As a price is written."""
    assert str(amount(cents)) == written


def test_a_sale_that_is_taken_out_of_the_ledger_is_taken_out_of_the_figures(
    repository: Repository,
) -> None:
    """The shop never does it; whoever does it is not told nonsense."""
    figures = _figures(repository)
    first, second = _sale(1, 2, "10"), _sale(2, 5, "10")
    _write(repository, first, second)
    _write(repository, replace(second, quantity=1))
    assert [book.copies for book in figures.report(ALL, NOW).best_sellers] == [2, 1]
    with repository.transaction() as change:
        change.delete(SALES, first.id)
    rows = repository.rows(BOOKS).all(), repository.rows(SALES).all()
    assert figures.report(ALL, NOW) == recomputed(*rows, ALL, NOW)


def test_moments_at_the_ends_of_time_are_counted(repository: Repository) -> None:
    """A person may have written them by hand, in any zone."""
    late = datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=timezone(timedelta(hours=-5)))
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=7)))
    figures = _figures(repository)
    watcher = repository.rows(SALES)
    for at in (late, early, NOW, late.replace(tzinfo=UTC), early.replace(tzinfo=UTC)):
        watcher.publish(str(at), _sale(1, 1, "1", at))
    for found in (figures, _figures(repository)):
        report = found.report(ALL, NOW)
        assert (report.totals.sales, report.per_day[-1].sales) == (5, 1)


def test_no_report_contradicts_itself_while_others_buy(repository: Repository) -> None:
    """Each is of one moment: the sales of the hour, the day, all books and all time are the same;
    and no later one has less."""
    figures = Figures(repository.rows(BOOKS), repository.rows(SALES), long_queue=20)
    done = threading.Event()

    def buy() -> None:
        random = Random(1)
        while not done.is_set():
            _write(repository, _sale(random.randint(1, 40), 1, "0.10"))

    buyers = [threading.Thread(target=buy) for _ in range(3)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for buyer in buyers:
            buyer.start()
        seen = 0
        while seen < 2_000:
            seen = _check_one_moment(figures, seen)
    finally:
        done.set()
        sys.setswitchinterval(interval)
        for buyer in buyers:
            buyer.join()
    assert figures.report(ALL, NOW).totals.sales == len(repository.rows(SALES))


def _check_one_moment(figures: Figures, before: int) -> int:
    report = figures.report(ALL, NOW)
    totals = report.totals
    assert totals.sales == totals.copies >= before
    assert totals.takings == totals.copies * Decimal("0.10")
    assert sum(hour.copies for hour in report.per_hour) == totals.copies
    assert sum(day.takings for day in report.per_day) == totals.takings
    assert sum(book.copies for book in report.best_sellers) == totals.copies
    return totals.sales


class SlowShelf(Rows[Book]):
    """Books whose titles are long in coming, in the midst of a report."""

    def __init__(self) -> None:
        super().__init__({1: SEEDED[0]})
        self.asked, self.answer = threading.Event(), threading.Event()

    def get(self, key: object) -> Book | None:
        """See Rows."""
        self.asked.set()
        assert self.answer.wait(30)
        return super().get(key)


def test_no_purchase_waits_for_a_report(repository: Repository) -> None:
    """However long it takes, sales are shown meanwhile, and are in the next one."""
    shelf = SlowShelf()
    figures = Figures(shelf, repository.rows(SALES), long_queue=0)
    _write(repository, _sale(1, 1, "1"))
    with ThreadPoolExecutor(1) as reader:
        slow = reader.submit(figures.report, ALL, NOW)
        assert shelf.asked.wait(30)
        _write(repository, _sale(1, 1, "1"), _sale(1, 1, "1"))
        assert len(repository.rows(SALES)) == 3
        shelf.answer.set()
        assert slow.result().totals.sales == 1
    assert figures.report(ALL, NOW).totals.sales == 3
