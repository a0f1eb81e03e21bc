"""The campaigns at the size that catches mutants: python -m tests.mutants.campaigns simulation"""

import logging
import sys
from collections.abc import Callable
from itertools import islice
from typing import Final

from tests.mutants.mutant import Campaign
from tests.simulation.__main__ import campaign as simulate
from tests.unit.csv_repository.crashes import Campaign as Crashes
from tests.unit.csv_repository.days import SEEDS, days_cut_short, random_day, working_day

# The first of those of `python -m tests.simulation`, so what these catch is caught there too.
_HISTORIES: Final = 100
_DAYS: Final = 3
# As many operations has a first opening.
_KILLS: Final = 20


def simulation() -> None:
    """The first histories of `python -m tests.simulation`."""
    simulate(0, _HISTORIES)


def crashes() -> None:
    """Kills in a first opening; a few disks of each moment and one bad byte, by chance too."""
    for day in islice(days_cut_short(SEEDS), _KILLS):
        Crashes(day).after_a_kill(8)
    for day in (working_day(SEEDS), working_day({}), *map(random_day, range(_DAYS))):
        here = Crashes(day)
        here.some(day.moments, 6)
        here.damaged(day.moments)


OWN: Final[dict[str, Callable[[], None]]] = {"simulation": simulation, "crashes": crashes}
_PYTEST: Final = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
_API: Final = ("purchase", "delivery", "full_disks")
COMMANDS: Final[dict[Campaign, tuple[str, ...]]] = {
    "simulation": ("-m", "tests.mutants.campaigns", "simulation"),
    "crashes": ("-m", "tests.mutants.campaigns", "crashes"),
    "failures": (*_PYTEST, "tests/unit/csv_repository/test_failures.py"),
    "group commit": (*_PYTEST, "tests/unit/csv_repository/test_group_commit.py"),
    "repository": (
        *_PYTEST,
        "tests/unit/csv_repository/test_folder.py",
        "tests/unit/csv_repository/test_repository.py",
    ),
    "crowd": (*_PYTEST, "tests/mutants/test_crowd.py"),
    "api": (*_PYTEST, *(f"tests/api/test_{name}.py" for name in _API)),
    "import": (*_PYTEST, "tests/api/test_importing.py"),
}

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    OWN[sys.argv[1]]()
