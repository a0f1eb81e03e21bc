"""One workload in a process of its own, so that memory and garbage collection are its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from tests.bench.figures import Figure
from tests.bench.room import Room
from tests.bench.sizes import FULL, QUICK
from tests.bench.workloads import WORKLOADS

ROOT: Final = Path(__file__).resolve().parents[2]


class Broken(Exception):
    """The workload did not come to its end."""


def run(name: str, shared: Path, folder: Path, quick: bool) -> list[Figure]:
    """The figures of one workload; raises Broken."""
    folder.mkdir()
    limit = WORKLOADS[name].limit
    command = [sys.executable, "-m", "tests.bench.run", name, str(shared), str(folder)]
    process = subprocess.Popen(
        [*command, *(["--quick"] if quick else [])],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=2,  # stdout itself is for the table
        start_new_session=True,
    )
    try:
        if status := process.wait(limit):
            raise Broken(f"{name} ended with status {status}")
    except subprocess.TimeoutExpired:
        raise Broken(f"{name} took more than {limit:g} s") from None
    finally:
        _end(process)
    return msgspec.json.decode(_answer(folder).read_bytes(), type=list[Figure])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it, if it still runs, with the servers that it started: they are in its session."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answer(folder: Path) -> Path:
    return folder / "figures.json"


def main(name: str, shared: str, folder: str, *options: str) -> None:
    """What runs in the process of its own."""
    sizes = QUICK if "--quick" in options else FULL
    room = Room(Path(shared), Path(folder), sizes)
    _answer(room.folder).write_bytes(msgspec.json.encode(WORKLOADS[name].run(room)))


if __name__ == "__main__":
    main(*sys.argv[1:])
