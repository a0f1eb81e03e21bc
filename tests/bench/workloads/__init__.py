"""The workloads, by name: what each measures, and how many seconds it may take."""

from collections.abc import Callable
from typing import Final, NamedTuple

from tests.bench.figures import Figure
from tests.bench.room import Room
from tests.bench.workloads import (
    app,
    checkpoint,
    commit,
    opening,
    purchase,
    reconcile,
    report,
    search,
)


class Workload(NamedTuple):
    """One benchmark; it is run in a process of its own."""

    run: Callable[[Room], list[Figure]]
    what: str
    limit: float


WORKLOADS: Final = {
    "open": Workload(opening.catalogue, "start a catalog server on 82,415 books", 120),
    "open-million": Workload(opening.million, "start a catalog server on 1,000,000 books", 180),
    "commit": Workload(commit.run, "write one purchase, and those of 32 threads at once", 120),
    "purchase": Workload(purchase.run, "buy from 7 books and from 1,000,000", 180),
    "checkpoint": Workload(checkpoint.run, "buy while the CSVs are written", 180),
    "report": Workload(report.run, "report on 1,000,000 sales", 180),
    "reconcile": Workload(reconcile.run, "hold 1,000,000 sales against their orders", 900),
    "app": Workload(app.start, "open the terminal app on 82,415 books, and search", 240),
    "app-million": Workload(app.million, "scroll, filter and search in 1,000,000 books", 420),
    "search": Workload(search.run, "find books by words, subject and ids", 120),
}
