"""The judges of histories, over histories made up for them."""

import itertools
from random import Random

import pytest

from tests.system.histories import (
    NEVER,
    Bought,
    Brought,
    Operation,
    Refused,
    Seen,
    impossible,
    is_linearizable,
)


@pytest.mark.parametrize(
    ("opening", "operations"),
    [
        (1, [Bought(0, 1, 1), Refused(2, 3, 1), Brought(4, 5, 1), Bought(6, 7, 1)]),
        (1, [Refused(0, 9, 1), Bought(1, 2, 1)]),
        (0, [Bought(0, 9, 2), Brought(1, 2, 1), Brought(3, 4, 1), Seen(5, 6, 2)]),
        (3, [Seen(0, 9, 3), Bought(1, 2, 1), Seen(3, 4, 2)]),
        # Nobody heard what came of it: it may have happened, or not.
        (1, [Bought(0, NEVER, 1), Refused(1, 2, 1)]),
        (1, [Bought(0, NEVER, 1), Bought(1, 2, 1)]),
        (5, []),
    ],
)  # fmt: skip
def test_a_history_that_one_pile_of_books_explains(
    opening: int, operations: list[Operation]
) -> None:
    """Whatever overlaps may have happened in either order."""
    assert is_linearizable(opening, operations)
    assert not impossible(opening, operations)


@pytest.mark.parametrize(
    ("opening", "operations"),
    [
        # The last copy sold twice.
        (1, [Bought(0, 5, 1), Bought(1, 6, 1)]),
        # Refused although a copy was there all the time.
        (1, [Refused(0, 1, 1), Bought(2, 3, 1)]),
        # A sale that was seen, and then not seen any more.
        (2, [Bought(0, 9, 1), Seen(1, 2, 1), Seen(3, 4, 2)]),
        # An answer that was given before what it rests on began.
        (0, [Bought(0, 1, 1), Brought(2, 3, 1)]),
        # Stock that was never there.
        (1, [Bought(0, 9, 1), Brought(0, 9, 3), Seen(1, 8, 2)]),
        # Seen as it was before a sale that had been answered.
        (2, [Bought(0, 1, 1), Seen(2, 3, 2)]),
        (1, [Bought(0, NEVER, 1), Bought(1, 2, 1), Seen(3, 4, 1)]),
    ],
)  # fmt: skip
def test_a_history_that_no_pile_of_books_explains(
    opening: int, operations: list[Operation]
) -> None:
    """The judge refuses it."""
    assert not is_linearizable(opening, operations)


def test_a_read_outside_of_what_is_possible_is_named() -> None:
    """Even in a history too long to search."""
    sales: list[Operation] = [Bought(n, n + 1.5, 1) for n in range(10_000)]
    assert not impossible(10_000, [*sales, Seen(5000, 5000.5, 5001), Seen(5000, 5000.5, 4999)])
    assert impossible(10_000, [*sales, Seen(5000, 5000.5, 5002), Seen(5000, 5000.5, 4998)]) == [
        "5002 seen, 4999 to 5001 possible",
        "4998 seen, 4999 to 5001 possible",
    ]


def test_the_search_agrees_with_trying_every_order() -> None:
    """Two thousand small histories made at random, good and bad ones."""
    found = [0, 0]
    for seed in range(2_000):
        random = Random(seed)
        kinds: list[type[Operation]] = [Bought, Refused, Brought, Seen]
        operations = []
        for _ in range(5):
            began = random.randrange(12)
            kind = random.choice(kinds)
            operations.append(kind(began, began + random.randrange(1, 8), random.randrange(3)))
        expected = any(explains(order, 1) for order in itertools.permutations(operations))
        assert is_linearizable(1, operations) == expected, (seed, operations)
        assert not (expected and impossible(1, operations)), (seed, operations)
        found[expected] += 1
    assert min(found) > 100


def explains(order: tuple[Operation, ...], stock: int) -> bool:
    """Whether this order keeps to the times and to the stock."""
    latest = 0.0
    left: int | None = stock
    for op in order:
        latest = max(latest, op.began)
        if op.ended < latest or left is None:
            return False
        left = op.after(left)
    return left is not None
