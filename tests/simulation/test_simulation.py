"""Two thousand histories of a shop whose machines die and whose wires lie."""

import logging

import pytest

from tests.simulation.__main__ import campaign

SEEDS = 2_000
CHUNK = 100
SOAK_SEEDS = 100_000


@pytest.fixture(autouse=True)
def quiet() -> object:
    """A history in which everything goes wrong would fill the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_the_four_promises_hold_whatever_crashes_or_is_lost(first: int) -> None:
    """See World.check_in_the_end; a failure names its seed."""
    happened = campaign(first, CHUNK)
    # The weather was really bad, and there was really something to lose.
    assert happened["deaths"] > CHUNK
    assert happened["message: answer lost"] > CHUNK
    assert happened["answer 200"] > CHUNK
    assert happened["answer 202"] > 0


@pytest.mark.soak
@pytest.mark.parametrize("first", range(SEEDS, SEEDS + SOAK_SEEDS, 1_000))
def test_the_four_promises_hold_in_a_long_campaign(first: int) -> None:
    """The same, for a night."""
    print(sorted(campaign(first, 1_000).items()))
