"""Indexes over a table's rows, kept by watching it; readers take slices without a lock."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic

from shared.csv_repository.table import Key, Row


class SortedIndex(Generic[Row]):
    """For each value that rows have, the numbers of those rows in ascending order.

    `values` gives the values of a row (several subjects, say), `number` what it is ordered by.
    """

    def __init__(
        self, values: Callable[[Row], Iterable[Hashable]], number: Callable[[Row], int]
    ) -> None:
        self._values = values
        self._number = number
        self._numbers: dict[Hashable, array[int]] = {}

    def load(self, rows: Iterable[Row]) -> None:
        """See Watcher."""
        for row in rows:
            number = self._number(row)
            for value in self._values(row):
                if value not in self._numbers:
                    self._numbers[value] = array("q")
                self._numbers[value].append(number)
        for value, numbers in self._numbers.items():
            self._numbers[value] = array("q", sorted(numbers))

    def change(self, old: Row | None, new: Row | None) -> None:
        """See Watcher."""
        before = set(self._values(old)) if old is not None else set()
        after = set(self._values(new)) if new is not None else set()
        for value in after - before:
            assert new is not None
            insort(self._numbers.setdefault(value, array("q")), self._number(new))
        for value in before - after:
            assert old is not None
            self._remove(value, self._number(old))

    def _remove(self, value: Hashable, number: int) -> None:
        numbers = self._numbers[value]
        at = bisect_left(numbers, number)
        if at < len(numbers) and numbers[at] == number:
            del numbers[at]
        if not numbers:
            del self._numbers[value]

    def count(self, value: Hashable) -> int:
        """How many rows have this value."""
        return len(self._numbers.get(value, ()))

    def values(self) -> list[Hashable]:
        """All values that any row has."""
        return list(self._numbers)

    def slice(self, value: Hashable, start: int = 0, stop: int | None = None) -> list[int]:
        """The numbers of the rows with this value, from `start` to `stop` in ascending order."""
        numbers = self._numbers.get(value)
        return [] if numbers is None else numbers[start:stop].tolist()

    def before(self, value: Hashable, number: int | None, limit: int) -> list[int]:
        """At most `limit` numbers below `number` (the highest if None), descending."""
        numbers = self._numbers.get(value)
        if numbers is None:
            return []
        end = len(numbers) if number is None else bisect_left(numbers, number)
        return numbers[max(0, end - limit) : end].tolist()[::-1]


class Arrivals(Generic[Row]):
    """Numbers rows in the order they first came, which a table's file keeps."""

    def __init__(self, key: Callable[[Row], Key]) -> None:
        self._key = key
        self._keys: list[Key] = []
        self._numbers: dict[Key, int] = {}

    def load(self, rows: Iterable[Row]) -> None:
        """See Watcher."""
        for row in rows:
            self.change(None, row)

    def change(self, old: Row | None, new: Row | None) -> None:
        """See Watcher; a row that went keeps its number."""
        if new is not None and self._key(new) not in self._numbers:
            self._numbers[self._key(new)] = len(self._keys)
            self._keys.append(self._key(new))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def number(self, key: Key) -> int | None:
        """The number of the row with this key, or None if there never was one."""
        return self._numbers.get(key)

    def key(self, number: int) -> Key:
        """The key of the row with this number."""
        return self._keys[number]

    def after(self, number: int, limit: int) -> list[Key]:
        """At most `limit` keys from the one numbered `number` on."""
        return self._keys[number : number + limit]
