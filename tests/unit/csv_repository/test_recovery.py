"""What a crash leaves of a journal, and what an opening makes of it."""

import errno
from random import Random

import pytest

from shared.csv_repository import CannotOpen, RepositoryError, StorageFull, StoragePoisoned
from tests.memory_disk import Failure, MemoryDisk, Snapshot
from tests.unit.csv_repository.afterwards import every
from tests.unit.csv_repository.shop import Item, Receipt, open_shop, put, state

LAMP, DESK = Item(1, "Lamp", stock=5), Item(2, "Desk")


def test_only_an_opening_after_a_crash_says_that_it_recovers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And how much."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    shop.close()
    shop = open_shop(disk)
    put(shop, DESK)
    put(shop, Item(1, "Lamp", stock=4))
    assert not caplog.messages
    disk.kill_process()
    open_shop(disk).close()
    assert caplog.messages == ["the last stop was not clean: records replayed: 2"]
    open_shop(disk).close()
    assert len(caplog.messages) == 1


def test_segments_below_a_gap_are_older_than_the_csvs_and_not_replayed() -> None:
    """The disk may delete a checkpoint's segments in any order."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    old = disk.contents()["journal-000001.csv"]
    shop.checkpoint()
    put(shop, Item(1, "Lamp", stock=4))
    shop.checkpoint()
    shop.close()
    disk.edit("journal-000001.csv", old)
    shop = open_shop(disk)
    assert state(shop) == {("items", 1): Item(1, "Lamp", stock=4)}
    assert "journal-000001.csv" not in disk.names()


class Killed(BaseException):
    """kill -9."""


def test_a_kill_before_the_fsync_and_then_the_power_leave_no_half_transaction() -> None:
    """The opening reads what is not on disk, and writes the tables one after the other."""
    disk = MemoryDisk()
    shop = open_shop(disk)

    def kill(op: str, _name: str) -> None:
        if op == "sync":
            raise Killed

    disk.watcher = kill
    with pytest.raises(Killed):
        put(shop, LAMP, Receipt("r", 1))
    disk.kill_process()
    snapshots: list[Snapshot] = []
    disk.watcher = lambda _op, _name: snapshots.append(disk.snapshot())
    whole = state(open_shop(disk))
    assert len(whole) == 2
    for snapshot in snapshots:
        for after in every(snapshot, Random(1)):
            assert state(open_shop(after)) in ({}, whole)


def test_a_segment_whose_name_a_killed_process_left_unsynced_makes_no_gap() -> None:
    """The power goes in the opening after the kill, whatever names reach the disk."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    disk.room = 0
    with pytest.raises(StorageFull):
        shop.checkpoint()
    disk.room = None
    disk.kill_process()
    snapshots: list[Snapshot] = []
    disk.watcher = lambda _op, _name: snapshots.append(disk.snapshot())
    open_shop(disk)
    for snapshot in snapshots:
        for after in every(snapshot, Random(1)):
            assert state(open_shop(after)) == {("items", 1): LAMP}


def test_a_torn_end_is_kept_for_whoever_wants_to_look() -> None:
    """What was acknowledged is there without it."""
    disk = MemoryDisk()
    put(open_shop(disk), LAMP)
    disk.kill_process()
    disk.edit("journal-000001.csv", disk.contents()["journal-000001.csv"] + b"0123abcd,half")
    assert state(open_shop(disk)) == {("items", 1): LAMP}
    assert disk.contents()["journal-000001.torn"] == b"0123abcd,half"


@pytest.mark.parametrize(
    ("op", "kind"), [("reopen", CannotOpen), ("cut", StoragePoisoned), ("sync", StoragePoisoned)]
)
def test_a_torn_end_that_cannot_be_cut_off_is_no_folder_left_alone(
    op: str, kind: type[RepositoryError]
) -> None:
    """Whoever may not write to the segment hears of it before anything is done to the folder."""
    disk = MemoryDisk()
    put(open_shop(disk), LAMP)
    disk.kill_process()
    disk.edit("journal-000001.csv", disk.contents()["journal-000001.csv"] + b"0123abcd,half")
    whole = MemoryDisk(disk.contents())
    open_shop(whole)
    steps = [step for step, at in enumerate(whole.trace, 1) if at == (op, "journal-000001.csv")]
    before = disk.contents()
    disk = MemoryDisk(before)
    disk.fail_at[steps[0]] = Failure(errno.EACCES)
    with pytest.raises(kind):
        open_shop(disk)
    assert (disk.contents() == before) == (kind is CannotOpen)
    assert state(open_shop(disk)) == {("items", 1): LAMP}


def test_a_torn_end_before_a_segment_with_lines_is_damage() -> None:
    """A later segment is written only when the one before it is whole."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    first = disk.contents()["journal-000001.csv"]
    shop.checkpoint()
    put(shop, DESK)
    disk.kill_process()
    disk.edit("journal-000001.csv", first[:-1])
    with pytest.raises(CannotOpen, match=r"journal-000001\.csv, line 2 "):
        open_shop(disk)


def test_the_prints_of_a_segment_only_begun_count_though_older_ones_are_back() -> None:
    """Two deletions under way, the newer one alone reached the disk: no hand has edited a CSV."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    oldest = disk.contents()["journal-000001.csv"]
    shop.checkpoint()
    disk.kill_process()
    open_shop(disk)
    disk.kill_process()
    disk.edit("journal-000001.csv", oldest)
    assert sorted(name for name in disk.names() if "journal" in name) == [
        "journal-000001.csv",
        "journal-000003.csv",
    ]
    assert state(open_shop(disk)) == {("items", 1): LAMP}
