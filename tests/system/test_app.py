"""`make run` in a terminal: the three servers, the app over them, and nothing left behind."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import wait_for, write_config
from tests.system.test_start_and_stop import children, gone
from tests.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The whole shop, opened."""
    variables = {
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    config = write_config(tmp_path)
    command = [sys.executable, "-m", "servers", "--app", "--config", str(config)]
    opened = Terminal(command, variables)
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
    terminal.wait_for("It is yours.")
    terminal.type("\x1b")
    terminal.wait_while("It is yours.")
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
