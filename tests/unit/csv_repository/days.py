"""Working days of the small shop: what is done, and every moment at which the machine may die."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any, Final, NamedTuple

from shared.csv_repository import Repository, StorageFull, Transaction
from tests.memory_disk import MemoryDisk, Snapshot
from tests.unit.csv_repository.shop import TABLES, Item, Receipt, State, open_shop, state

Seeds = dict[str, Callable[[], bytes]]
SEEDS: Final[Seeds] = {
    "items": lambda: b"id,label,stock\n1,Lamp,5\n2,Desk,3\n",
    "receipts": lambda: b"id,item\nfirst,1\n",
}
Changes = Mapping[tuple[str, Any], Item | Receipt | None]


class Moment(NamedTuple):
    """A machine about to die: one of the states from `acknowledged` up to `begun` must be found.

    What a reader has seen counts as acknowledged.
    """

    snapshot: Snapshot
    acknowledged: int
    begun: int


class Killed(BaseException):
    """kill -9 of the process; no handler for errors may catch this."""


class Ended(BaseException):
    """The day ends here: the process was killed in the operation that it was to end in."""


class Day:
    """Runs transactions and remembers each moment, and each state in the order of commits.

    `ends_in` is the operation, counted from 1, in which the process is killed for good.
    """

    def __init__(self, seeds: Seeds, ends_in: int | None = None) -> None:
        self.disk = MemoryDisk()
        self.seeds = seeds
        self.states: list[State] = [state(open_shop(MemoryDisk(), seeds=seeds))]
        self.moments: list[Moment] = []
        self._acknowledged = 0
        self._repository: Repository | None = None
        self.disk.watcher = lambda _op, _name: self._watch()
        self._left: int | None = None
        self._ends_in = ends_in

    def _watch(self) -> None:
        self.note()
        if len(self.moments) == self._ends_in:
            raise Ended
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._left = None
                raise Killed

    def note(self) -> None:
        """The machine may die now."""
        last = len(self.states) - 1
        self.moments.append(Moment(self.disk.snapshot(), self._shown(), last))

    def _shown(self) -> int:
        """The number of the state that readers see: a crash must not take it back either."""
        if self._repository is None:
            return self._acknowledged
        seen = state(self._repository)
        assert seen in self.states[self._acknowledged :], "readers see what nobody has done"
        return self.states.index(seen, self._acknowledged)

    def open(self) -> Repository:
        """Open the shop, after a kill if it was open."""
        self._repository = None
        self.disk.kill_process()
        self._repository = open_shop(self.disk, seeds=self.seeds)
        return self._repository

    def kill_in(self, steps: int, work: Callable[[], object]) -> Repository:
        """Do some work in which the process is killed after so many operations; open again.

        The machine goes on: what was not synced is seen by the opening, and is not on disk.
        """
        self._left = steps
        with suppress(Killed):
            work()
        self._left = None
        repository = self.open()
        # From here on it is as the opening found it.
        self.states.append(state(repository))
        self._acknowledged = len(self.states) - 1
        return repository

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
    _work(day)
    return day


def days_cut_short(seeds: Seeds) -> Iterator[Day]:
    """Working days, the first killed in its first operation, the next in its second, and so on."""
    for ends_in in count(1):
        day = Day(seeds, ends_in)
        try:
            _work(day)
        except Ended:
            yield day
        else:
            return


def _work(day: Day) -> None:
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
    with suppress(StorageFull):
        repository.checkpoint()
    day.disk.room = None
    day.change(repository, sale(7))
    day.disk.room = 0
    with suppress(StorageFull):
        repository.checkpoint()
    day.disk.room = None
    # The new segment's name is there, and not on disk.
    repository = day.open()
    # Nor is this sale.
    repository = day.kill_in(1, lambda: day.change(repository, sale(10)))
    day.change(repository, sale(9))
    day.crowd(repository, [sale(number) for number in (20, 21, 22)])
    repository.close()
    repository = day.open()
    day.change(repository, {("receipts", "only"): Receipt("only", 2)})
    repository.checkpoint()
    day.crowd(repository, [sale(8), sale(12, "one line\nmore"), sale(16)])
    repository = day.open()
    repository.close()
    day.note()


# Between these a sale may be made; elsewhere the checkpoint has the pen itself.
_BETWEEN: Final = ("create", "rename", "sync_folder", "delete", "sync", "write")


def day_beside_checkpoints(seed: int) -> Day:
    """Checkpoints with sales between their operations, as they come beside traffic."""
    random = Random(seed)
    day = Day(random.choice((SEEDS, {})))
    repository = day.open()
    numbers = count(1)
    is_selling = False

    def sell() -> None:
        nonlocal is_selling
        is_selling = True
        day.change(repository, sale(next(numbers), random.choice(_TEXTS)))
        is_selling = False

    def between(op: str, _name: str) -> None:
        day.note()
        has_pen = repository._commits.writing.locked()
        if op in _BETWEEN and not is_selling and not has_pen and random.random() < 0.4:
            sell()

    sell()
    for _ in range(3):
        day.disk.watcher = between
        repository.checkpoint()
        day.disk.watcher = lambda _op, _name: day.note()
        sell()
    repository = day.open()
    day.note()
    return day


_TEXTS: Final = ("Lamp", "", "=1+1", 'a "quoted", broken\nline\\n', "x" * 90, "Ђ書\u2028;")


class _RandomDay:
    """One day made up from a seed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.day = Day(random.choice((SEEDS, {})))
        self._repository = self.day.open()
        self._sales = 0

    def run(self) -> Day:
        """A dozen things; each sale has a number of its own, so that no two states are alike."""
        for _ in range(12):
            self._random.choices(list(self._things), list(self._things.values()))[0](self)
        self.day.note()
        return self.day

    def _sale(self) -> Changes:
        self._sales += 1
        return sale(self._sales, self._random.choice(_TEXTS))

    def _sell(self) -> None:
        self.day.change(self._repository, self._sale())

    def _crowd(self) -> None:
        self.day.crowd(self._repository, [self._sale() for _ in range(self._random.randint(2, 4))])

    def _take_away(self) -> None:
        keys = sorted(self.day.states[-1], key=repr)
        if keys:
            self.day.change(self._repository, {self._random.choice(keys): None})

    def _no_room(self) -> None:
        self.day.disk.room = self._random.randint(0, 250)
        with suppress(StorageFull):
            self._random.choice((self._sell, self._repository.checkpoint))()
        self.day.disk.room = None

    def _checkpoint(self) -> None:
        self._repository.checkpoint()

    def _kill(self) -> None:
        self._repository = self.day.open()

    def _kill_midway(self) -> None:
        work = self._random.choice((self._sell, self._crowd, self._repository.checkpoint))
        self._repository = self.day.kill_in(self._random.randrange(8), work)

    def _restart(self) -> None:
        self._repository.close()
        self._repository = self.day.open()

    _things: dict[Callable[["_RandomDay"], None], int] = {  # noqa: RUF012 - a table
        _sell: 8,
        _crowd: 3,
        _take_away: 2,
        _no_room: 2,
        _checkpoint: 4,
        _kill: 2,
        _kill_midway: 2,
        _restart: 1,
    }


def random_day(seed: int) -> Day:
    """The day of a seed."""
    return _RandomDay(Random(seed)).run()
