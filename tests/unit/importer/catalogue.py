"""Small made-up catalogues, and what the importer makes of them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from servers.catalog.tables import BOOKS
from servers.importer.command import main
from shared.domain import Book

COLUMNS: Final = (
    "Text#",
    "Type",
    "Issued",
    "Title",
    "Language",
    "Authors",
    "Subjects",
    "LoCC",
    "Bookshelves",
)
HEADER: Final = ",".join(COLUMNS)
_USUAL: Final = {"Type": "Text", "Language": "en", "Bookshelves": "Novels"}


def work(number: int | str, title: str, **cells: str) -> dict[str, str]:
    """A row of a catalogue: an English text on the shelf Novels, unless said otherwise."""
    return _USUAL | {"Text#": str(number), "Title": title} | cells


def catalogue(*works: dict[str, str], columns: Sequence[str] = COLUMNS) -> str:
    """A catalogue of these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(works)
    return out.getvalue()


class Desk:
    """A folder with a catalogue in it, where imports are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "pg_catalog.csv"
        self.output = folder / "books.csv"

    def run(self, content: str | bytes, *options: str) -> int:
        """Import this catalogue; returns the exit status."""
        self.source.write_bytes(content.encode() if isinstance(content, str) else content)
        return main([*options, str(self.source), str(self.output)])

    def books(self) -> list[Book]:
        """The books that were written, as the catalog server reads them."""
        return list(BOOKS.load(self.output.read_bytes()).values())

    def make(self, content: str, *options: str) -> list[Book]:
        """Import this catalogue, which must succeed; returns the books."""
        assert self.run(content, "--force", *options) == 0
        return self.books()

    def leftovers(self) -> set[str]:
        """What is in the folder besides the catalogue."""
        return {path.name for path in self.folder.iterdir()} - {self.source.name}
