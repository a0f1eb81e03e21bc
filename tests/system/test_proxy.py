"""The wires between real servers late, half closed, reset and cut, at every kind of request."""

import http.client
import http.server
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.conftest import Campaign
from tests.processes import RunningShop, ended
from tests.shops import ROUTES
from tests.system.buyers import Buyers, Owner
from tests.system.ledgers import check_all, check_files
from tests.system.proxy import (
    ANSWER_LOST,
    CARRY,
    FATES,
    HALF_CLOSE,
    LATE,
    LATE_ANSWER,
    REQUEST_LOST,
    RESET,
    Proxy,
    carrying,
)

# Who calls whom; a catalog tells of sales on both routes.
WIRES: Final = {
    "catalog-first": [("frontend", "catalog"), ("catalog", "order")],
    "order-first": [("frontend", "order"), ("order", "catalog"), ("catalog", "order")],
}
OPENING: Final = {1: 3, 2: 1_000_000}


class Weather:
    """What happens on one wire: of the PUTs that something happens to, each thing in its turn."""

    def __init__(self, seed: str, share: float) -> None:
        self._random = Random(seed)
        self._share = share
        self._mutex = threading.Lock()
        self._next: list[str] = []
        self.met: Counter[str] = Counter()

    def __call__(self, line: str) -> str:
        """See proxy.Choose."""
        with self._mutex:
            if self._random.random() >= self._share:
                return CARRY
            if not line.startswith("PUT"):
                return self._random.choice(FATES)
            self._next = self._next or self._random.sample(FATES, len(FATES))
            fate = self._next.pop()
            self.met[fate] += 1
            return fate

    def clear_up(self) -> None:
        """From now on everything is carried."""
        self._share = 0.0


class Wired:
    """A shop in which each call of the route goes through a proxy in weather of its own."""

    def __init__(self, folder: Path, route: str, share: float) -> None:
        seed = folder / "seed.csv"
        rows = [f"{book_id},book {book_id},,x,{copies},50" for book_id, copies in OPENING.items()]
        seed.write_text("\n".join(["id,title,author,subjects,quantity,price", *rows]) + "\n")
        self.shop = RunningShop(folder, route, seed)
        self.weather: dict[str, Weather] = {}
        self.proxies: list[Proxy] = []
        for caller, called in WIRES[route]:
            name = f"{caller} to {called}"
            self.weather[name] = Weather(f"{route}, {name}", share)
            proxy = Proxy(self.shop.urls[called], self.weather[name])
            self.proxies.append(proxy)
            variables = self.shop.variables.setdefault(caller, {})
            variables[f"BAZAR_{called.upper()}__URL"] = proxy.url

    def least(self) -> int:
        """How often each thing happened on each wire to a PUT, at least."""
        return min(weather.met[fate] for weather in self.weather.values() for fate in FATES)

    def counts(self) -> Counter[str]:
        """How often each happened to any request."""
        return sum((proxy.fates for proxy in self.proxies), Counter())


def taste(random: Random) -> tuple[int, int]:
    """What the buyers want: what there is plenty of, and what runs out."""
    return (2, random.randint(1, 3)) if random.random() < 0.7 else (1, 1)


def run(folder: Path, route: str, rounds: int, seconds: float) -> Counter[str]:
    """Buy until everything has happened on every wire so often; then check all."""
    random = Random("wires")
    wired = Wired(folder, route, 0.2)
    shop = wired.shop
    end = time.monotonic() + seconds
    with carrying(wired.proxies), ended(shop):
        shop.start()
        owner = Owner(shop.urls["catalog"], random)
        with Buyers([shop.url], taste) as buyers:
            while wired.least() < rounds and time.monotonic() < end:
                buyers.wait_for_more(5)
                owner.bring(1, random.randint(1, 3))
            for weather in wired.weather.values():
                weather.clear_up()
            buyers.wait_for_more(20)
        counts = wired.counts() + check_all(shop.urls, buyers, owner, OPENING)
        shop.stop()
    assert wired.least() >= rounds, "not done in time"
    check_files(folder, buyers)
    return counts


@pytest.mark.parametrize("route", ROUTES)
def test_wires_that_lie_lose_no_sale_and_make_none_twice(
    tmp_path: Path, route: str, campaign: Campaign
) -> None:
    """Everything that can happen to a PUT on each wire of the route, under sixteen buyers."""
    campaign(f"wires that lie, {route}", **run(tmp_path, route, rounds=1, seconds=60))


@pytest.mark.soak
@pytest.mark.parametrize("route", ROUTES)
def test_wires_that_lie_for_long_lose_no_sale(
    tmp_path: Path, route: str, campaign: Campaign
) -> None:
    """The same two hundred times over."""
    campaign(f"wires that lie, {route}", **run(tmp_path, route, rounds=200, seconds=3_600))


class Counting(http.server.BaseHTTPRequestHandler):
    """Answers as Waitress does, and counts what it was asked."""

    had = 0

    def do_PUT(self) -> None:
        """Say so."""
        type(self).had += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"bought")

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.mark.parametrize(
    ("fate", "had", "told"),
    [(CARRY, 1, True), (LATE, 1, True), (LATE_ANSWER, 1, True), (HALF_CLOSE, 1, True),
     (RESET, 1, False), (ANSWER_LOST, 1, False), (REQUEST_LOST, 0, False)],
)  # fmt: skip
def test_the_proxy_does_what_it_says(fate: str, had: int, told: bool) -> None:
    """Whether the server had the request, and whether its client was told."""
    Counting.had = 0
    with http.server.HTTPServer(("127.0.0.1", 0), Counting) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        proxy = Proxy(f"http://127.0.0.1:{server.server_port}", lambda _: fate)
        try:
            with carrying([proxy]):
                assert heard(proxy.url) == told
        finally:
            server.shutdown()
    assert Counting.had == had
    assert proxy.fates == {fate: 1}


def heard(url: str) -> bool:
    """Send one request; whether a whole answer came."""
    line = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        line.request("PUT", "/purchase/1", b"{}")
        return line.getresponse().read() == b"bought"
    except (http.client.HTTPException, ConnectionError):
        return False
    finally:
        line.close()
