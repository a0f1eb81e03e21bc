"""What can go wrong with the files.

::

    RepositoryError
    ├── CannotOpen         no row in the folder was changed
    │   ├── FolderInUse    another process has it
    │   ├── BadRows        a CSV holds rows that cannot be read
    │   ├── MissingFile    a CSV that was there is gone
    │   ├── EditedFiles    a CSV was changed by hand while the journal held newer rows
    │   └── CorruptJournal a record that had been on disk is not there whole
    ├── StorageFull        nothing was done; works again when there is room
    ├── StoragePoisoned    nothing was done; no write until the process is started again
    └── CommitUnknown      the disk failed in the middle: it may be found done at the next start
"""

from collections.abc import Sequence


class RepositoryError(Exception):
    """Something is wrong with the files."""


class CannotOpen(RepositoryError):
    """The folder cannot be opened, and no row in it was changed."""


class FolderInUse(CannotOpen):
    """Another process has this folder open."""


class CorruptJournal(CannotOpen):
    """A record before the journal's end is damaged."""

    def __init__(self, name: str, line: int, offset: int, what: str) -> None:
        super().__init__(f"{name}, line {line} (byte {offset}): {what}")
        self.name = name
        self.line = line
        self.offset = offset


class MissingFile(CannotOpen):
    """A CSV that the shop had is no longer there."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is missing though this shop had one; put it back, or give the server an "
            "empty data folder to begin anew"
        )


class EditedFiles(CannotOpen):
    """CSVs were edited after a crash, while the journal holds rows that are not in them yet."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"{', '.join(names)}: changed by hand while the journal holds changes not yet in it; "
            "put the file back as it was, or start once with --accept-edits (the journal's rows "
            "win where both changed, and a copy of the edited file is kept aside)"
        )
        self.names = tuple(names)


class BadRows(CannotOpen):
    """Rows of a CSV that cannot be read; `rows` is (line, what is wrong) for each."""

    SHOWN = 20

    def __init__(self, name: str, rows: Sequence[tuple[int, str]]) -> None:
        shown = [f"{name}, line {line}: {what}" for line, what in rows[: self.SHOWN]]
        if len(rows) > self.SHOWN:
            shown.append(f"and {len(rows) - self.SHOWN} more bad rows in {name}")
        super().__init__("\n".join(shown))
        self.name = name
        self.rows = tuple(rows)


class StorageFull(RepositoryError):
    """No room, on the disk or for another open file; what was asked was not done."""


class StoragePoisoned(RepositoryError):
    """A write or fsync failed earlier, so what is on disk is not known; writes are refused."""


class CommitUnknown(RepositoryError):
    """The fsync of this very transaction failed; whether it is on disk shows at the next start."""
