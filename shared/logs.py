"""One log format for every server, and the request's id that a person follows across machines."""

import logging
import re
import sys
import traceback
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

HEADER: Final = "X-Request-ID"

_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
# What would start a line of its own or steer a terminal: C0, DEL, C1, line separators, bidi.
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def request_id() -> str:
    """The id of the request that this thread is working on, or `-`."""
    return _request_id.get()


def begin_request(given: str | None) -> str:
    """Take the id that came with a request if it is a sane one, else make one; returns it."""
    made = given if given and _ID.fullmatch(given) else uuid.uuid4().hex
    _request_id.set(made)
    return made


def one_line(text: str) -> str:
    """Text with nothing in it that could forge a log line or steer a terminal."""
    return _CONTROLS.sub(" ", text)


class LineFormat(logging.Formatter):
    """`time server level request-id message`, always on one line."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = server

    def format(self, record: logging.LogRecord) -> str:
        """One record as a line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = " ".join(
            (
                at.replace("+00:00", "Z"),
                self._server,
                record.levelname,
                request_id(),
                one_line(record.getMessage()),
            )
        )
        return line + " " + _trace(record.exc_info) if record.exc_info else line


def _trace(exc_info: Any) -> str:
    """Where an unforeseen error came from, on the same line: no folder, and not its own words."""
    kind, _, frames = exc_info
    steps = (f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(frames))
    return one_line(f"[{kind.__name__} in {' > '.join(steps)}]")


def set_up(server: str, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log line of this process to `stream` (stderr) in the shop's format."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormat(server))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Waitress warns here at every second request under load; the metrics say it better.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # Our peers' retries are told by us; urllib3 tells each connection.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
