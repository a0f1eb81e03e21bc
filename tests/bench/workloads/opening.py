"""Starting a catalog server: how soon it serves, and how much memory a book takes."""

import csv
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, NamedTuple

from servers.catalog.shelf import Shelf
from servers.catalog.tables import BOOKS
from shared.config import load, parse_address
from tests.bench import clock
from tests.bench.figures import Figure
from tests.bench.room import Room, open_shop
from tests.processes import start, write_config

_PATIENCE: Final = 60.0


class Started(NamedTuple):
    """What one start took."""

    seconds: float
    work: float
    memory: int


def catalogue(room: Room) -> list[Figure]:
    """82,415 books: the whole start, the part that opens files, and the memory."""
    folder, empty = room.shop("catalog", room.sizes.books), _empty_shop(room)
    server, bare, opened, read = [], [], [], []
    for _ in range(room.sizes.starts):
        server.append(start_once(room, folder))
        bare.append(start_once(room, empty))
        opened.append(clock.seconds(lambda: _open(folder)))
        read.append(clock.seconds(lambda: _read(folder / BOOKS.file)))
    part = Figure(
        what="of it: Repository.open + Shelf",
        measured=statistics.median(opened),
        unit="s",
        reference=statistics.median(read),
        reference_is="csv.reader into lists",
    )
    return [*_start(server, bare, room.sizes.books, 1.5), part]


def million(room: Room) -> list[Figure]:
    """1,000,000 books: the same, once."""
    folder, empty = room.shop("catalog", room.sizes.many_books), _empty_shop(room)
    bare, server = start_once(room, empty), start_once(room, folder)
    part = Figure(
        what="for comparison: csv.reader into lists",
        measured=clock.seconds(lambda: _read(folder / BOOKS.file)),
        unit="s",
    )
    return [*_start([server], [bare], room.sizes.many_books, 20), part]


def _start(server: list[Started], bare: list[Started], count: int, limit: float) -> list[Figure]:
    """Starts beside those of an empty shop; the processor's seconds tell how busy others were."""
    return [
        Figure(
            what=f"start to first answer, {count:,} books",
            measured=statistics.median(s.seconds for s in server),
            unit="s",
            reference=statistics.median(s.seconds for s in bare),
            reference_is="an empty shop",
            at_most=limit,
        ),
        Figure(
            what="of it: work of the processor",
            measured=statistics.median(s.work for s in server),
            unit="s",
            reference=statistics.median(s.work for s in bare),
            reference_is="an empty shop",
        ),
        _memory(server, bare, count),
    ]


def _memory(server: list[Started], bare: list[Started], count: int) -> Figure:
    base = statistics.median(s.memory for s in bare)
    return Figure(
        what=f"memory a book, {count:,} books, indexes too",
        measured=(statistics.median(s.memory for s in server) - base) / count,
        unit="bytes",
        at_most=1024,
    )


def _empty_shop(room: Room) -> Path:
    folder = room.folder / "empty"
    folder.mkdir()
    (folder / BOOKS.file).write_bytes(b"".join(BOOKS.lines([])))
    return folder


def _open(folder: Path) -> None:
    repository = open_shop(folder)
    Shelf(repository, lambda: datetime.now(UTC))
    repository.close()


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def start_once(room: Room, folder: Path) -> Started:
    """Start a catalog server on a folder, wait for its first answer, and stop it."""
    with _server(room, folder) as (address, pid, begun):
        _wait_for_answer(address, begun)
        return Started(time.perf_counter() - begun, worked(pid), resident(pid))


@contextmanager
def _server(room: Room, folder: Path) -> Iterator[tuple[str, int, float]]:
    config = write_config(room.folder)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(str(room.folder / "catalog"), str(folder)), encoding="utf-8")
    log = room.folder / "catalog.log"
    begun = time.perf_counter()
    process = start("catalog", "--config", str(config), log=log)
    try:
        yield load(config, {}).catalog.listen, process.pid, begun
        process.terminate()
        assert process.wait(_PATIENCE) == 0, log.read_text(encoding="utf-8")
    finally:
        process.kill()
        process.wait(_PATIENCE)


def _wait_for_answer(listen: str, begun: float) -> None:
    """Until then the server's socket takes no call, so each try is refused at once."""
    host, port = parse_address(listen)
    while time.perf_counter() - begun < _PATIENCE:
        with suppress(OSError):
            connection = HTTPConnection(host, port, timeout=_PATIENCE)
            connection.request("GET", "/livez")
            assert connection.getresponse().status == 200
            connection.close()
            return
        time.sleep(0.005)
    raise TimeoutError(f"no answer from {listen} within {_PATIENCE:g} s")


def resident(pid: int) -> int:
    """How many bytes of memory a process has."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(found.split()[1]) * 1024


def worked(pid: int) -> float:
    """How many seconds a processor has worked for a process."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    # The name, in brackets, may hold anything; the two times are the 12th and 13th after it.
    after = stat.rpartition(")")[2].split()
    return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")
