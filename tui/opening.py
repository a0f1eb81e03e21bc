"""What holds at this start: the command line, else the environment, else the file, else a default.

Each value remembers who said it, so that `--plain settings` and an error can tell.
"""

from collections.abc import Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from tui.remembered import Remembered
from tui.settings import DEFAULT_URL, Settings
from tui.shop import parse_url

FRONTEND: Final = "BAZAR_FRONTEND"
T = TypeVar("T")


class UsedWrongly(Exception):
    """The command line or the environment says what cannot be used; one line."""


class Said(NamedTuple, Generic[T]):
    """A value and who said it."""

    value: T
    by: str


class Opening(NamedTuple):
    """The shop, the colours, and whether nothing may be bought."""

    frontend: Said[str]
    theme: Said[str]
    read_only: Said[bool]


def decide(
    frontend: str | None,
    theme: str | None,
    *,
    read_only: bool,
    environment: Mapping[str, str],
    settings: Settings,
    remembered: Remembered,
) -> Opening:
    """Weigh what the command line said (the first three) with the rest; raises UsedWrongly."""
    return Opening(
        _frontend(frontend, environment, settings),
        _theme(theme, settings, remembered),
        _read_only(settings, is_told=read_only),
    )


def _frontend(told: str | None, environment: Mapping[str, str], settings: Settings) -> Said[str]:
    if told is not None:
        return _url(told, "--frontend")
    if variable := environment.get(FRONTEND):
        return _url(variable, FRONTEND)
    if settings.frontend is not None:
        return Said(settings.frontend, _file(settings, "frontend"))
    return Said(DEFAULT_URL, "default")


def _url(told: str, by: str) -> Said[str]:
    try:
        return Said(parse_url(told), by)
    except ValueError as error:
        raise UsedWrongly(f"{by} {told!r}: {error}") from None


def _theme(told: str | None, settings: Settings, remembered: Remembered) -> Said[str]:
    if told is not None:
        return Said(told, "--theme")
    theme = remembered.theme_after(settings.theme)
    if theme is None:
        return Said("dark", "default")
    return Said(theme, _file(settings, "theme") if theme == settings.theme else "chosen in the app")


def _read_only(settings: Settings, *, is_told: bool) -> Said[bool]:
    if is_told:
        return Said(True, "--read-only")
    return (
        Said(True, _file(settings, "read_only")) if settings.read_only else Said(False, "default")
    )


def _file(settings: Settings, key: str) -> str:
    why = settings.in_doubt.get(key)
    return f"{settings.path}, {why}" if why else str(settings.path)
