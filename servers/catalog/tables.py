"""The catalog's tables."""

from typing import Any, Final

from shared.csv_repository import Table
from shared.domain import Book, Sale
from shared.trail import Change

BOOKS: Final = Table("books", Book, older={"subject": "subjects"})
SALES: Final = Table("sales", Sale)
CHANGES: Final = Table("changes", Change)
TABLES: Final[tuple[Table[Any], ...]] = (BOOKS, SALES, CHANGES)
