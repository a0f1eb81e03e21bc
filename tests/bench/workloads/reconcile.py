"""`python -m servers reconcile`: a million sales need no more memory than a tenth of them."""

import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from servers.catalog.tables import BOOKS, SALES
from servers.order.ledger import ORDERS
from shared.domain import Book, Order, Sale
from tests.bench.figures import Figure
from tests.bench.room import Room
from tests.processes import ROOT, RunningShop, environment, wait_for

_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_BOOK: Final = Book(1, "RPCs for Noobs", "", ("distributed systems",), 1, Decimal(50))
_FEWER: Final = 10
# A million rows and their indexes take a while to open.
_START_SECONDS: Final = 240.0


class Ended(NamedTuple):
    """What one reconciliation took."""

    seconds: float
    memory: int
    said: str


def run(room: Room) -> list[Figure]:
    """All the sales, and a tenth of them."""
    count = room.sizes.sales
    few = _reconcile(room.folder / "few", count // _FEWER, room.sizes.seed)
    many = _reconcile(room.folder / "many", count, room.sizes.seed)
    return [
        Figure(
            what=f"reconcile {count:,} sales and as many orders",
            measured=many.seconds,
            unit="s",
            reference=few.seconds * _FEWER,
            reference_is=f"{_FEWER} x {count // _FEWER:,}",
            ratio_at_most=2,
        ),
        Figure(
            what="the most memory that it had",
            measured=many.memory / 1e6,
            unit="MB",
            reference=few.memory / 1e6,
            reference_is=f"with {count // _FEWER:,}",
            ratio_at_most=2,
        ),
    ]


def _reconcile(folder: Path, count: int, seed: int) -> Ended:
    folder.mkdir()
    shop = RunningShop(folder)
    _write(folder, count, seed)
    try:
        for name in ("catalog", "order"):
            shop.launch(name)
        for name in ("catalog", "order"):
            wait_for(partial(shop.answers, name), f"{name} answers", _START_SECONDS)
        ended = _measured(shop.config)
        shop.stop()
    finally:
        shop.end()
    assert f"{count:,} sales, {count:,} orders: they agree." in ended.said, ended.said
    return ended


def _measured(config: Path) -> Ended:
    begun = time.perf_counter()
    command = [sys.executable, "-m", "servers", "reconcile", "--config", str(config)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    assert process.stdout
    said = process.stdout.read().decode()
    process.stdout.close()
    # Its own most, in KiB; getrusage would tell that of the largest child so far.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    return Ended(time.perf_counter() - begun, usage.ru_maxrss * 1024, said)


def _write(folder: Path, count: int, seed: int) -> None:
    """The two ledgers as a clean stop would leave them, one sale a minute."""
    _put(folder / "catalog" / BOOKS.file, BOOKS.lines([_BOOK]))
    _put(folder / "catalog" / SALES.file, SALES.lines(_sales(count, seed)))
    _put(folder / "order" / ORDERS.file, ORDERS.lines(map(_order, _sales(count, seed))))


def _put(file: Path, lines: Iterable[bytes]) -> None:
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as out:
        out.writelines(lines)


def _sales(count: int, seed: int) -> Iterator[Sale]:
    draw = random.Random(seed)
    for number in range(count):
        key = str(uuid.UUID(int=draw.getrandbits(128), version=4))
        at = _BEGAN + timedelta(minutes=number)
        yield Sale(key, 1, _BOOK.title, 1, _BOOK.price, "sold", True, at)


def _order(sale: Sale) -> Order:
    return Order(sale.id, sale.book_id, sale.title, sale.quantity, sale.price, "placed", sale.at)
