"""The shop's one configuration file and the environment -> typed settings.

Every key may be overridden by an environment variable: BAZAR_CATALOG__LISTEN for `listen` under
`[catalog]`, BAZAR_PURCHASE_ROUTE for `purchase_route`.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from shared import tokens

PREFIX: Final = "BAZAR_"
DEFAULT: Final = Path("config/bazar.toml")
ROUTES: Final = ("catalog-first", "order-first")
# What other programs of the shop read from the environment.
_OF_OTHERS: Final = ("BAZAR_FRONTEND", "BAZAR_GUTENBERG")
_HOST: Final = re.compile(r"\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+", re.ASCII)


class ConfigError(Exception):
    """A setting cannot be used; one line that names the file, the key and what is allowed."""


class Address(NamedTuple):
    """Where a server listens; port 0 lets the system choose one."""

    host: str
    port: int


class CatalogSettings(msgspec.Struct, frozen=True):
    """`[catalog]`"""

    listen: str
    url: str
    data: str
    seed: str = ""


class OrderSettings(msgspec.Struct, frozen=True):
    """`[order]`"""

    listen: str
    url: str
    data: str


class FrontendSettings(msgspec.Struct, frozen=True):
    """`[frontend]`"""

    listen: str
    url: str


class AdminSettings(msgspec.Struct, frozen=True):
    """`[admin]`: where the catalog server has its admins' tokens from; neither, and it has none."""

    token: str = ""
    token_file: str = ""


class Settings(msgspec.Struct, frozen=True):
    """The whole file. `seed` may be empty; every other text is checked."""

    catalog: CatalogSettings
    order: OrderSettings
    frontend: FrontendSettings
    admin: AdminSettings = AdminSettings()
    purchase_route: Literal["catalog-first", "order-first"] = "catalog-first"


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read the file at `path` and what the environment overrides; raises ConfigError."""
    try:
        with path.open("rb") as file:
            raw = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    sources = _override(raw, environment)
    for key, allowed, check in _KEYS:
        _check(raw, key, allowed, check, sources.get(key, str(path)))
    _refuse_unknown(raw, str(path), sources)
    return msgspec.convert(raw, Settings)


def _follow(table: Any, listen: str) -> None:
    """A `url` that was where the server listened is so at its new port, too."""
    before, url = table.get("listen"), table.get("url")
    if not (isinstance(before, str) and isinstance(url, str)):
        return
    try:
        parts, was, now = urlsplit(url), parse_address(before), parse_address(listen)
        if parts.port == was.port and now.port:
            host = url.removesuffix(f":{was.port}")
            # Of an address on which all of a machine's are heard nobody can be reached.
            same = parts.hostname == was.host and now.host.strip("0.:")
            table["url"] = f"{parts.scheme}://{listen}" if same else f"{host}:{now.port}"
    except ValueError:
        # What cannot be used is refused by its own name.
        return


def strays(environment: Mapping[str, str]) -> Sequence[str]:
    """A line about each variable that looks like one of the shop's and that nothing reads.

    Those with `__` are refused by `load`; without, it may be somebody else's.
    """
    known = {PREFIX + key.upper().replace(".", "__") for key, _, _ in _KEYS}.union(_OF_OTHERS)
    lines = []
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and "__" not in variable and variable not in known:
            near = difflib.get_close_matches(variable, sorted(known), 1)
            meant = f"; {near[0]} is near" if near else ""
            lines.append(f"the variable {variable} is nothing of the shop's{meant}")
    return lines


def parse_address(text: str) -> Address:
    """`host:port`, an IPv6 host in brackets; raises ValueError."""
    host, separator, port = text.rpartition(":")
    if not separator or not _HOST.fullmatch(host) or not re.fullmatch("[0-9]{1,5}", port):
        raise ValueError(text)
    if int(port) > 65535:
        raise ValueError(text)
    return Address(host.strip("[]"), int(port))


def _address(value: str) -> bool:
    parse_address(value)
    return True


def is_url(value: str) -> bool:
    """Whether this is the address of a server; may raise ValueError if it is not."""
    parts = urlsplit(value)
    plain = not parts.path.strip("/") and not parts.query and not parts.fragment
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and _port_ok(parts)


def _port_ok(parts: Any) -> bool:
    return parts.port is None or 0 < parts.port < 65536


_ADDRESS: Final = ('host:port, such as "127.0.0.1:5001"', _address)
_URL: Final = ('http://host:port, such as "http://127.0.0.1:5001"', is_url)
_FOLDER: Final = ('a folder, such as "data/run/catalog"', lambda value: bool(value.strip()))
_OPTIONAL: Final = ("text", lambda _: True)
_ROUTE: Final = (" or ".join(f'"{r}"' for r in ROUTES), lambda value: value in ROUTES)
_TOKEN: Final = (tokens.SHAPE, tokens.is_token)

_KEYS: Final[tuple[tuple[str, str, Callable[[str], bool]], ...]] = (
    ("purchase_route", *_ROUTE),
    ("catalog.listen", *_ADDRESS),
    ("catalog.url", *_URL),
    ("catalog.data", *_FOLDER),
    ("catalog.seed", *_OPTIONAL),
    ("order.listen", *_ADDRESS),
    ("order.url", *_URL),
    ("order.data", *_FOLDER),
    ("frontend.listen", *_ADDRESS),
    ("frontend.url", *_URL),
    ("admin.token", *_TOKEN),
    ("admin.token_file", *_OPTIONAL),
)
_MAY_MISS: Final = {"purchase_route", "catalog.seed", "admin.token", "admin.token_file"}
# What must not be shown, and must not be in a file that is the same on every machine.
_SECRET: Final = {"admin.token"}


def _override(raw: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Put the environment's values into `raw`; returns which variable each key came from."""
    sources = {}
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX).lower()
        known_alone = name in {key for key, _, _ in _KEYS}
        if not variable.startswith(PREFIX) or not ("__" in name or known_alone):
            continue
        section, _, key = name.partition("__")
        if key and not isinstance(raw.setdefault(section, {}), dict):
            raise ConfigError(f"{variable}: {section} is not a section")
        target = raw[section] if key else raw
        if key == "listen":
            _follow(target, environment[variable])
        target[key or section] = environment[variable]
        sources[name.replace("__", ".")] = variable
    return sources


def _check(
    raw: dict[str, Any], key: str, allowed: str, check: Callable[[str], bool], source: str
) -> None:
    section, _, name = key.rpartition(".")
    table = raw.get(section, {}) if section else raw
    if not isinstance(table, dict):
        raise ConfigError(f"{source}: {section}: must be a section, [{section}]")
    if name not in table:
        if key in _MAY_MISS:
            return
        raise ConfigError(f"{source}: {key}: is missing; it must be {allowed}")
    value = table[name]
    if key in _SECRET and not source.startswith(PREFIX):
        raise ConfigError(f"{source}: {key}: belongs into a file of its own, named by token_file")
    try:
        good = isinstance(value, str) and check(value)
    except ValueError:
        good = False
    if not good:
        shown = "it" if key in _SECRET else repr(value)
        raise ConfigError(f"{source}: {key}: {shown} must be {allowed}")


def _refuse_unknown(raw: dict[str, Any], path: str, sources: Mapping[str, str]) -> None:
    known = {key for key, _, _ in _KEYS}
    for section, table in raw.items():
        names = [f"{section}.{key}" for key in table] if isinstance(table, dict) else [section]
        for name in names:
            if name not in known:
                source = sources.get(name, path)
                near = [k for k in sorted(known) if k.split(".")[0] == section] or sorted(known)
                raise ConfigError(f"{source}: {name}: unknown key; allowed are {', '.join(near)}")
        if table == {} and not any(name.startswith(f"{section}.") for name in known):
            raise ConfigError(f"{path}: {section}: unknown section")
