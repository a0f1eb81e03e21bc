"""Many threads, one fsync; and nobody sees what a crash could take back."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from shared.csv_repository import CommitUnknown, Repository, StorageFull, StoragePoisoned
from tests.memory_disk import Failure, MemoryDisk
from tests.unit.csv_repository.shop import (
    ITEMS,
    Item,
    Receipt,
    open_shop,
    put,
    state,
)

LAMP = Item(1, "Lamp", stock=5)
WAIT = 20.0


class Gate:
    """Stops the journal's next fsync or write until it is opened; says when one stands there."""

    def __init__(self, disk: MemoryDisk, op: str) -> None:
        self.op = op
        self.reached = threading.Event()
        self.opened = threading.Event()
        self.disk = disk
        disk.watcher = self._watch

    def _watch(self, op: str, name: str) -> None:
        if op == self.op and name.startswith("journal") and not self.reached.is_set():
            self.reached.set()
            assert self.opened.wait(WAIT)


def until(condition: Callable[[], bool]) -> None:
    """Return when it is so."""
    turn = threading.Event()
    for _ in range(int(WAIT * 1000)):
        if condition():
            return
        turn.wait(0.001)
    raise AssertionError("it never was so")


def queued(repository: Repository) -> int:
    """How many transactions wait behind the one that is being written."""
    return len(repository._commits._queue)


class Crowd:
    """One transaction held in its fsync, and others that come one by one behind it."""

    def __init__(self, repository: Repository, gate: Gate, pool: ThreadPoolExecutor) -> None:
        self.repository = repository
        self.gate = gate
        self._pool = pool
        self.futures: list[Future[None]] = []

    def add(self, work: Callable[[], None]) -> "Future[None]":
        """Start one more and return when it waits."""
        future = self._pool.submit(work)
        if not self.futures:
            assert self.gate.reached.wait(WAIT)
        else:
            number = len(self.futures)
            until(lambda: queued(self.repository) == number or future.done())
        self.futures.append(future)
        return future

    def go(self) -> None:
        """Let the fsync return, and wait for all."""
        self.gate.opened.set()
        for future in self.futures:
            future.exception(WAIT)


@contextmanager
def crowd(disk: MemoryDisk, op: str = "sync") -> Iterator[Crowd]:
    """A shop with a lamp, about to be crowded."""
    repository = open_shop(disk)
    put(repository, LAMP)
    with ThreadPoolExecutor(12) as pool:
        found = Crowd(repository, Gate(disk, op), pool)
        try:
            yield found
        finally:
            found.gate.opened.set()


def test_those_who_wait_share_one_fsync() -> None:
    """Ten transactions behind one are one more write and one more fsync."""
    disk = MemoryDisk()
    with crowd(disk) as people:
        before = disk.counts.copy()
        for number in range(11):
            people.add(lambda n=number: put(people.repository, Item(n + 10, "Desk")))  # type: ignore[misc]
        people.go()
    assert disk.counts["sync"] - before["sync"] == 2
    assert disk.counts["write"] - before["write"] == 2
    assert len(people.repository.rows(ITEMS)) == 12


def test_readers_see_nothing_before_it_is_on_disk_and_writers_do() -> None:
    """The stock of a sale in its fsync: readers have the old one, the next buyer the new one."""
    seen: list[int] = []

    def buy() -> None:
        with people.repository.transaction() as change:
            lamp = change.get(ITEMS, 1)
            assert lamp
            seen.append(lamp.stock)
            change.put(ITEMS, Item(1, "Lamp", stock=lamp.stock - 1))

    with crowd(MemoryDisk()) as people:
        first, second = people.add(buy), people.add(buy)
        assert seen == [5, 4]
        assert people.repository.rows(ITEMS).get(1) == LAMP
        assert not first.done()
        assert not second.done()
        people.go()
    assert people.repository.rows(ITEMS).get(1) == Item(1, "Lamp", stock=3)


@pytest.mark.parametrize("refuse", [False, True])
def test_an_answer_that_rests_on_a_row_waits_until_that_is_on_disk(refuse: bool) -> None:
    """A key seen again is answered from a row that a crash could still take back; also a no."""
    answers: list[object] = []

    def read() -> None:
        with people.repository.transaction() as change:
            answers.append(change.get(ITEMS, 2))
            if refuse:
                raise LookupError("sold out")

    with crowd(MemoryDisk()) as people:
        people.add(lambda: put(people.repository, Item(2, "Desk")))
        rests = people._pool.submit(read)
        until(lambda: bool(answers))
        assert answers == [Item(2, "Desk")]
        assert not rests.done()
        people.go()
        error = rests.exception(WAIT)
    assert isinstance(error, LookupError) if refuse else error is None


def test_an_answer_from_rows_on_disk_waits_for_nobody() -> None:
    """Looking at the lamp does not stand in the queue."""
    with crowd(MemoryDisk()) as people:
        people.add(lambda: put(people.repository, Item(2, "Desk")))
        with people.repository.transaction() as change:
            assert change.get(ITEMS, 1) == LAMP


def test_a_deletion_under_way_is_seen_by_the_next_writer() -> None:
    """And waited for as any other row."""
    with crowd(MemoryDisk()) as people:

        def take_away() -> None:
            with people.repository.transaction() as change:
                change.delete(ITEMS, 1)
                assert change.get(ITEMS, 1) is None

        def look() -> None:
            with people.repository.transaction() as change:
                assert change.get(ITEMS, 1) is None

        people.add(take_away)
        looks = people._pool.submit(look)
        assert people.repository.rows(ITEMS).get(1) == LAMP
        people.go()
        looks.result(WAIT)
    assert people.repository.rows(ITEMS).get(1) is None


def test_what_was_queued_behind_a_full_disk_fails_with_it() -> None:
    """It was worked out from rows that never came; the numbers of its records are free again."""
    disk = MemoryDisk()
    with crowd(disk, "write") as people:
        disk.fail_at[disk.steps + 1] = Failure(28, taken=10)
        for number in (2, 3, 4):
            people.add(lambda n=number: put(people.repository, Item(n, "Bed")))  # type: ignore[misc]
        people.go()
        assert all(isinstance(future.exception(), StorageFull) for future in people.futures)
    assert set(state(people.repository)) == {("items", 1)}
    assert "full" in str(people.repository.trouble)
    with people.repository.transaction() as change:
        assert [change.get(ITEMS, number) for number in (2, 3, 4)] == [None] * 3
    put(people.repository, Item(5, "Chair"))
    assert not people.repository.trouble
    found = state(people.repository)
    disk.kill_process()
    assert state(open_shop(disk)) == found


def test_a_failed_fsync_leaves_its_batch_unknown_and_refuses_those_behind() -> None:
    """The first may be on disk; the others were never written."""
    disk = MemoryDisk()
    with crowd(disk) as people:
        first = people.add(lambda: put(people.repository, Item(2, "Desk")))
        behind = people.add(lambda: put(people.repository, Receipt("r", 2)))
        disk.fail_at[disk.steps + 1] = Failure(5)
        people.go()
        assert isinstance(first.exception(), CommitUnknown)
        assert isinstance(behind.exception(), StoragePoisoned)
    assert state(people.repository) == {("items", 1): LAMP}


def test_numbers_given_to_records_that_came_to_nothing_may_be_given_again() -> None:
    """A checkpoint begins while records wait, then these find no room: the new segment must not
    demand the numbers after theirs."""
    disk = MemoryDisk()
    with crowd(disk) as people:
        first = people.add(lambda: put(people.repository, Item(2, "Desk")))
        people.add(lambda: put(people.repository, Item(3, "Bed")))
        checkpoint = people._pool.submit(people.repository.checkpoint)
        until(lambda: "journal-000002.csv" in disk.names())
        until(lambda: disk.counts["sync_folder"] == 2)
        disk.room = 0
        people.go()
        first.result(WAIT)
        checkpoint.exception(WAIT)
    disk.room = None
    put(people.repository, Item(4, "Chair"))
    found = state(people.repository)
    disk.kill_process()
    assert state(open_shop(disk)) == found


def test_closing_lets_those_in_the_queue_finish() -> None:
    """Nobody writes to a folder that may already be another's."""
    disk = MemoryDisk()
    with crowd(disk) as people:
        futures = [
            people.add(lambda n=n: put(people.repository, Item(n, "Bed")))  # type: ignore[misc]
            for n in (2, 3)
        ]
        closing = people._pool.submit(people.repository.close)
        until(lambda: people.repository._closed)
        assert not closing.done()
        people.go()
        closing.result(WAIT)
        for future in futures:
            future.result(WAIT)
    assert b"3,Bed" in disk.contents()["items.csv"]
    assert not disk.open_files
    with pytest.raises(StoragePoisoned, match="closed"):
        put(people.repository, LAMP)
    with pytest.raises(StoragePoisoned, match="closed"):
        people.repository.checkpoint()


def test_a_checkpoint_takes_no_pen_away_from_a_write() -> None:
    """The old segment is closed only when whoever writes to it is done."""
    disk = MemoryDisk()
    shop = open_shop(disk)
    put(shop, LAMP)
    gate = Gate(disk, "write")
    with ThreadPoolExecutor(2) as pool:
        sale = pool.submit(put, shop, Item(2, "Desk"))
        assert gate.reached.wait(WAIT)
        steps = disk.counts["sync_folder"]
        checkpoint = pool.submit(shop.checkpoint)
        until(lambda: disk.counts["sync_folder"] > steps)
        # The new segment is on disk, and nothing is left to do before the change of pens.
        with pytest.raises(TimeoutError):
            checkpoint.result(0.1)
        gate.opened.set()
        sale.result(WAIT)
        checkpoint.result(WAIT)
    assert set(state(shop)) == {("items", 1), ("items", 2)}


def test_an_interrupt_in_a_block_lets_go_of_the_writers_lock() -> None:
    """Ctrl-C writes nothing, and the next buyer is served."""
    repository = open_shop(MemoryDisk())

    def interrupted() -> None:
        with repository.transaction() as change:
            change.put(ITEMS, LAMP)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(put, repository, Item(2, "Desk")).result(WAIT)
    assert state(repository) == {("items", 2): Item(2, "Desk")}


def test_an_interrupt_in_a_write_refuses_all_later_ones_instead_of_hanging_them() -> None:
    """Half a line may stand in the journal."""
    disk = MemoryDisk()
    repository = open_shop(disk)

    def interrupt(op: str, _name: str) -> None:
        if op == "write":
            raise KeyboardInterrupt

    disk.watcher = interrupt
    with pytest.raises(KeyboardInterrupt):
        put(repository, LAMP)
    disk.watcher = None
    with pytest.raises(StoragePoisoned):
        put(repository, LAMP)
    repository.close()
    assert not disk.open_files


def test_an_interrupt_while_waiting_does_not_take_the_pen_away() -> None:
    """Ctrl-C in the thread that writes next: it comes out when its own commit is on disk."""

    class Interrupted(threading.Event):
        """Somebody presses Ctrl-C while this is waited for."""

        def wait(self, timeout: float | None = None) -> bool:
            if armed.is_set() and threading.current_thread() is not threading.main_thread():
                armed.clear()
                raise KeyboardInterrupt
            return super().wait(timeout)

    armed = threading.Event()
    disk = MemoryDisk()
    with crowd(disk) as people:
        people.add(lambda: put(people.repository, Item(2, "Desk")))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(threading, "Event", Interrupted)
            armed.set()
            pressed = people.add(lambda: put(people.repository, Item(3, "Bed")))
            until(lambda: not armed.is_set())
        behind = people.add(lambda: put(people.repository, Item(4, "Chair")))
        people.go()
        assert isinstance(pressed.exception(), KeyboardInterrupt)
        behind.result(WAIT)
    assert set(state(people.repository)) == {("items", number) for number in (1, 2, 3, 4)}


def test_a_row_that_could_not_be_shown_is_not_lost_at_a_checkpoint() -> None:
    """An index that breaks must not leave rows on disk that the next CSV has not."""
    disk = MemoryDisk()
    repository = open_shop(disk)

    class Broken:
        def load(self, rows: object) -> None:
            pass

        def change(self, old: object, new: object) -> None:
            raise LookupError("a fault in the index")

    repository.rows(ITEMS).watch(Broken())
    with pytest.raises(LookupError):
        put(repository, LAMP, Item(2, "Desk"))
    with pytest.raises(StoragePoisoned):
        repository.checkpoint()
    assert "could not be shown" in str(repository.trouble)
    disk.kill_process()
    assert set(state(open_shop(disk))) == {("items", 1), ("items", 2)}


def test_threads_sell_no_more_than_there_is() -> None:
    """Two hundred buyers in eight threads, a checkpoint among them, sixty lamps."""
    disk = MemoryDisk()
    repository = open_shop(disk)
    put(repository, Item(1, "Lamp", stock=60))

    def buy(number: int) -> bool:
        with repository.transaction() as change:
            lamp = change.get(ITEMS, 1)
            assert lamp
            if lamp.stock:
                change.put(ITEMS, Item(1, "Lamp", stock=lamp.stock - 1))
                change.put(ITEMS, Item(1000 + number, "sold"))
            bought = bool(lamp.stock)
        if number % 50 == 7:
            repository.checkpoint()
        return bought

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(buy, range(200))) == 60
    assert repository.rows(ITEMS).get(1) == Item(1, "Lamp", stock=0)
    found = state(repository)
    assert len(found) == 61
    disk.kill_process()
    assert state(open_shop(disk)) == found
