"""The published rows of one table: what readers see, without any lock."""

from collections.abc import Iterable, Mapping
from typing import Generic, Protocol, TypeVar

import msgspec

from shared.csv_repository.table import Key, Row

_In = TypeVar("_In", contravariant=True)


class Watcher(Protocol[_In]):
    """Something kept up to date with a table; called by one thread at a time."""

    def load(self, rows: Iterable[_In]) -> None:
        """Take all the rows, in the file's order; called once."""
        ...

    def change(self, old: _In | None, new: _In | None) -> None:
        """A row came (no old), was replaced, or went (no new)."""
        ...


class Rows(Generic[Row]):
    """Rows by key, in the order they came; each read is one step of the interpreter."""

    def __init__(self, rows: dict[Key, Row]) -> None:
        self._rows = rows
        self._watchers: list[Watcher[Row]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: Key) -> Row | None:
        """The row with this key, or None."""
        return self._rows.get(key)

    def all(self) -> list[Row]:
        """All rows at this moment; a copy, since others go on changing them."""
        return list(self._rows.values())

    def watch(self, watcher: Watcher[Row]) -> None:
        """Keep `watcher` up to date from now on; call it before the first transaction."""
        watcher.load(self._rows.values())
        self._watchers.append(watcher)

    def publish(self, key: Key, row: Row | None) -> None:
        """Show a row, or that it is gone; for the repository alone, once it is on disk."""
        old = self._rows.get(key)
        # An index never names a row that cannot be read: it learns of a new row after it is
        # there, and of a deletion before it is gone.
        if row is not None:
            self._rows[key] = row
        for watcher in self._watchers:
            watcher.change(old, row)
        if row is None:
            self._rows.pop(key, None)


AnyRows = Rows[msgspec.Struct]
RowsByName = Mapping[str, AnyRows]
