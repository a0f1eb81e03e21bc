"""The figures of speed, each beside its reference; see --help."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import machine
from tests.bench.figures import Figure, document, table
from tests.bench.room import GENERATED, kind, source
from tests.bench.run import Broken, run
from tests.bench.sizes import FULL, QUICK
from tests.bench.workloads import WORKLOADS

_EPILOG = """\
A figure is measured by turns with its reference, in the same process on the same disk. One that
is MISSED is a figure all the same: the exit status is 0 unless a benchmark breaks.
"""


def main(argv: Sequence[str]) -> int:
    """Run what the command line names; returns the exit status, 1 if a benchmark broke."""
    parser = _parser()
    given = parser.parse_args(argv)
    if unknown := [name for name in given.names if name not in WORKLOADS]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(WORKLOADS)}")
    if given.list:
        for name, workload in WORKLOADS.items():
            print(f"{name:14}{workload.what}")
        return 0
    with tempfile.TemporaryDirectory(prefix="bazar-bench-", dir=given.folder) as folder:
        state = machine.describe(Path(folder))
        state["books"] = kind(source(Path(folder), QUICK if given.quick else FULL))
        _say(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in state.items()))
        if state["books"] == GENERATED and not given.quick:
            _say("the catalogue is not here; put it at data/pg_catalog.csv to measure real books")
        figures, broken = _measure(given.names or list(WORKLOADS), Path(folder), given.quick)
    if given.json:
        print(json.dumps({"machine": state, "figures": document(figures)}, indent=2))
    else:
        print(table(figures))
    return 1 if broken else 0


def _measure(names: Sequence[str], shared: Path, quick: bool) -> tuple[list[Figure], list[str]]:
    figures: list[Figure] = []
    broken: list[str] = []
    for name in names:
        _say(f"{name}: {WORKLOADS[name].what} ...")
        begun, folder = time.perf_counter(), shared / name
        try:
            figures += run(name, shared, folder, quick)
            _say(f"{name}: {time.perf_counter() - begun:.1f} s")
        except Broken as error:
            _say(f"BROKEN: {error}")
            broken.append(name)
        # A million books are 130 MB; only the files that all share are kept to the end.
        shutil.rmtree(folder)
    return figures, broken


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure the shop's speed.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="the benchmarks to run; all if left out")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--quick", action="store_true",
                        help="tiny sizes, to see that all of it runs; "
                        "the figures mean nothing")  # fmt: skip
    parser.add_argument("--folder", type=Path, metavar="DIR",
                        help="work in this folder, to measure its disk (the system's for "
                        "temporary files)")  # fmt: skip
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
