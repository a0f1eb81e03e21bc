"""Waitress under an app: listen, serve until told to stop, let requests finish."""

import errno
import logging
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import waitress.server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import BadRequest

from shared import logs, problems
from shared.config import Address
from shared.wire import encode

_log = logging.getLogger(__name__)
THREADS: Final = 32
# Past this Waitress answers itself, without reading the rest; up to here the app does.
_MAX_REQUEST: Final = 1 << 20


class CannotListen(Exception):
    """The address cannot be listened on; one line says why."""


class _ProblemTask(ErrorTask):
    """What Waitress refuses before the app sees it, as the same kind of document."""

    def execute(self) -> None:
        refused: Any = self.request
        error = refused.error
        problem = problems.from_status(error.code, str(error.body), logs.begin_request(None))
        body = encode(problem)
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [
            ("Content-Type", problems.MEDIA_TYPE),
            (logs.HEADER, logs.request_id()),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):
    """Waitress' own stumbles over some addresses and lengths, and would tell the client nothing."""

    def received(self, data: bytes) -> int:
        """See HTTPRequestParser."""
        try:
            return int(super().received(data))
        except ValueError:
            self.error = BadRequest("The head of the request makes no sense.")
            self.completed = True
            return len(data)


class _Channel(HTTPChannel):
    error_task_class = _ProblemTask
    parser_class = _Parser

    def handle_error(self, exc: Any = None) -> None:
        """Close a connection that something is wrong with, without pages of a traceback."""
        _log.warning("a connection broke off", exc_info=sys.exc_info()[1])
        self.handle_close()


def bind(address: Address) -> socket.socket:
    """A socket that has its address but takes no call yet, so that none waits while files load.

    Raises CannotListen.
    """
    try:
        family, kind, proto, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )[0]
        sock = socket.socket(family, kind, proto)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(where)
        except OSError:
            sock.close()
            raise
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no such host"
        advice = "choose another address in the config"
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            advice = f"is another copy running? Stop it, or {advice}"
        raise CannotListen(
            f"cannot listen on {address.host}:{address.port}: {why}; {advice}"
        ) from error
    return sock


def stop_on_signals() -> None:
    """Turn SIGTERM and SIGINT into the end of `serve`."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _told)


def _told(number: int, frame: FrameType | None) -> None:
    # A second one must not cut off the requests that the first one waits for.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(0)


def serve(
    app: Any,
    sock: socket.socket,
    threads: int = THREADS,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SystemExit (see stop_on_signals); what is under way is finished first.

    `ready` is called once calls are taken. Raises CannotListen if someone else took the address
    meanwhile.
    """
    try:
        server: Any = waitress.server.create_server(
            app,
            sockets=[sock],
            threads=threads,
            ident="bazar",
            max_request_body_size=_MAX_REQUEST,
            connection_limit=4096,
            asyncore_use_poll=True,
            channel_timeout=60,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        raise CannotListen(f"cannot listen any more: {error.strerror}") from error
    server.channel_class = _Channel
    host, port = sock.getsockname()[:2]
    ready()
    _log.info("serving on %s:%d", f"[{host}]" if ":" in host else host, port)
    server.run()
    server.close()
    _log.info("stopped")
