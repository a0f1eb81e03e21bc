"""Two thousand histories of a shop whose machines die and whose wires lie."""

import itertools
import logging
import time
from collections import Counter

import pytest

from tests.conftest import Campaign
from tests.simulation.__main__ import campaign as simulate
from tests.simulation.network import FATES
from tests.simulation.world import World

SEEDS = 2_000
CHUNK = 100
REPLAYED = range(30)
SOAK_SEEDS = 100_000


@pytest.fixture(autouse=True)
def quiet() -> object:
    """A history in which everything goes wrong would fill the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def history(seed: int) -> list[str]:
    """What happens, step by step."""
    told: list[str] = []
    World(seed, told.append).run()
    return told


def noted(happened: Counter[str], campaign: Campaign) -> None:
    """For the summary: how much was tried."""
    answers = sum(n for what, n in happened.items() if what.startswith("answer "))
    faults = sum(happened[f"message: {fate}"] for fate in FATES if fate != "well")
    campaign(
        "simulation",
        seeds=happened["seeds"],
        purchases=happened["purchases"],
        changes_of_books=sum(n for what, n in happened.items() if what.startswith("book ")),
        answers=answers,
        deaths=happened["deaths"],
        clocks_turned=happened["clock turned"],
        faults_of_the_wires=faults,
    )


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_the_four_promises_hold_whatever_crashes_or_is_lost(first: int, campaign: Campaign) -> None:
    """See World.check_in_the_end; a failure names its seed."""
    happened = simulate(first, CHUNK)
    noted(happened, campaign)
    # The weather was really bad, and there was really something to lose.
    assert happened["deaths"] > CHUNK
    assert happened["message: answer lost"] > CHUNK
    assert happened["answer 200"] > CHUNK
    assert happened["answer 202"] > 0
    assert happened["clock turned"] > CHUNK
    assert happened["book removed, surely"] > CHUNK / 3
    assert happened["owner told 412"] > 0


def test_a_seed_is_one_history_however_slow_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last step: a failure that only a busy machine shows could not be looked at again."""
    once = [history(seed) for seed in REPLAYED]
    seconds = itertools.count(time.monotonic(), 3)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    assert [history(seed) for seed in REPLAYED] == once


@pytest.mark.soak
@pytest.mark.parametrize("first", range(SEEDS, SEEDS + SOAK_SEEDS, 1_000))
def test_the_four_promises_hold_in_a_long_campaign(first: int, campaign: Campaign) -> None:
    """The same, for a night."""
    happened = simulate(first, 1_000)
    noted(happened, campaign)
    print(sorted(happened.items()))
