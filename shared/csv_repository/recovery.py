"""Opening a folder: the CSVs, then the journal's records over them in order.

Which segments count: a checkpoint deletes old segments in any order as far as the disk is
concerned. Of segments 5, 6 and 7 with 6 gone, 5 is older than the CSVs, and its rows would undo
newer ones; so only the unbroken run up to the newest is read. Newest is the last that holds lines:
of one that was only begun, nobody was told anything. (Its first line says how many records there
were; if that is more than are found below it, those below it are older than the CSVs.)

Segments only begun are made anew, under their names: of a process that was killed, or whose fsync
failed, neither the names nor the bytes that are seen here need be on disk, and after a crash there
would be a gap or a torn line where they were, below the segment that this opening makes.

Where an end may be torn: a write is begun only when the one before it is on disk, and a segment is
written to only when the one before it is whole. So only the newest segment that holds lines may
end in something else than a whole line; anywhere else that is damage, and the folder is left as
it is for someone to look at.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.csv_repository import journal
from shared.csv_repository.checkpoint import Known, keep_aside, sync_names, temporary
from shared.csv_repository.commit import poisoned
from shared.csv_repository.errors import CorruptJournal, EditedFiles, MissingFile
from shared.csv_repository.files import Disk, write_file
from shared.csv_repository.journal import Print, Segment
from shared.csv_repository.rows import Rows
from shared.csv_repository.table import Table

_log = logging.getLogger(__name__)


class Recovery:
    """One opening of a folder. After `run`: the rows, what was known of the files, and numbers."""

    def __init__(
        self,
        disk: Disk,
        tables: Sequence[Table[Any]],
        seeds: Mapping[str, Callable[[], bytes]],
        clock: Callable[[], datetime],
        accept_edits: bool,
    ) -> None:
        self.rows: dict[str, Rows[Any]] = {}
        self.known = Known()
        self.changed: set[str] = set()
        self.next_lsn = 1
        self.newest = 0
        self._disk = disk
        self._tables = {table.name: table for table in tables}
        self._seeds = seeds
        self._clock = clock
        self._accept_edits = accept_edits
        self._alone: dict[int, Segment] = {}

    def run(self) -> None:
        """Read everything; raises a CannotOpen with the folder as it was found."""
        names = self._disk.names()
        numbers = sorted(n for n in map(journal.segment_number, names) if n is not None)
        segments, begun = self._choose(numbers)
        self._check_torn(segments)
        self.next_lsn = _next_lsn(segments + begun)
        if not numbers:
            self._put_seeds(names)
        self._load(segments, segments + begun)
        self._replay(segments)
        if records := sum(len(segment.records) for segment in segments):
            # A clean stop leaves none.
            _log.warning("the last stop was not clean: records replayed: %d", records)
        if segments:
            self._secure_last_write(segments[-1])
        for segment in segments + begun:
            if segment.torn:
                self._set_torn_end_aside(segment)
        left_over = {temporary(table.file) for table in self._tables.values()}
        left_over.update(journal.segment_name(segment.number) for segment in begun)
        for name in left_over.intersection(self._disk.names()):
            self._disk.delete(name)
        self.newest = segments[-1].number if segments else 0

    def _choose(self, numbers: Sequence[int]) -> tuple[list[Segment], list[Segment]]:
        """The segments that count, and newer ones that were only begun."""
        last = len(numbers)
        begun: list[Segment] = []
        while last > 1 and not (newest := self._read_one(numbers[last - 1], None)).holds_lines:
            begun.insert(0, newest)
            last -= 1
        segments = self._read_run(numbers[:last])
        if any(segment.floor > _next_lsn(segments) for segment in begun):
            # Records are missing in between: these are older than the CSVs after all.
            return self._read_run(numbers), []
        return segments, begun

    def _read_run(self, numbers: Sequence[int]) -> list[Segment]:
        run = [n for at, n in enumerate(numbers) if numbers[-1] - n == len(numbers) - 1 - at]
        segments: list[Segment] = []
        for number in run:
            segments.append(self._read_one(number, _last_lsn(segments)))
        return segments

    def _read_one(self, number: int, last_lsn: int | None) -> Segment:
        # Most often there is one alone, and it is long.
        if last_lsn is None and number in self._alone:
            return self._alone[number]
        content = self._disk.read(journal.segment_name(number))
        segment = journal.read_segment(number, content, self._tables, last_lsn)
        if last_lsn is None:
            self._alone[number] = segment
        return segment

    def _check_torn(self, segments: Sequence[Segment]) -> None:
        for at, segment in enumerate(segments):
            if segment.torn and any(later.holds_lines for later in segments[at + 1 :]):
                raise _torn_in_the_middle(segment, self._disk)

    def _put_seeds(self, names: Sequence[str]) -> None:
        """Put the seeds of tables that have no file into a folder that was never opened.

        Each table by itself: after a crash in here some have theirs and the others still get it,
        since the first segment is made only when all are on disk. Those that are there are put
        again: of a start that was killed, or whose fsync failed, neither the names nor the bytes
        that are seen here need be on disk, and once there is a segment no seed is ever put.
        """
        missing = {
            self._tables[name]: content
            for name, content in self._seeds.items()
            if self._tables[name].file not in names
        }
        contents = {table: content() for table, content in missing.items()}
        for table, content in contents.items():
            table.load(content)  # a bad seed must not get into the folder
        there = [table for table in self._tables.values() if table.file in names]
        for table in there:
            self._put_again(table.file)
        for table, content in contents.items():
            write_file(self._disk, temporary(table.file), content)
            self._disk.rename(temporary(table.file), table.file)
        if there or contents:
            sync_names(self._disk)

    def _put_again(self, file: str) -> None:
        """Put a copy of a file in its place, byte for byte, whoever may be writing to it."""
        found = None
        while found is None or found != self._disk.stamp(file):
            found = self._disk.stamp(file)
            write_file(self._disk, temporary(file), self._disk.read(file))
        self._disk.rename(temporary(file), file)

    def _load(self, segments: Sequence[Segment], all_read: Sequence[Segment]) -> None:
        names = self._disk.names()
        # Before they are read: an edit in between is then seen when the file is to be replaced.
        for name, table in self._tables.items():
            self.known.stamps[name] = self._disk.stamp(table.file)
        contents = {
            name: self._disk.read(table.file) if table.file in names else None
            for name, table in self._tables.items()
        }
        for name, content in contents.items():
            self.known.prints[name] = None if content is None else Print.of(content)
        edited = self._check_prints(segments, all_read)
        for name, table in self._tables.items():
            content = contents[name]
            self.rows[name] = Rows({} if content is None else table.load(content))
        for name in edited:
            keep_aside(self._disk, self._tables[name].file, self._clock(), "after a crash")

    def _check_prints(self, segments: Sequence[Segment], all_read: Sequence[Segment]) -> list[str]:
        """The tables whose CSV is not one that we wrote, though the journal builds on ours."""
        ours: dict[str, set[Print | None]] = {}
        for segment in all_read:
            for name, print_ in segment.known + segment.written:
                ours.setdefault(name, set()).add(print_)
        for name in ours:
            if name in self._tables and self.known.prints[name] is None:
                self._check_never_written(name, segments[0])
        if not any(segment.records for segment in segments):
            return []
        edited = [
            name
            for name, print_ in self.known.prints.items()
            if print_ is not None and print_ not in ours.get(name, ())
        ]
        if edited and not self._accept_edits:
            raise EditedFiles([self._tables[name].file for name in edited])
        return edited

    def _check_never_written(self, name: str, oldest: Segment) -> None:
        """A first CSV's new name may be lost in a crash, but only while the segment that was
        there before it is, too: that one goes when the name is on disk."""
        if dict(oldest.known).get(name) or name in dict(oldest.written):
            raise MissingFile(self._tables[name].file)

    def _replay(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            for record in segment.records:
                for change in record.changes:
                    self.rows[change.table.name].publish(change.key, change.row)
                    self.changed.add(change.table.name)

    def _secure_last_write(self, segment: Segment) -> None:
        """Have on disk what is about to go into the CSVs, one table after the other.

        The last write may be in the kernel's memory only: its process was killed before the fsync,
        or the fsync failed. Those before it are on disk, or it would not have been begun. A crash
        between two CSVs would otherwise leave half of its transactions.
        """
        name = journal.segment_name(segment.number)
        content = self._disk.read(name)
        self._disk.write_again(name, segment.last, content[segment.last : segment.end])

    def _set_torn_end_aside(self, segment: Segment) -> None:
        """Keep the bytes for whoever wants to look, and make the segment whole again.

        Made whole, because its deletion may be lost in the next crash, and then it would stand
        before a newer segment. Opened first: whoever may not write to it is told so with the
        folder as it was.
        """
        name = journal.segment_name(segment.number)
        aside = name.replace(".csv", ".torn")
        handle = self._disk.reopen(name)
        try:
            write_file(self._disk, aside, segment.torn)
            sync_names(self._disk)
            try:
                self._disk.cut(handle, segment.end)
                self._disk.sync(handle)
            except OSError as error:
                raise poisoned(error) from error
        finally:
            self._disk.close(handle)
        _log.warning("%s ended in a torn write, as after a crash; it is kept as %s", name, aside)


def _last_lsn(segments: Sequence[Segment]) -> int | None:
    return next((s.records[-1].lsn for s in reversed(segments) if s.records), None)


def _next_lsn(segments: Sequence[Segment]) -> int:
    return max([1, (_last_lsn(segments) or 0) + 1, *(segment.floor for segment in segments)])


def _torn_in_the_middle(segment: Segment, disk: Disk) -> CorruptJournal:
    name = journal.segment_name(segment.number)
    line = disk.read(name).count(b"\n", 0, segment.end) + 1
    return CorruptJournal(name, line, segment.end, "a record is damaged")
