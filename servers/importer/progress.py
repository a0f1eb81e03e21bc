"""How far the import is: on a terminal one line that rewrites itself."""

import math
import shutil
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

_PAUSE_S: Final = 0.1
_PLAIN_PAUSE_S: Final = 10.0
# So many tenths of a second are what the speed is taken from.
_LATELY: Final = 100
_CLEAR: Final = "\r\x1b[K"


class _Line:
    """A line on a terminal that rewrites itself, now and then."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._shown = stream.isatty()
        self._next = 0.0

    def _show(self, text: str) -> None:
        # A line that wraps could not be taken away again.
        self._put(_CLEAR + text[: shutil.get_terminal_size().columns - 1])

    def end(self) -> None:
        """Take the line away, so that what is said next stands alone."""
        if self._shown:
            self._put(_CLEAR)

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Progress(_Line):
    """How far the reading of `total` lines is; without a terminal nothing."""

    def __init__(
        self, stream: TextIO, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(stream, clock)
        self._total = total

    def at(self, line: int, rows: int) -> None:
        """Show how far it is, at most ten times a second."""
        if self._shown and self._clock() >= self._next:
            self._next = self._clock() + _PAUSE_S
            percent = 100 * line // max(self._total, 1)
            self._show(f"reading {percent:3}%  {rows:,} rows")


class Sent(_Line):
    """How many of `total` books are in the shop, how fast they go, and how long the rest takes.

    Without a terminal it is a plain line every ten seconds.
    """

    def __init__(
        self, stream: TextIO, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(stream, clock)
        self._total = total
        self._every = _PAUSE_S if self._shown else _PLAIN_PAUSE_S
        self._next = 0.0 if self._shown else clock() + self._every
        # (when, how many): the speed is that of the last seconds, so a wait does not stay in it.
        self._lately = deque([(clock(), 0)], maxlen=_LATELY)

    def at(self, done: int) -> None:
        """Show it, not too often."""
        now = self._clock()
        if now - self._lately[-1][0] >= _PAUSE_S:
            self._lately.append((now, done))
        if now >= self._next:
            self._next = now + self._every
            text = self._text(now, done)
            if self._shown:
                self._show(text)
            else:
                self._put(f"{text}\n")

    def _text(self, now: float, done: int) -> str:
        since, before = self._lately[0]
        percent = 100 * done // max(self._total, 1)
        text = f"sending {percent:3}%  {done:,} of {self._total:,} books"
        speed = (done - before) / (now - since) if now > since else 0.0
        if not speed:
            return text
        return f"{text}  {speed:,.0f}/s  {_span((self._total - done) / speed)} left"

    def tell(self, text: str) -> None:
        """Say something beside it."""
        self.end()
        self._put(f"{text}\n")


def _span(seconds: float) -> str:
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
