"""A checkpoint beside the traffic: how long buyers wait while all books are written."""

import gc
import random
import statistics
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final, NamedTuple

from servers.catalog.shelf import Shelf
from shared.csv_repository import Repository
from shared.domain import Purchase, new_key, now
from tests.bench.clock import quantile
from tests.bench.figures import Figure
from tests.bench.room import Room, open_shop

# As many as buy at once on a busy evening; each buys again as soon as it has its book.
BUYERS: Final = 8


class Waits(NamedTuple):
    """When purchases began and how long each took; arrays, which garbage collection passes by."""

    begun: "array[float]"
    taken: "array[float]"


class Spell(NamedTuple):
    """From when to when a checkpoint ran."""

    begun: float
    ended: float


def run(room: Room) -> list[Figure]:
    """Stretches without a checkpoint and with one, by turns."""
    sizes = room.sizes
    with closing(open_shop(room.shop("catalog", sizes.books))) as repository:
        shelf = Shelf(repository, now)
        gc.freeze()
        with _buyers(shelf, room) as waits:
            spells = [_spell(repository, sizes.seconds) for _ in range(sizes.checkpoints)]
            time.sleep(sizes.seconds)
    quiet, beside = _part(waits, spells)
    return _figures(sizes.books, quiet, beside, spells)


def _spell(repository: Repository, pause: float) -> Spell:
    time.sleep(pause)
    begun = time.perf_counter()
    repository.checkpoint()
    return Spell(begun, time.perf_counter())


@contextmanager
def _buyers(shelf: Shelf, room: Room) -> Iterator[list[Waits]]:
    """Buyers at work in the block, each with waits of its own."""
    waits = [Waits(array("d"), array("d")) for _ in range(BUYERS)]
    stop = threading.Event()

    def buy(number: int) -> None:
        draw = random.Random(room.sizes.seed + number)
        begun, taken = waits[number]
        while not stop.is_set():
            at = time.perf_counter()
            shelf.sell(new_key(), draw.randint(1, room.sizes.books), Purchase())
            begun.append(at)
            taken.append(time.perf_counter() - at)

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(BUYERS)]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _part(waits: list[Waits], spells: list[Spell]) -> tuple[list[float], list[float]]:
    """The waits that no checkpoint touched, and those that one did."""
    quiet: list[float] = []
    beside: list[float] = []
    for begun, taken in waits:
        for at, seconds in zip(begun, taken, strict=True):
            touched = any(at < ended and at + seconds > start for start, ended in spells)
            (beside if touched else quiet).append(seconds)
    return quiet, beside


def _figures(
    books: int, quiet: list[float], beside: list[float], spells: list[Spell]
) -> list[Figure]:
    waited = quantile(beside, 1), quantile(quiet, 1)
    return [
        Figure(
            what=f"{BUYERS} buyers beside a checkpoint: worst wait",
            measured=waited[0] * 1e3,
            unit="ms",
            reference=waited[1] * 1e3,
            reference_is="without",
            at_most=50,
        ),
        Figure(
            what=f"{BUYERS} buyers beside a checkpoint: 99.9 % wait at most",
            measured=quantile(beside, 0.999) * 1e3,
            unit="ms",
            reference=quantile(quiet, 0.999) * 1e3,
            reference_is="without",
            at_most=50,
        ),
        Figure(
            what=f"a checkpoint of {books:,} books beside them",
            measured=statistics.median(ended - begun for begun, ended in spells),
            unit="s",
        ),
    ]
