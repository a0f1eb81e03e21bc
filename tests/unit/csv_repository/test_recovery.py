"""What a crash leaves of a journal, and what an opening makes of it."""

from random import Random

import pytest

from shared.csv_repository import CannotOpen, StorageFull
from tests.memory_disk import MemoryDisk, Snapshot
from tests.unit.csv_repository.afterwards import every
from tests.unit.csv_repository.shop import Item, open_shop, put, state

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
