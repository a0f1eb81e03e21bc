"""A database of plain CSV files for one process: what is answered is on disk, whole.

    repository = Repository.open(FolderDisk(Path("data/run/catalog")), [BOOKS, SALES])
    with repository.transaction() as change:
        book = change.get(BOOKS, 3)
        change.put(BOOKS, replace(book, quantity=book.quantity - 1))
        change.put(SALES, sale)
    # here both rows are on disk, or an exception says what is known
    repository.rows(BOOKS).get(3)
    repository.close()

journal.py draws the format, checkpoint.py and recovery.py carry the crash arguments.
"""

from shared.csv_repository.errors import (
    BadRows,
    CannotOpen,
    CommitUnknown,
    CorruptJournal,
    EditedFiles,
    FolderInUse,
    MissingFile,
    RepositoryError,
    StorageFull,
    StoragePoisoned,
)
from shared.csv_repository.files import Disk, FolderDisk
from shared.csv_repository.index import Arrivals, SortedIndex
from shared.csv_repository.repository import Repository, Transaction
from shared.csv_repository.rows import Rows
from shared.csv_repository.table import Table

__all__ = [
    "Arrivals",
    "BadRows",
    "CannotOpen",
    "CommitUnknown",
    "CorruptJournal",
    "Disk",
    "EditedFiles",
    "FolderDisk",
    "FolderInUse",
    "MissingFile",
    "Repository",
    "RepositoryError",
    "Rows",
    "SortedIndex",
    "StorageFull",
    "StoragePoisoned",
    "Table",
    "Transaction",
]
