"""A program in a terminal that a test can look at: a pseudo-terminal, and what is drawn on it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pyte

from tests.processes import ROOT, environment

USUAL: Final = (80, 24)
FOCUS_IN: Final = "\x1b[I"
FOCUS_OUT: Final = "\x1b[O"
_SECONDS: Final = 40.0
# Questions and modes of newer terminals that pyte would take for text.
_UNKNOWN: Final = re.compile(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|P[^\x1b]*\x1b?)?\Z")


class Terminal:
    """A program in a terminal of so many columns and lines; everything it started ends with it."""

    def __init__(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        size: tuple[int, int] = USUAL,
    ) -> None:
        columns, lines = size
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment({"TERM": "xterm-256color", "COLORTERM": "truecolor", **variables}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._rest = b""

    # -- looking --------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What a person sees, line by line."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def line(self, words: str) -> str:
        """The first line that has these words; empty where there is none."""
        return next((line for line in self.text.splitlines() if words in line), "")

    def colour(self, words: str) -> str:
        """The colour that these words are drawn in, at the first place where they are."""
        for row, line in enumerate(self._screen.display):
            if (column := line.find(words)) >= 0:
                return str(self._screen.buffer[row][column].fg)
        raise AssertionError(f"{words!r} is not there:\n{self.text}")

    def read(self, seconds: float) -> bytes:
        """Wait so long for something to be drawn, and draw it; returns what came, raw."""
        came = self._receive(seconds)
        self._draw(came)
        return came

    def read_until(self, words: str, seconds: float = _SECONDS) -> float:
        """Return when these words have come, which no escape sequence may break; after how long.

        The time is that of the words' arrival; to draw what came takes longer than to receive it.
        """
        begun, came = time.perf_counter(), b""
        while words.encode() not in came:
            assert time.perf_counter() < begun + seconds, f"{words!r} never came:\n{self.text}"
            came += self._receive(seconds)
        taken = time.perf_counter() - begun
        self._draw(came)
        return taken

    def _receive(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return b""
        try:
            return os.read(self._master, 1 << 18)
        except OSError:
            # Linux answers EIO when the last program has left the terminal.
            self.process.wait(10)
            return b""

    def _draw(self, came: bytes) -> None:
        whole = self._rest + came
        cut = _UNFINISHED.search(whole)
        end = cut.start() if cut else len(whole)
        self._rest = whole[end:]
        self._stream.feed(_UNKNOWN.sub(b"", whole[:end]))

    def wait_until(
        self, condition: Callable[[], object], what: str, seconds: float = _SECONDS
    ) -> float:
        """Return when it is so; how many seconds that took. Fails when it is not so in time."""
        begun = time.monotonic()
        while not condition():
            has_ended = self.process.poll() is not None
            is_late = time.monotonic() > begun + seconds
            if is_late or (not self.read(0.02) and has_ended):
                raise AssertionError(f"not within {seconds} s: {what}\n{self.text}")
        return time.monotonic() - begun

    def wait_for(self, words: str, seconds: float = _SECONDS) -> float:
        """Return when these words are to be seen."""
        return self.wait_until(lambda: words in self.text, repr(words), seconds)

    def wait_while(self, words: str, seconds: float = _SECONDS) -> float:
        """Return when these words are not to be seen any more."""
        return self.wait_until(lambda: words not in self.text, f"no {words!r}", seconds)

    def look(self, seconds: float) -> None:
        """Only look, for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(min(left, 0.05))

    # -- doing ----------------------------------------------------------------------------------

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(10)

    def wait(self, seconds: float = _SECONDS) -> int:
        """The exit status, once it has ended; what it says meanwhile is read."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
            self.read(0.05)
        return self.process.returncode

    def close(self) -> None:
        """Leave nothing behind, whatever the program started included: it is in its session."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        os.close(self._master)
