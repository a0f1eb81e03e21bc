"""Two pools of threads that call each other: as they are wired they never wait for each other.

The naive wiring is built here and nowhere else: a catalog that tells of a sale in the thread of the
request. Its threads then wait for the order server's, all of which wait for the catalog's.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import waitress.server
from waitress import wasyncore

from servers.catalog.app import Catalog
from servers.catalog.tables import TABLES
from servers.catalog.tokens import Admins
from servers.frontend.app import Frontend
from servers.order.app import Orders
from servers.order.ledger import ORDERS
from shared.config import parse_address
from shared.csv_repository import FolderDisk, Repository
from shared.domain import Book, TryLater, new_key, now
from shared.peer import Peer
from shared.web.serve import THREADS, bind
from tests.conftest import Campaign
from tests.processes import RunningShop, free_ports, start, wait_for
from tests.shops import ROUTES, seed
from tests.system.buyers import new_session
from tests.system.ledgers import wait_until_told
from tests.wsgi import App

FEW_THREADS: Final = 4
# A catalog waits 3 s for the order server. Who waits for a pool that waits for theirs waits as
# long, or is told before that there was no answer.
STALLED: Final = 2.5
STOCK: Final = 1_000_000

# Makes the catalog's WSGI side; the peer is the order server.
Wiring = Callable[[Catalog, Peer], App]


def real(catalog: Catalog, orders: Peer) -> App:
    """As it is: an errand of its own tells of the sales."""
    catalog.start()
    return catalog.app


def naive(catalog: Catalog, orders: Peer) -> App:
    """As it must not be: the request's own thread tells of its sale before it answers."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        answer = catalog.app(environ, start_response)
        if environ["REQUEST_METHOD"] == "PUT":
            sale = catalog.shelf.sale(environ["HTTP_IDEMPOTENCY_KEY"])
            with suppress(TryLater):
                orders.put(f"/orders/{sale.id}", sale.sold(), key=sale.id, attempts=1)
        return answer

    return app


@contextmanager
def served(app: App, port: int) -> Iterator[None]:
    """Waitress under `app`, with few threads, while the block lasts."""
    sock = bind(parse_address(f"127.0.0.1:{port}"))
    server: Any = waitress.server.create_server(
        app, map={}, sockets=[sock], threads=FEW_THREADS, asyncore_use_poll=True
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.task_dispatcher.shutdown()
        # In the loop's own thread, which ends when nothing is left to look after.
        server.trigger.pull_trigger(partial(wasyncore.close_all, server._map))
        thread.join(30)


@contextmanager
def small_shop(folder: Path, wiring: Wiring) -> Iterator[dict[str, str]]:
    """All servers in this process, each with few threads; the frontends' urls by route."""
    names = ("catalog", "order", *ROUTES)
    ports = dict(zip(names, free_ports(4), strict=True))
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    books = Repository.open(
        FolderDisk(folder / "catalog"),
        TABLES,
        seeds={"books": seed((Book(1, "Xen", quantity=STOCK, price=Decimal(25)),))},
    )
    ledger = Repository.open(FolderDisk(folder / "order"), [ORDERS])
    with ExitStack() as stack:
        telling = Peer("order", urls["order"])
        catalog = Catalog(books, telling, now, time.monotonic, Admins({}))
        stack.callback(catalog.stop)
        orders = Orders(ledger, Peer("catalog", urls["catalog"]), now)
        stack.callback(orders.stop)
        orders.start()
        stack.enter_context(served(wiring(catalog, telling), ports["catalog"]))
        stack.enter_context(served(orders.app, ports["order"]))
        for route in ROUTES:
            frontend = Frontend(
                Peer("catalog", urls["catalog"]),
                Peer("order", urls["order"], seconds=4.5),
                "catalog-first" if route == "catalog-first" else "order-first",
            )
            stack.callback(frontend.stop)
            stack.enter_context(served(frontend.app, ports[route]))
        yield urls


def rush(urls: list[str], buyers: int, each: int) -> list[tuple[int, float]]:
    """So many buyers at each url at once, each buying so often; what each was told, and when."""
    together = threading.Barrier(buyers * len(urls))

    def buy(url: str) -> list[tuple[int, float]]:
        with new_session() as session:
            together.wait(30)
            return [one(session.put, f"{url}/purchase/1") for _ in range(each)]

    with ThreadPoolExecutor(buyers * len(urls)) as pool:
        told = pool.map(buy, urls * buyers)
        return [answer for answers in told for answer in answers]


def one(put: Callable[..., Any], url: str) -> tuple[int, float]:
    """One purchase: its status and its seconds."""
    began = time.monotonic()
    status: int = put(url, headers={"Idempotency-Key": new_key()}, timeout=30).status_code
    return status, time.monotonic() - began


def stalled(told: list[tuple[int, float]], usual: float = 0.0) -> list[tuple[int, float]]:
    """Those who waited for a pool that waited for theirs, `usual` seconds of waiting aside."""
    return [(status, wait) for status, wait in told if status != 200 or wait > STALLED + usual]


def slowest(told: list[tuple[int, float]]) -> float:
    """The longest wait, in seconds."""
    return max(seconds for _, seconds in told)


def test_two_pools_never_starve_each_other(tmp_path: Path, campaign: Campaign) -> None:
    """Both routes at once, twice as many buyers as threads: everyone is told 200 at once."""
    with small_shop(tmp_path, real) as urls:
        told = rush([urls[route] for route in ROUTES], 2 * FEW_THREADS, each=15)
        wait_until_told(urls)
    assert len(told) == 2 * 2 * FEW_THREADS * 15
    counts = {"purchases": len(told), "stalled": len(stalled(told))}
    campaign("pools", f"slowest {slowest(told):.2f} s", **counts)
    assert not stalled(told)


def test_the_naive_wiring_does_starve(tmp_path: Path, campaign: Campaign) -> None:
    """The same rush; so the test above can fail."""
    with small_shop(tmp_path, naive) as urls:
        told = rush([urls[route] for route in ROUTES], 2 * FEW_THREADS, each=1)
    assert stalled(told)
    campaign(
        "pools, the naive wiring",
        f"slowest {slowest(told):.2f} s",
        purchases=len(told),
        stalled=len(stalled(told)),
    )


def test_servers_as_they_are_never_starve_each_other(tmp_path: Path, campaign: Campaign) -> None:
    """Real processes with all their threads, and a frontend for each route.

    As many buyers on one route, where no pool can wait for another's, tell how long one waits here
    for a turn alone.
    """
    path = tmp_path / "seed.csv"
    path.write_text(f"id,title,author,subjects,quantity,price\n1,Xen,,x,{STOCK},25\n")
    shop = RunningShop(tmp_path, "catalog-first", path)
    try:
        shop.start()
        shop.urls["other"] = f"http://127.0.0.1:{free_ports(1)[0]}"
        variables = {
            "BAZAR_PURCHASE_ROUTE": "order-first",
            "BAZAR_FRONTEND__LISTEN": shop.urls["other"].removeprefix("http://"),
        }
        shop.processes["other"] = start(
            "frontend", "--config", str(shop.config), log=tmp_path / "other.log",
            variables=variables,
        )  # fmt: skip
        wait_for(lambda: shop.answers("other"), "the other frontend answers")
        usual = slowest(rush([shop.url], 4 * THREADS, each=3))
        told = rush([shop.url, shop.urls["other"]], 2 * THREADS, each=3)
        wait_until_told(shop.urls)
        shop.processes["other"].send_signal(signal.SIGTERM)
        assert shop.processes["other"].wait(30) == 0
        shop.stop()
    finally:
        shop.end()
    assert len(told) == 2 * 2 * THREADS * 3
    counts = {"purchases": len(told), "stalled": len(stalled(told, usual))}
    how = f"slowest {slowest(told):.2f} s, on one route {usual:.2f} s"
    campaign("pools of real servers", how, **counts)
    assert not stalled(told, usual)
