"""Opening a folder: the CSVs, then the journal's records over them in order.

Which segments count: a checkpoint deletes old segments in any order as far as the disk is
concerned. Of segments 5, 6 and 7 with 6 gone, 5 is older than the CSVs, and its rows would undo
newer ones; so only the unbroken run up to the newest is read.

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
from shared.csv_repository.checkpoint import Known, temporary
from shared.csv_repository.errors import CorruptJournal, EditedFiles, MissingFile
from shared.csv_repository.files import Disk, write_all
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

    def run(self) -> None:
        """Read everything; raises a CannotOpen with the folder as it was found."""
        names = self._disk.names()
        numbers = sorted(n for n in map(journal.segment_number, names) if n is not None)
        files = [table.file for table in self._tables.values()]
        segments = self._read_run(numbers)
        if not numbers and not any(file in names for file in files):
            self._put_seeds()
        self._load(segments)
        self._replay(segments)
        for segment in segments:
            if segment.torn:
                self._set_torn_end_aside(segment)
        for name in names:
            if name in map(temporary, files):
                self._disk.delete(name)
        self.newest = numbers[-1] if numbers else 0

    def _read_run(self, numbers: Sequence[int]) -> list[Segment]:
        run = [n for at, n in enumerate(numbers) if numbers[-1] - n == len(numbers) - 1 - at]
        segments: list[Segment] = []
        for number in run:
            content = self._disk.read(journal.segment_name(number))
            segment = journal.read_segment(number, content, self._tables, self._last_lsn(segments))
            segments.append(segment)
        for at, segment in enumerate(segments):
            if segment.torn and any(later.holds_lines for later in segments[at + 1 :]):
                raise _torn_in_the_middle(segment, self._disk)
        for segment in segments:
            self.next_lsn = max(self.next_lsn, segment.floor)
        self.next_lsn = max(self.next_lsn, (self._last_lsn(segments) or 0) + 1)
        return segments

    @staticmethod
    def _last_lsn(segments: Sequence[Segment]) -> int | None:
        return next((s.records[-1].lsn for s in reversed(segments) if s.records), None)

    def _put_seeds(self) -> None:
        for name, content in self._seeds.items():
            file = self._tables[name].file
            handle = self._disk.create(temporary(file))
            try:
                write_all(self._disk, handle, content())
                self._disk.sync(handle)
            finally:
                self._disk.close(handle)
            self._disk.rename(temporary(file), file)
        if self._seeds:
            self._disk.sync_folder()

    def _load(self, segments: Sequence[Segment]) -> None:
        names = self._disk.names()
        contents = {
            name: self._disk.read(table.file) if table.file in names else None
            for name, table in self._tables.items()
        }
        for name, content in contents.items():
            self.known.prints[name] = None if content is None else Print.of(content)
        edited = self._check_prints(segments)
        for name, table in self._tables.items():
            content = contents[name]
            self.rows[name] = Rows({} if content is None else table.load(content))
            self.known.stamps[name] = self._disk.stamp(table.file)
        for name in edited:
            self._keep_aside(self._tables[name].file)

    def _check_prints(self, segments: Sequence[Segment]) -> list[str]:
        """The tables whose CSV is not one that we wrote, though the journal builds on ours."""
        ours: dict[str, set[Print | None]] = {}
        for segment in segments:
            for name, print_ in segment.known + segment.written:
                ours.setdefault(name, set()).add(print_)
        for name, prints in ours.items():
            if name in self._tables and self.known.prints[name] is None and None not in prints:
                raise MissingFile(self._tables[name].file)
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

    def _keep_aside(self, file: str) -> None:
        aside = f"{file}.edited-{self._clock():%Y%m%dT%H%M%S%f}"
        self._disk.link(file, aside)
        _log.warning("%s was edited after a crash; the edit is kept as %s", file, aside)

    def _replay(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            for record in segment.records:
                for change in record.changes:
                    self.rows[change.table.name].publish(change.key, change.row)
                    self.changed.add(change.table.name)

    def _set_torn_end_aside(self, segment: Segment) -> None:
        """Keep the bytes for whoever wants to look, and make the segment whole again.

        Made whole, because its deletion may be lost in the next crash, and then it would stand
        before a newer segment.
        """
        name = journal.segment_name(segment.number)
        aside = name.replace(".csv", ".torn")
        handle = self._disk.create(aside)
        try:
            write_all(self._disk, handle, segment.torn)
            self._disk.sync(handle)
        finally:
            self._disk.close(handle)
        self._disk.sync_folder()
        handle = self._disk.reopen(name)
        try:
            self._disk.cut(handle, segment.end)
            self._disk.sync(handle)
        finally:
            self._disk.close(handle)
        _log.warning("%s ended in a torn write, as after a crash; it is kept as %s", name, aside)


def _torn_in_the_middle(segment: Segment, disk: Disk) -> CorruptJournal:
    name = journal.segment_name(segment.number)
    line = disk.read(name).count(b"\n", 0, segment.end) + 1
    return CorruptJournal(name, line, segment.end, "a record is damaged")
