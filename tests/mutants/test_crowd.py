"""Two at one moment, on the real shelf: what one process cannot show by taking turns."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from servers.catalog.shelf import Shelf
from servers.catalog.stockroom import Asked, Stockroom
from servers.catalog.tables import BOOKS, TABLES
from shared.csv_repository import Repository
from shared.domain import Book, EditedMeanwhile, OutOfStock, Purchase
from shared.edits import Edit
from tests.memory_disk import MemoryDisk

KEYS = ("6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11", "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b12")
WAIT = 10.0


@contextmanager
def held(disk: MemoryDisk) -> Iterator[threading.Event]:
    """The next fsync waits until this block has ended; the event says that it has begun."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(op: str, _name: str) -> None:
        if op == "sync":
            begun.set()
            assert go_on.wait(WAIT)

    disk.watcher = hold
    try:
        yield begun
    finally:
        disk.watcher = None
        go_on.set()


def one_copy(disk: MemoryDisk) -> Repository:
    """A catalog's files with one copy of one book."""
    stock = [Book(1, "Xen", "", ("x",), 1, Decimal(10))]
    return Repository.open(disk, TABLES, seeds={"books": lambda: b"".join(BOOKS.lines(stock))})


def test_the_last_copy_is_sold_once_though_its_sale_is_not_on_disk_yet() -> None:
    """The second buyer decides while the first one's sale is being written."""
    disk = MemoryDisk()
    repository = one_copy(disk)
    decided = threading.Event()

    def clock() -> datetime:
        # Asked for by each decision, once it is made.
        decided.set()
        return datetime(2026, 11, 22, tzinfo=UTC)

    shelf = Shelf(repository, clock)
    with ThreadPoolExecutor(2) as pool:
        with held(disk) as begun:
            first = pool.submit(shelf.sell, KEYS[0], 1, Purchase())
            assert begun.wait(WAIT)
            decided.clear()
            second = pool.submit(shelf.sell, KEYS[1], 1, Purchase())
            assert decided.wait(WAIT)
        assert first.result(WAIT).state == "sold"
        with pytest.raises(OutOfStock):
            second.result(WAIT)
    repository.close()


def test_of_two_admins_who_saw_the_same_book_one_has_to_look_again() -> None:
    """The second one asks while the first one's change is being written."""
    disk = MemoryDisk()
    stock = Book(1, "Xen", "", ("x",), 1, Decimal(10))
    books = {"books": lambda: b"".join(BOOKS.lines([stock]))}
    repository = Repository.open(disk, TABLES, seeds=books)
    looked = threading.Event()

    def is_as_seen(book: Book) -> bool:
        looked.set()
        return book == stock

    stockroom = Stockroom(repository, lambda: datetime(2026, 11, 22, tzinfo=UTC))

    def edit(key: str, title: str) -> Book:
        return stockroom.edit(1, Edit(title=title), Asked("anna", key, is_as_seen))

    with ThreadPoolExecutor(2) as pool:
        with held(disk) as begun:
            first = pool.submit(edit, KEYS[0], "Xen II")
            assert begun.wait(WAIT)
            looked.clear()
            second = pool.submit(edit, KEYS[1], "Xen III")
            assert looked.wait(WAIT)
        assert first.result(WAIT).title == "Xen II"
        with pytest.raises(EditedMeanwhile):
            second.result(WAIT)
    repository.close()


def test_a_restock_keeps_the_sale_that_is_being_written() -> None:
    """Both change one stock; the second begins before the first is on disk."""
    disk = MemoryDisk()
    repository = one_copy(disk)
    decided = threading.Event()

    def clock() -> datetime:
        decided.set()
        return datetime(2026, 11, 22, tzinfo=UTC)

    shelf, stockroom = Shelf(repository, clock), Stockroom(repository, clock)
    with ThreadPoolExecutor(2) as pool:
        with held(disk) as begun:
            first = pool.submit(shelf.sell, KEYS[0], 1, Purchase())
            assert begun.wait(WAIT)
            decided.clear()
            more = Edit(quantity_change=5)
            second = pool.submit(stockroom.edit, 1, more, Asked("anna", KEYS[1]))
            assert decided.wait(WAIT)
        assert first.result(WAIT).state == "sold"
        assert second.result(WAIT).quantity == 5
    assert shelf.info(1).quantity == 5
    repository.close()
