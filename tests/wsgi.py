"""WSGI apps called without a network, as Waitress calls them: the raw target is REQUEST_URI."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest, Response

App = Callable[..., Iterable[bytes]]


class Reply(NamedTuple):
    """An app's answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as what its JSON says."""
        return msgspec.json.decode(self.body)

    @property
    def title(self) -> str:
        """The title of a problem."""
        return str(self.json["title"])


def call(
    app: App,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request; `target` goes as it is, percent-encoding and all."""
    data = body or b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": target,
        "PATH_INFO": unquote_to_bytes(urlsplit(target).path).decode("latin-1"),
        "QUERY_STRING": target.partition("?")[2],
        "SCRIPT_NAME": "",
        "SERVER_NAME": "shop",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(data)),
    }
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    if body is not None:
        environ.setdefault("CONTENT_TYPE", "application/json")
    said: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        said.update(
            status=int(status.split()[0]), headers=requests.structures.CaseInsensitiveDict(headers)
        )

    parts = app(environ, start_response)
    try:
        content = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close:
            close()
    return Reply(said["status"], said["headers"], content)


def as_response(reply: Reply, request: PreparedRequest) -> Response:
    """A reply as `requests` hands it out."""
    response = Response()
    response.status_code = reply.status
    response.headers = requests.structures.CaseInsensitiveDict(reply.headers)
    response.raw = io.BytesIO(reply.body)
    response.request = request
    response.url = request.url or ""
    return response


class InProcess(HTTPAdapter):
    """A `requests` adapter that calls an app; `before` and `after` may raise, as a network does."""

    def __init__(self, app: App | None = None) -> None:
        super().__init__()
        self.app = app
        self.sent: list[str] = []
        self.before: Callable[[PreparedRequest], None] = lambda _: None
        self.after: Callable[[PreparedRequest], None] = lambda _: None

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """See HTTPAdapter."""
        self.before(request)
        assert request.method
        assert request.url
        assert self.app
        parts = urlsplit(request.url)
        target = request.url.partition(parts.netloc)[2]
        self.sent.append(f"{request.method} {target}")
        body = request.body.encode() if isinstance(request.body, str) else request.body
        assert body is None or isinstance(body, bytes)
        reply = call(self.app, request.method, target, body, dict(request.headers))
        self.after(request)
        return as_response(reply, request)
