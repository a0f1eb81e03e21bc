"""The machine dies in every operation of a day of admin's calls: what was answered is there, whole.

The real catalog app over a disk in memory. After each crash the shop is opened from whatever may be
on the disk, and asked again for all that was asked of it before: nothing happens twice, and the
call that the crash broke off is finished.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final, NamedTuple

import pytest

from servers.catalog.app import Catalog
from servers.catalog.tables import TABLES
from servers.catalog.tokens import Admins
from shared.csv_repository import Repository
from shared.peer import Peer
from shared.wire import encode
from tests.conftest import Campaign as Note
from tests.memory_disk import MemoryDisk, Snapshot
from tests.shops import OPENING, TOKENS, Clock, seed
from tests.unit.csv_repository.afterwards import every
from tests.wsgi import InProcess, Reply, call

# Every row of every table, by table and key.
State = Mapping[tuple[str, Any], Any]
PARTS: Final = 8
_NEW: Final = {"subjects": ["new"], "quantity": 5, "price": 9.5}


class Call(NamedTuple):
    """One request to the catalog under a key, or what nobody asks for: see `checkpoint`, `kill`."""

    method: str
    target: str
    key: str
    body: Any = None


class Moment(NamedTuple):
    """A machine about to die: so many calls were answered, the next one may be under way."""

    snapshot: Snapshot
    answered: int


def key(number: int) -> str:
    """A UUID."""
    return f"6f1c2f52-98a7-4d0e-9a31-{number:012}"


def keyed(numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Books of a batch, each under a key of its own."""
    return [{"key": key(n), "title": f"'=batch {n}\"", **_NEW} for n in numbers]


CHECKPOINT: Final = Call("checkpoint", "", "")
KILL: Final = Call("kill", "", "")
DAY: Final = (
    Call("POST", "/books", key(1), {"title": "Walden, or\u2014a \"pond\"", **_NEW}),
    Call("PATCH", "/books/5", key(2), {"quantity_change": 20}),
    Call("PUT", "/purchase/5", key(3), {"quantity": 2, "expected_price": 9.5}),
    Call("PATCH", "/books/5", key(4), {"price": 12.99, "title": "Walden"}),
    Call("POST", "/books/batch", key(5), {"data": keyed(range(100, 112))}),
    CHECKPOINT,
    Call("DELETE", "/books/9", key(6)),
    Call("PUT", "/purchase/9", key(7), {"quantity": 1}),
    Call("POST", "/books/batch", key(8), {"data": keyed(range(106, 118))}),
    KILL,
    Call("PUT", "/update/4", key(9), {"quantity_change": 3}),
    Call("DELETE", "/books/1", key(10)),
    CHECKPOINT,
    Call("POST", "/books", key(11), {"title": "The last one", **_NEW}),
)  # fmt: skip


class House:
    """The catalog over a disk."""

    def __init__(self, disk: MemoryDisk) -> None:
        self._disk = disk
        self._open()

    def _open(self) -> None:
        self._disk.kill_process()
        clock = Clock()
        self._repository = Repository.open(
            self._disk, TABLES, seeds={"books": seed(OPENING)}, clock=clock
        )
        orders = Peer("order", "http://order", adapter=InProcess())
        self._app = Catalog(self._repository, orders, clock, time.monotonic, Admins(TOKENS)).app

    def do(self, asked: Call) -> Reply | None:
        """Answer a call, write a checkpoint, or be killed and begin anew."""
        if asked == CHECKPOINT:
            self._repository.checkpoint()
            return None
        if asked == KILL:
            self._open()
            return None
        headers = {"Authorization": f"Bearer {TOKENS['anna']}", "Idempotency-Key": asked.key}
        body = None if asked.body is None else encode(asked.body)
        return call(self._app, asked.method, asked.target, body, headers)

    def state(self) -> State:
        """All rows; readers see them."""
        return {
            (table.name, table.key(row)): row
            for table in TABLES
            for row in self._repository.rows(table).all()
        }


class Day:
    """The calls of a day, one after the other; the states between them, and every moment."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self.calls = calls
        self.moments: list[Moment] = []
        disk = MemoryDisk()
        disk.watcher = lambda _op, _name: self.moments.append(
            Moment(disk.snapshot(), len(self.replies))
        )
        self.replies: list[Reply | None] = []
        house = House(disk)
        self.states = [house.state()]
        for asked in calls:
            reply = house.do(asked)
            self.states.append(house.state())
            self.replies.append(reply)
            assert reply is None or reply.status in (200, 201, 204, 404), reply.body


class Crashes:
    """Looks at what a crash may leave. `states` were looked at."""

    def __init__(self, day: Day) -> None:
        self.states = 0
        self._day = day
        self._seen: set[int] = set()

    def look(self, moment: Moment, disk: MemoryDisk) -> None:
        """Open it, ask again for all that was asked, and for what was broken off."""
        mark = hash((moment.answered, frozenset(disk.contents().items())))
        if mark in self._seen:
            return
        self._seen.add(mark)
        self.states += 1
        house = House(disk)
        legal = self._day.states[moment.answered : moment.answered + 2]
        found = house.state()
        assert found in legal, "what is there is not what was answered"
        for asked in self._day.calls[: moment.answered]:
            check_again(asked, house.do(asked))
        assert house.state() == found, "a call that came again changed something"
        for asked in self._day.calls[moment.answered : moment.answered + 1]:
            house.do(asked)
        assert without_times(house.state()) == without_times(legal[-1]), "it cannot be finished"


def check_again(asked: Call, reply: Reply | None) -> None:
    """What was done is told as done, or that the book is gone since."""
    if reply is None:
        return
    if asked.target == "/books/batch":
        assert {row["state"] for row in reply.json["data"]} == {"present"}
    else:
        assert reply.status in (200, 201, 204, 404), reply.body


def without_times(state: State) -> dict[tuple[str, Any], dict[str, Any]]:
    """The same but for when it was done: a call that is asked for later is done later."""
    return {
        at: {name: getattr(row, name) for name in row.__struct_fields__ if name != "at"}
        for at, row in state.items()
    }


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Each torn end is warned of."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def run(
    moments: Sequence[Moment],
    day: Day,
    note: Note,
    disks: Callable[[Snapshot], Iterator[MemoryDisk]],
) -> int:
    """Some of the day's moments; how many states that were."""
    crashes = Crashes(day)
    try:
        for moment in moments:
            for disk in disks(moment.snapshot):
                crashes.look(moment, disk)
    finally:
        note("crashes of an admin's day", moments=len(moments), states=crashes.states)
    return crashes.states


def test_a_change_that_was_answered_survives_and_one_cut_off_can_be_finished(
    campaign: Note,
) -> None:
    """Books, trail and sales together: each call is there whole or not at all."""
    day, random = Day(DAY), Random(1)
    states = run(day.moments, day, campaign, lambda snapshot: snapshot.variants(random, 6))
    assert states > 300


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_it_survives_whatever_a_crash_may_leave(part: int, campaign: Note) -> None:
    """Every byte of every write, every subset of the names: 140,000 states."""
    day, random = Day(DAY), Random(part)
    assert run(day.moments[part::PARTS], day, campaign, lambda snapshot: every(snapshot, random))
