"""A small shop of two tables for the tests, and how to open it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from hypothesis import HealthCheck, settings

from shared.csv_repository import Disk, Repository, Table
from tests.memory_disk import MemoryDisk

# Bounded and the same every time.
LIGHT: Final = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
START: Final = datetime(2026, 11, 22, 8, 54, 36, 767_000, UTC)


class Item(msgspec.Struct, frozen=True):
    """Something in stock."""

    id: int
    name: str
    tags: tuple[str, ...] = ()
    stock: int = 0
    price: Decimal = Decimal(0)


class Receipt(msgspec.Struct, frozen=True):
    """Something sold."""

    id: str
    item: int
    note: str | None = None
    paid: bool = False
    at: datetime = START


ITEMS: Final = Table("items", Item, older={"label": "name"})
RECEIPTS: Final = Table("receipts", Receipt)
TABLES: Final[dict[str, Table[Any]]] = {"items": ITEMS, "receipts": RECEIPTS}
# All rows of both tables, as a test compares them: by (table, key).
State = dict[tuple[str, Any], Item | Receipt]


def table_of(row: Item | Receipt) -> Table[Any]:
    """The table that a row belongs in."""
    return ITEMS if isinstance(row, Item) else RECEIPTS


def now_thread(work: Callable[[], None]) -> None:
    """Run a checkpoint at once and in this thread, so that every run is alike."""
    work()


def open_shop(disk: Disk, **options: Any) -> Repository:
    """The shop of a folder, with nothing left to chance."""
    fixed = {"clock": lambda: START, "background": now_thread, "pause": lambda: None}
    return Repository.open(disk, [ITEMS, RECEIPTS], **(fixed | options))


def put(repository: Repository, *rows: Item | Receipt) -> None:
    """One transaction that puts these rows."""
    with repository.transaction() as change:
        for row in rows:
            change.put(table_of(row), row)


def state(repository: Repository) -> State:
    """All that readers see."""
    tables: tuple[Table[Any], ...] = (ITEMS, RECEIPTS)
    return {
        (table.name, table.key(row)): row
        for table in tables
        for row in repository.rows(table).all()
    }


def closed(*rows: Item | Receipt) -> MemoryDisk:
    """A folder with these rows, stopped cleanly."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, *rows)
    shop.close()
    return disk
