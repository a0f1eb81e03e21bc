"""Each operation of an opening fails, after a crash: it says so, keeps nothing, and loses nothing.

Also the operations that only an opening has: a torn end cut off, a last write secured, seeds put
again, an edit kept aside, and the looks at names and stamps.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest

from shared.csv_repository import CannotOpen, RepositoryError, StorageFull, StoragePoisoned
from shared.csv_repository.files import Stamp
from tests.conftest import Campaign as Note
from tests.memory_disk import MemoryDisk
from tests.unit.csv_repository.days import SEEDS, Day, Moment, random_day, working_day
from tests.unit.csv_repository.shop import Item, Receipt, State, closed, open_shop, put, state
from tests.unit.csv_repository.test_failures import FAILURES, OPENING

# Of a day's moments, each so many looks at one disk that a crash may leave.
_EVERY = 25


class FussyDisk(MemoryDisk):
    """One on which to look at names and stamps may fail, too."""

    def names(self) -> list[str]:
        """See Disk."""
        self._step("names", "")
        return super().names()

    def stamp(self, name: str) -> Stamp | None:
        """See Disk."""
        self._step("stamp", name)
        return super().stamp(name)


class Found(NamedTuple):
    """What a crash left: the day's states of which one must be found, and the disk."""

    legal: list[State]
    contents: dict[str, bytes]
    day: Day


def left(day: Day, random: Random) -> Iterator[Found]:
    """Disks that crashes of a day may leave."""
    for moment in day.moments[::_EVERY]:
        (*_, disk) = moment.snapshot.variants(random, 1)
        yield Found(legal(day, moment), disk.contents(), day)


def legal(day: Day, moment: Moment) -> list[State]:
    """The states of which one must be found."""
    return day.states[moment.acknowledged : moment.begun + 1]


def try_failure(found: Found, step: int, name: str, random: Random) -> bool:
    """Let one operation of the opening fail; returns whether the opening said so."""
    disk = FussyDisk(found.contents)
    disk.fail_at[step] = FAILURES[name]
    told = False
    try:
        open_shop(disk, seeds=found.day.seeds)
    except (CannotOpen, StorageFull, StoragePoisoned):
        told = True
        assert not disk.open_files, "a file was left open"
        assert disk._owner is None, "the folder was left locked"
    disk.fail_at.clear()
    for after in disk.snapshot().variants(random, 2):
        assert state(open_shop(after, seeds=found.day.seeds)) in found.legal
    disk.kill_process()
    assert state(open_shop(disk, seeds=found.day.seeds)) in found.legal
    return told


@pytest.mark.parametrize("name", FAILURES)
def test_any_operation_of_an_opening_may_fail(name: str, campaign: Note) -> None:
    """No raw OSError, nothing left open or locked; and the next start finds what it should."""
    random = Random(17)
    tried = Counter(operations=0, told=0)
    ops: set[str] = set()
    for day in (working_day(SEEDS), random_day(41)):
        for found in left(day, random):
            whole = FussyDisk(found.contents)
            open_shop(whole, seeds=day.seeds)
            for step, (op, file) in enumerate(whole.trace, 1):
                if name == "EMFILE" and op not in OPENING:
                    continue
                ops.add(op)
                tried["operations"] += 1
                try:
                    tried["told"] += try_failure(found, step, name, random)
                except Exception as error:
                    error.add_note(f"step {step}, {op} {file}: {found.contents}")
                    raise
    campaign("failures in an opening", **tried)
    assert ops >= (set(OPENING) if name == "EMFILE" else EVERY_OP)


EVERY_OP = {
    *OPENING, "names", "stamp", "write", "sync", "cut", "close", "rename", "delete"
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_an_edit_after_a_crash_is_never_lost_to_a_failure(name: str) -> None:
    """Whatever fails: the edited file is in its place, or its copy beside it."""
    edited = b"id,name,tags,stock,price\n9,Chair,,1,0\n"
    disk = closed(Item(1, "Lamp"))
    shop = open_shop(disk)
    put(shop, Receipt("r", 1))
    disk.kill_process()
    disk.edit("items.csv", edited)
    whole = FussyDisk(disk.contents())
    open_shop(whole, accept_edits=True)
    for step, (op, file) in enumerate(whole.trace, 1):
        if name == "EMFILE" and op not in OPENING:
            continue
        after = FussyDisk(disk.contents())
        after.fail_at[step] = FAILURES[name]
        try:
            open_shop(after, accept_edits=True)
        except RepositoryError:
            after.fail_at.clear()
            after.kill_process()
            open_shop(after, accept_edits=True)
        assert edited in after.contents().values(), f"step {step}, {op} {file}"
