"""Leaving the app takes no longer than that, whatever a server is doing."""

import socket
import sys
import time
from pathlib import Path

from tests.processes import environment
from tests.terminal import Terminal


def test_q_leaves_at_once_while_the_shop_holds_every_question(tmp_path: Path) -> None:
    """A frontend that takes connections and never answers, as one does that is frozen."""
    variables = {
        "TERM": "xterm-256color",
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    with socket.create_server(("127.0.0.1", 0), backlog=50) as frozen:
        url = f"http://127.0.0.1:{frozen.getsockname()[1]}"
        command = [sys.executable, "-m", "tui", "--frontend", url]
        terminal = Terminal(command, environment(variables))
        try:
            terminal.wait_for("Looking along the shelves")
            # The first question is on its way now, and would be for four seconds.
            with frozen.accept()[0]:
                began = time.monotonic()
                terminal.type("q")
                assert terminal.wait() == 0
                assert time.monotonic() - began < 2.0
        finally:
            terminal.close()
