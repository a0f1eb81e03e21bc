"""A repository's folder: it is for one process at a time, and is let go of whatever happens."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from shared.csv_repository import (
    CannotOpen,
    FolderDisk,
    FolderInUse,
    Repository,
    StorageFull,
)
from tests.memory_disk import MemoryDisk
from tests.unit.csv_repository.shop import (
    ITEMS,
    RECEIPTS,
    Item,
    closed,
    open_shop,
    put,
    state,
)

LAMP, DESK = Item(1, "Lamp", stock=5), Item(2, "Desk")


def test_a_folder_is_for_one_opener(tmp_path: Path) -> None:
    """In this process or in another; the second one is told who has it."""
    first = Repository.open(FolderDisk(tmp_path / "data"), [ITEMS, RECEIPTS], owner="till 1")
    with pytest.raises(FolderInUse, match="till 1"):
        Repository.open(FolderDisk(tmp_path / "data"), [ITEMS, RECEIPTS], owner="till 2")
    first.close()
    Repository.open(FolderDisk(tmp_path / "data"), [ITEMS, RECEIPTS]).close()


CHILD = """
import sys, pathlib
from shared.csv_repository import FolderDisk, FolderInUse, Repository
from tests.unit.csv_repository.shop import ITEMS, RECEIPTS, LAST, Item, put
try:
    shop = Repository.open(FolderDisk(pathlib.Path(sys.argv[1])), [ITEMS, RECEIPTS], owner="child")
except FolderInUse as error:
    sys.exit(str(error))
put(shop, Item(7, "Lamp"))
print("open", flush=True)
sys.stdin.read()
"""


def child(folder: Path) -> "subprocess.Popen[str]":
    """Another process that opens the folder, sells a lamp, and waits to be killed."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", CHILD.replace(" LAST,", ""), str(folder)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_a_second_process_is_kept_out_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    """A real folder and real processes: what was acknowledged before SIGKILL is there after."""
    with child(tmp_path) as first:
        assert first.stdout
        assert first.stdout.readline() == "open\n"
        with pytest.raises(FolderInUse, match="child"):
            Repository.open(FolderDisk(tmp_path), [ITEMS, RECEIPTS])
        first.kill()
    shop = Repository.open(FolderDisk(tmp_path), [ITEMS, RECEIPTS], owner="parent")
    assert state(shop) == {("items", 7): Item(7, "Lamp")}
    with child(tmp_path) as second:
        _, told = second.communicate()
    assert "in use by parent" in told
    shop.close()


def test_a_new_folders_own_name_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And its parents': a file is only as safe as the names that lead to it."""
    synced: set[tuple[int, int]] = set()
    fsync = os.fsync

    def remember(file: int) -> None:
        found = os.fstat(file)
        if stat.S_ISDIR(found.st_mode):
            synced.add((found.st_dev, found.st_ino))
        fsync(file)

    monkeypatch.setattr(os, "fsync", remember)
    FolderDisk(tmp_path / "run" / "catalog").lock("me")()
    for folder in (tmp_path, tmp_path / "run"):
        found = folder.stat()
        assert (found.st_dev, found.st_ino) in synced


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotOpen, match="cannot be used"):
        Repository.open(FolderDisk(tmp_path / "data"), [ITEMS])


def test_a_full_disk_while_opening_lets_go_of_the_folder() -> None:
    """And says that it is full; with room it opens."""
    disk = closed(LAMP)
    disk.room = 0
    with pytest.raises(StorageFull):
        open_shop(disk)
    disk.room = None
    assert state(open_shop(disk)) == {("items", 1): LAMP}


def test_no_room_for_the_owners_note_lets_go_of_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock file is made before it; a second try must not find itself locked out."""
    disk = FolderDisk(tmp_path)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(StorageFull) as caught:
            Repository.open(disk, [ITEMS])
    Repository.open(disk, [ITEMS]).close()
    assert re.search("No space", str(caught.value))


def test_a_file_that_does_not_close_does_not_keep_the_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All is on disk by then; whoever comes next must get in."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    deleted: list[str] = []
    disk.watcher = lambda op, name: deleted.append(name) if op == "delete" else None
    real = disk.close

    def fails(file: int) -> None:
        real(file)
        if deleted:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(disk, "close", fails)
    with suppress(OSError):
        shop.close()
    assert deleted
    monkeypatch.undo()
    disk.watcher = None
    assert state(open_shop(disk)) == {("items", 1): LAMP}


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inode of each file and folder that the kernel was told to put on disk, in order."""
    inodes: list[int] = []
    for name in ("fsync", "fdatasync"):
        real = getattr(os, name)

        def recorded(file: int, real: Callable[[int], None] = real) -> None:
            real(file)
            inodes.append(os.fstat(file).st_ino)

        monkeypatch.setattr(os, name, recorded)
    return inodes


def test_what_a_disk_promises_the_kernel_is_told_to_do(tmp_path: Path, synced: list[int]) -> None:
    """The campaigns of crashes rest on it: their disk in memory takes a sync at its word."""
    disk = FolderDisk(tmp_path)
    file = disk.create("a.csv")
    disk.write(file, b"one,two")
    assert synced == []
    disk.sync(file)
    disk.close(file)
    inode = (tmp_path / "a.csv").stat().st_ino
    assert synced == [inode]
    disk.write_again("a.csv", 4, b"six")
    assert disk.read("a.csv") == b"one,six"
    assert synced == [inode, inode]
    disk.sync_folder()
    assert synced == [inode, inode, tmp_path.stat().st_ino]


def test_an_acknowledged_row_and_the_name_of_its_file_are_synced_on_a_real_disk(
    tmp_path: Path, synced: list[int]
) -> None:
    """From the first opening through a sale to a checkpoint."""
    shop = open_shop(FolderDisk(tmp_path), seeds={"items": lambda: b"id,name\n1,Lamp\n"})
    names = {path.name: path.stat().st_ino for path in tmp_path.glob("*.csv")}
    assert set(names.values()) <= set(synced)
    assert tmp_path.stat().st_ino in synced
    synced.clear()
    put(shop, LAMP)
    (journal,) = (inode for name, inode in names.items() if name.startswith("journal"))
    assert synced == [journal]
    synced.clear()
    shop.checkpoint()
    written = (tmp_path / "items.csv").stat().st_ino
    assert written != names["items.csv"]
    assert written in synced
    assert tmp_path.stat().st_ino in synced[synced.index(written) :]
    shop.close()
