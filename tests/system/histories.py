"""What buyers saw of one book's stock, held against what it can have been.

Two judges. `impossible` looks at reads alone and is quick: a read must lie between the least and
the most that the purchases and restocks around it allow. `is_linearizable` looks at everything and
asks whether the operations, each at some one moment between its beginning and its end, could have
been made by one person with one pile of books (Wing and Gong, "Testing and verifying concurrent
objects", 1993): a search that takes next any operation that began before the first one left ended.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

NEVER = float("inf")


class Bought(NamedTuple):
    """Copies taken from stock. `ended` is NEVER where no answer was heard."""

    began: float
    ended: float
    copies: int

    def after(self, stock: int) -> int | None:
        """The stock after this happened at `stock`; None if it cannot have."""
        return stock - self.copies if stock >= self.copies else None


class Refused(NamedTuple):
    """Copies asked for in vain."""

    began: float
    ended: float
    copies: int

    def after(self, stock: int) -> int | None:
        """See Bought."""
        return stock if stock < self.copies else None


class Brought(NamedTuple):
    """Copies put into stock."""

    began: float
    ended: float
    copies: int

    def after(self, stock: int) -> int | None:
        """See Bought."""
        return stock + self.copies


class Seen(NamedTuple):
    """A look at the stock."""

    began: float
    ended: float
    copies: int

    def after(self, stock: int) -> int | None:
        """See Bought."""
        return stock if stock == self.copies else None


Operation = Bought | Refused | Brought | Seen


class _Moments:
    """How many copies went one way up to a moment."""

    def __init__(self, moments: Iterable[tuple[float, int]]) -> None:
        ordered = sorted(moments)
        self._times = [time for time, _ in ordered]
        self._sums = [0, *accumulate(copies for _, copies in ordered)]

    def before(self, time: float) -> int:
        """Copies whose moment is before `time`."""
        return self._sums[bisect_left(self._times, time)]

    def until(self, time: float) -> int:
        """Copies whose moment is not after `time`."""
        return self._sums[bisect_right(self._times, time)]


def impossible(opening: int, operations: Sequence[Operation]) -> list[str]:
    """The reads that no order of the purchases and restocks allows, each with what was allowed."""
    bought = [op for op in operations if isinstance(op, Bought)]
    brought = [op for op in operations if isinstance(op, Brought)]
    may_go = _Moments((op.began, op.copies) for op in bought)
    has_gone = _Moments((op.ended, op.copies) for op in bought)
    may_come = _Moments((op.began, op.copies) for op in brought)
    has_come = _Moments((op.ended, op.copies) for op in brought)
    wrong = []
    for seen in operations:
        if isinstance(seen, Seen):
            least = opening + has_come.before(seen.began) - may_go.until(seen.ended)
            most = opening + may_come.until(seen.ended) - has_gone.before(seen.began)
            if not max(least, 0) <= seen.copies <= most:
                wrong.append(f"{seen.copies} seen, {max(least, 0)} to {most} possible")
    return wrong


def is_linearizable(opening: int, operations: Sequence[Operation]) -> bool:
    """Whether one pile of `opening` copies explains what everyone was told.

    An operation that never ended may have happened at any time after it began, or not at all.
    """
    ordered = sorted(operations)
    must = sum(1 << number for number, op in enumerate(ordered) if op.ended < NEVER)
    # What has happened decides the stock, so a set of operations need be looked at only once.
    tried: set[int] = set()
    ways = [(0, opening)]
    while ways:
        done, stock = ways.pop()
        if done & must == must:
            return True
        if done not in tried:
            tried.add(done)
            ways += _next(ordered, done, stock)
    return False


def _next(ordered: Sequence[Operation], done: int, stock: int) -> list[tuple[int, int]]:
    found = []
    for number, op in _could_be_next(ordered, done):
        after = op.after(stock)
        if after == stock:
            # It changes nothing for the others: if it can be next, nothing is lost by taking it.
            return [(done | 1 << number, after)]
        if after is not None:
            found.append((done | 1 << number, after))
    return found


def _could_be_next(ordered: Sequence[Operation], done: int) -> Iterator[tuple[int, Operation]]:
    first_end = NEVER
    left = [(number, op) for number, op in enumerate(ordered) if not done >> number & 1]
    for _, op in left:
        if op.began > first_end:
            break
        first_end = min(first_end, op.ended)
    return ((number, op) for number, op in left if op.began <= first_end)
