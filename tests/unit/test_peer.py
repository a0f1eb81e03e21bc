"""Another server over requests: what was certainly not done, and what may have been."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests

from shared.domain import BookNotFound, InProgress, OutcomeUnknown, Unavailable
from shared.peer import Peer, segment
from shared.problems import from_error
from shared.wire import encode
from tests.processes import free_ports
from tests.wsgi import InProcess

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


class Says:
    """A WSGI app that gives these answers one after the other, and then the last one for ever."""

    def __init__(self, *answers: tuple[str, bytes]) -> None:
        self._answers = list(answers)
        self.keys: list[str] = []

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        self.keys.append(environ.get("HTTP_IDEMPOTENCY_KEY", ""))
        status, body = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        start_response(status, [("Content-Type", "application/json")])
        return [body]


def peer(app: Says) -> tuple[Peer, InProcess]:
    """A peer on a wire to this app."""
    wire = InProcess(app)
    return Peer("catalog", "http://catalog", adapter=wire, pause=lambda _: None), wire


GOOD = ("200 OK", b'{"data":[]}')
BUSY = ("409 Conflict", encode(from_error(InProgress("busy"), "r")))
DOWN = ("503 Service Unavailable", encode(from_error(Unavailable("full"), "r")))
GONE = ("404 Not Found", encode(from_error(BookNotFound("no"), "r")))
BROKEN = ("502 Bad Gateway", b"<html>")


def test_a_read_is_tried_again_and_then_unavailable() -> None:
    """Nothing was done: it was only a read."""
    asked, wire = peer(Says(BROKEN, GOOD))
    assert asked.get("/info/1").body == GOOD[1]
    asked, wire = peer(Says(BROKEN))
    with pytest.raises(Unavailable):
        asked.get("/info/1")
    assert len(wire.sent) == 2


def test_a_put_is_tried_again_under_the_same_key() -> None:
    """Which is all that makes it safe."""
    app = Says(BROKEN, GOOD)
    peer(app)[0].put("/purchase/1", key=KEY)
    assert app.keys == [KEY, KEY]


def test_a_definite_answer_is_final() -> None:
    """No second try after a refusal."""
    for said, kind in ((GONE, BookNotFound), (BUSY, InProgress), (DOWN, Unavailable)):
        asked, wire = peer(Says(said))
        with pytest.raises(kind):
            asked.put("/purchase/1", key=KEY)
        assert len(wire.sent) == 1


def test_once_unknown_a_later_nothing_was_done_does_not_make_it_known() -> None:
    """It speaks of the later try alone; a refusal under the key does."""
    with pytest.raises(OutcomeUnknown):
        peer(Says(BROKEN, DOWN))[0].put("/purchase/1", key=KEY)
    with pytest.raises(BookNotFound):
        peer(Says(BROKEN, GONE))[0].put("/purchase/1", key=KEY)


def test_being_worked_on_after_an_unknown_end_is_still_unknown() -> None:
    """It is the first try of this very request that is being worked on."""
    with pytest.raises(OutcomeUnknown):
        peer(Says(BROKEN, BUSY))[0].put("/purchase/1", key=KEY)


def test_a_refused_connection_did_nothing() -> None:
    """Nobody listens there."""
    (port,) = free_ports(1)
    with pytest.raises(Unavailable):
        Peer("order", f"http://127.0.0.1:{port}").put("/orders/x", key=KEY)


@contextmanager
def listener(answer: bytes | None) -> Iterator[str]:
    """A server that reads and then says this and hangs up, or says nothing until it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.recv(65536)
                if answer is None:
                    held.append(connection)
                    continue
                connection.sendall(answer)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            for connection in held:
                connection.close()


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"nonsense\r\n\r\n", None]
)
def test_an_answer_cut_off_or_late_may_have_been_a_done_deed(answer: bytes | None) -> None:
    """Only a connection that was never made proves that nothing was."""
    with listener(answer) as url:
        asked = Peer("catalog", url, seconds=0.1, pause=lambda _: None)
        with pytest.raises(OutcomeUnknown):
            asked.put("/update/1", {"quantity_change": -1}, key=KEY)
        with pytest.raises(Unavailable):
            asked.get("/info/1")
        asked.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@contextmanager
def dripping(at_once: bytes) -> Iterator[str]:
    """A server that says this and then a letter now and then, for ever; it hears one client."""
    stop = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(at_once)
            with suppress(OSError):
                while not stop.wait(0.02):
                    connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join(10)


@pytest.mark.parametrize("at_once", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", HEAD])
def test_an_answer_that_drips_does_not_outlast_the_patience(at_once: bytes) -> None:
    """Each byte comes in time, and the answer never."""
    with dripping(at_once) as url:
        asked = Peer("catalog", url, seconds=0.3)
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            asked.put("/update/1", {"quantity_change": -1}, key=KEY, attempts=1)
        assert 0.3 <= time.monotonic() - began < 3
        asked.close()


class Keeping(http.server.BaseHTTPRequestHandler):
    """Keeps its lines open, and counts them."""

    protocol_version = "HTTP/1.1"
    lines = 0

    def setup(self) -> None:
        """A new line."""
        super().setup()
        type(self).lines += 1

    def do_GET(self) -> None:
        """A little late."""
        time.sleep(0.05)
        self.send_response(200)
        self.send_header("Content-Length", "11")
        self.end_headers()
        self.wfile.write(b'{"data":[]}')

    def log_message(self, *_: object) -> None:
        """Quietly."""


def test_a_line_is_used_again_and_each_call_has_its_own_time() -> None:
    """All of them together take longer than one may."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeping) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        asked = Peer("catalog", f"http://127.0.0.1:{server.server_port}", seconds=0.3)
        try:
            for _ in range(8):
                assert asked.get("/info/1").status == 200
        finally:
            asked.close()
            server.shutdown()
            thread.join()
    assert Keeping.lines == 1


def test_proxies_of_the_shell_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's traffic goes nowhere else."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with listener(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as url:
        assert Peer("catalog", url).get("/livez").status == 200


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("a/b", "a%2Fb"), (".", "%2E"), ("..", "%2E%2E"), ("x%2Fy", "x%252Fy"), ("C++", "C%2B%2B")],
)
def test_a_piece_of_a_path_stays_one_piece(text: str, encoded: str) -> None:
    """Nothing on the way reads it as a path, requests' own clean-up included."""
    asked, wire = peer(Says(GOOD))
    asked.get(f"/search/{segment(text)}")
    assert wire.sent == [f"GET /search/{encoded}"]


def test_a_timeout_is_always_set() -> None:
    """requests has none of its own."""
    timeouts = []

    class Noting(InProcess):
        def send(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
            timeouts.append(kwargs["timeout"])
            raise requests.ReadTimeout

    asked = Peer("catalog", "http://catalog", seconds=2.0, adapter=Noting(), pause=lambda _: None)
    with pytest.raises(Unavailable):
        asked.get("/info/1", deadline=0.5)
    assert all(0 < read <= 0.5 and 0 < connect <= 0.5 for connect, read in timeouts)
