"""kill -9 of every server at random moments, under sixteen buyers."""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import pytest

from tests.conftest import Campaign
from tests.processes import NAMES, RunningShop, ended
from tests.shops import ROUTES
from tests.system.buyers import Buyers, Owner
from tests.system.ledgers import check_all, check_files

PLENTY: Final = 1
FEW: Final = 2
# Each has its short day, so that its whole story can be judged; then the next one.
SMALL: Final = range(100, 1_200)
OPENING: Final = {PLENTY: 1_000_000, FEW: 3, **dict.fromkeys(SMALL, 2)}


class Plan(NamedTuple):
    """How much of it there is."""

    kills: int
    purchases: int
    # Between two kills at most so many purchases are decided.
    most: int
    seconds: float


QUICK: Final = Plan(kills=10, purchases=0, most=25, seconds=60)
LONG: Final = Plan(kills=1_000, purchases=100_000, most=200, seconds=6_000)


class Taste:
    """What the buyers want: mostly what there is plenty of, and what runs out."""

    def __init__(self) -> None:
        self.small = SMALL[0]

    def __call__(self, random: Random) -> tuple[int, int]:
        """A book and how many copies."""
        chance = random.random()
        if chance < 0.6:
            return PLENTY, random.randint(1, 3)
        return (FEW if chance < 0.85 else self.small), random.choice((1, 1, 2))


class Killings:
    """Kills servers while the buyers buy; `random` says which and when."""

    def __init__(self, shop: RunningShop, random: Random) -> None:
        self._shop = shop
        self._random = random
        self.counts: Counter[str] = Counter()

    def some(self) -> None:
        """Kill one, sometimes two together, and start them again, sometimes twice."""
        names = self._random.sample(NAMES, self._random.choice((1, 1, 1, 2)))
        for name in names:
            self._kill(name, f"{name} killed")
        if self._random.random() < 0.2:
            self._kill_in_its_start(names[0])
        self._shop.start(*names)

    def _kill_in_its_start(self, name: str) -> None:
        self._shop.launch(name)
        try:
            self._shop.processes[name].wait(self._random.uniform(0.1, 0.8))
        except subprocess.TimeoutExpired:
            self._kill(name, f"{name} killed in its start")
        else:
            raise AssertionError(self._shop.log(name))

    def _kill(self, name: str, what: str) -> None:
        self._shop.kill(name)
        self.counts[what] += 1


@contextmanager
def new_shop(folder: Path, route: str) -> Iterator[RunningShop]:
    """A shop of the OPENING stock, which is ended in any case."""
    seed = folder / "seed.csv"
    rows = [f"{book_id},book {book_id},,x,{copies},50" for book_id, copies in OPENING.items()]
    seed.write_text("\n".join(["id,title,author,subjects,quantity,price", *rows]) + "\n")
    shop = RunningShop(folder, route, seed)
    with ended(shop):
        shop.start()
        yield shop


def run(folder: Path, route: str, plan: Plan) -> Counter[str]:
    """Kill, restart, restock, until the plan is done or its time is over; then check all."""
    random = Random(f"kills on {route}")
    end = time.monotonic() + plan.seconds
    taste = Taste()
    with new_shop(folder, route) as shop:
        owner = Owner(shop.urls["catalog"], random)
        killings = Killings(shop, random)
        with Buyers([shop.url], taste) as buyers:
            while time.monotonic() < end and (
                killings.counts.total() < plan.kills or len(buyers.decided) < plan.purchases
            ):
                buyers.wait_for_more(random.randint(1, plan.most))
                killings.some()
                owner.bring(FEW, random.randint(1, 9))
                taste.small = min(taste.small + 1, SMALL[-1])
            buyers.wait_for_more(plan.most)
        counts = killings.counts + check_all(shop.urls, buyers, owner, OPENING)
        shop.stop()
    check_files(folder, buyers)
    return counts


@pytest.mark.parametrize("route", ROUTES)
def test_kill_9_at_random_moments_loses_no_sale_and_makes_none_twice(
    tmp_path: Path, route: str, campaign: Campaign
) -> None:
    """Every 200 has its one order, every refused key stays refused, the books balance."""
    counts = run(tmp_path, route, QUICK)
    campaign(f"kill -9, {route}", **counts)
    assert kills(counts) >= QUICK.kills
    assert counts["refused keys sent again"] > 0
    assert counts["histories linearized"] > 0


@pytest.mark.soak
@pytest.mark.parametrize("route", ROUTES)
def test_a_thousand_kills_lose_no_sale_and_make_none_twice(
    tmp_path: Path, route: str, campaign: Campaign
) -> None:
    """The same with a hundred thousand purchases."""
    counts = run(tmp_path, route, LONG)
    campaign(f"kill -9, {route}", **counts)
    assert kills(counts) >= LONG.kills, "not done in time"
    assert counts["purchases"] >= LONG.purchases, "not done in time"


def kills(counts: Counter[str]) -> int:
    """Of all servers."""
    return sum(count for what, count in counts.items() if "killed" in what)
