"""A wire that lies: a small TCP proxy that may be late, cut off, or lose an answer to a deed done.

It carries one request and one answer at a time, as `requests` and Waitress send them: a head, and
as much of a body as Content-Length says. `choose` picks what happens to each request::

    CARRY         nothing
    LATE          the request waits on its way, for a moment
    LATE_ANSWER   the answer does
    TOO_LATE      the request arrives when the one who sent it has long given it up
    HALF_CLOSE    the server is told that no more will come, as soon as it has the request
    RESET         the answer breaks off in its middle with a reset
    ANSWER_LOST   the work is done, the answer taken, and the line closed without a word
    REQUEST_LOST  the line is closed before the server has heard anything
    HELD          the work is done; the answer waits until `release` is called
"""

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import BinaryIO, Final

CARRY: Final = "carry"
LATE: Final = "late"
LATE_ANSWER: Final = "late answer"
TOO_LATE: Final = "too late"
HALF_CLOSE: Final = "half-close"
RESET: Final = "reset"
ANSWER_LOST: Final = "answer lost"
REQUEST_LOST: Final = "request lost"
HELD: Final = "held"
# Those that happen by themselves.
FATES: Final = (LATE, LATE_ANSWER, TOO_LATE, HALF_CLOSE, RESET, ANSWER_LOST, REQUEST_LOST)
_WAITS: Final = {LATE: 0.2, LATE_ANSWER: 0.2, TOO_LATE: 5.0}
# SO_LINGER with no time to linger: close() sends a reset.
_AT_ONCE: Final = struct.pack("ii", 1, 0)
_SECONDS: Final = 30.0

# The first line of a request -> what happens to it.
Choose = Callable[[str], str]


class Proxy:
    """Listens at `url` and carries to `to`."""

    def __init__(self, to: str, choose: Choose) -> None:
        host, _, port = to.removeprefix("http://").rpartition(":")
        self._to = (host, int(port))
        self._choose = choose
        self._closing = threading.Event()
        self._released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._mutex = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        # What happened to how many requests.
        self.fates: Counter[str] = Counter()

    def start(self) -> None:
        """Listen."""
        self._threads[0].start()

    def release(self) -> None:
        """Let go of the answers that are held, and of those that will be."""
        self._released.set()

    def close(self) -> None:
        """Close every line, wait until nothing is left."""
        self._closing.set()
        self.release()
        self._listener.shutdown(socket.SHUT_RDWR)
        with self._mutex:
            for sock in self._open:
                with suppress(OSError):  # its other side has closed it already
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_SECONDS)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            with self._kept(sock) as client, self._kept(self._connect()) as server:
                while not self._closing.is_set() and self._carry(client, server):
                    pass
        except OSError:
            # One of the two went away, as they may; the other sees its line closed.
            return

    def _connect(self) -> socket.socket:
        return socket.create_connection(self._to, _SECONDS)

    @contextmanager
    def _kept(self, sock: socket.socket) -> Iterator["_Line"]:
        """A line that `close` finds while it is open."""
        line = _Line(sock)
        with self._mutex:
            self._open.add(sock)
        try:
            yield line
        finally:
            with self._mutex:
                self._open.discard(sock)
            line.close()

    def _carry(self, client: "_Line", server: "_Line") -> bool:
        """One request and its answer; False if the line is of no more use."""
        request = client.read()
        if not request:
            return False
        fate = self._choose(request.partition(b"\r\n")[0].decode("latin-1"))
        with self._mutex:
            self.fates[fate] += 1
        if fate == REQUEST_LOST:
            return False
        if fate in (LATE, TOO_LATE):
            self._closing.wait(_WAITS[fate])
        server.sock.sendall(request)
        if fate == HALF_CLOSE:
            server.sock.shutdown(socket.SHUT_WR)
        return self._answer(client, server.read(), fate)

    def _answer(self, client: "_Line", answer: bytes, fate: str) -> bool:
        if fate == ANSWER_LOST:
            return False
        if fate == RESET:
            client.sock.sendall(answer[: len(answer) // 2])
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            return False
        if fate == HELD:
            self._released.wait()
        if fate == LATE_ANSWER:
            self._closing.wait(_WAITS[fate])
        client.sock.sendall(answer)
        return bool(answer) and fate != HALF_CLOSE


class _Line:
    """A connection from which whole messages are read."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._file: BinaryIO = sock.makefile("rb")

    def close(self) -> None:
        """Both, or the socket would stay open under the file."""
        self._file.close()
        self.sock.close()

    def read(self) -> bytes:
        """A head and its body; empty if the other side has closed."""
        lines = []
        length = 0
        while line := self._file.readline():
            lines.append(line)
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            if line == b"\r\n":
                return b"".join(lines) + self._file.read(length)
        return b""


@contextmanager
def carrying(proxies: Iterable[Proxy]) -> Iterator[None]:
    """The proxies work in the block."""
    with ExitStack() as stack:
        for proxy in proxies:
            proxy.start()
            stack.callback(proxy.close)
        yield
