"""Group commit: one fdatasync for all who wait, and rows shown only when it has returned.

A transaction that has made up its mind becomes a Commit in the queue. Whichever thread finds
nobody writing takes the whole queue, writes it in one piece, syncs it once, publishes the rows,
wakes those who waited, and hands the pen to one of the next. No thread of its own is needed, and
a lone buyer pays for no hand-over.
"""

import errno
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from shared.csv_repository import journal
from shared.csv_repository.errors import (
    CommitUnknown,
    RepositoryError,
    StorageFull,
    StoragePoisoned,
)
from shared.csv_repository.files import Disk, write_all
from shared.csv_repository.journal import Change

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
# Only the opening of a file fails so: nothing was written, and nothing that was is in doubt.
NO_FILE: Final = frozenset({errno.EMFILE, errno.ENFILE})
PASSING: Final = NO_ROOM | NO_FILE


class Commit:
    """A transaction on its way to the disk; `failure` is only true once `settled` is."""

    __slots__ = ("changes", "event", "failure", "leads", "lsn", "payload", "settled")

    def __init__(self, lsn: int, changes: Sequence[Change]) -> None:
        self.lsn = lsn
        self.changes = changes
        self.payload = journal.rows_payload(lsn, changes)
        self.event = threading.Event()
        self.leads = False
        self.settled = False
        self.failure: RepositoryError | None = None

    def settle(self, failure: RepositoryError | None = None) -> None:
        """Say how it ended."""
        self.failure = failure
        self.settled = True
        self.event.set()


class Pen:
    """The open segment: the one place that writes to the journal."""

    def __init__(self, disk: Disk, file: int, number: int, size: int) -> None:
        self.number = number
        self.size = size
        self._disk = disk
        self._file = file
        self._poison: StoragePoisoned | None = None

    def write(self, payloads: Sequence[bytes]) -> None:
        """Append lines and return when they are on disk.

        Raises StorageFull with the segment as it was before, or StoragePoisoned, and then always.
        """
        if self._poison:
            raise self._poison
        data = journal.batch_bytes(self.size, payloads)
        # Until this has gone well nobody may write behind it, whoever comes first to the pen: the
        # kernel may have dropped the pages of a failed fsync and call the next one a success.
        self._poison = StoragePoisoned("a write was broken off; restart")
        try:
            self._write(data)
        except OSError as error:
            self._poison = poisoned(error)
            raise self._poison from error
        except StorageFull:
            self._poison = None
            raise
        self._poison = None
        self.size += len(data)

    def _write(self, data: bytes) -> None:
        try:
            write_all(self._disk, self._file, data)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self._cut_back()
            raise no_room(error) from error
        self._disk.sync(self._file)

    def _cut_back(self) -> None:
        """Take away what was half written, for good: it must not come back after a crash."""
        self._disk.cut(self._file, self.size)
        self._disk.sync(self._file)

    def close(self) -> None:
        """Let go of the segment's file; all in it that anyone was told of was synced before."""
        with suppress(OSError):
            self._disk.close(self._file)


def poisoned(error: OSError) -> StoragePoisoned:
    """What a failed write or fsync makes of the repository."""
    return StoragePoisoned(f"the disk failed ({error.strerror}); restart once it is mended")


def no_room(error: OSError) -> StorageFull:
    """What a full disk is to whoever wanted to write."""
    where = "no room on the disk" if error.errno in NO_ROOM else "no room for another open file"
    return StorageFull(f"{where}: {error.strerror}")


class GroupCommit:
    """The queue and the pen. `publish` shows a batch's rows to readers.

    `lock` is the writers' lock: whoever holds it may `add`. `fail_all` is called under it when
    what was in the queue came to nothing, so that no later transaction builds on it.
    """

    def __init__(
        self,
        pen: Pen,
        lock: threading.RLock,
        publish: Callable[[Sequence[Commit]], None],
        fail_all: Callable[[], None],
        on_poison: Callable[[RepositoryError], None],
    ) -> None:
        self.pen = pen
        # Held by whoever writes; a checkpoint takes it to change the pen between two writes.
        self.writing = threading.Lock()
        self.poison: StoragePoisoned | None = None
        self.full = False
        self._lock = lock
        self._publish = publish
        self._fail_all = fail_all
        self._on_poison = on_poison
        self._mutex = threading.Lock()
        self._queue: list[Commit] = []
        self._led = False

    def add(self, commit: Commit) -> None:
        """Put a commit in the queue, in the order of LSNs; the caller holds the writers' lock."""
        with self._mutex:
            self._queue.append(commit)

    def wait(self, commit: Commit) -> None:
        """Return when the commit is on disk and shown; raises its failure.

        Any number of threads may wait for one commit: an answer may rest on another's row.
        """
        try:
            self._settle(commit)
        except BaseException:
            # Ctrl-C: the pen may have been handed to this thread, and all would wait for it.
            if not commit.settled:
                self._settle(commit)
            raise
        if commit.failure is not None:
            raise type(commit.failure)(*commit.failure.args)

    def _settle(self, commit: Commit) -> None:
        while not self._is_settled_or_led(commit):
            commit.event.wait()
        if not commit.settled:
            self._write_queue()
        assert commit.settled

    def close(self) -> None:
        """Let go of the segment, once nobody writes; `drain` first."""
        with self.writing:
            self.pen.close()

    def drain(self) -> None:
        """Return when all that was added has come to its end, whichever it was."""
        with self._mutex:
            last = self._queue[-1] if self._queue else None
        if last is not None:
            self._settle(last)
        with self.writing:
            pass

    def _is_settled_or_led(self, commit: Commit) -> bool:
        """Whether the wait is over: the commit is settled, or this thread has to write."""
        with self._mutex:
            if commit.settled:
                return True
            if commit.leads or not self._led:
                self._led = True
                commit.leads = False
                return True
            commit.event.clear()
            # It may have been settled just before its event was cleared.
            return commit.settled

    def _write_queue(self) -> None:
        try:
            with self.writing:
                with self._mutex:
                    batch, self._queue = self._queue, []
                self._write(batch)
        finally:
            with self._mutex:
                self._led = bool(self._queue)
                if self._led:
                    self._queue[0].leads = True
                    self._queue[0].event.set()

    def _write(self, batch: list[Commit]) -> None:
        try:
            if self.poison:
                raise self.poison
            self.pen.write([commit.payload for commit in batch])
        except StorageFull as error:
            self.full = True
            self._drop(batch, error, error)
        except StoragePoisoned as error:
            # Not even begun if it was poisoned before; otherwise the disk alone knows.
            failure = error if self.poison else CommitUnknown(str(error))
            self._drop(batch, failure, error)
            self.fail(error)
        except BaseException as error:
            self._break_off(batch, f"a write was broken off by {error!r}")
            raise
        else:
            self.full = False
            self._show(batch)

    def _show(self, batch: list[Commit]) -> None:
        """Publish; what is on disk but not shown must not be lost to a checkpoint of what is."""
        try:
            self._publish(batch)
        except BaseException as error:
            self._break_off(batch, f"rows on disk could not be shown: {error!r}")
            raise
        for commit in batch:
            commit.settle()

    def _break_off(self, batch: list[Commit], what: str) -> None:
        poison = StoragePoisoned(f"{what}; restart")
        self._drop(batch, CommitUnknown(str(poison)), poison)
        self.fail(poison)

    def fail(self, error: StoragePoisoned) -> None:
        """Refuse every later write: the disk failed outside of a commit."""
        with self._mutex:
            first = self.poison is None
            self.poison = self.poison or error
        if first:
            self._on_poison(error)

    def _drop(
        self, batch: list[Commit], failure: RepositoryError, for_later: RepositoryError
    ) -> None:
        """Fail the batch and all that was queued behind it: they were worked out from its rows."""
        with self._lock:
            with self._mutex:
                later, self._queue = self._queue, []
            self._fail_all()
        for commit in batch:
            commit.settle(failure)
        for commit in later:
            commit.settle(for_later)
