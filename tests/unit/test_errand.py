"""Work that is tried again and again."""

import threading
from collections.abc import Callable, Iterator

import pytest

from shared import errand
from shared.errand import Errand


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause's length is not what is tested."""
    monkeypatch.setattr(errand, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(errand, "LONGEST_PAUSE", 0.002)


def test_it_is_tried_until_done_and_rests_until_poked() -> None:
    """Also after a fault, which is told and must not be the end of it."""
    ends: Iterator[bool | Exception] = iter([False, ValueError("a fault"), False, True, True])
    done = threading.Semaphore(0)

    def work(stopping: Callable[[], bool]) -> bool:
        end = next(ends)
        if isinstance(end, Exception):
            raise end
        if end:
            done.release()
        return end

    runner = Errand("errand", work)
    runner.start()
    assert done.acquire(timeout=10)
    runner.poke()
    assert done.acquire(timeout=10)
    runner.stop()
    assert next(ends, None) is None


def test_it_stops_between_two_steps() -> None:
    """The work is told, and the thread ends."""
    begun = threading.Event()

    def work(stopping: Callable[[], bool]) -> bool:
        begun.set()
        while not stopping():
            pass
        return False

    runner = Errand("errand", work)
    runner.start()
    assert begun.wait(10)
    runner.stop()
    assert "errand" not in {thread.name for thread in threading.enumerate()}


def test_one_that_was_never_started_can_be_stopped() -> None:
    """As when the server could not listen."""
    Errand("errand", lambda _: True).stop()
