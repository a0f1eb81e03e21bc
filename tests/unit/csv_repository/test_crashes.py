"""The machine dies in every operation of a working day, inside every write, and in the recovery.

What is tried is in crashes.py and afterwards.py. To look at one part again:
`pytest tests/unit/csv_repository/test_crashes.py -k <its name>`; nothing in it is left to chance.
"""

import logging
from collections.abc import Iterator

import pytest

from tests.conftest import Campaign as Note
from tests.conftest import Whole
from tests.unit.csv_repository.crashes import Campaign
from tests.unit.csv_repository.days import (
    SEEDS,
    Seeds,
    day_beside_checkpoints,
    days_cut_short,
    random_day,
    working_day,
)

PART = 2
PARTS = range(0, 208, PART)
DAYS = range(12)
# Each has some twenty thousand states, so that all have more than two million.
SOAK_DAYS = range(100, 230)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Each torn end is warned of."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def noted(crashes: Campaign, note: Note) -> None:
    """For the summary; also when something was lost."""
    note("crashes", states=crashes.states, lost=crashes.lost)


@pytest.mark.parametrize("first", PARTS)
def test_whatever_a_crash_leaves_all_that_was_acknowledged_is_there_and_nothing_is_halved(
    first: int, campaign: Note, whole: Whole
) -> None:
    """Every moment of the day, and every disk that it may leave."""
    whole("crashes", len(PARTS), "states", 50_000)
    day = working_day(SEEDS)
    assert len(day.moments) <= PARTS.stop
    crashes = Campaign(day)
    try:
        crashes.every(day.moments[first : first + PART])
    finally:
        noted(crashes, campaign)


def test_a_folder_begun_empty_survives_the_same_day(campaign: Note) -> None:
    """There, the first checkpoint makes CSVs where there were none."""
    day = working_day({})
    crashes = Campaign(day)
    try:
        crashes.some(day.moments, 10)
    finally:
        noted(crashes, campaign)
    assert crashes.states > 1_500


@pytest.mark.parametrize("seed", DAYS)
def test_days_made_up_by_chance_survive_too(seed: int, campaign: Note) -> None:
    """Other orders of the same things; a few disks of each moment."""
    day = random_day(seed)
    crashes = Campaign(day, seed)
    try:
        crashes.some(day.moments, 3)
    finally:
        noted(crashes, campaign)


@pytest.mark.parametrize("seed", range(8))
def test_sales_beside_a_checkpoint_survive_too(seed: int, campaign: Note) -> None:
    """Made between its operations, and the machine dies in every one of either."""
    day = day_beside_checkpoints(seed)
    assert len(day.states) > 8
    crashes = Campaign(day, seed)
    try:
        crashes.some(day.moments, 2)
    finally:
        noted(crashes, campaign)


@pytest.mark.parametrize("first", [0, 30])
def test_a_crash_in_any_operation_of_a_recovery_is_recovered_from(
    first: int, campaign: Note
) -> None:
    """Every disk that it may leave: in the first opening, and after a checkpoint."""
    day = working_day(SEEDS)
    crashes = Campaign(day)
    try:
        crashes.every_recovery(day.moments[first : first + 2])
    finally:
        noted(crashes, campaign)


@pytest.mark.parametrize("seeds", [SEEDS, {}], ids=["seeds", "empty"])
def test_the_power_may_go_in_the_opening_after_a_kill(seeds: Seeds, campaign: Note) -> None:
    """The kill in every operation from the first opening on, the power in every one of the next."""
    kills = 0
    for kills, day in enumerate(days_cut_short(seeds), 1):
        crashes = Campaign(day, kills)
        try:
            # In a first opening there are few moments, and which names are lost matters most.
            crashes.after_a_kill(8 if kills <= 20 else 1)
        finally:
            campaign("kills before crashes", kills=1, states=crashes.states, lost=crashes.lost)
    assert kills > 150


def test_a_bad_byte_in_what_was_on_disk_is_refused_or_harmless(campaign: Note) -> None:
    """Never taken for the torn end of a crash, which would lose what stands behind it."""
    day = working_day(SEEDS)
    crashes = Campaign(day)
    try:
        crashes.damaged(day.moments)
    finally:
        noted(crashes, campaign)
    assert crashes.states > 500


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK_DAYS)
def test_a_long_campaign_of_crashes(seed: int, campaign: Note, whole: Whole) -> None:
    """Every disk of every moment of many days, and of their recoveries."""
    whole("crashes", len(SOAK_DAYS), "states", 2_000_000)
    day, beside = random_day(seed), day_beside_checkpoints(seed)
    crashes, beside_crashes = Campaign(day, seed), Campaign(beside, seed)
    try:
        crashes.every(day.moments)
        crashes.every_recovery(day.moments[seed % 7 :: 7])
        beside_crashes.some(beside.moments, 10)
    finally:
        noted(crashes, campaign)
        noted(beside_crashes, campaign)
