"""The person's own settings: a TOML file in the platform's config folder.

What cannot be used is told in one line that names the file, the key and what is allowed; the rest
of the file counts. The command line and the environment go before it: see `__main__`.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from tui.remembered import Remembered
from tui.shop import parse_url

DEFAULT_URL: Final = "http://127.0.0.1:5000"
THEMES: Final = {
    "dark": "ink, paper and brass",
    "light": "the same by day",
    "ansi": "the 16 colours of the terminal itself",
    "high-contrast": "white and yellow on black",
    "colour-blind": "blue and orange, told apart by every eye",
}
_NOT_KNOWN: Final = Remembered(read_only=True)
_KEYS: Final = ("admin_token_file", "frontend", "keys", "read_only", "theme")


class Settings(msgspec.Struct, frozen=True):
    """What the file at `path` says; `problems` are the lines about what cannot be used.

    `keys` are keys by the ids of bindings, not checked yet (see `keymap`). `in_doubt` are the
    settings for which it cannot be used now, and why they are as they are, in words.
    """

    path: Path
    frontend: str | None = None
    theme: str | None = None
    read_only: bool = False
    admin_token_file: Path | None = None
    keys: Mapping[str, str] = {}
    problems: tuple[str, ...] = ()
    in_doubt: Mapping[str, str] = {}


def default_path() -> Path:
    """Where the file is unless `--settings` names another."""
    import platformdirs

    return Path(platformdirs.user_config_dir("bazar", appauthor=False)) / "settings.toml"


def read(path: Path, last: Remembered) -> Settings:
    """Read the file; one that is not there says nothing.

    Where it cannot be used, the shop and `read_only` are as the same file last said, so that a
    slip of the pen neither opens another shop nor allows what was forbidden. A file that could
    never be used may forbid buying for all we know: so nothing is bought.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(path)
    except OSError as error:
        return _as_last(path, last, f"{path}: cannot be read: {error.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return _as_last(path, last, f"{path}: not TOML: {error}")
    return _Reading(path, raw, last).settings()


def _as_last(path: Path, last: Remembered, problem: str) -> Settings:
    before = last if _is_of(path, last) else _NOT_KNOWN
    return Settings(
        path,
        before.frontend,
        read_only=before.read_only,
        problems=(problem + _and_so(before, "read_only"),),
        in_doubt=dict.fromkeys(("frontend", "read_only"), _why(before)),
    )


def _is_of(path: Path, last: Remembered) -> bool:
    return last.settings == str(path.absolute())


def _why(before: Remembered) -> str:
    return "until it can be used" if before is _NOT_KNOWN else "when it could last be used"


def _and_so(before: Remembered, key: str) -> str:
    is_forbidden = before is _NOT_KNOWN and key == "read_only"
    return "; nothing is bought until it can be used" if is_forbidden else ""


class _Reading:
    """One file being read; collects its problems."""

    def __init__(self, path: Path, raw: Mapping[str, Any], last: Remembered) -> None:
        self._path = path
        self._raw = raw
        self._last = last if _is_of(path, last) else _NOT_KNOWN
        self._problems: list[str] = []
        self._in_doubt: dict[str, str] = {}

    def settings(self) -> Settings:
        for key in sorted(self._raw.keys() - set(_KEYS)):
            self._problem(key, f"no such setting; there are {', '.join(_KEYS)}")
        return Settings(
            self._path,
            frontend=self._value("frontend", _frontend, self._last.frontend),
            theme=self._value("theme", _theme, None),
            read_only=self._value("read_only", _yes_or_no, self._last.read_only),
            admin_token_file=self._value("admin_token_file", self._file, None),
            keys=self._value("keys", self._flat, {}),
            problems=tuple(self._problems),
            in_doubt=self._in_doubt,
        )

    def _problem(self, key: str, what: str) -> None:
        self._problems.append(f"{self._path}: {key}: {what}")

    def _value(self, key: str, check: Callable[[Any], Any], otherwise: Any) -> Any:
        if key not in self._raw:
            return False if key == "read_only" else {} if key == "keys" else None
        try:
            return check(self._raw[key])
        except ValueError as error:
            self._problem(key, f"{error}{_and_so(self._last, key)}")
            self._in_doubt[key] = _why(self._last)
            return otherwise

    def _file(self, value: Any) -> Path:
        if not isinstance(value, str) or not value:
            raise ValueError("it must be the name of a file, as a text")
        return self._path.parent / Path(value).expanduser()

    def _flat(self, value: Any) -> dict[str, str]:
        """Keys by id, whether the file says `"shop.buy" = "x"` or `shop.buy = "x"`."""
        if not isinstance(value, dict):
            raise ValueError('it must be a table: [keys] and lines like "shop.buy" = "x"')
        found: dict[str, str] = {}
        for name, keys in _leaves(value):
            if isinstance(keys, str):
                found[name] = keys
            else:
                self._problem(f'keys: "{name}"', 'it must be a text like "x" or "x,ctrl+b"')
        return found


def _leaves(table: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _leaves(value, f"{before}{name}.")
        else:
            found.append((before + name, value))
    return found


def _frontend(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it must be a text that looks like http://127.0.0.1:5000")
    return parse_url(value)


def _theme(value: Any) -> str:
    if value not in tuple(THEMES):
        raise ValueError(f"it must be one of {', '.join(THEMES)}")
    return str(value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it must be true or false")
    return value
