"""The crash campaign: the machine dies at every operation and inside every write, and again.

    campaign = Campaign(day)
    campaign.every(day.moments)              all disks that the crashes may leave
    campaign.some(day.moments, 10)           a few by chance
    campaign.damaged(day.moments)            one bad byte in a line of an older write
    campaign.every_recovery(day.moments)     all disks that crashes in the recoveries may leave
    campaign.after_a_kill(1)                 a few that one in the opening after a kill may leave

A state is one folder as a crash has left it, opened; each is counted once. What must hold: every
transaction that was acknowledged is there whole, no other is half there, and a second opening
changes nothing, neither the rows nor the tables' files.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import Final

from shared.csv_repository import CannotOpen
from tests.memory_disk import MemoryDisk, Snapshot
from tests.unit.csv_repository.afterwards import every
from tests.unit.csv_repository.days import Day, Moment
from tests.unit.csv_repository.shop import open_shop, state

# Of a recovery's own moments, how many see the machine die again.
_AGAIN: Final = 2


class Campaign:
    """Crashes of one day. `states` have been looked at, in `lost` of them something was wrong."""

    def __init__(self, day: Day, seed: int = 7) -> None:
        self.states = 0
        self.lost = 0
        self._day = day
        self._random = Random(seed)
        self._seen: set[int] = set()

    def every(self, moments: Sequence[Moment]) -> None:
        """Each disk that a crash at each of these moments may leave, and crashes in recoveries."""
        for moment in moments:
            for at, disk in enumerate(every(moment.snapshot, self._random)):
                # Byte by byte there are so many that every recovery need not be cut off.
                self._look(moment, disk, again=_AGAIN if at < 8 else int(at % 8 == 0))

    def some(self, moments: Sequence[Moment], count: int) -> None:
        """The extremes and `count` disks by chance of each moment, and crashes in recoveries."""
        for moment in moments:
            for disk in moment.snapshot.variants(self._random, count):
                self._look(moment, disk, again=_AGAIN)

    def every_recovery(self, moments: Sequence[Moment]) -> None:
        """For the extremes of each moment: each disk that a crash in the recovery may leave."""
        for moment in moments:
            for disk in moment.snapshot.variants(self._random, 0):
                for snapshot in self._look(moment, disk, again=0):
                    for after in every(snapshot, self._random):
                        self._look(moment, after, again=0)

    def after_a_kill(self, count: int) -> None:
        """The process is killed in the day's last moment, the machine in the opening after that.

        That opening sees all that the kill left, and much of it is not on disk.
        """
        moment, disk = self._day.moments[-1], self._day.disk
        disk.kill_process()
        disk.room = None
        opening: list[Snapshot] = []
        disk.watcher = lambda _op, _name: opening.append(disk.snapshot())
        found = state(open_shop(disk, seeds=self._day.seeds))
        if found not in self._day.states[moment.acknowledged : moment.begun + 1]:
            self.lost += 1
            raise AssertionError("a kill alone has lost something")
        for snapshot in opening:
            for after in snapshot.variants(self._random, count):
                self._look(moment._replace(snapshot=snapshot), after, again=0)

    def damaged(self, moments: Sequence[Moment]) -> None:
        """One bad byte in a line that is not of the last write: refused, or nothing is lost."""
        for moment in moments:
            files, names = moment.snapshot.files, moment.snapshot.names
            whole = {name: files[inode][0] for name, inode in names.items()}
            for name, at in _older_bytes(whole):
                content = whole[name]
                bad = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
                self.states += 1
                self._check_damaged(moment, MemoryDisk(whole | {name: bad}))

    def _check_damaged(self, moment: Moment, disk: MemoryDisk) -> None:
        with suppress(CannotOpen):
            found = state(open_shop(disk, seeds=self._day.seeds))
            if found not in self._day.states[moment.acknowledged : moment.begun + 1]:
                self.lost += 1
                raise AssertionError("damage went unseen, and something was lost by it")

    def _look(self, moment: Moment, disk: MemoryDisk, again: int) -> list[Snapshot]:
        """Open what a crash left, and what crashes in that recovery left; its moments."""
        key = hash((moment.acknowledged, moment.begun, frozenset(disk.contents().items())))
        if key in self._seen:
            return []
        self._seen.add(key)
        self.states += 1
        try:
            recovery = self._check(moment, disk)
        except Exception as error:
            self.lost += 1
            error.add_note(f"the folder after the crash: {disk.contents()}")
            raise
        for snapshot in self._random.sample(recovery, min(again, len(recovery))):
            after = self._random.choice(list(snapshot.variants(self._random, 2)))
            self._look(moment, after, again - 1)
        return recovery

    def _check(self, moment: Moment, disk: MemoryDisk) -> list[Snapshot]:
        legal = self._day.states[moment.acknowledged : moment.begun + 1]
        recovery: list[Snapshot] = []
        left = MemoryDisk(disk.contents())
        left.watcher = lambda _op, _name: recovery.append(left.snapshot())
        repository = open_shop(left, seeds=self._day.seeds)
        left.watcher = None
        found = state(repository)
        assert found in legal, "what is there is not what was acknowledged"
        before = csvs(left)
        left.kill_process()
        again = open_shop(left, seeds=self._day.seeds)
        assert state(again) == found, "a second opening changed the rows"
        assert csvs(left) == before, "a second opening changed the files"
        return recovery


def _older_bytes(contents: Mapping[str, bytes]) -> Iterator[tuple[str, int]]:
    """The middle and the end of each journal line that a later write stands behind."""
    behind = False
    for name in sorted((n for n in contents if n.startswith("journal")), reverse=True):
        lines = contents[name].splitlines(keepends=True)
        batches = [line.split(b",")[1] for line in lines if line.count(b",") > 1]
        at = 0
        for line, batch in zip(lines, batches, strict=False):
            if behind or batch != batches[-1]:
                yield name, at + len(line) // 2
                yield name, at + len(line) - 1
            at += len(line)
        behind = behind or len(lines) > 1


def csvs(disk: MemoryDisk) -> dict[str, bytes]:
    """The files of the tables."""
    return {name: data for name, data in disk.contents().items() if not name.startswith("journal")}
