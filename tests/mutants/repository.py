"""Ways to break the CSV repository."""

from typing import Final

from tests.mutants.mutant import Mutant

_COMMIT: Final = "shared/csv_repository/commit.py"
_CHECKPOINT: Final = "shared/csv_repository/checkpoint.py"
_JOURNAL: Final = "shared/csv_repository/journal.py"
_RECOVERY: Final = "shared/csv_repository/recovery.py"
_REPOSITORY: Final = "shared/csv_repository/repository.py"

REPOSITORY: Final = (
    Mutant(
        "no-fsync-of-a-commit",
        "a transaction is answered before it is on disk",
        "crashes",
        _COMMIT,
        "            raise no_room(error) from error\n        self._disk.sync(self._file)\n",
        "            raise no_room(error) from error\n",
    ),
    Mutant(
        "published-before-fsync",
        "readers see what a crash takes back",
        "crashes",
        _COMMIT,
        "            self.pen.write([commit.payload for commit in batch])",
        "            self._publish(batch)\n"
        "            self.pen.write([commit.payload for commit in batch])",
    ),
    Mutant(
        "half-a-line-left-on-a-full-disk",
        "what found no room is not cut off",
        "crashes",
        _COMMIT,
        "        self._disk.cut(self._file, self.size)\n",
        "",
    ),
    Mutant(
        "cutting-back-not-synced",
        "what was refused for want of room comes back after a crash",
        "failures",
        _COMMIT,
        "        self._disk.cut(self._file, self.size)\n        self._disk.sync(self._file)",
        "        self._disk.cut(self._file, self.size)",
    ),
    Mutant(
        "failed-batch-still-seen-by-the-next",
        "a record that came to nothing keeps its number and its rows",
        "crashes",
        _COMMIT,
        "            self._fail_all()\n",
        "",
    ),
    Mutant(
        "fsync-tried-again",
        "the kernel calls what it has dropped written",
        "failures",
        _COMMIT,
        "            raise no_room(error) from error\n        self._disk.sync(self._file)\n",
        "            raise no_room(error) from error\n"
        "        try:\n            self._disk.sync(self._file)\n"
        "        except OSError:\n            self._disk.sync(self._file)\n",
    ),
    Mutant(
        "unknown-called-undone",
        "a commit whose fsync failed is said not to have been done",
        "failures",
        _COMMIT,
        "failure = error if self.poison else CommitUnknown(str(error))",
        "failure = error",
    ),
    Mutant(
        "full-for-ever",
        "a full disk is taken for a broken one",
        "failures",
        _COMMIT,
        "frozenset({errno.ENOSPC, errno.EDQUOT})",
        "frozenset()",
    ),
    Mutant(
        "pen-written-with-after-a-failure",
        "a later write stands behind bytes that may be missing",
        "failures",
        _COMMIT,
        "        if self._poison:\n            raise self._poison\n        data =",
        "        data =",
    ),
    Mutant(
        "no-fsync-of-the-folder-after-a-rename",
        "old segments go before the new CSV's name is on disk",
        "crashes",
        _CHECKPOINT,
        "        if changed:\n            sync_names(self._disk)\n",
        "",
    ),
    Mutant(
        "fsync-of-the-folder-tried-again",
        "a name that a full disk dropped is called written",
        "failures",
        _CHECKPOINT,
        "    except OSError as error:\n        raise poisoned(error) from error\n",
        "    except OSError as error:\n        raise no_room(error) from error\n",
    ),
    Mutant(
        "no-fsync-of-the-folder-after-a-new-segment",
        "the segment that is written to has no name on disk",
        "crashes",
        _CHECKPOINT,
        "next_lsn, known.prints)])\n        sync_names(disk)",
        "next_lsn, known.prints)])",
    ),
    Mutant(
        "no-fsync-of-a-csv",
        "a CSV takes its place before its bytes are on disk",
        "crashes",
        _CHECKPOINT,
        "                self._pause()\n            self._disk.sync(file)\n",
        "                self._pause()\n",
    ),
    Mutant(
        "segments-deleted-before-the-rename",
        "for a moment the rows are nowhere",
        "crashes",
        _CHECKPOINT,
        "        try:\n            self._write_tables(changed, commits)\n",
        "        try:\n            self._delete_segments(before=commits.pen.number)\n"
        "            self._write_tables(changed, commits)\n",
    ),
    Mutant(
        "no-print-before-the-rename",
        "our own CSV is taken for a hand's edit after a crash",
        "crashes",
        _CHECKPOINT,
        "                commits.pen.write([journal.file_payload(name, print_)])",
        "                pass",
    ),
    Mutant(
        "tables-of-a-failed-checkpoint-forgotten",
        "the next checkpoint deletes the only record of their rows",
        "failures",
        _CHECKPOINT,
        "            self.changed |= changed\n",
        "",
    ),
    Mutant(
        "checksum-not-looked-at",
        "garbage is taken for a record",
        "crashes",
        _JOURNAL,
        '        if line[:9] != b"%08x," % zlib.crc32(line[9:]):\n            return None\n',
        "",
    ),
    Mutant(
        "bad-record-before-the-end-taken-for-the-end",
        "damage in a segment hides all records behind it",
        "crashes",
        _JOURNAL,
        "                self._check_torn(count + 1, offset)\n",
        "",
    ),
    Mutant(
        "torn-end-accepted-in-the-middle",
        "a damaged segment before a newer one is read as if it were whole",
        "crashes",
        _RECOVERY,
        "                raise _torn_in_the_middle(segment, self._disk)",
        "                continue",
    ),
    Mutant(
        "torn-end-left-in-place",
        "it stands before a newer segment after the next crash",
        "crashes",
        _RECOVERY,
        "            if segment.torn:\n                self._set_torn_end_aside(segment)",
        "            pass",
    ),
    Mutant(
        "segments-below-a-gap-replayed",
        "rows older than the CSVs undo newer ones",
        "crashes",
        _RECOVERY,
        "run = [n for at, n in enumerate(numbers) if numbers[-1] - n == len(numbers) - 1 - at]",
        "run = numbers",
    ),
    Mutant(
        "names-found-taken-for-names-on-disk",
        "a segment lost between two others hides the records below it",
        "crashes",
        _RECOVERY,
        "            sync_names(self._disk)\n        segments = ",
        "            pass\n        segments = ",
    ),
    Mutant(
        "deletions-not-replayed",
        "a row that was taken away comes back",
        "crashes",
        _RECOVERY,
        "                    self.rows[change.table.name].publish(change.key, change.row)",
        "                    if change.row is not None:\n"
        "                        self.rows[change.table.name].publish(change.key, change.row)",
    ),
    Mutant(
        "replayed-rows-not-written",
        "recovery deletes the segments whose rows are in no CSV",
        "crashes",
        _RECOVERY,
        "                    self.changed.add(change.table.name)\n",
        "",
    ),
    Mutant(
        "answer-before-what-it-rests-on",
        "a key seen again is answered from a row that a crash could take back",
        "group commit",
        _REPOSITORY,
        "        awaited = commit or transaction.rests_on",
        "        awaited = commit",
    ),
)
