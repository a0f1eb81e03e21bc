"""The two machines that keep something: a server over a disk in memory, that can die and come back.

Nothing runs beside anything else here. A server does something only when a message reaches it or
the world lets one of its errands take a step, so one seed is one history.
"""

from collections.abc import Callable
from random import Random
from typing import Generic, Protocol, TypeVar

from shared.csv_repository import Repository
from tests.memory_disk import Crash, MemoryDisk
from tests.wsgi import App, Reply, call


class Down(Exception):
    """Nobody listens there."""


class CutOff(Exception):
    """The machine died while it worked on this."""


class Kept(Protocol):
    """A server that keeps something."""

    @property
    def app(self) -> App:
        """Its WSGI side."""
        ...

    def stop(self) -> None:
        """Stop cleanly."""
        ...


Server = TypeVar("Server", bound=Kept)


class Machine(Generic[Server]):
    """One machine; `build` opens its server on a disk."""

    def __init__(
        self, name: str, build: Callable[[MemoryDisk], tuple[Repository, Server]], random: Random
    ) -> None:
        self.name = name
        self.disk = MemoryDisk()
        self.deaths = 0
        self._build = build
        self._random = random
        self._running: tuple[Repository, Server] | None = None

    @property
    def up(self) -> bool:
        """Whether its server runs."""
        return self._running is not None

    @property
    def server(self) -> Server:
        """The server; raises Down."""
        if self._running is None:
            raise Down
        return self._running[1]

    @property
    def repository(self) -> Repository:
        """What it keeps; raises Down."""
        if self._running is None:
            raise Down
        return self._running[0]

    def start(self) -> None:
        """Open it if it is down; it may die again while it recovers."""
        if self.up:
            return
        try:
            self._running = self._build(self.disk)
        except Crash:
            self._die(power=True)

    def stop(self) -> None:
        """Stop it cleanly, if it does not die at that."""
        stopping = self._running
        if stopping is not None:
            self.do(stopping[1].stop)
            # While its last messages were under way it may have been stopped and started already.
            if self._running is stopping:
                self._running = None

    def crash(self) -> None:
        """Pull the plug, or only kill the process."""
        if self.up:
            self._die(power=self._random.random() < 0.7)

    def do(self, work: Callable[[], object]) -> None:
        """Let it do something of its own; it may die at that."""
        self._guarded(work)

    def handle(
        self, method: str, target: str, body: bytes | None, headers: dict[str, str]
    ) -> Reply:
        """Answer a request; raises Down or CutOff."""
        app = self.server.app
        deaths = self.deaths
        reply = self._guarded(lambda: call(app, method, target, body, headers))
        if reply is None or self.deaths != deaths:
            raise CutOff
        return reply

    def die_soon(self) -> None:
        """Have it die in one of its next few file operations."""
        self.disk.crash_at = self.disk.steps + self._random.randint(1, 12)

    def _guarded(self, work: Callable[[], Reply | object]) -> Reply | None:
        disk = self.disk
        try:
            done = work()
        except Crash:
            # Another frame of the same server may have met its death before this one did.
            if disk is self.disk:
                self._die(power=True)
            return None
        return done if isinstance(done, Reply) else None

    def _die(self, *, power: bool) -> None:
        """What is left is what the disk may hold; whoever still works on the old one dies too."""
        old = self.disk
        variants = list(old.snapshot().variants(self._random, 2))
        old.crash_at = old.steps + 1
        # A killed process loses nothing that it has written; the second variant is all of it.
        self.disk = self._random.choice(variants) if power else variants[3]
        self._running = None
        self.deaths += 1
