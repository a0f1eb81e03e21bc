"""Opening, changing and closing a folder; what people do to its files; and who may have it."""

import threading
from collections.abc import Callable
from random import Random

import pytest

from shared.csv_repository import (
    BadRows,
    EditedFiles,
    MissingFile,
    Repository,
    repository,
)
from tests.memory_disk import MemoryDisk
from tests.unit.csv_repository.shop import (
    ITEMS,
    Item,
    Receipt,
    closed,
    open_shop,
    put,
    state,
)

LAMP, DESK = Item(1, "Lamp", stock=5), Item(2, "Desk")
EDIT = b"id,name,stock\n1,Lamp,50\n9,Bed,1\n"
SEEDS = {"items": lambda: b"id,name\n1,Lamp\n", "receipts": lambda: b"id,item\nr,1\n"}


def asides(disk: MemoryDisk) -> list[bytes]:
    """The edits that were kept."""
    return [data for name, data in sorted(disk.contents().items()) if ".edited-" in name]


def test_a_transaction_is_whole_or_nothing() -> None:
    """An exception in the block writes nothing and comes out as it was."""
    shop = open_shop(MemoryDisk())
    put(shop, LAMP)
    error = LookupError("sold out")

    def refused() -> None:
        with shop.transaction() as change:
            change.put(ITEMS, DESK)
            change.delete(ITEMS, 1)
            assert (change.get(ITEMS, 1), change.get(ITEMS, 2)) == (None, DESK)
            raise error

    with pytest.raises(LookupError) as caught:
        refused()
    assert caught.value is error
    assert state(shop) == {("items", 1): LAMP}


def test_a_row_that_could_not_be_read_back_never_gets_into_the_journal() -> None:
    """The whole transaction is refused, and the folder opens."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    with pytest.raises(ValueError, match="not a whole number"):
        put(shop, LAMP, Item(10**20, "Desk"))
    disk.kill_process()
    assert state(open_shop(disk)) == {}


def test_a_clean_stop_leaves_csvs_that_a_person_can_read() -> None:
    """And a journal with nothing in it but its first line."""
    disk = closed(LAMP, Item(2, "=cmd|' /C calc'!A0"), Receipt("r", 1))
    contents = disk.contents()
    assert contents["items.csv"] == (
        b"id,name,tags,stock,price\n1,Lamp,,5,0\n2,'=cmd|' /C calc'!A0,,0,0\n"
    )
    assert contents["receipts.csv"].count(b"\n") == 2
    assert sorted(contents) == ["items.csv", "journal-000002.csv", "receipts.csv"]
    assert contents["journal-000002.csv"].count(b",rows,") == 0


def test_seeds_are_put_where_nothing_was_and_never_again() -> None:
    """A shop that sold out stays sold out."""
    disk = MemoryDisk()
    shop = open_shop(disk, seeds=SEEDS)
    assert len(state(shop)) == 2
    with shop.transaction() as change:
        change.delete(ITEMS, 1)
    shop.close()
    assert set(state(open_shop(disk, seeds=SEEDS))) == {("receipts", "r")}


@pytest.mark.parametrize("seeds", [SEEDS, {}], ids=["seeds", "none"])
def test_a_file_that_a_person_puts_into_a_new_folder_stays_as_it_was_written(
    seeds: dict[str, Callable[[], bytes]],
) -> None:
    """Byte for byte, and is on disk before anything rests on it."""
    written = b"\xef\xbb\xbfname;id\r\nChair;7\r\n"
    disk = MemoryDisk()
    disk.edit("items.csv", written)
    shop = open_shop(disk, seeds=seeds)
    assert disk.contents()["items.csv"] == written
    assert shop.rows(ITEMS).get(7) == Item(7, "Chair")
    shop.close()
    assert disk.contents()["items.csv"] == written


def test_an_edit_in_the_first_opening_is_not_lost() -> None:
    """The file is put in its place once more; a person may be writing to it at that moment."""
    disk = MemoryDisk()
    disk.edit("items.csv", b"id,name\n7,Chair\n")

    def edit(op: str, name: str) -> None:
        if (op, name) == ("write", "items.csv.tmp"):
            disk.watcher = None
            disk.edit("items.csv", b"id,name\n7,Stool\n")

    disk.watcher = edit
    assert open_shop(disk).rows(ITEMS).get(7) == Item(7, "Stool")


def test_a_bad_seed_does_not_get_into_the_folder() -> None:
    """Once the seed is mended the shop opens."""
    disk = MemoryDisk()
    with pytest.raises(BadRows):
        open_shop(disk, seeds={"items": lambda: b"id,name\nx,Lamp\n"})
    assert disk.contents() == {}
    assert len(state(open_shop(disk, seeds=SEEDS))) == 2


def test_what_a_crash_left_of_the_seeds_is_no_obstacle() -> None:
    """A temporary file of theirs, or one table's seed without the other's."""
    for left in ({"items.csv.tmp": b"id,na"}, {"items.csv": b"id,name\n1,Lamp\n"}):
        disk = MemoryDisk(left)
        assert len(state(open_shop(disk, seeds=SEEDS))) == 2
        assert "items.csv.tmp" not in disk.contents()


def test_an_edit_while_stopped_is_what_the_shop_opens_with() -> None:
    """Nothing is kept aside: the person saw what it replaced."""
    disk = closed(LAMP)
    disk.edit("items.csv", EDIT)
    assert state(open_shop(disk)) == {
        ("items", 1): Item(1, "Lamp", stock=50),
        ("items", 9): Item(9, "Bed", stock=1),
    }
    assert asides(disk) == []


def test_an_edit_while_stopped_outlives_a_power_cut() -> None:
    """No segment that the clean stop deleted comes back and wins over what was written."""
    disk = closed(LAMP)
    disk.edit("items.csv", EDIT)
    for left in disk.snapshot().variants(Random(1), 10):
        assert state(open_shop(left))["items", 1] == Item(1, "Lamp", stock=50)


def test_bad_rows_of_an_edit_are_told_and_the_folder_is_left_alone() -> None:
    """Each with its line; mended, it opens."""
    disk = closed(LAMP)
    disk.edit("items.csv", b"id,name\n1,Lamp\nx,Desk\n2,Bed,,,\n3\n")
    before = disk.contents()
    with pytest.raises(BadRows) as caught:
        open_shop(disk)
    assert [line for line, _ in caught.value.rows] == [3, 5]
    assert disk.contents() == before
    disk.edit("items.csv", EDIT)
    assert len(state(open_shop(disk))) == 2


def test_an_edit_after_a_crash_is_refused_until_a_person_decides() -> None:
    """The journal holds rows that the edited file has not."""
    disk = closed(LAMP)
    put(open_shop(disk), DESK)
    disk.kill_process()
    disk.edit("items.csv", EDIT)
    before = disk.contents()
    with pytest.raises(EditedFiles, match=r"items\.csv"):
        open_shop(disk)
    assert disk.contents() == before
    shop = open_shop(disk, accept_edits=True)
    assert set(state(shop)) == {("items", 1), ("items", 2), ("items", 9)}
    assert asides(disk) == [EDIT]
    shop.close()
    assert set(state(open_shop(disk))) == {("items", 1), ("items", 2), ("items", 9)}


@pytest.mark.parametrize("at_close", [False, True])
def test_an_edit_while_open_is_kept_aside_before_it_is_replaced(at_close: bool) -> None:
    """Each one, also where the clock stands still; what is in the shop wins."""
    disk = closed(LAMP)
    shop = open_shop(disk)
    for edit in (EDIT, EDIT + b"10,Chair,1\n"):
        disk.edit("items.csv", edit)
        put(shop, DESK)
        if not at_close or edit == EDIT:
            shop.checkpoint()
    shop.close()
    assert asides(disk) == [EDIT, EDIT + b"10,Chair,1\n"]
    assert set(state(open_shop(disk))) == {("items", 1), ("items", 2)}


def test_the_copy_of_an_edit_is_on_disk_before_the_edit_is_replaced() -> None:
    """A crash right after keeps one of them, however the folder's names reach the disk."""

    disk = closed(LAMP)
    shop = open_shop(disk)
    disk.edit("items.csv", EDIT)
    put(shop, DESK)
    snapshots = []
    disk.watcher = lambda _op, _name: snapshots.append(disk.snapshot())
    shop.checkpoint()
    for snapshot in snapshots:
        for after in snapshot.variants(Random(3), 10):
            assert EDIT in after.contents().values()


def test_an_edit_of_a_table_that_nobody_changed_is_not_replaced() -> None:
    """It is what the shop opens with next time."""
    disk = closed(LAMP)
    shop = open_shop(disk)
    disk.edit("items.csv", EDIT)
    put(shop, Receipt("r", 1))
    shop.close()
    assert set(state(open_shop(disk))) == {("items", 1), ("items", 9), ("receipts", "r")}


def test_an_edit_while_the_file_is_being_read_is_not_lost() -> None:
    """The shop opens with the file as it was, so the later edit is kept aside when it writes."""
    disk = closed(LAMP)
    read = disk.read

    def edited_just_after(name: str) -> bytes:
        content = read(name)
        if name == "items.csv":
            disk.edit(name, EDIT)
        return content

    disk.read = edited_just_after  # type: ignore[method-assign]
    shop = open_shop(disk)
    disk.read = read  # type: ignore[method-assign]
    put(shop, DESK)
    shop.close()
    assert asides(disk) == [EDIT]


@pytest.mark.parametrize("stop", ["close", "kill"])
def test_a_csv_that_is_gone_is_told_and_not_begun_anew(stop: str) -> None:
    """An empty shop would be the worst of answers; also in the first segments of a folder."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    shop.checkpoint()
    if stop == "close":
        shop.close()
    disk.kill_process()
    disk.remove("items.csv")
    with pytest.raises(MissingFile, match=r"items\.csv"):
        open_shop(disk)


def test_a_table_that_is_new_needs_no_csv() -> None:
    """An older shop had none of it."""
    disk = MemoryDisk()
    items_only = Repository.open(disk, [ITEMS])
    with items_only.transaction() as change:
        change.put(ITEMS, LAMP)
    items_only.close()
    shop = open_shop(disk)
    put(shop, Receipt("r", 1))
    disk.kill_process()
    assert set(state(open_shop(disk))) == {("items", 1), ("receipts", "r")}


def test_a_growing_journal_is_checkpointed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is larger than the CSVs and large enough to be worth it."""
    monkeypatch.setattr(repository, "_LEAST_JOURNAL", 500)
    disk = MemoryDisk()
    shop = open_shop(disk)
    for number in range(50):
        put(shop, Item(number, "Lamp"))
    assert b"20,Lamp" in disk.contents()["items.csv"]
    shop.close()
    assert len(state(open_shop(disk))) == 50


def test_a_checkpoint_without_a_thread_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sale is done all the same, and the shop can still be closed."""
    monkeypatch.setattr(repository, "_LEAST_JOURNAL", 100)

    def none_left(_: object) -> None:
        raise RuntimeError("can't start new thread")

    disk = MemoryDisk()
    shop = open_shop(disk, background=none_left)
    put(shop, LAMP)
    put(shop, DESK)
    shop.close()
    assert len(state(open_shop(disk))) == 2


def test_a_checkpoint_that_breaks_off_does_not_forget_its_tables() -> None:
    """Whatever broke it off: the next one has to write them before it deletes the journal."""
    disk = MemoryDisk()
    broken = threading.Event()

    def pause() -> None:
        if broken.is_set():
            broken.clear()
            raise MemoryError

    shop = open_shop(disk, pause=pause)
    put(shop, LAMP)
    broken.set()
    with pytest.raises(MemoryError):
        shop.checkpoint()
    shop.checkpoint()
    shop.close()
    assert state(open_shop(disk)) == {("items", 1): LAMP}


def test_traffic_goes_on_beside_a_checkpoint() -> None:
    """A sale in the midst of one is shown, and is there after a crash right behind it."""
    disk = MemoryDisk()
    shop: Repository = open_shop(
        disk, pause=lambda: put(shop, Item(100 + len(state(shop)), "sold"))
    )
    put(shop, LAMP, Receipt("r", 1))
    shop.checkpoint()
    found = state(shop)
    assert len(found) > 3
    disk.kill_process()
    assert state(open_shop(disk)) == found
