"""See the package."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from tests.mutants.catalogue import MUTANTS
from tests.mutants.run import Rotten, run

_STATUS: Final = """\
exit status: of one mutant, 1 if it was caught and 0 if not, as its campaign ended; of several, 0 if
all were caught; 2 if one cannot be switched on or its campaign does not end in time.
"""


def main(arguments: Sequence[str]) -> int:
    """Run it; returns the exit status, see --help."""
    given = _parser().parse_args(arguments)
    if given.list:
        for mutant in MUTANTS.values():
            print(f"{mutant.name:<45} {mutant.campaign:<13} {mutant.breaks}")
        return 0
    names = given.names
    if unknown := [name for name in names if name not in MUTANTS]:
        print(f"no mutant {unknown[0]!r}; --list shows them all", file=sys.stderr)
        return 2
    try:
        return _one(names[0]) if len(names) == 1 else _all(names or list(MUTANTS))
    except (Rotten, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants",
        description="Break the shop on purpose, one way at a time, and see who catches it.",
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="MUTANT", help="all of them if left out")
    parser.add_argument("--list", action="store_true", help="what each breaks, and who catches it")
    return parser


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
