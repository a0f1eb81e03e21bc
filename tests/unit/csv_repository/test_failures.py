"""Each operation fails once: what was acknowledged stays, what was refused never comes."""

import errno
from collections.abc import Iterator
from random import Random

import pytest

from shared.csv_repository import (
    CommitUnknown,
    Repository,
    RepositoryError,
    StorageFull,
    StoragePoisoned,
)
from tests.memory_disk import Failure, MemoryDisk
from tests.unit.csv_repository.shop import (
    ITEMS,
    RECEIPTS,
    Item,
    Receipt,
    State,
    open_shop,
    put,
    state,
)

LAMP = Item(1, "Lamp", stock=5)
FOLDER = b"id,name\n1,Lamp\n"


class Shift:
    """Opens, sells, checkpoints, sells, closes, and notes what it was told of each."""

    def __init__(self, disk: MemoryDisk) -> None:
        self.disk = disk
        self.known: State = {("items", 1): Item(1, "Lamp")}
        self.unknown: State = {}
        self.errors: list[RepositoryError] = []

    def run(self) -> None:
        """The whole shift; every error is noted."""
        shop = self._open()
        if shop is None:
            return
        for number in range(2, 5):
            self._sell(shop, number)
        self._try(shop.checkpoint)
        for number in range(5, 8):
            self._sell(shop, number)
        assert state(shop) == self.known, "a reader saw what was not acknowledged"
        self._try(shop.close)
        if self.errors:
            assert state(shop) == self.known

    def _open(self) -> Repository | None:
        try:
            return open_shop(self.disk, seeds={"items": lambda: FOLDER})
        except RepositoryError as error:
            self.errors.append(error)
            return None

    def _sell(self, shop: Repository, number: int) -> None:
        rows = (Item(number, "Desk", stock=number), Receipt(f"r{number}", number))
        sold: State = {("items", number): rows[0], ("receipts", rows[1].id): rows[1]}
        try:
            put(shop, *rows)
        except CommitUnknown as error:
            self.errors.append(error)
            self.unknown = sold
        except RepositoryError as error:
            self.errors.append(error)
        else:
            self.known |= sold

    def _try(self, work: object) -> None:
        assert callable(work)
        try:
            work()
        except RepositoryError as error:
            self.errors.append(error)

    def after(self, random: Random) -> Iterator[MemoryDisk]:
        """The folder after a kill of the process, and after the machine's death."""
        yield from self.disk.snapshot().variants(random, 4)
        self.disk.kill_process()
        yield self.disk


def steps() -> int:
    """How many operations a shift has."""
    disk = MemoryDisk()
    Shift(disk).run()
    return disk.steps


FAILURES = {
    "EIO": Failure(errno.EIO),
    "EIO after some bytes": Failure(errno.EIO, taken=20),
    "ENOSPC": Failure(errno.ENOSPC),
    "ENOSPC after some bytes": Failure(errno.ENOSPC, taken=20),
    "EDQUOT after whole lines": Failure(errno.EDQUOT, taken=10_000),
    "EINTR": Failure(errno.EINTR),
    "a short write": Failure(None, taken=3),
}


@pytest.mark.parametrize("name", FAILURES)
def test_any_operation_may_fail(name: str) -> None:
    """Whatever fails: no lie to the buyer, to readers, or at the next start."""
    random = Random(11)
    for step in range(1, steps() + 1):
        disk = MemoryDisk()
        disk.fail_at[step] = FAILURES[name]
        shift = Shift(disk)
        shift.run()
        if FAILURES[name].code is None:
            assert not shift.errors
        for after in shift.after(random):
            after.fail_at.clear()
            found = state(open_shop(after, seeds={"items": lambda: FOLDER}))
            assert found in (shift.known, shift.known | shift.unknown), f"step {step}"


def test_a_failed_fsync_is_never_tried_again() -> None:
    """Every later write is refused, nothing more gets into the journal, and it is told once."""
    disk = MemoryDisk()
    told: list[RepositoryError] = []
    shop = open_shop(disk, on_poison=told.append)
    put(shop, LAMP)
    disk.fail_at[disk.steps + 2] = Failure(errno.EIO)
    with pytest.raises(CommitUnknown):
        put(shop, Item(2, "Desk"))
    before, contents = disk.counts.copy(), disk.contents()
    for _ in range(2):
        with pytest.raises(StoragePoisoned):
            put(shop, Item(3, "Bed"))
    with pytest.raises(StoragePoisoned):
        shop.checkpoint()
    shop.close()
    assert (disk.contents(), len(told)) == (contents, 1)
    assert disk.counts["sync"] == before["sync"]
    assert "Input/output error" in str(shop.trouble)
    assert state(shop) == {("items", 1): LAMP}


def test_the_pen_refuses_whoever_comes_first_after_a_failed_fsync() -> None:
    """A checkpoint's line fails; a sale that gets the pen before the checkpoint can tell anyone
    would stand behind bytes that may be missing."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    pen = shop._commits.pen
    disk.fail_at[disk.steps + 2] = Failure(errno.EIO)
    for _ in range(2):
        with pytest.raises(StoragePoisoned):
            pen.write([b"file,items,1,00000000\n"])
    shop.close()


def test_a_full_disk_is_read_only_until_there_is_room() -> None:
    """Reads go on, the journal is cut back to its last whole record, and writes come again."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    before = disk.contents()
    disk.room = 30
    with pytest.raises(StorageFull):
        put(shop, Item(2, "Desk"), Item(3, "Bed"))
    assert disk.contents() == before
    assert "full" in str(shop.trouble)
    assert shop.rows(ITEMS).get(1) == LAMP
    disk.room = None
    put(shop, Receipt("r", 1))
    assert not shop.trouble
    shop.close()
    assert set(state(open_shop(disk))) == {("items", 1), ("receipts", "r")}


def test_what_found_no_room_never_comes_back_after_a_crash() -> None:
    """Cutting it off is synced before anyone is told that nothing was done."""
    for taken in range(0, 200, 7):
        disk = MemoryDisk()
        shop = open_shop(disk)
        put(shop, LAMP)
        disk.fail_at[disk.steps + 1] = Failure(errno.ENOSPC, taken=taken)
        with pytest.raises(StorageFull):
            put(shop, Item(2, "Desk"))
        for after in disk.snapshot().variants(Random(taken), 6):
            assert state(open_shop(after)) == {("items", 1): LAMP}


def test_no_room_at_an_fsync_is_a_failed_fsync() -> None:
    """The kernel took the bytes before it knew; nobody can say which of them are there."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    disk.fail_at[disk.steps + 2] = Failure(errno.ENOSPC)
    with pytest.raises(CommitUnknown):
        put(shop, LAMP)
    with pytest.raises(StoragePoisoned):
        put(shop, LAMP)


def test_a_checkpoint_without_room_loses_nothing_and_is_done_later() -> None:
    """All of it stays in the journal; sales go on."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP, Item(2, "x" * 300))
    for room in (0, 60, 200, 330):
        disk.room = room
        with pytest.raises(StorageFull):
            shop.checkpoint()
        disk.room = None
        put(shop, Receipt(f"r{room}", 1))
    assert len(state(shop)) == 6
    shop.checkpoint()
    assert [name for name in disk.names() if name.startswith("journal")] == [
        f"journal-{shop._commits.pen.number:06d}.csv"
    ]
    found = state(shop)
    disk.kill_process()
    assert state(open_shop(disk)) == found


def test_a_poison_during_a_checkpoint_stops_its_change_of_pens() -> None:
    """A commit's fsync fails while the checkpoint makes its segment: no more is written."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)

    def fail_a_commit(op: str, _name: str) -> None:
        if op == "sync_folder":
            disk.watcher = None
            disk.fail_at[disk.steps + 2] = Failure(errno.EIO)
            with pytest.raises(CommitUnknown):
                put(shop, Item(2, "Desk"))

    disk.watcher = fail_a_commit
    with pytest.raises(StoragePoisoned):
        shop.checkpoint()
    assert {RECEIPTS.file, ITEMS.file}.isdisjoint(disk.names())
    shop.close()
    assert not disk.open_files
