"""What a test that failed tells of its servers, so that no failure stays a riddle."""

import os
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import requests

_SECONDS: Final = 5.0
_LOG: Final = 40_000
_OF_A_PROCESS: Final = ("State", "Threads", "VmRSS")


class Server(NamedTuple):
    """One of them; `log` is the file that it writes to."""

    name: str
    url: str
    process: "subprocess.Popen[Any]"
    log: Path


def tell(error: BaseException, servers: Iterable[Server]) -> None:
    """Add to the error how each server is, what it says of itself, and where its threads stand.

    Ends those that still run: started with PYTHONFAULTHANDLER, they tell their stacks at that.
    """
    error.add_note("load of the machine: " + " ".join(f"{load:.1f}" for load in os.getloadavg()))
    for server in servers:
        lines = [f"{server.name}: status {server.process.poll()}"]
        if server.process.poll() is None:
            lines += _of_the_kernel(server.process.pid)
            lines += [f"{path}: {_asked(server.url + path)}" for path in ("/readyz", "/metrics")]
            server.process.send_signal(signal.SIGABRT)
            with suppress(subprocess.TimeoutExpired):
                server.process.wait(_SECONDS)
        with suppress(OSError):
            lines.append("said last:\n" + server.log.read_text(encoding="utf-8")[-_LOG:])
        error.add_note("\n".join(lines))


def _of_the_kernel(pid: int) -> list[str]:
    with suppress(OSError):
        told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return [*(line for line in told if line.startswith(_OF_A_PROCESS)), f"open files: {files}"]
    return []


def _asked(url: str) -> str:
    try:
        text = requests.get(url, timeout=_SECONDS).text
    except requests.RequestException as error:
        return f"{type(error).__name__}"
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return "\n".join(line for line in lines if "_bucket{" not in line and "_created" not in line)
