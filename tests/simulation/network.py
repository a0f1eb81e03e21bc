"""The wires between the servers: they lose, delay, double and reorder messages, and cut answers."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest, Response

from tests.simulation.machines import CutOff, Down, Machine
from tests.wsgi import Reply, as_response

# What may become of a message, and how often of a hundred when the weather is bad.
FATES = {
    "well": 62,
    "lost": 6,
    "late": 9,
    "twice": 6,
    "answer lost": 9,
    "cut off": 4,
    "its reader dies": 4,
}


class Message(NamedTuple):
    """A request on its way."""

    to: str
    method: str
    target: str
    body: bytes | None
    headers: dict[str, str]


class Network:
    """Carries messages to machines. `late` are those that are still under way somewhere."""

    def __init__(self, random: Random, between: Callable[[], None]) -> None:
        self._random = random
        self._between = between
        self.machines: dict[str, Machine[Any]] = {}
        self.late: list[Message] = []
        # Keys of which a second copy was made on the way: their 503 binds only the first.
        self.doubled: set[str] = set()
        # Keys of which a copy was late: after a later copy's no, it may still be done.
        self.strays: set[str] = set()
        self.calm = False
        self.fates: Counter[str] = Counter()

    def send(self, message: Message) -> Reply:
        """Carry one message and its answer; raises what `requests` raises."""
        fate = "well" if self.calm else self._choose()
        self.fates[fate] += 1
        machine = self.machines[message.to]
        if fate == "lost":
            raise requests.ReadTimeout
        if fate in ("late", "twice"):
            self.late.append(message)
            self.strays.add(message.headers.get("Idempotency-Key", ""))
            if fate == "late":
                raise requests.ReadTimeout
            self.doubled.add(message.headers.get("Idempotency-Key", ""))
        if fate == "its reader dies":
            machine.die_soon()
        self._between()
        reply = self._hand_over(machine, message)
        self._between()
        if fate == "answer lost":
            raise requests.ReadTimeout
        if fate == "cut off":
            raise requests.ConnectionError("reset")
        return reply

    def _choose(self) -> str:
        return self._random.choices(list(FATES), list(FATES.values()))[0]

    @staticmethod
    def _hand_over(machine: Machine[Any], message: Message) -> Reply:
        _, method, target, body, headers = message
        try:
            return machine.handle(method, target, body, headers)
        except Down:
            pool: Any = None
            reason = urllib3.exceptions.NewConnectionError(pool, "refused")
            raise requests.ConnectionError(
                urllib3.exceptions.MaxRetryError(pool, target, reason)
            ) from None
        except CutOff:
            raise requests.ConnectionError("reset") from None

    def let_one_arrive(self) -> None:
        """One of the late messages reaches its machine, in any order; its answer goes nowhere."""
        if self.late:
            message = self.late.pop(self._random.randrange(len(self.late)))
            with suppress(requests.ConnectionError):
                self._hand_over(self.machines[message.to], message)


class Wire(HTTPAdapter):
    """What a Peer has in place of its connection pool."""

    def __init__(self, network: Network, to: str) -> None:
        super().__init__()
        self._network = network
        self._to = to

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """See HTTPAdapter."""
        assert request.method
        assert request.url
        body = request.body
        assert body is None or isinstance(body, bytes)
        target = request.url.partition(urlsplit(request.url).netloc)[2]
        reply = self._network.send(
            Message(self._to, request.method, target, body, dict(request.headers))
        )
        return as_response(reply, request)
