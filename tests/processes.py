"""Real servers in real processes, on ports of loopback that were free a moment ago."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import requests

from tests.state import Server, tell

ROOT: Final = Path(__file__).resolve().parents[1]
TOKEN: Final = "the-admin-s-token"
NAMES: Final = ("catalog", "order", "frontend")
_SECONDS: Final = 30.0
# No condition takes longer to look at.
_LONGEST_LOOK: Final = 20.0


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all are held until all are found, so they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def wait_for(condition: Callable[[], object], what: str, seconds: float = _SECONDS) -> None:
    """Return when `condition` holds; fail with `what` if it does not in time."""
    left, last = seconds, time.monotonic()
    while not condition():
        assert left > 0, f"not within {seconds} s: {what}"
        time.sleep(0.01)
        now = time.monotonic()
        # While the whole machine stood still, as one that is put to sleep does, nobody waited.
        left -= min(now - last, _LONGEST_LOOK)
        last = now


def write_config(folder: Path, route: str = "catalog-first", seed: Path | None = None) -> Path:
    """A config for a shop on this machine whose files are in `folder`."""
    ports = dict(zip(NAMES, free_ports(3), strict=True))
    lines = [f'purchase_route = "{route}"']
    for name, port in ports.items():
        lines += [f"[{name}]", f'listen = "127.0.0.1:{port}"', f'url = "http://127.0.0.1:{port}"']
        if name != "frontend":
            lines.append(f'data = "{folder / name}"')
        if name == "catalog":
            lines.append(f'seed = "{seed or ROOT / "data/seed/books.csv"}"')
    config = folder / "bazar.toml"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This one's, less the shop's own settings; with it a server that is aborted tells why."""
    # A snapshot leaves COLUMNS and LINES behind, and a terminal's own size would not count then.
    others = ("COLUMNS", "LINES")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BAZAR_") and k not in others}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1", **(more or {})}


def start(
    *arguments: str, log: Path | None = None, variables: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """`python -m servers ...`; its output goes to `log`, or can be read from it."""
    command = [sys.executable, "-m", "servers", *arguments]
    with log.open("a", encoding="utf-8") if log else open(os.devnull, "w") as out:  # noqa: PTH123
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=out if log else subprocess.PIPE,
            stderr=out if log else subprocess.PIPE,
            text=True,
        )


class RunningShop:
    """Three servers, each started, killed and stopped by itself."""

    def __init__(self, folder: Path, route: str = "catalog-first", seed: Path | None = None):
        self.folder = folder
        self.config = write_config(folder, route, seed)
        urls = [line for line in self.config.read_text().splitlines() if line.startswith("url")]
        self.urls = dict(zip(NAMES, (line.split('"')[1] for line in urls), strict=True))
        self.processes: dict[str, subprocess.Popen[str]] = {}
        # What the environment of one server says besides.
        self.variables: dict[str, dict[str, str]] = {"catalog": {"BAZAR_ADMIN__TOKEN": TOKEN}}

    @property
    def url(self) -> str:
        """The frontend's."""
        return self.urls["frontend"]

    def log(self, name: str) -> str:
        """What a server has said so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def start(self, *names: str, seconds: float = _SECONDS) -> None:
        """Start these (all three if none is named) and return when they answer."""
        for name in names or NAMES:
            self.launch(name)
        for name in names or NAMES:
            wait_for(partial(self.answers, name), f"{name} answers", seconds)

    def launch(self, name: str) -> None:
        """Start one without waiting for it."""
        log = self.folder / f"{name}.log"
        self.processes[name] = start(
            name, "--config", str(self.config), log=log, variables=self.variables.get(name)
        )

    def answers(self, name: str) -> bool:
        """Whether a server serves; fails if it has ended."""
        process = self.processes[name]
        assert process.poll() is None, self.log(name)
        try:
            return requests.get(self.urls[name] + "/livez", timeout=5).ok
        except requests.RequestException:
            return False

    def servers(self) -> list[Server]:
        """Those that were started, for whoever tells of a failure."""
        return [
            Server(name, self.urls[name], process, self.folder / f"{name}.log")
            for name, process in self.processes.items()
        ]

    def kill(self, name: str) -> None:
        """kill -9."""
        self.processes[name].kill()
        self.processes[name].wait(_SECONDS)

    def stop(self) -> None:
        """SIGTERM for all that run; each has to end by itself, with status 0."""
        for name in ("frontend", "catalog", "order"):
            process = self.processes.pop(name, None)
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(_SECONDS) == 0, self.log(name)

    def end(self) -> None:
        """Leave nothing behind, whatever a test did."""
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
            process.wait(_SECONDS)


@contextmanager
def running_shop(
    folder: Path,
    route: str = "catalog-first",
    seed: Path | None = None,
    seconds: float = _SECONDS,
) -> Iterator[RunningShop]:
    """A shop that is open in the block; its servers answer within so many seconds."""
    shop = RunningShop(folder, route, seed)
    try:
        shop.start(seconds=seconds)
        yield shop
    finally:
        shop.end()


@contextmanager
def ended(shop: RunningShop) -> Iterator[RunningShop]:
    """A shop that is ended in any case; an error in the block tells how its servers are."""
    try:
        yield shop
    except BaseException as error:
        tell(error, shop.servers())
        raise
    finally:
        shop.end()
