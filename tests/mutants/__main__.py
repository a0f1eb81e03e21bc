"""See the package."""

import sys

from tests.mutants.catalogue import MUTANTS
from tests.mutants.run import Rotten, run


def main(names: list[str]) -> int:
    """1 if a single mutant was caught, or one of all was not; 2 if it cannot be switched on."""
    if names == ["--list"]:
        for mutant in MUTANTS.values():
            print(f"{mutant.name:<45} {mutant.campaign:<13} {mutant.breaks}")
        return 0
    if unknown := [name for name in names if name not in MUTANTS]:
        print(f"no mutant {unknown[0]!r}; --list shows them all", file=sys.stderr)
        return 2
    try:
        return _one(names[0]) if len(names) == 1 else _all(names or list(MUTANTS))
    except Rotten as error:
        print(error, file=sys.stderr)
        return 2


def _one(name: str) -> int:
    mutant = MUTANTS[name]
    print(f"{name}: {mutant.breaks}; {mutant.campaign} runs")
    ended = run(mutant.campaign, mutant)
    print(ended.said)
    print(f"{name} {'caught' if ended.failed else 'NOT CAUGHT'} after {ended.seconds:.1f} s")
    return int(ended.failed)


def _all(names: list[str]) -> int:
    caught = 0
    for name in names:
        ended = run(MUTANTS[name].campaign, MUTANTS[name])
        caught += ended.failed
        how = f"caught after {ended.seconds:5.1f} s" if ended.failed else "NOT CAUGHT"
        print(f"{name:<45} {MUTANTS[name].campaign:<13} {how}", flush=True)
    print(f"{caught} of {len(names)} caught")
    return int(caught < len(names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
