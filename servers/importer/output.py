"""The books.csv that is made: whole and on disk, or as it was before.

It is written beside its place under another name, synced, and only then renamed.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from servers.importer.errors import NoOutput
from shared.csv_repository import FolderDisk, FolderInUse
from shared.csv_repository.files import LOCK, write_all


class Output:
    """Where the books go. Raises NoOutput if they must not, before anything is read.

    A file that is there is replaced only with `force`; `inputs` are files to leave alone.
    """

    def __init__(self, path: str, force: bool, inputs: Iterable[str]) -> None:
        # A link's file is replaced, not the link.
        self.path = Path(path).resolve()
        self._shown = path
        self._force = force
        self._disk = FolderDisk(self.path.parent)
        self._check(inputs)

    def _check(self, inputs: Iterable[str]) -> None:
        if not self.path.parent.is_dir():
            raise NoOutput(f"there is no folder {self.path.parent} to write {self.path.name} in")
        if self.path.exists() and not self.path.is_file():
            raise NoOutput(f"{self._shown} is not a file that books could be written to")
        if any(self.path == Path(path).resolve() for path in inputs):
            raise NoOutput(f"{self._shown} is read by this import; write the books elsewhere")
        self._check_overwriting()

    def _check_overwriting(self) -> None:
        if self.path.exists() and not self._force:
            raise NoOutput(f"{self._shown} is there already; --force replaces it")

    def write(self, pieces: Iterable[bytes]) -> None:
        """Put the pieces in place as one file; raises NoOutput with the old file untouched."""
        try:
            with self._folder_of_our_own():
                self._check_overwriting()
                self._replace(pieces)
        except OSError as error:
            raise NoOutput(f"cannot write {self._shown}: {error.strerror}") from None
        except FolderInUse as error:
            raise NoOutput(str(error)) from None

    def _replace(self, pieces: Iterable[bytes]) -> None:
        # With the process in its name: two imports to one place don't write into each other.
        name = f"{self.path.name}.{os.getpid()}.tmp"
        try:
            file = self._disk.create(name)
            try:
                for piece in pieces:
                    write_all(self._disk, file, piece)
                self._disk.sync(file)
            finally:
                self._disk.close(file)
            self._disk.rename(name, self.path.name)
        except BaseException:
            with suppress(OSError):
                self._disk.delete(name)
            raise
        self._disk.sync_folder()

    @contextmanager
    def _folder_of_our_own(self) -> Iterator[None]:
        """Hold the lock of a shop's folder; raises FolderInUse while a server has it.

        A folder without a lock was never a server's, and none is left in it.
        """
        if not (self.path.parent / LOCK).exists():
            yield
            return
        release = self._disk.lock("an import")
        try:
            yield
        finally:
            release()
