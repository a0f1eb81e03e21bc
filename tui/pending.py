"""The purchases whose outcome is not known yet, kept on disk so that no crash forgets their keys.

One small file for each in the app's state folder, written and fsynced before the request is sent,
removed once the answer is definite. A key is the only way to find out what became of a purchase
without buying twice.

Beside each is a lock of the run that asks about it, so that another run of the same person does not
finish what this one says was given up. A lock ends with its process, however that ends.
"""

import fcntl
import os
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

import msgspec

SUFFIX: Final = ".purchase.json"


class Unsettled(msgspec.Struct, frozen=True):
    """Copies of a book that were asked for under `key` in the shop at `shop`.

    `price` is that of one. A file without a quantity is of one copy.
    """

    key: str
    shop: str
    book_id: int
    title: str
    price: Decimal
    at: datetime
    quantity: int = 1


class Keys(Protocol):
    """Where the keys of unsettled purchases are kept."""

    def keep(self, unsettled: Unsettled) -> None:
        """Write it down for good; raises OSError if that cannot be."""

    def forget(self, key: str) -> None:
        """The outcome is definite; a key that is not there is no error."""

    def kept(self, shop: str) -> list[Unsettled]:
        """What is unsettled in that shop and no other run asks about, oldest first."""


class KeyFolder:
    """The Keys as files in `folder`, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The locks that this run has; None where the folder allows none.
        self._locks: dict[str, int | None] = {}

    def keep(self, unsettled: Unsettled) -> None:
        """See Keys."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._claim(unsettled.key)
        path = self._path(unsettled.key)
        half = path.with_suffix(".half")
        with half.open("wb") as file:
            file.write(msgspec.json.encode(unsettled))
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        self._sync_folder()

    def forget(self, key: str) -> None:
        """See Keys. Raises OSError if the folder has become unwritable."""
        self._path(key).unlink(missing_ok=True)
        self._release(key)

    def kept(self, shop: str) -> list[Unsettled]:
        """See Keys. A file that cannot be read is left where it is for a person to look at."""
        found = [_read(path) for path in self._folder.glob("*" + SUFFIX)]
        mine = [one for one in found if one is not None and one.shop == shop]
        return sorted(filter(self._is_mine, mine), key=lambda one: one.at)

    def _is_mine(self, unsettled: Unsettled) -> bool:
        if not self._claim(unsettled.key):
            return False
        if not self._path(unsettled.key).exists():
            # Another run learnt what became of it a moment ago.
            self._release(unsettled.key)
            return False
        return True

    def _claim(self, key: str) -> bool:
        """Whether it is this run that asks about the key."""
        if key in self._locks:
            return True
        path = self._lock_path(key)
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            self._locks[key] = None
            return True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its last owner may have taken the file away after it was opened here.
            is_there = os.path.samestat(os.fstat(lock), path.stat())
        except OSError as error:
            is_there = not isinstance(error, BlockingIOError | FileNotFoundError)
        if not is_there:
            os.close(lock)
            return False
        self._locks[key] = lock
        return True

    def _release(self, key: str) -> None:
        lock = self._locks.pop(key, None)
        if lock is not None:
            with suppress(OSError):
                self._lock_path(key).unlink(missing_ok=True)
            os.close(lock)

    def _lock_path(self, key: str) -> Path:
        return self._folder / (key + ".lock")

    def _path(self, key: str) -> Path:
        return self._folder / (key + SUFFIX)

    def _sync_folder(self) -> None:
        # A rename is only sure once the folder itself is on disk.
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path) -> Unsettled | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Unsettled)
    except (OSError, msgspec.MsgspecError):
        return None


def state_folder() -> Path:
    """Where this person's unsettled purchases are."""
    import platformdirs

    return Path(platformdirs.user_state_dir("bazar", appauthor=False)) / "purchases"
