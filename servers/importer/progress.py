"""How far the import is: one line on a terminal that rewrites itself; elsewhere nothing."""

import time
from collections.abc import Callable
from typing import Final, TextIO

_PAUSE_S: Final = 0.1
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """A line of progress over `total` lines of a catalogue."""

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
