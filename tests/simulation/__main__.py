"""One seed step by step, or a campaign of many."""

import sys
import time
from collections import Counter

from tests.simulation.world import World


def campaign(first: int, count: int) -> Counter[str]:
    """Run seeds from `first` on; returns how often each thing happened. Fails naming the seed."""
    happened: Counter[str] = Counter()
    for seed in range(first, first + count):
        world = World(seed)
        try:
            world.run()
        except BaseException as error:
            error.add_note(f"again, step by step: python -m tests.simulation {seed}")
            raise
        happened += world.counts
        happened.update({f"message: {fate}": n for fate, n in world.network.fates.items()})
        happened["deaths"] += world.catalog.deaths + world.orders.deaths
        happened["purchases"] += len(world.buyers.wanted)
        happened["removed books"] += len(world.trail.removed)
        for deed in world.owner.deeds:
            happened[f"book {deed.what}, surely"] += deed.done
            happened.update(f"owner told {status}" for status in deed.statuses)
        for wanted in world.buyers.wanted:
            happened.update(f"answer {status}" for status in wanted.statuses)
    happened["seeds"] = count
    return happened


def main() -> None:
    """See the package."""
    if len(sys.argv) > 1:
        World(int(sys.argv[1]), print).run()
        return
    began = time.monotonic()
    for what, count in sorted(campaign(0, 500).items()):
        print(f"{count:>9} {what}")
    print(f"{time.monotonic() - began:9.1f} seconds")


if __name__ == "__main__":
    main()
