"""A disk that fails, and one that is full, under real servers in real processes."""

import resource
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
import requests

from tests.processes import ROOT, environment, wait_for, write_config

FULL: Final = "512k"
_SECONDS: Final = 30.0


class OneCatalog:
    """A catalog server without the others; `before` is put before its command line."""

    def __init__(self, folder: Path, before: tuple[str, ...] = ()) -> None:
        self.config = write_config(folder)
        lines = self.config.read_text().splitlines()
        self.url = lines[lines.index("[catalog]") + 2].split('"')[1]
        self._log = folder / "catalog.log"
        self._before = before
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        command = [*self._before, sys.executable, "-m", "servers", "catalog"]
        # Through a pipe: a limit on the size of files must not be one on what it says.
        self.process = subprocess.Popen(
            [*command, "--config", str(self.config)],
            # Entering a namespace ends in its root folder.
            env=environment({"PYTHONPATH": str(ROOT)}),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        wait_for(self._answers, "the catalog answers")

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.process.communicate()
        with suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/livez", timeout=5).ok
        return False

    def ended(self) -> tuple[int, str]:
        """Wait for its end; the status, and what it said."""
        assert self.process
        _, said = self.process.communicate(timeout=_SECONDS)
        return self.process.returncode, said.decode()

    def end(self) -> None:
        """Leave nothing behind."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def buy(self, key: str) -> int:
        """The status for a copy of book 2."""
        reply = requests.put(
            f"{self.url}/purchase/2", headers={"Idempotency-Key": key}, timeout=_SECONDS
        )
        return reply.status_code

    def stock(self) -> int:
        """Copies of book 2; the shop opens with 56."""
        reply = requests.get(f"{self.url}/info/2", timeout=_SECONDS)
        return int(reply.json()["data"][0]["quantity"])


def test_a_disk_that_fails_under_a_server_ends_it_with_status_1(tmp_path: Path) -> None:
    """The kernel refuses to make its files longer, in the middle of a line."""
    keys = [str(uuid.uuid4()) for _ in range(2)]
    catalog = OneCatalog(tmp_path)
    try:
        catalog.start()
        assert catalog.process
        assert catalog.buy(keys[0]) == 200
        (journal,) = (tmp_path / "catalog").glob("journal-*.csv")
        length = journal.stat().st_size
        # EFBIG from here on, as from a disk that takes no more and is not full.
        resource.prlimit(catalog.process.pid, resource.RLIMIT_FSIZE, (length + 20, length + 20))
        assert catalog.buy(keys[1]) == 504
        status, said = catalog.ended()
        assert (status, journal.stat().st_size) == (1, length + 20)
        assert "the disk failed" in said
        assert "Traceback" not in said

        catalog.start()
        assert catalog.stock() == 55
        assert [catalog.buy(key) for key in keys] == [200, 200]
        assert catalog.stock() == 54
        catalog.process.send_signal(signal.SIGTERM)
        assert catalog.ended()[0] == 0
    finally:
        catalog.end()


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[tuple[str, ...], Path]]:
    """A disk of FULL bytes at `folder`, in a mount namespace of its own.

    Yields the beginning of a command line that runs in there, and where the folder is seen from
    here. Skips the test, with the reason, where that is not allowed.
    """
    if not shutil.which("unshare") or not shutil.which("nsenter"):
        pytest.skip("needs unshare and nsenter (apt install util-linux)")
    mount = f'mount -t tmpfs -o size={FULL} none "$0" && echo mounted && exec cat'
    holder = subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert holder.stdout
        if holder.stdout.readline() != b"mounted\n":
            pytest.skip(f"mount namespaces: {holder.communicate()[1].decode().strip()}")
        inside = ("nsenter", "--preserve-credentials", "-U", "-m", "-t", str(holder.pid))
        yield inside, Path(f"/proc/{holder.pid}/root{folder}")
    finally:
        holder.communicate()


def fill(disk: Path) -> Path:
    """Leave no room; returns the file that takes it."""
    file = disk / "films"
    with suppress(OSError), file.open("wb", buffering=0) as out:
        while out.write(b"x" * 4096):
            pass
    return file


def test_a_clean_stop_on_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    """Status 1, since the CSVs are behind; the journal has all that anyone was told."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    with small_disk(folder) as (inside, disk):
        catalog = OneCatalog(tmp_path, inside)
        try:
            catalog.start()
            assert catalog.process
            films = fill(disk)
            told: dict[str, int] = {}
            # What is left of the journal's last page takes a few.
            while 503 not in told.values() and len(told) < 50:
                key = str(uuid.uuid4())
                told[key] = catalog.buy(key)
            sold = [key for key, status in told.items() if status == 200]
            assert set(told.values()) == {200, 503}
            assert catalog.stock() == 56 - len(sold)
            catalog.process.send_signal(signal.SIGTERM)
            status, said = catalog.ended()
            assert status == 1
            assert "the CSVs are not up to date" in said
            assert "the journal has everything" in said
            assert "Traceback" not in said

            films.unlink()
            catalog.start()
            assert catalog.stock() == 56 - len(sold)
            assert list(map(catalog.buy, sold)) == [200] * len(sold)
            assert catalog.stock() == 56 - len(sold)
            catalog.process.send_signal(signal.SIGTERM)
            assert catalog.ended()[0] == 0
            assert f"2,RPCs for Noobs,,distributed systems,{56 - len(sold)}," in (
                (disk / "books.csv").read_text()
            )
        finally:
            catalog.end()
