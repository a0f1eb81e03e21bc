"""One server in this process: its files, its peers, its socket, until it is told to stop."""

import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from servers.catalog.app import Catalog
from servers.catalog.tables import BOOKS, TABLES
from servers.catalog.tokens import Admins
from servers.frontend.app import Frontend
from servers.order.app import Orders
from servers.order.ledger import ORDERS
from shared import logs
from shared.config import AdminSettings, Settings, parse_address, strays
from shared.csv_repository import FolderDisk, Repository, RepositoryError, Table
from shared.domain import now
from shared.peer import Peer
from shared.stdin import stop, stop_when_stdin_ends
from shared.tokens import NAME, VARIABLE, read_tokens
from shared.web.serve import CannotListen, bind, serve, stop_on_signals

_log = logging.getLogger(__name__)
FAILED: Final = 1
CANNOT_START: Final = 2
# An order server's own patience with the catalog ends before this: to connect and to wait, for the
# look at the book and for the sale.
_ORDER_SECONDS: Final = 6.5


class Server(Protocol):
    """What the three have in common."""

    app: Any

    def start(self) -> None:
        """Begin the work that no request waits for."""

    def stop(self) -> None:
        """End it, and bring the files up to date."""


class CannotStart(Exception):
    """Why a server does not start, for the person who started it."""


class _Poison:
    """Remembers that the disk failed, and has the server stop."""

    def __init__(self) -> None:
        self.taken = False

    def __call__(self, error: RepositoryError) -> None:
        self.taken = True
        stop()


def run(
    name: str,
    settings: Settings,
    *,
    accept_edits: bool,
    with_stdin: bool,
    log: Path | None,
    ready: int | None = None,
) -> int:
    """Run one server until SIGTERM, SIGINT or (`with_stdin`) the end of stdin.

    Its log goes to stderr, or to the file `log`; then so does, once it serves, all else that
    Python itself may say. A byte goes to the file `ready` when it takes calls.

    Returns the exit status: 0, or FAILED if the disk failed.

    Raises CannotStart.
    """
    section = getattr(settings, name)
    stream = _log_stream(log)
    logs.set_up(name, stream)
    for line in strays(os.environ):
        _log.warning(line)
    poison = _Poison()
    stop_on_signals()
    if with_stdin:
        stop_when_stdin_ends()
    try:
        sock = bind(parse_address(section.listen))
        try:
            server = BUILDERS[name](settings, accept_edits, poison)
        except BaseException:
            sock.close()
            raise
    except (CannotListen, RepositoryError, OSError) as error:
        raise CannotStart(str(error)) from error
    # What was loaded stays; the collector need not look through it again and again.
    gc.freeze()
    os.dup2(stream.fileno(), 2)
    server.start()
    try:
        serve(server.app, sock, ready=lambda: _tell_ready(ready))
    except CannotListen as error:
        raise CannotStart(str(error)) from error
    finally:
        stopped = _stop(server)
    return 0 if stopped and not poison.taken else FAILED


def _tell_ready(file: int | None) -> None:
    """Tell whoever started this process that it takes calls now."""
    if file is not None:
        os.write(file, b"+")
        os.close(file)


def _stop(server: Server) -> bool:
    """Whether it could bring its files up to date."""
    try:
        server.stop()
    except RepositoryError as error:
        _log.error("the CSVs are not up to date (%s); the journal has everything", error)
        return False
    return True


def _log_stream(log: Path | None) -> TextIO:
    if log is None:
        return sys.stderr
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return log.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise CannotStart(f"cannot write the log {log}: {error.strerror}") from error


def _open(
    folder: str,
    tables: Sequence[Table[Any]],
    seeds: dict[str, Callable[[], bytes]],
    accept_edits: bool,
    poison: _Poison,
) -> Repository:
    return Repository.open(
        FolderDisk(Path(folder)),
        tables,
        seeds=seeds,
        owner=f"process {os.getpid()} ({' '.join(sys.orig_argv)})",
        accept_edits=accept_edits,
        on_poison=poison,
    )


def _catalog(settings: Settings, accept_edits: bool, poison: _Poison) -> Catalog:
    seed = settings.catalog.seed
    seeds = {BOOKS.name: lambda: _read_seed(Path(seed))} if seed else {}
    admins = Admins(_tokens(settings.admin))
    repository = _open(settings.catalog.data, TABLES, seeds, accept_edits, poison)
    return Catalog(repository, Peer("order", settings.order.url), now, time.monotonic, admins)


def _tokens(admin: AdminSettings) -> dict[str, str]:
    found = {NAME: admin.token} if admin.token else {}
    if admin.token_file:
        path = Path(admin.token_file)
        try:
            named = read_tokens(path.read_text("utf-8"))
            if path.stat().st_mode & 0o077:
                _log.warning("%s can be read by others on this machine; chmod 600", path)
        except OSError as error:
            raise CannotStart(f"admin.token_file: {admin.token_file}: {error.strerror}") from error
        except ValueError as error:
            raise CannotStart(f"admin.token_file: {admin.token_file}: {error}") from error
        if NAME in named and found:
            raise CannotStart(
                f"admin.token_file: {admin.token_file} has a token of {NAME}'s, and so has"
                f" {VARIABLE}; keep one of them"
            )
        found |= named
    return found


def _read_seed(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotStart(
            f"the books to open with cannot be read: {path}: {error.strerror}; "
            "catalog.seed in the config names them"
        ) from error


def _order(settings: Settings, accept_edits: bool, poison: _Poison) -> Orders:
    repository = _open(settings.order.data, [ORDERS], {}, accept_edits, poison)
    return Orders(repository, Peer("catalog", settings.catalog.url), now)


def _frontend(settings: Settings, accept_edits: bool, poison: _Poison) -> Frontend:
    return Frontend(
        Peer("catalog", settings.catalog.url),
        Peer("order", settings.order.url, seconds=_ORDER_SECONDS),
        settings.purchase_route,
    )


BUILDERS: Final[dict[str, Callable[[Settings, bool, _Poison], Server]]] = {
    "catalog": _catalog,
    "order": _order,
    "frontend": _frontend,
}
