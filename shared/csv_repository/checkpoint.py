"""A checkpoint: the journal's rows go into the CSVs, beside the traffic.

The order of steps is the crash argument. With the journal in segment N:

1. Segment N+1 is made, its first line synced, and the folder synced. A crash here: N+1 may be
   missing or torn; N has everything.
2. Between two writes the pen moves to N+1. Every record of N is on disk and published.
3. Each changed table is copied and written to a temporary file, which is synced. The copy has at
   least all of N, perhaps some of N+1; replaying those ends in the same rows.
4. Its print goes into N+1 and is synced, then the file is renamed over the CSV. A crash between:
   the CSV has an older print that is also in the journal, so neither is taken for a hand's edit.
5. The folder is synced: the CSVs hold all of N.
6. Only now the segments up to N are deleted. The deletions may reach the disk in any order; what
   is left of them below a gap is recognised by the gap.
"""

import logging
import threading
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Any, Final

from shared.csv_repository import journal
from shared.csv_repository.commit import NO_FILE, PASSING, GroupCommit, Pen, no_room, poisoned
from shared.csv_repository.errors import RepositoryError, StorageFull, StoragePoisoned
from shared.csv_repository.files import Disk, Stamp, new_file, write_all, write_file
from shared.csv_repository.journal import Print
from shared.csv_repository.rows import Rows
from shared.csv_repository.table import Table

_log = logging.getLogger(__name__)
# A large file is synced in pieces: one fsync of it all would hold up the journal's, since ext4
# writes a file's new blocks before the transaction that names them.
_PIECE: Final = 1 << 19


def temporary(file: str) -> str:
    """The name under which a CSV is written before it takes its place."""
    return f"{file}.tmp"


def keep_aside(disk: Disk, file: str, at: datetime, when: str) -> None:
    """Copy an edited CSV, and return when the copy is on disk: ours is about to replace it.

    A copy, not a rename (a crash must not leave the table without its CSV), and not a second name,
    which not every file system has, nor Linux allows for a file that the editor's user owns.
    """
    names, first = disk.names(), f"{file}.edited-{at:%Y%m%dT%H%M%S%f}"
    tries = (first if n == 1 else f"{first}-{n}" for n in count(1))
    aside = next(name for name in tries if name not in names)
    write_file(disk, aside, disk.read(file))
    sync_names(disk)
    _log.warning("%s was edited %s; the edit is kept as %s", file, when, aside)


def sync_names(disk: Disk) -> None:
    """Return when the folder's names are on disk. Raises StoragePoisoned, for want of room too,
    and OSError where the folder could not even be opened for it.

    A name that a failed fsync has dropped is called written by the next one, and what is written
    under it from then on would be lost: so there is no next one.
    """
    try:
        disk.sync_folder()
    except OSError as error:
        if error.errno in NO_FILE:
            raise
        raise poisoned(error) from error


class Known:
    """What we last knew of each table's CSV: its print and its stamp."""

    def __init__(self) -> None:
        self.prints: dict[str, Print | None] = {}
        self.stamps: dict[str, Stamp | None] = {}


def new_pen(disk: Disk, number: int, next_lsn: int, known: Known) -> Pen:
    """Make a segment and return when it is on disk, name and first line."""
    file = disk.create(journal.segment_name(number))
    pen = Pen(disk, file, number, 0)
    try:
        pen.write([journal.open_payload(number, next_lsn, known.prints)])
        sync_names(disk)
    except BaseException:
        pen.close()
        raise
    return pen


class Checkpointer:
    """Runs one checkpoint at a time; `changed` names the tables that have to be written."""

    def __init__(
        self,
        disk: Disk,
        tables: Mapping[str, Table[Any]],
        rows: Mapping[str, Rows[Any]],
        known: Known,
        clock: Callable[[], datetime],
        pause: Callable[[], None],
    ) -> None:
        self.changed: set[str] = set()
        self._disk = disk
        self._tables = tables
        self._rows = rows
        self.known = known
        self._clock = clock
        self._pause = pause
        self._one = threading.Lock()
        self._stopped = False

    def run(self, commits: GroupCommit, durable_lsn: Callable[[], int]) -> None:
        """Write a checkpoint; raises StorageFull (all is as safe as before) or StoragePoisoned.

        `durable_lsn` tells the number after the last record on disk. The next one to be given out
        would be too high: records under way may come to nothing, and then theirs is given again.
        """
        with self._one:
            if self._stopped:
                raise StoragePoisoned("the repository is closed")
            try:
                if commits.poison:
                    raise commits.poison
                pen = new_pen(self._disk, commits.pen.number + 1, durable_lsn(), self.known)
                self._swap(commits, pen).close()
                self.finish(commits)
            except (OSError, StorageFull, StoragePoisoned) as error:
                raise self._failed(error, commits) from error

    def stop(self) -> None:
        """Return when no checkpoint runs, nor ever will again: the folder will be another's."""
        with self._one:
            self._stopped = True

    @staticmethod
    def _swap(commits: GroupCommit, pen: Pen) -> Pen:
        """Step 2; returns the pen that was."""
        with commits.writing:
            if commits.poison:
                pen.close()
                raise commits.poison
            commits.pen, old = pen, commits.pen
            return old

    def finish(self, commits: GroupCommit) -> None:
        """Steps 3 to 6; also ends a recovery. Raises StorageFull, StoragePoisoned or OSError."""
        with commits.writing:
            changed, self.changed = self.changed, set()
        try:
            self._write_tables(changed, commits)
        except BaseException:
            # Forgotten, the next checkpoint would delete the only record of these tables' rows.
            self.changed |= changed
            raise
        self._delete_segments(before=commits.pen.number)

    def settle(self, commits: GroupCommit) -> None:
        """Have the segments that were deleted stay away; raises as `run` does.

        Beside traffic that can wait: one that comes back after a crash is read again and changes
        nothing. After a stop a person may edit, and its records would win over what they wrote.
        """
        try:
            sync_names(self._disk)
        except (OSError, StoragePoisoned) as error:
            raise self._failed(error, commits) from error

    def finish_recovery(self, commits: GroupCommit) -> None:
        """Steps 3 to 6 for the rows that recovery replayed; raises as `run` does."""
        try:
            self.finish(commits)
        except (OSError, StorageFull, StoragePoisoned) as error:
            raise self._failed(error, commits) from error

    def _write_tables(self, changed: set[str], commits: GroupCommit) -> None:
        for name in sorted(changed):
            print_ = self._write_temporary(self._tables[name])
            with commits.writing:
                commits.pen.write([journal.file_payload(name, print_)])
            self._put_in_place(self._tables[name], print_)
        if changed:
            sync_names(self._disk)

    def _write_temporary(self, table: Table[Any]) -> Print:
        size, crc, unsynced = 0, 0, 0
        with new_file(self._disk, temporary(table.file)) as file:
            for piece in table.lines(self._rows[table.name].all()):
                write_all(self._disk, file, piece)
                size += len(piece)
                crc = zlib.crc32(piece, crc)
                unsynced += len(piece)
                if unsynced > _PIECE:
                    self._disk.sync(file)
                    unsynced = 0
                self._pause()
            self._disk.sync(file)
        return Print(size, crc)

    def _put_in_place(self, table: Table[Any], print_: Print) -> None:
        now = self._disk.stamp(table.file)
        if now is not None and now != self.known.stamps.get(table.name):
            keep_aside(self._disk, table.file, self._clock(), "while the shop was open")
        # Taken before anyone can edit it under its own name.
        stamp = self._disk.stamp(temporary(table.file))
        self._disk.rename(temporary(table.file), table.file)
        self.known.prints[table.name] = print_
        self.known.stamps[table.name] = stamp

    def _delete_segments(self, before: int) -> None:
        numbers = sorted(filter(None, map(journal.segment_number, self._disk.names())))
        for number in numbers:
            if number < before:
                self._disk.delete(journal.segment_name(number))

    def _failed(self, error: Exception, commits: GroupCommit) -> RepositoryError:
        if isinstance(error, StorageFull):
            return error
        if isinstance(error, OSError):
            if error.errno in PASSING:
                return no_room(error)
            error = poisoned(error)
        assert isinstance(error, StoragePoisoned)
        commits.fail(error)
        return error
