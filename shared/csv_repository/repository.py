"""Open, read, change, checkpoint, close."""

import errno
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, cast

from shared.csv_repository.checkpoint import Checkpointer, new_pen
from shared.csv_repository.commit import PASSING, Commit, GroupCommit, no_room, poisoned
from shared.csv_repository.errors import (
    CannotOpen,
    RepositoryError,
    StorageFull,
    StoragePoisoned,
)
from shared.csv_repository.files import Disk
from shared.csv_repository.journal import Change
from shared.csv_repository.recovery import Recovery
from shared.csv_repository.rows import Rows
from shared.csv_repository.table import Key, Row, Table

_log = logging.getLogger(__name__)
# Below this a checkpoint is not worth its fsyncs, however small the CSVs are.
_LEAST_JOURNAL: Final = 4 << 20


class Transaction:
    """What one transaction reads and means to write; made by `Repository.transaction`."""

    def __init__(self, newest: Mapping[tuple[str, Key], Commit], rows: Mapping[str, Rows[Any]]):
        self._newest = newest
        self._rows = rows
        self.changes: dict[tuple[str, Key], Change] = {}
        self.rests_on: Commit | None = None

    def get(self, table: Table[Row], key: Key) -> Row | None:
        """The row as the transactions before this one left it, on disk yet or not."""
        at = (table.name, key)
        if own := self.changes.get(at):
            return cast("Row | None", own.row)
        if commit := self._newest.get(at):
            if self.rests_on is None or self.rests_on.lsn < commit.lsn:
                self.rests_on = commit
            changes = reversed(commit.changes)
            found = next(c.row for c in changes if (c.table.name, c.key) == at)
            return cast("Row | None", found)
        return cast("Row | None", self._rows[table.name].get(key))

    def put(self, table: Table[Row], row: Row) -> None:
        """Add a row, or replace the one with its key; raises ValueError if none could read it."""
        row = table.checked(row)
        key = table.key(row)
        self.changes[table.name, key] = Change(table, key, row)

    def delete(self, table: Table[Row], key: Key) -> None:
        """Take a row away."""
        self.changes[table.name, key] = Change(table, key, None)


def _cannot_use(error: OSError) -> RepositoryError:
    if error.errno in PASSING:
        return no_room(error)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return CannotOpen(f"the data folder cannot be used: {error}")
    return poisoned(error)


def in_thread(work: Callable[[], None]) -> None:
    """Run `work` beside the traffic."""
    threading.Thread(target=work, name="checkpoint").start()


def breathe() -> None:
    """Let any thread that waits for the interpreter have it."""
    time.sleep(0)


class Repository:
    """The tables of one folder; made by `Repository.open`, used by many threads."""

    def __init__(
        self,
        disk: Disk,
        recovery: Recovery,
        tables: Sequence[Table[Any]],
        release: Callable[[], None],
        clock: Callable[[], datetime],
        on_poison: Callable[[RepositoryError], None],
        background: Callable[[Callable[[], None]], None],
        pause: Callable[[], None],
    ) -> None:
        self._disk = disk
        self._rows = recovery.rows
        self._release = release
        self._background = background
        self._next_lsn = self._durable_lsn = recovery.next_lsn
        # The newest commit of each row that is not published yet.
        self._newest: dict[tuple[str, Key], Commit] = {}
        self._lock = threading.RLock()
        self._checkpoints = Checkpointer(
            disk,
            {table.name: table for table in tables},
            self._rows,
            recovery.known,
            clock,
            pause,
        )
        self._checkpoints.changed = recovery.changed
        self._checkpointing = threading.Lock()
        self._retry_size = 0
        pen = new_pen(disk, recovery.newest + 1, self._next_lsn, recovery.known)
        self._commits = GroupCommit(pen, self._lock, self._publish, self._forget, on_poison)
        self._closed = False
        try:
            self._checkpoints.finish_recovery(self._commits)
        except BaseException:
            pen.close()
            raise

    @classmethod
    def open(
        cls,
        disk: Disk,
        tables: Sequence[Table[Any]],
        *,
        seeds: Mapping[str, Callable[[], bytes]] | None = None,
        owner: str = "another process",
        accept_edits: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_poison: Callable[[RepositoryError], None] = lambda _: None,
        background: Callable[[Callable[[], None]], None] = in_thread,
        pause: Callable[[], None] = breathe,
    ) -> "Repository":
        """Lock the folder, recover what is in it, and be ready.

        `seeds` gives the first content of tables without a file in a folder never opened before.
        `owner` is what a second opener is told; `accept_edits` opens CSVs that were edited after a
        crash; `on_poison` is called once if the disk fails, and must not wait for the
        repository; `background` runs checkpoints.

        Raises a CannotOpen, StorageFull or StoragePoisoned.
        """
        try:
            release = disk.lock(owner)
        except OSError as error:
            raise _cannot_use(error) from error
        try:
            recovery = Recovery(disk, tables, seeds or {}, clock, accept_edits)
            recovery.run()
            return cls(disk, recovery, tables, release, clock, on_poison, background, pause)
        except OSError as error:
            release()
            raise _cannot_use(error) from error
        except BaseException:
            release()
            raise

    def rows(self, table: Table[Row]) -> Rows[Row]:
        """A table's published rows: all of them are on disk."""
        return cast("Rows[Row]", self._rows[table.name])

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction: when the block has ended, its rows are on disk and shown, or none are.

        An exception in the block writes nothing and comes out again, once all that the block had
        read is on disk: an answer must not rest on what a crash could take back.

        Raises StorageFull or StoragePoisoned (nothing was done), or CommitUnknown.
        """
        transaction = Transaction(self._newest, self._rows)
        failure: BaseException | None = None
        with self._lock:
            self._check_open()
            try:
                yield transaction
            except Exception as error:  # noqa: BLE001 - raised again below, outside of the lock
                failure = error
            commit = None if failure else self._add(transaction)
        awaited = commit or transaction.rests_on
        if awaited:
            self._commits.wait(awaited)
        if failure:
            raise failure
        self._checkpoint_if_due()

    def _check_open(self) -> None:
        if self._commits.poison:
            raise StoragePoisoned(*self._commits.poison.args)
        if self._closed:
            raise StoragePoisoned("the repository is closed")

    def _add(self, transaction: Transaction) -> Commit | None:
        if not transaction.changes:
            return None
        commit = Commit(self._next_lsn, list(transaction.changes.values()))
        self._next_lsn += 1
        for at in transaction.changes:
            self._newest[at] = commit
        self._commits.add(commit)
        return commit

    def _publish(self, batch: Sequence[Commit]) -> None:
        changes = [(commit, change) for commit in batch for change in commit.changes]
        for _, change in changes:
            self._rows[change.table.name].publish(change.key, change.row)
            self._checkpoints.changed.add(change.table.name)
        with self._lock:
            self._durable_lsn = batch[-1].lsn + 1
            for commit, change in changes:
                at = (change.table.name, change.key)
                if self._newest.get(at) is commit:
                    del self._newest[at]

    def _forget(self) -> None:
        self._newest.clear()
        self._next_lsn = self._durable_lsn

    def _checkpoint_if_due(self) -> None:
        size = self._commits.pen.size
        if size < max(_LEAST_JOURNAL, self._retry_size) or size < self._csv_size():
            return
        if self._checkpointing.acquire(blocking=False):
            try:
                self._background(self._checkpoint_beside_traffic)
            except RuntimeError as error:  # no thread can be started; the transaction is done
                self._checkpointing.release()
                _log.warning("checkpoint put off: %s", error)

    def _csv_size(self) -> int:
        return sum(print_.size for print_ in self._checkpoints.known.prints.values() if print_)

    def _checkpoint_beside_traffic(self) -> None:
        try:
            self.checkpoint()
            self._retry_size = 0
        except StorageFull as error:
            # Nothing is lost: the journal keeps all of it, and grows a little before the next try.
            self._retry_size = self._commits.pen.size + _LEAST_JOURNAL
            _log.warning("checkpoint put off: %s", error)
        except RepositoryError as error:
            _log.error("checkpoint failed: %s", error)
        finally:
            self._checkpointing.release()

    def checkpoint(self) -> None:
        """Bring the CSVs up to date. Raises StorageFull or StoragePoisoned; no row is lost."""
        self._checkpoints.run(self._commits, lambda: self._durable_lsn)

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written at present, or None if all is well."""
        if self._commits.poison:
            return str(self._commits.poison)
        return "the disk is full" if self._commits.full else None

    def close(self) -> None:
        """Refuse new transactions, bring the CSVs up to date, let go of the folder."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        try:
            self._commits.drain()
            with self._checkpointing:
                if not self._commits.poison:
                    self.checkpoint()
                    self._checkpoints.settle(self._commits)
        finally:
            try:
                self._checkpoints.stop()
                self._commits.close()
            finally:
                self._release()
