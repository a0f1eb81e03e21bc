"""The machine dies in every operation of a working day, and in every one of the recovery."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

import pytest

from shared.csv_repository import Repository, StorageFull, Transaction
from tests.memory_disk import MemoryDisk, Snapshot
from tests.unit.csv_repository.shop import TABLES, Item, Receipt, State, open_shop, state

Seeds = dict[str, Callable[[], bytes]]
SEEDS: Seeds = {
    "items": lambda: b"id,label,stock\n1,Lamp,5\n2,Desk,3\n",
    "receipts": lambda: b"id,item\nfirst,1\n",
}
Changes = Mapping[tuple[str, Any], Item | Receipt | None]


class Moment(NamedTuple):
    """A machine about to die: one of the states from `acknowledged` up to `begun` must be found."""

    snapshot: Snapshot
    acknowledged: int
    begun: int


class Day:
    """Runs transactions and remembers each moment, and each state in the order of commits."""

    def __init__(self, seeds: Seeds) -> None:
        self.disk = MemoryDisk()
        self.seeds = seeds
        self.states: list[State] = [state(open_shop(MemoryDisk(), seeds=seeds))]
        self.moments: list[Moment] = []
        self._acknowledged = 0
        self.disk.watcher = lambda _op, _name: self.moments.append(
            Moment(self.disk.snapshot(), self._acknowledged, len(self.states) - 1)
        )

    def open(self) -> Repository:
        """Open the shop, after a kill if it was open."""
        self.disk.kill_process()
        return open_shop(self.disk, seeds=self.seeds)

    def change(self, repository: Repository, changes: Changes) -> None:
        """One transaction, for which there may be no room."""
        after = {at: row for at, row in {**self.states[-1], **changes}.items() if row is not None}
        self.states.append(after)
        try:
            with repository.transaction() as change:
                for (table, key), row in changes.items():
                    if row is None:
                        change.delete(TABLES[table], key)
                    else:
                        change.put(TABLES[table], row)
        except StorageFull:
            self.states.pop()
        self._acknowledged = len(self.states) - 1

    def crowd(self, repository: Repository, crowd: Sequence[Changes]) -> None:
        """Several transactions that come while one is written: one batch, in their order."""
        with repository._lock:
            commits = []
            for changes in crowd:
                transaction = Transaction(repository._newest, repository._rows)
                for (table, _), row in changes.items():
                    assert row
                    transaction.put(TABLES[table], row)
                commits.append(repository._add(transaction))
                self.states.append({**self.states[-1], **{a: r for a, r in changes.items() if r}})
        for commit in commits:
            assert commit
            repository._commits.wait(commit)
        self._acknowledged = len(self.states) - 1


def sale(number: int, text: str = "Lamp") -> Changes:
    """An item's new stock and a receipt for it."""
    item = Item(number % 4, text, ("shelf", "'=1"), number, Decimal(number) / 4)
    receipt = Receipt(f"receipt-{number}", item.id, text or None, bool(number % 2))
    return {("items", item.id): item, ("receipts", receipt.id): receipt}


def working_day(seeds: Seeds) -> Day:
    """Sales, checkpoints, full disks, kills and clean stops."""
    day = Day(seeds)
    repository = day.open()
    day.change(repository, sale(1))
    day.change(repository, sale(2, 'a "quoted", broken\nline\\n'))
    repository.checkpoint()
    day.change(repository, sale(3, "=1+1"))
    day.change(repository, {("items", 1): None, ("receipts", "receipt-1"): None})
    repository = day.open()
    day.change(repository, sale(4, "x" * 300))
    day.disk.room = 150
    day.change(repository, sale(5, "no room " * 30))
    day.disk.room = None
    day.change(repository, sale(6, ""))
    day.disk.room = 90
    with pytest.raises(StorageFull):
        repository.checkpoint()
    day.disk.room = None
    day.change(repository, sale(7))
    day.crowd(repository, [sale(number) for number in range(20, 25)])
    repository.close()
    repository = day.open()
    day.change(repository, {("receipts", "only"): Receipt("only", 2)})
    repository.checkpoint()
    day.crowd(repository, [sale(8), sale(12, "one line\nmore"), sale(16)])
    repository = day.open()
    repository.close()
    return day


def check(day: Day, moment: Moment, disk: MemoryDisk) -> list[Snapshot]:
    """Open what a crash left; returns the moments of that recovery."""
    legal = day.states[moment.acknowledged : moment.begun + 1]
    recovery: list[Snapshot] = []
    disk.watcher = lambda _op, _name: recovery.append(disk.snapshot())
    repository = open_shop(disk, seeds=day.seeds)
    disk.watcher = None
    found = state(repository)
    assert found in legal
    before = csvs(disk)
    disk.kill_process()
    again = open_shop(disk, seeds=day.seeds)
    assert state(again) == found, "a second opening changed the rows"
    assert csvs(disk) == before, "a second opening changed the files"
    return recovery


def csvs(disk: MemoryDisk) -> dict[str, bytes]:
    """The files of the tables."""
    return {name: data for name, data in disk.contents().items() if not name.startswith("journal")}


@pytest.mark.parametrize("seeds", [SEEDS, {}], ids=["seeded", "begun empty"])
def test_a_crash_in_any_operation_loses_nothing_that_was_acknowledged_and_halves_nothing(
    seeds: Seeds,
) -> None:
    """Every boundary, several disks each, and the same again for the recovery of each."""
    day, random, tried = working_day(seeds), Random(7), 0
    seen: set[tuple[int, int, frozenset[tuple[str, bytes]]]] = set()
    for moment in day.moments:
        for disk in moment.snapshot.variants(random, 10):
            key = (moment.acknowledged, moment.begun, frozenset(disk.contents().items()))
            if key in seen:
                continue
            seen.add(key)
            tried += 1
            recovery = check(day, moment, disk)
            for snapshot in random.sample(recovery, min(4, len(recovery))):
                tried += 1
                check(day, moment, random.choice(list(snapshot.variants(random, 2))))
    assert tried > 2_000
