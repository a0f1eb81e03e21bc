"""Taking times: a thing and its reference by turns, so that both meet the same machine."""

import gc
import time
from collections.abc import Callable, Sequence

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """How long it takes once."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def by_turns(times: int, *works: Work) -> list[list[float]]:
    """The seconds of each, one after the other, so many times.

    What was loaded before is kept from the garbage collector, as the servers do.
    """
    gc.collect()
    gc.freeze()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, found in zip(works, taken, strict=True):
            found.append(seconds(work))
    return taken


def quantile(values: Sequence[float], part: float) -> float:
    """The value that `part` of all are at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
