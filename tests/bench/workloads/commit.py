"""Commits: one beside the least that any durable write costs, and many threads beside one."""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from servers.catalog.tables import BOOKS, SALES
from shared.csv_repository import Repository
from shared.domain import Sale, new_key, now
from tests.bench import clock
from tests.bench.figures import Figure
from tests.bench.room import Room, open_shop

_BOOKS = 7


def run(room: Room) -> list[Figure]:
    """The rows of a purchase, one book and one sale, are one commit."""
    sizes = room.sizes
    folder = room.shop("catalog", _BOOKS)
    draw = random.Random(sizes.seed)
    with closing(open_shop(folder)) as repository:
        record = _record_size(folder, repository)
        with (folder / "bare").open("ab", buffering=0) as bare:

            def append() -> None:
                os.write(bare.fileno(), b"x" * record)
                os.fdatasync(bare.fileno())

            ours, reference = clock.by_turns(
                sizes.commits, lambda: commit(repository, draw.randint(1, _BOOKS)), append
            )
        return [_one(ours, reference, record), _many(room, repository)]


def commit(repository: Repository, book_id: int) -> None:
    """What a purchase writes; its key was made before, as a buyer's is."""
    key = new_key()
    with repository.transaction() as change:
        book = change.get(BOOKS, book_id)
        assert book is not None
        change.put(BOOKS, replace(book, quantity=book.quantity - 1))
        change.put(SALES, Sale(key, book.id, book.title, 1, Decimal(1), "sold", False, now()))


def _record_size(folder: Path, repository: Repository) -> int:
    """How many bytes a commit adds to the journal, on average."""
    before = _journal(folder)
    for book_id in range(1, _BOOKS + 1):
        commit(repository, book_id)
    return (_journal(folder) - before) // _BOOKS


def _journal(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("journal-*.csv"))


def _one(ours: list[float], reference: list[float], record: int) -> Figure:
    return Figure(
        what="one commit, median",
        measured=statistics.median(ours) * 1e3,
        unit="ms",
        reference=statistics.median(reference) * 1e3,
        reference_is=f"bare append + fdatasync of {record} bytes",
        ratio_at_most=2,
    )


def _many(room: Room, repository: Repository) -> Figure:
    """Many threads and one by turns; the median of the turns' ratios is what counts."""
    sizes = room.sizes
    rates = []
    for _ in range(sizes.rounds):
        one = rate(1, sizes.seconds, lambda: commit(repository, 1))
        rates.append((rate(sizes.threads, sizes.seconds, lambda: commit(repository, 1)), one))
    many, one = sorted(rates, key=lambda pair: pair[0] / pair[1])[len(rates) // 2]
    return Figure(
        what=f"commits of {sizes.threads} threads",
        measured=many,
        unit="a second",
        reference=one,
        reference_is="one thread",
        ratio_at_least=3,
    )


def rate(threads: int, seconds: float, work: Callable[[], object]) -> float:
    """How often a second so many threads get it done."""
    done = [0] * threads
    end = time.perf_counter() + seconds

    def go(number: int) -> None:
        while time.perf_counter() < end:
            work()
            done[number] += 1

    workers = [threading.Thread(target=go, args=(number,)) for number in range(threads)]
    begun = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return max(1, sum(done)) / (time.perf_counter() - begun)
