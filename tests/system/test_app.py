"""`make run` in a terminal: the three servers, the app over them, and nothing left behind."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT, environment, wait_for, write_config
from tests.system.test_start_and_stop import children, gone

_STEERING = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class Terminal:
    """A program in a terminal of 80 columns and 24 lines."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""

    def wait_for(self, words: str, seconds: float = 40.0) -> None:
        """Return when these words have been drawn since the last wait."""
        end = time.monotonic() + seconds
        while words.encode() not in _STEERING.sub(b"", self._seen):
            assert time.monotonic() < end, f"{words!r} never came: {self._seen[-2000:]!r}"
            self._read(0.1)
        self._seen = b""

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if ready:
            try:
                self._seen += os.read(self._master, 65536)
            except OSError:
                # Linux answers EIO when the last program has left the terminal.
                self.process.wait(10)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def wait(self, seconds: float = 40.0) -> int:
        """The exit status, once it has ended; what it says meanwhile is read."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end: {self._seen[-2000:]!r}"
            self._read(0.05)
        return self.process.returncode

    def close(self) -> None:
        """Leave nothing behind, the app included: it is of the same process group."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        os.close(self._master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The whole shop, opened."""
    variables = {
        "TERM": "xterm-256color",
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    config = write_config(tmp_path)
    command = [sys.executable, "-m", "servers", "--app", "--config", str(config)]
    opened = Terminal(command, environment(variables))
    yield opened
    opened.close()


def test_a_book_is_bought_in_four_keys_and_q_closes_the_shop(
    terminal: Terminal, tmp_path: Path
) -> None:
    """The sale is in the CSVs then, and no process is left."""
    terminal.wait_for("RPCs for Noobs")
    started = children(terminal.process.pid)
    terminal.type("j")
    terminal.type("b")
    terminal.wait_for("One copy, at this price")
    terminal.type("y")
    terminal.wait_for("Bought")
    terminal.type("\r")
    # What the question had covered.
    terminal.wait_for("Carroll, Lewis")
    terminal.type("q")
    assert terminal.wait() == 0
    wait_for(lambda: all(map(gone, started)), "all servers have ended")
    assert "2,RPCs for Noobs,,distributed systems,55,50" in (
        (tmp_path / "catalog/books.csv").read_text()
    )
    assert ",2,RPCs for Noobs,1,50,placed," in (tmp_path / "order/orders.csv").read_text()
    assert not list((tmp_path / "state").rglob("*.purchase.json"))
    assert "GET /books" in (tmp_path / "log/frontend.log").read_text()


def test_a_terminal_that_goes_away_closes_the_shop(terminal: Terminal, tmp_path: Path) -> None:
    """SIGTERM to the whole of it, as a closing session sends."""
    terminal.wait_for("RPCs for Noobs")
    started = children(terminal.process.pid)
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.wait() == 0
    wait_for(lambda: all(map(gone, started)), "all servers and the app have ended")
