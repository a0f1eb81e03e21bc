"""`--plain` as a script runs it: real servers, real exit statuses, and a purchase cut in two."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT, RunningShop, environment, running_shop, wait_for
from tests.system.proxy import ANSWER_LOST, CARRY, REQUEST_LOST, TOO_LATE, Proxy


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RunningShop]:
    """Three servers."""
    with running_shop(tmp_path) as opened:
        yield opened


class Person:
    """Somebody with folders of their own, and a shell."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.variables = {
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "LC_ALL": "C.UTF-8",
        }

    def start(self, url: str, *words: str) -> subprocess.Popen[str]:
        """Begin a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "tui", "--frontend", url, "--plain", *words],
            cwd=ROOT,
            env=environment(self.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, url: str, *words: str) -> tuple[int, str, str]:
        """A whole command: its status, and what it said where."""
        process = self.start(url, *words)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def keys(self) -> list[str]:
        """The keys that are on disk."""
        return [path.name for path in (self.home / "state").rglob("*.purchase.json")]


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """With empty folders."""
    return Person(tmp_path / "home")


def test_a_script_finds_buys_and_sees_its_order(shop: RunningShop, person: Person) -> None:
    status, out, _ = person.run(shop.url, "search", "rpcs")
    assert (status, out) == (0, "2\tRPCs for Noobs\t\t50\t56\n")
    status, out, err = person.run(shop.url, "buy", "2", "--yes")
    assert (status, err) == (0, "")
    bought, copies, title, price, key = out.rstrip("\n").split("\t")
    assert (bought, copies, title, price) == ("bought", "1", "RPCs for Noobs", "50")
    wait_for(lambda: key in person.run(shop.url, "orders")[1], "the order is there")
    assert person.run(shop.url, "buy", "4", "--yes")[0] == 1
    assert person.run(shop.url, "info", "999999")[0] == 1
    assert person.run(shop.url, "sell", "2")[0] == 2
    assert person.keys() == []
    shop.kill("catalog")
    assert person.run(shop.url, "search", "rpcs")[0] == 3
    assert person.run(shop.url, "buy", "2", "--yes")[0] == 3
    shop.kill("frontend")
    assert person.run(shop.url, "search", "rpcs")[0] == 3


def test_ctrl_c_at_the_question_ends_the_line(shop: RunningShop, person: Person) -> None:
    """Nothing was sent, so nothing more is said."""
    theirs, ours = pty.openpty()
    words = [sys.executable, "-m", "tui", "--frontend", shop.url, "--plain", "buy", "2"]
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment(person.variables), start_new_session=True,
        stdin=ours, stdout=subprocess.PIPE, stderr=ours,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(ours)
    said = b""
    while not said.endswith(b"[y/N] "):
        said += os.read(theirs, 1000)
    os.write(theirs, b"\x03")
    out, _ = process.communicate(timeout=30)
    said = os.read(theirs, 1000)
    os.close(theirs)
    assert (process.returncode, out) == (130, b"")
    assert said == b"^C\r\n"
    assert person.keys() == []


def test_what_reads_may_stop_reading(shop: RunningShop, person: Person) -> None:
    """`| head -1` is no reason for a traceback."""
    process = person.start(shop.url, "search", "a")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read().count("Traceback") == 0
    process.stderr.close()
    assert process.wait(30) == 1


@pytest.mark.parametrize("lost", [ANSWER_LOST, REQUEST_LOST, TOO_LATE])
def test_killed_between_sending_and_answer_it_is_bought_once(
    shop: RunningShop, person: Person, lost: str
) -> None:
    """kill -9 while the purchase is on its way; the next run finds out with the same key."""
    sent, is_wrong = threading.Event(), threading.Event()
    is_wrong.set()

    def choose(line: str) -> str:
        if not line.startswith("PUT"):
            return CARRY
        sent.set()
        return lost if is_wrong.is_set() else CARRY

    proxy = Proxy(shop.url, choose)
    proxy.start()
    try:
        process = person.start(proxy.url, "buy", "2", "--yes")
        assert sent.wait(30)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
        assert len(person.keys()) == 1
        is_wrong.clear()
        status, _, err = person.run(proxy.url, "settle")
        assert (status, err) == (0, "From before: Bought RPCs for Noobs for 50.00.\n")
    finally:
        proxy.close()
    assert person.keys() == []
    assert person.run(shop.url, "search", "rpcs")[1] == "2\tRPCs for Noobs\t\t50\t55\n"
    shop.stop()
    assert (shop.folder / "catalog/sales.csv").read_text().count(",RPCs for Noobs,") == 1
    assert (shop.folder / "order/orders.csv").read_text().count(",RPCs for Noobs,") == 1


def test_a_purchase_that_gets_no_answer_has_a_status_of_its_own(
    shop: RunningShop, person: Person
) -> None:
    """The key is kept for a key's shop: another address is not asked with it."""
    proxy = Proxy(shop.url, lambda line: ANSWER_LOST if line.startswith("PUT") else CARRY)
    proxy.start()
    try:
        status, _, err = person.run(proxy.url, "buy", "2", "--yes")
    finally:
        proxy.close()
    assert status == 4
    assert "is kept; the next run asks again." in err
    assert person.run(shop.url, "settle") == (0, "", "")
    assert len(person.keys()) == 1
