"""What the app remembers from one start to the next, in a file of its own in the state folder.

The person's settings are never written to: they may have comments, and another hand in them.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

FILE: Final = "remembered.json"


class Remembered(msgspec.Struct, frozen=True):
    """`theme` was chosen in the app while the settings said `theme_over`.

    `frontend` and `read_only` are what the file `settings` said when it could last be used.
    """

    theme: str | None = None
    theme_over: str | None = None
    settings: str | None = None
    frontend: str | None = None
    read_only: bool = False

    def theme_after(self, said: str | None) -> str | None:
        """The theme to start with: the choice in the app, unless the settings say another since."""
        return self.theme if self.theme is not None and said == self.theme_over else said


class Memory:
    """The file in `folder`, which is made when there is something to write."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def load(self) -> Remembered:
        """What is remembered; nothing if the file is not there or cannot be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Remembered)
        except (OSError, msgspec.MsgspecError):
            return Remembered()

    def keep_theme(self, theme: str, over: str | None) -> None:
        """A theme was chosen while the settings say `over`; raises OSError."""
        self._change(lambda now: replace(now, theme=theme, theme_over=over))

    def keep_settings(self, path: Path, frontend: str | None, *, read_only: bool) -> None:
        """The settings could be used and said this; raises OSError."""
        self._change(
            lambda now: replace(now, settings=str(path), frontend=frontend, read_only=read_only)
        )

    def _change(self, change: Callable[[Remembered], Remembered]) -> None:
        before = self.load()
        after = change(before)
        if after == before:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self._path.with_name(f"{FILE}.{os.getpid()}.half")
        half.write_bytes(msgspec.json.encode(after))
        half.replace(self._path)
