"""How a person wants the app: its colours and keys, and what of their settings cannot be used."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple


def _keep_nothing(_theme: str) -> None:
    """Where nobody asked for it, a choice lasts until the app is left."""


class Preferences(NamedTuple):
    """`keep_theme` is told of a theme chosen in the app, and may raise OSError."""

    theme: str = "dark"
    keymap: Mapping[str, str] = {}
    problems: tuple[str, ...] = ()
    keep_theme: Callable[[str], None] = _keep_nothing


USUAL: Final = Preferences()
