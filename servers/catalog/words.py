"""Search by words of title and author: SQLite's FTS5, in memory, made from the books at start.

The CSV stays the database; this is an index over it like any other, only that somebody else keeps
it. Words match from their beginning ("whal" finds "whale"), case and accents don't count.
"""

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from shared.domain import Book

# Ranking every match of one common letter would take longer than anyone waits; such a search is
# answered in the order of ids.
RANKED: Final = 20_000
_WORD: Final = re.compile(r"\w+")


class WordIndex:
    """Watches the books; `find` may be called by many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        # Without indexes of prefixes (`prefix='2 3'`): they made this index twice as large and half
        # as quick to make, and searches quicker by a few milliseconds only.
        self._db.execute(
            "CREATE VIRTUAL TABLE words USING fts5(title, author, content='',"
            " tokenize='unicode61 remove_diacritics 2')"
        )

    def load(self, rows: Iterable[Book]) -> None:
        """See Watcher."""
        with self._lock:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO words(rowid, title, author) VALUES (?, ?, ?)",
                                 ((book.id, book.title, book.author) for book in rows))  # fmt: skip
            self._db.execute("COMMIT")

    def change(self, old: Book | None, new: Book | None) -> None:
        """See Watcher; a sale changes no word and costs nothing here."""
        if old and new and (old.title, old.author) == (new.title, new.author):
            return
        with self._lock:
            if old:
                self._db.execute(
                    "INSERT INTO words(words, rowid, title, author) VALUES ('delete', ?, ?, ?)",
                    (old.id, old.title, old.author),
                )
            if new:
                self._db.execute(
                    "INSERT INTO words(rowid, title, author) VALUES (?, ?, ?)",
                    (new.id, new.title, new.author),
                )

    def find(self, text: str) -> list[int]:
        """The ids of the books that hold every word of `text`, best first."""
        words = " ".join(f'"{word}"*' for word in self._split(text))
        if not words:
            return []
        with self._lock:
            (count,) = self._db.execute(
                "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)",
                (words, RANKED + 1),
            ).fetchone()
            order = "bm25(words, 4.0, 2.0), rowid" if count <= RANKED else "rowid"
            found = self._db.execute(
                f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY {order}",  # noqa: S608
                (words,),
            )
            return [row[0] for row in found]

    @staticmethod
    def _split(text: str) -> Iterator[str]:
        # 20 words are more than any title needs, and each costs.
        return iter(_WORD.findall(unicodedata.normalize("NFC", text))[:20])
