"""How much each benchmark does: enough to measure, or only enough to see that it runs."""

from typing import Final, NamedTuple


class Sizes(NamedTuple):
    """Books, repetitions and seconds; `catalogue` is whether to look for the real books."""

    books: int
    many_books: int
    sales: int
    starts: int
    commits: int
    rounds: int
    seconds: float
    threads: int
    checkpoints: int
    searches: int
    catalogue: bool
    seed: int = 1


FULL: Final = Sizes(
    books=82_415,
    many_books=1_000_000,
    sales=1_000_000,
    starts=7,
    commits=2_000,
    rounds=7,
    seconds=1.0,
    threads=32,
    checkpoints=7,
    searches=30,
    catalogue=True,
)
QUICK: Final = Sizes(
    books=300,
    many_books=1_000,
    sales=500,
    starts=1,
    commits=20,
    rounds=1,
    seconds=0.05,
    threads=4,
    checkpoints=1,
    searches=2,
    catalogue=False,
)
