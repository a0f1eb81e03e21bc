"""Each operation fails once: what was acknowledged stays, what was refused never comes."""

import errno
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

import pytest

from shared.csv_repository import (
    CannotOpen,
    CommitUnknown,
    Repository,
    RepositoryError,
    StorageFull,
    StoragePoisoned,
)
from tests.conftest import Campaign as Note
from tests.memory_disk import Failure, MemoryDisk, Snapshot
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
        # In what each error came.
        self.errors: list[tuple[str, RepositoryError]] = []
        self.told: list[RepositoryError] = []
        self.shop: Repository | None = None

    def run(self) -> None:
        """The whole shift; every error is noted."""
        self._try("open", self._open)
        if self.shop is None:
            return
        for number in range(2, 5):
            self._sell(self.shop, number)
        self._try("checkpoint", self.shop.checkpoint)
        for number in range(5, 8):
            self._sell(self.shop, number)
        self._try("checkpoint", self.shop.checkpoint)
        self._sell(self.shop, 8)
        assert state(self.shop) == self.known, "a reader saw what was not acknowledged"
        self._try("close", self.shop.close)
        assert state(self.shop) == self.known
        if self.told:
            assert "the disk failed" in str(self.shop.trouble)
        else:
            assert self.shop.trouble in (None, "the disk is full")

    def _open(self) -> None:
        self.shop = open_shop(
            self.disk, seeds={"items": lambda: FOLDER}, on_poison=self.told.append
        )

    def _sell(self, shop: Repository, number: int) -> None:
        rows = (Item(number, "Desk", stock=number), Receipt(f"r{number}", number))
        sold: State = {("items", number): rows[0], ("receipts", rows[1].id): rows[1]}
        before = len(self.errors)
        self._try("sale", lambda: put(shop, *rows))
        if len(self.errors) == before:
            assert not self.told, "a sale on a broken disk"
            self.known |= sold
        elif isinstance(self.errors[-1][1], CommitUnknown):
            self.unknown = sold

    def _try(self, what: str, work: Callable[[], object]) -> None:
        try:
            work()
        except RepositoryError as error:
            self.errors.append((what, error))

    def after(self, random: Random) -> Iterator[MemoryDisk]:
        """The folder after a kill of the process, and after the machine's death."""
        yield from self.disk.snapshot().variants(random, 4)
        self.disk.kill_process()
        yield self.disk


def operations() -> list[tuple[str, str]]:
    """What a shift does to the disk, step by step."""
    disk = MemoryDisk()
    Shift(disk).run()
    return disk.trace


FAILURES = {
    "EIO": Failure(errno.EIO),
    "EIO after some bytes": Failure(errno.EIO, taken=20),
    "ENOSPC": Failure(errno.ENOSPC),
    "ENOSPC after some bytes": Failure(errno.ENOSPC, taken=20),
    "EDQUOT after whole lines": Failure(errno.EDQUOT, taken=10_000),
    "EINTR": Failure(errno.EINTR),
    "EACCES": Failure(errno.EACCES),
    "EMFILE": Failure(errno.EMFILE),
    "a short write": Failure(None, taken=3),
}
FULL = (errno.ENOSPC, errno.EDQUOT)
# What opens a file, a folder among them.
OPENING = ("read", "create", "reopen", "write_again", "sync_folder", "lock")


def is_harmless(op: str, name: str, code: int | None) -> bool:
    """Letting go of a segment, all of which is synced; and a write that merely takes less."""
    return code is None or (op == "close" and name.startswith("journal"))


def check_told(shift: Shift, op: str, name: str, code: int | None) -> None:
    """The right thing was said: to whoever asked, to the next, and to the server."""
    if is_harmless(op, name, code):
        assert not shift.errors
        return
    (what, first), *later = shift.errors
    # A full disk that is seen before anything is promised is no broken one. At a fsync of names or
    # of the journal nobody can say what became of what was written before.
    is_names = op == "sync_folder" and code != errno.EMFILE
    lost = is_names or (op == "sync" and name.startswith("journal"))
    if shift.shop is None:
        kind: type[RepositoryError] = StoragePoisoned
        if code in (*FULL, errno.EMFILE) and not lost:
            kind = StorageFull
        elif code == errno.EACCES and not lost and (op, name[:7]) != ("write", "journal"):
            kind = CannotOpen
        assert isinstance(first, kind)
        assert not shift.disk.open_files, "a file was left open"
    elif code in (*FULL, errno.EMFILE) and not lost:
        assert isinstance(first, StorageFull)
        assert not later, "with room again all goes on"
        assert not shift.told
    else:
        assert isinstance(first, CommitUnknown if what == "sale" else StoragePoisoned)
        assert all(isinstance(error, StoragePoisoned) for _, error in later)
        assert len(shift.told) == 1


def test_a_checkpoint_without_room_leaves_its_room_to_the_sales() -> None:
    """Half of a CSV would hold the last free bytes, and there is no other checkpoint to free them
    before a sale has gone well."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    for name in ("x", "y"):
        for number in range(20):
            put(shop, Item(number, name * 200))
        if name == "x":
            shop.checkpoint()
    disk.room = 2_000
    with pytest.raises(StorageFull):
        shop.checkpoint()
    assert "items.csv.tmp" not in disk.names()
    for number in range(5):
        put(shop, Receipt(f"r{number}", 1))
    assert not shop.trouble


@pytest.mark.parametrize("name", FAILURES)
def test_any_operation_may_fail(name: str, campaign: Note) -> None:
    """Whatever fails: no lie to the buyer, to readers, or at the next start."""
    random, code = Random(11), FAILURES[name].code
    tried = Counter(operations=0, lies=0)
    for step, (op, file) in enumerate(operations(), 1):
        if code == errno.EMFILE and op not in OPENING:
            continue
        disk = MemoryDisk()
        disk.fail_at[step] = FAILURES[name]
        shift = Shift(disk)
        tried["operations"] += 1
        with counted(tried, "lies", campaign, "failures", f"step {step}, {op} {file}"):
            shift.run()
            check_told(shift, op, file, code)
            for after in shift.after(random):
                after.fail_at.clear()
                found = state(open_shop(after, seeds={"items": lambda: FOLDER}))
                assert found in (shift.known, shift.known | shift.unknown)
    campaign("failures", **tried)


@pytest.mark.parametrize("name", ["EIO", "ENOSPC"])
def test_after_a_failure_the_machine_may_die_in_the_next_opening(name: str, campaign: Note) -> None:
    """What a failed fsync has dropped is seen by the server that is started again, and is not on
    disk; when the power goes then, nothing that was told is lost by that."""
    random = Random(13)
    tried = Counter(states=0, lost=0)
    for step, (op, file) in enumerate(operations(), 1):
        disk = MemoryDisk()
        disk.fail_at[step] = FAILURES[name]
        shift = Shift(disk)
        shift.run()
        disk.fail_at.clear()
        disk.kill_process()
        moments: list[Snapshot] = []
        disk.watcher = lambda _op, _name, moments=moments, disk=disk: moments.append(
            disk.snapshot()
        )
        open_shop(disk, seeds={"items": lambda: FOLDER})
        for moment in moments:
            for after in moment.variants(random, 4):
                tried["states"] += 1
                where = f"step {step}, {op} {file}: {after.contents()}"
                with counted(tried, "lost", campaign, "crashes after a failure", where):
                    found = state(open_shop(after, seeds={"items": lambda: FOLDER}))
                    assert found in (shift.known, shift.known | shift.unknown)
    campaign("crashes after a failure", **tried)


@contextmanager
def counted(
    tried: Counter[str], wrong: str, campaign: Note, name: str, where: str
) -> Iterator[None]:
    """Count an error in the block, tell what was tried so far and where it happened."""
    try:
        yield
    except Exception as error:
        tried[wrong] += 1
        campaign(name, **tried)
        error.add_note(where)
        raise


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


def test_no_room_at_an_fsync_of_the_folder_is_a_failed_fsync_too() -> None:
    """A second try would call the new segment's name written, and what is in it would be lost."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    # The new segment's creation, its first line, that line's fsync, and then the folder's.
    disk.fail_at[disk.steps + 4] = Failure(errno.ENOSPC)
    known = [LAMP]
    for number in range(2, 4):
        with suppress(StoragePoisoned, StorageFull):
            shop.checkpoint()
        with suppress(StoragePoisoned):
            put(shop, Item(number, "Desk"))
            known.append(Item(number, "Desk"))
    for after in disk.snapshot().variants(Random(1), 8):
        assert list(state(open_shop(after)).values()) == known
    assert known == [LAMP]


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
