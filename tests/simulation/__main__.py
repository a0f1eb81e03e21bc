"""One seed step by step, or a campaign of many."""

import argparse
import logging
import time
from collections import Counter
from collections.abc import Sequence

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


def main(arguments: Sequence[str] | None = None) -> None:
    """See --help."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation",
        description="The whole shop in one process, under every fault, from one seed.",
    )
    parser.add_argument("seed", nargs="?", type=int, help="replay this one step by step")
    parser.add_argument("--first", type=int, default=0, help="of many, the first (default: 0)")
    parser.add_argument("--count", type=int, default=500, help="how many (default: 500)")
    given = parser.parse_args(arguments)
    if given.seed is not None:
        World(given.seed, print).run()
        return
    # What is warned of is the campaign's daily bread.
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    for what, count in sorted(campaign(given.first, given.count).items()):
        print(f"{count:>9} {what}")
    print(f"{time.monotonic() - began:9.1f} seconds")


if __name__ == "__main__":
    main()
