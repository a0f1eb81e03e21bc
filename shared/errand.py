"""Work that has to be done at last, however often it takes: a thread that tries again and again.

Both servers that owe the other something owe it like this: it is on disk, there is a thread for
it, and no request ever waits for that thread.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

_log = logging.getLogger(__name__)
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
# Done or not, it looks again after this: what was given up for now may go through by then.
LOOK_AGAIN_SECONDS: Final = 30.0

# Does what there is to do, asking now and then whether to stop; False if some of it must wait.
Work = Callable[[Callable[[], bool]], bool]


class Errand:
    """Runs `work` whenever it is poked, and again after a growing pause while it says False."""

    def __init__(self, name: str, work: Work) -> None:
        self._work = work
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with what was left over from the last run."""
        self._news.set()
        self._thread.start()

    def poke(self) -> None:
        """There is something new to do."""
        self._news.set()

    def stop(self, seconds: float = 10.0) -> None:
        """Finish the step at hand and stop; what is left is on disk for the next start."""
        self._stopping.set()
        self._news.set()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(LOOK_AGAIN_SECONDS)
            self._news.clear()
            pause = FIRST_PAUSE
            while not self._stopping.is_set() and not self._all_done():
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _all_done(self) -> bool:
        try:
            return self._work(self._stopping.is_set)
        except Exception:  # noqa: BLE001 - told with its traceback, and tried again
            # A fault in one step must not end all the deliveries of this process.
            _log.exception("%s failed; it will be tried again", self._thread.name)
            return False
