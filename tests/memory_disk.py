"""A folder in memory that knows what is on disk and what a crash could take back.

The rules are harsher than any file system's: a name is on disk only after `sync_folder`, bytes and
lengths only after `sync` of their file. At a crash each unsynced change of names may have reached
the disk or not, whatever became of the others; an unsynced tail may be lost, cut, zeros, garbage,
or there with a hole before it, and what was cut off since the last `sync` may be there again.

    disk = MemoryDisk()
    disk.watcher = lambda op, name: snapshots.append(disk.snapshot())
    ...work...
    for snapshot in snapshots:                    # the machine dies in the middle of each operation
        for after in snapshot.variants(Random(1), 5):
            ...open `after` and look...

A watcher is called when an operation has done all that it does short of making something durable,
so one run of the work shows the machine's death in every operation. `fail_at` makes one operation
fail, `room` leaves so many bytes free, `crash_at` ends the work itself.
"""

import errno
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from shared.csv_repository.errors import FolderInUse
from shared.csv_repository.files import Stamp

# What one step did to the names: an inode, or None for a name that went. A rename is one step.
Renaming = Mapping[str, int | None]


class Crash(BaseException):
    """The machine died; no handler for errors may catch this."""


class Failure(NamedTuple):
    """How an operation fails: a write takes `taken` bytes first, without a code that is all."""

    code: int | None
    taken: int = 0


class _File:
    __slots__ = ("changed_ns", "data", "dropped", "shrunk", "synced")

    def __init__(self, data: bytes = b"") -> None:
        self.data = self.synced = data
        self.changed_ns = 0
        # The contents before each cut since the last fsync: the kernel may have written them.
        self.shrunk: tuple[bytes, ...] = ()
        # Where a failed fsync has thrown bytes away: later ones call them written all the same.
        self.dropped: list[tuple[int, int]] = []


class Snapshot(NamedTuple):
    """What a machine has that dies now: names on disk, changes of names under way, and for each
    inode the bytes on disk and those that may be: the last are the ones that programs see."""

    names: dict[str, int]
    pending: tuple[Renaming, ...]
    files: dict[int, tuple[bytes, tuple[bytes, ...]]]

    def variants(self, random: Random, count: int) -> Iterator["MemoryDisk"]:
        """The extremes, then `count` by chance, of what may be on disk afterwards."""
        everything = (True,) * len(self.pending)
        nothing = (False,) * len(self.pending)
        for kept in (nothing, everything):
            yield self._disk(kept, lambda synced, _: synced)
            yield self._disk(kept, lambda _, seen: seen[-1])
        for _ in range(count):
            kept = tuple(random.random() < 0.5 for _ in self.pending)
            yield self._disk(kept, lambda synced, seen: torn(synced, random.choice(seen), random))

    def disk(self, kept: Sequence[bool], contents: Mapping[int, bytes]) -> "MemoryDisk":
        """What is left if these changes of names reached the disk, and these bytes by inode."""
        names = self._names_after(kept)
        return MemoryDisk({name: contents[inode] for name, inode in names.items()})

    def _disk(
        self, kept: Sequence[bool], content: Callable[[bytes, tuple[bytes, ...]], bytes]
    ) -> "MemoryDisk":
        names = self._names_after(kept)
        return MemoryDisk({name: content(*self.files[inode]) for name, inode in names.items()})

    def _names_after(self, kept: Sequence[bool]) -> dict[str, int]:
        names = dict(self.names)
        for renaming, reached in zip(self.pending, kept, strict=True):
            if reached:
                _apply(names, renaming)
        return names


def torn(synced: bytes, data: bytes, random: Random) -> bytes:
    """One of the contents that a file may have after a crash."""
    if synced == data:
        return data
    if not data.startswith(synced):
        return random.choice((synced, data))
    tail = data[len(synced) :]
    at = random.randrange(len(tail) + 1)
    lost = len(tail) - at
    return synced + random.choice(
        (
            b"",
            tail,
            tail[:at],
            tail[:at] + bytes(lost),
            tail[:at] + random.randbytes(lost),
            bytes(at) + tail[at:],
            random.randbytes(at) + tail[at:],
        )
    )


def _apply(names: dict[str, int], renaming: Renaming) -> None:
    for name, inode in renaming.items():
        if inode is None:
            names.pop(name, None)
        else:
            names[name] = inode


class MemoryDisk:
    """A Disk; see the module. `contents` are on disk from the beginning."""

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        self.steps = 0
        self.counts: Counter[str] = Counter()
        # Each operation so far, with the name it was for.
        self.trace: list[tuple[str, str]] = []
        self.watcher: Callable[[str, str], None] | None = None
        self.fail_at: dict[int, Failure] = {}
        self.crash_at: int | None = None
        self._capacity: int | None = None
        self.open_files: dict[int, int] = {}
        self._files: dict[int, _File] = {}
        self._names: dict[str, int] = {}
        self._pending: list[Renaming] = []
        # Changes of names that a failed `sync_folder` may have lost: later ones don't bring them.
        self._forgotten: list[Renaming] = []
        self._next = 0
        self._owner: str | None = None
        self._dead = False
        self._mutex = threading.Lock()
        for name, data in (contents or {}).items():
            self._names[name] = self._new_file(data)
        self._durable = dict(self._names)

    # What tests look at and do by hand.

    def snapshot(self) -> Snapshot:
        """The machine as it is; costs little, since contents are shared."""
        files = {
            inode: (file.synced, (*file.shrunk, file.data)) for inode, file in self._files.items()
        }
        pending = (*self._forgotten, *self._pending)
        return Snapshot(dict(self._durable), pending, files)

    def contents(self) -> dict[str, bytes]:
        """Every file by name as programs see it."""
        return {name: self._files[inode].data for name, inode in self._names.items()}

    def edit(self, name: str, content: bytes) -> None:
        """What a person's editor does: a new file in the old one's place, on disk at once."""
        self._names[name] = self._durable[name] = self._new_file(content)

    def remove(self, name: str) -> None:
        """A person deletes a file."""
        del self._names[name]
        self._durable.pop(name, None)

    @property
    def room(self) -> int | None:
        """How many bytes are free, or None for no end of them; cuts and deletions free some."""
        return None if self._capacity is None else max(0, self._capacity - self._used())

    @room.setter
    def room(self, free: int | None) -> None:
        self._capacity = None if free is None else self._used() + free

    def _used(self) -> int:
        inodes = {*self._names.values(), *self.open_files.values()}
        return sum(len(self._files[inode].data) for inode in inodes)

    def kill_process(self) -> None:
        """The process is killed, the machine goes on: what was not synced still may be lost."""
        self.open_files.clear()
        self._owner = None

    # The Disk.

    def names(self) -> list[str]:
        """See Disk."""
        self._check_alive()
        return list(self._names)

    def read(self, name: str) -> bytes:
        """See Disk."""
        self._step("read", name)
        return self._files[self._inode(name)].data

    def create(self, name: str) -> int:
        """See Disk."""
        self._step("create", name)
        inode = self._names.get(name)
        if inode is None:
            inode = self._new_file(b"")
            self._rename({name: inode})
        self._change(self._files[inode], b"")
        self._done("create", name)
        return self._open(inode)

    def reopen(self, name: str) -> int:
        """See Disk."""
        self._step("reopen", name)
        return self._open(self._inode(name))

    def write(self, file: int, data: bytes) -> int:
        """See Disk."""
        found = self._files[self._opened(file)]
        failure = self._step("write", self._name(file), may_take=True)
        taken = len(data) if failure is None else min(failure.taken, len(data))
        if self.room is not None:
            taken = min(taken, self.room)
            if not taken and failure is None:
                failure = Failure(errno.ENOSPC)
        self._change(found, found.data + data[:taken])
        self._done("write", self._name(file))
        if failure is not None and failure.code is not None:
            raise _os_error(failure.code)
        return taken

    def sync(self, file: int) -> None:
        """See Disk; one that fails forgets what it should have written, as kernels do."""
        found = self._files[self._opened(file)]
        self._done("sync", self._name(file))
        try:
            self._step("sync", self._name(file))
        except OSError:
            found.dropped.append((len(found.synced), len(found.data)))
            raise
        self._write_out(found)

    def write_again(self, name: str, at: int, data: bytes) -> None:
        """See Disk."""
        found = self._files[self._inode(name)]
        assert found.data[at : at + len(data)] == data, "what was there is other than that"
        self._done("write_again", name)
        self._step("write_again", name)
        end = at + len(data)
        kept = [((a, min(b, at)), (max(a, end), b)) for a, b in found.dropped]
        found.dropped = [(a, b) for pair in kept for a, b in pair if a < b]
        self._write_out(found)

    def cut(self, file: int, size: int) -> None:
        """See Disk."""
        found = self._files[self._opened(file)]
        self._step("cut", self._name(file))
        self._change(found, found.data[:size])
        self._done("cut", self._name(file))

    def close(self, file: int) -> None:
        """See Disk."""
        name = "" if self._dead else self._name(file)
        self.open_files.pop(file, None)
        if not self._dead:
            self._step("close", name)

    def rename(self, old: str, new: str) -> None:
        """See Disk."""
        self._step("rename", new)
        self._rename({old: None, new: self._inode(old)})
        self._done("rename", new)

    def delete(self, name: str) -> None:
        """See Disk."""
        self._step("delete", name)
        self._inode(name)
        self._rename({name: None})
        self._done("delete", name)

    def sync_folder(self) -> None:
        """See Disk; one that fails forgets the names, as `sync` forgets bytes.

        Not where the folder could not even be opened.
        """
        self._done("sync_folder", "")
        try:
            self._step("sync_folder", "")
        except OSError as error:
            if error.errno == errno.EMFILE:
                raise
            self._forgotten += self._pending
            self._pending = []
            raise
        for renaming in self._pending:
            _apply(self._durable, renaming)
            # What happened to a name since is on disk; what was forgotten of it is past.
            self._forgotten = [
                {name: inode for name, inode in old.items() if name not in renaming}
                for old in self._forgotten
            ]
        self._pending = []

    def stamp(self, name: str) -> Stamp | None:
        """See Disk."""
        self._check_alive()
        inode = self._names.get(name)
        if inode is None:
            return None
        return Stamp(inode, len(self._files[inode].data), self._files[inode].changed_ns)

    def lock(self, owner: str) -> Callable[[], None]:
        """See Disk."""
        if self._owner is not None:
            raise FolderInUse(f"the folder is in use by {self._owner}; stop that one first")
        self._step("lock", "")
        self._owner = owner

        def release() -> None:
            self._owner = None

        return release

    @staticmethod
    def _write_out(file: _File) -> None:
        data = file.data
        for start, end in file.dropped:
            data = data[:start] + bytes(end - start) + data[end:]
        file.synced, file.shrunk = data, ()

    def _new_file(self, data: bytes) -> int:
        self._next += 1
        self._files[self._next] = _File(data)
        return self._next

    def _open(self, inode: int) -> int:
        with self._mutex:
            self._next += 1
            self.open_files[self._next] = inode
            return self._next

    def _inode(self, name: str) -> int:
        try:
            return self._names[name]
        except KeyError:
            raise _os_error(errno.ENOENT) from None

    def _opened(self, file: int) -> int:
        self._check_alive()
        try:
            return self.open_files[file]
        except KeyError:
            raise _os_error(errno.EBADF) from None

    def _name(self, file: int) -> str:
        inode = self.open_files.get(file)
        return next((name for name, found in self._names.items() if found == inode), "")

    def _change(self, file: _File, data: bytes) -> None:
        if len(data) < len(file.data):
            file.shrunk += (file.data,)
        file.data = data
        file.changed_ns += 1
        # What is written anew after a cut is on disk at the next fsync again.
        file.dropped = [
            (start, min(end, len(data))) for start, end in file.dropped if start < len(data)
        ]

    def _rename(self, renaming: Renaming) -> None:
        _apply(self._names, renaming)
        self._pending.append(renaming)

    def _check_alive(self) -> None:
        if self._dead:
            raise Crash

    def _step(self, op: str, name: str, *, may_take: bool = False) -> Failure | None:
        """Count an operation; it may be the one that fails or the machine's last."""
        self._check_alive()
        with self._mutex:
            self.counts[op] += 1
            self.trace.append((op, name))
            self.steps += 1
            step = self.steps
        if step == self.crash_at:
            self._dead = True
            raise Crash
        failure = self.fail_at.get(step)
        if failure is not None and failure.code is not None and not may_take:
            raise _os_error(failure.code)
        return failure

    def _done(self, op: str, name: str) -> None:
        if self.watcher is not None:
            self.watcher(op, name)


def _os_error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
