"""Leaving the app takes no longer than that, whatever a server is doing."""

import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.terminal import Terminal


@contextmanager
def over_a_frozen_shop(folder: Path) -> Iterator[tuple[Terminal, socket.socket]]:
    """The app over a frontend that takes connections and never answers, and its socket."""
    variables = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config")}
    with socket.create_server(("127.0.0.1", 0), backlog=50) as frozen:
        url = f"http://127.0.0.1:{frozen.getsockname()[1]}"
        terminal = Terminal([sys.executable, "-m", "tui", "--frontend", url], variables)
        try:
            terminal.wait_for("Looking along the shelves")
            yield terminal, frozen
        finally:
            terminal.close()


def test_q_leaves_at_once_while_the_shop_holds_every_question(tmp_path: Path) -> None:
    """The first question is on its way, and would be for four seconds."""
    with over_a_frozen_shop(tmp_path) as (terminal, frozen), frozen.accept()[0]:
        began = time.monotonic()
        terminal.type("q")
        assert terminal.wait() == 0
        assert time.monotonic() - began < 2.0


def test_ended_from_outside_it_gives_the_terminal_back(tmp_path: Path) -> None:
    """Off its screen, no mouse reported, the cursor shown; with the status of a shell for it."""
    with over_a_frozen_shop(tmp_path) as (terminal, frozen), frozen.accept()[0]:
        terminal.process.send_signal(signal.SIGTERM)
        last = b""
        while came := terminal.read(10):
            last += came
        assert terminal.wait() == 128 + signal.SIGTERM
        for given_back in (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?25h"):
            assert given_back in last
