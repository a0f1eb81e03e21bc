"""The changes in the order they were made, all of them and each book's."""

from collections.abc import Iterable

from shared.domain import BadRequest
from shared.trail import Change


class Trail:
    """Watches the changes. A change is never taken back, so numbers only grow."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._numbers: dict[str, int] = {}
        # Most books change once, and a number alone takes a fraction of what a list of one does.
        self._of_book: dict[int, int | list[int]] = {}

    def load(self, rows: Iterable[Change]) -> None:
        """See Watcher."""
        for row in rows:
            self.change(None, row)

    def change(self, old: Change | None, new: Change | None) -> None:
        """See Watcher."""
        if new is None or new.id in self._numbers:
            return
        number = len(self._keys)
        # Readers take no lock: a number is told by `_of_book` last, when its key is there.
        self._keys.append(new.id)
        self._numbers[new.id] = number
        before = self._of_book.get(new.book_id)
        if before is None:
            self._of_book[new.book_id] = number
        elif isinstance(before, list):
            before.append(number)
        else:
            self._of_book[new.book_id] = [before, number]

    def number(self, change_id: str) -> int:
        """A change's number; raises BadRequest if there is none of that id."""
        number = self._numbers.get(change_id)
        if number is None:
            raise BadRequest(f"No change has the id {change_id}.")
        return number

    def before(self, number: int | None, book_id: int | None, limit: int) -> tuple[list[str], int]:
        """At most `limit` ids of changes, newest first, from before that number (all if None).

        Of one book, or of all if None; with how many there are.
        """
        if book_id is None:
            total = len(self._keys)
            end = total if number is None else number
            return self._keys[max(0, end - limit) : end][::-1], total
        found = self._of_book.get(book_id, [])
        numbers = found.copy() if isinstance(found, list) else [found]
        older = [n for n in numbers if number is None or n < number]
        chosen = older[max(0, len(older) - limit) :][::-1]
        return [self._keys[n] for n in chosen], len(numbers)
