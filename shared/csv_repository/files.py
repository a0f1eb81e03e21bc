"""Every file operation of the repository: the seam where tests crash the machine.

A `Disk` is one folder. Names are plain file names in it, files are integers as os.open gives them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import filelock

from shared.csv_repository.errors import FolderInUse

LOCK: Final = ".lock"
OWNER: Final = ".owner"


class Stamp(NamedTuple):
    """Enough to see that a file was replaced or written by someone else."""

    inode: int
    size: int
    changed_ns: int


class Disk(Protocol):
    """One folder. Every method may raise OSError; only what was synced survives a crash."""

    def names(self) -> list[str]:
        """The names in the folder."""
        ...

    def read(self, name: str) -> bytes:
        """The whole of a file."""
        ...

    def create(self, name: str) -> int:
        """A new, empty file open for appending; an old one of that name is emptied."""
        ...

    def reopen(self, name: str) -> int:
        """An existing file open for appending and cutting."""
        ...

    def write(self, file: int, data: bytes) -> int:
        """Append; returns how many bytes were taken, perhaps fewer than given."""
        ...

    def sync(self, file: int) -> None:
        """Return when the file's bytes and length are on disk."""
        ...

    def write_again(self, name: str, at: int, data: bytes) -> None:
        """Write what is there from `at` on once more, and return when it is on disk.

        What a failed fsync has dropped is still read, and no later fsync would write it.
        """
        ...

    def cut(self, file: int, size: int) -> None:
        """Shorten a file to `size` bytes."""
        ...

    def close(self, file: int) -> None:
        """Let go of a file."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, replacing what has it, in one step."""
        ...

    def delete(self, name: str) -> None:
        """Take a name away."""
        ...

    def sync_folder(self) -> None:
        """Return when all names are on disk."""
        ...

    def stamp(self, name: str) -> Stamp | None:
        """What identifies the file's present content, or None if there is no such file."""
        ...

    def lock(self, owner: str) -> Callable[[], None]:
        """Take the folder for this process; returns what lets go of it. Raises FolderInUse."""
        ...


class FolderDisk:
    """A real folder, made if it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """See Disk."""
        return os.listdir(self.folder)  # noqa: PTH208 - names, not paths

    def read(self, name: str) -> bytes:
        """See Disk."""
        return (self.folder / name).read_bytes()

    def create(self, name: str) -> int:
        """See Disk."""
        flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_TRUNC | os.O_CLOEXEC
        return os.open(self.folder / name, flags, 0o644)

    def reopen(self, name: str) -> int:
        """See Disk."""
        return os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def write(self, file: int, data: bytes) -> int:
        """See Disk."""
        return os.write(file, data)

    def sync(self, file: int) -> None:
        """See Disk; fdatasync writes the length too, which is all of the inode that matters."""
        os.fdatasync(file)

    def write_again(self, name: str, at: int, data: bytes) -> None:
        """See Disk."""
        # Not for appending: Linux would append a pwrite, too.
        file = os.open(self.folder / name, os.O_WRONLY | os.O_CLOEXEC)
        try:
            while data:
                taken = os.pwrite(file, data, at)
                at, data = at + taken, data[taken:]
            os.fdatasync(file)
        finally:
            os.close(file)

    def cut(self, file: int, size: int) -> None:
        """See Disk."""
        os.ftruncate(file, size)

    def close(self, file: int) -> None:
        """See Disk."""
        os.close(file)

    def rename(self, old: str, new: str) -> None:
        """See Disk."""
        os.replace(self.folder / old, self.folder / new)  # noqa: PTH105 - atomic by contract

    def delete(self, name: str) -> None:
        """See Disk."""
        (self.folder / name).unlink()

    def sync_folder(self) -> None:
        """See Disk."""
        _sync_folder(self.folder)

    def stamp(self, name: str) -> Stamp | None:
        """See Disk."""
        try:
            found = (self.folder / name).stat()
        except FileNotFoundError:
            return None
        return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)

    def lock(self, owner: str) -> Callable[[], None]:
        """See Disk; the lock is the kernel's, so it goes when the process does."""
        _make_folder(self.folder)
        lock = filelock.FileLock(self.folder / LOCK, thread_local=False)
        note = self.folder / OWNER
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            try:
                who = note.read_text(encoding="utf-8")
            except FileNotFoundError:
                who = ""
            who = who or "another process"
            raise FolderInUse(f"{self.folder} is in use by {who}; stop that one first") from None

        def release() -> None:
            try:
                note.unlink(missing_ok=True)
            finally:
                lock.release()

        try:
            note.write_text(owner, encoding="utf-8")
        except OSError:
            release()
            raise

        return release


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _make_folder(folder: Path) -> None:
    """Make a folder, and its name durable: all that is in it hangs by that name.

    Also if it was there: whoever made it may not have synced it.
    """
    there = folder.is_dir()
    if not there:
        _make_folder(folder.absolute().parent)
        folder.mkdir(exist_ok=True)
    try:
        _sync_folder(folder.absolute().parent)
    except PermissionError:
        if not there:
            raise


def write_all(disk: Disk, file: int, data: bytes) -> None:
    """Write every byte, however few each write takes."""
    while data:
        data = data[disk.write(file, data) :]


@contextmanager
def new_file(disk: Disk, name: str) -> Iterator[int]:
    """A file to be written in the block; it is taken away again if that fails.

    Half a file would hold the last of a full disk's room for ever.
    """
    file = disk.create(name)
    try:
        try:
            yield file
        finally:
            disk.close(file)
    except Exception:
        with suppress(OSError):
            disk.delete(name)
        raise


def write_file(disk: Disk, name: str, content: bytes) -> None:
    """Make a file and return when its bytes are on disk; its name is not yet."""
    with new_file(disk, name) as file:
        write_all(disk, file, content)
        disk.sync(file)
