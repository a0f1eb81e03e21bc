"""How far the import is: on a terminal one line that rewrites itself."""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

_PAUSE_S: Final = 0.1
_PLAIN_PAUSE_S: Final = 10.0
# So many tenths of a second are what the speed is taken from.
_LATELY: Final = 100
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """A line of progress over `total` lines of a catalogue; without a terminal nothing."""

    def __init__(
        self, stream: TextIO, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._total = total
        self._clock = clock
        self._shown = stream.isatty()
        self._next = 0.0

    def at(self, line: int, rows: int) -> None:
        """Show how far it is, at most ten times a second."""
        if self._shown and self._clock() >= self._next:
            self._next = self._clock() + _PAUSE_S
            percent = 100 * line // max(self._total, 1)
            self._stream.write(f"{_CLEAR}reading {percent:3}%  {rows:,} rows")
            self._stream.flush()

    def end(self) -> None:
        """Take the line away, so that what is said next stands alone."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()


class Sent:
    """How many of `total` books are in the shop, how fast they go, and how long the rest takes.

    On a terminal one line that rewrites itself, elsewhere a plain one every ten seconds.
    """

    def __init__(
        self, stream: TextIO, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._total = total
        self._clock = clock
        self._shown = stream.isatty()
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
            self._write(self._line(now, done))

    def _line(self, now: float, done: int) -> str:
        since, before = self._lately[0]
        percent = 100 * done // max(self._total, 1)
        line = f"sending {percent:3}%  {done:,} of {self._total:,} books"
        speed = (done - before) / (now - since) if now > since else 0.0
        if not speed:
            return line
        return f"{line}  {speed:,.0f}/s  {_span((self._total - done) / speed)} left"

    def tell(self, text: str) -> None:
        """Say something beside it."""
        self.end()
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def end(self) -> None:
        """Take the line away, so that what is said next stands alone."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _write(self, line: str) -> None:
        self._stream.write(f"{_CLEAR}{line}" if self._shown else f"{line}\n")
        self._stream.flush()


def _span(seconds: float) -> str:
    whole = math.ceil(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
