"""Who waits for whom, and how long: the outer server's patience is longer than the inner one's."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

from servers import one
from servers.frontend.resources import PURCHASE_SECONDS
from servers.order import settle
from shared.peer import CONNECT_SECONDS
from tests.processes import RunningShop, wait_for

BOOK: Final = b'{"data":[{"id":3,"title":"Xen","author":"","subjects":[],"quantity":9,"price":25}]}'


class Dawdling(http.server.BaseHTTPRequestHandler):
    """A catalog that answers a look nearly too late, and a sale never."""

    def do_GET(self) -> None:
        """The book, at the last moment."""
        time.sleep(settle._INFO_SECONDS - 0.2)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(BOOK)))
        self.end_headers()
        self.wfile.write(BOOK)

    def do_PUT(self) -> None:
        """Nothing, for longer than anyone waits."""
        gone.wait(3 * PURCHASE_SECONDS)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quietly."""


gone = threading.Event()


@contextmanager
def dawdling() -> Iterator[str]:
    """Such a catalog, at this address."""
    gone.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Dawdling) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            gone.set()
            server.shutdown()
            thread.join()


def test_a_silent_catalog_is_answered_by_the_order_servers_own_202(tmp_path: Path) -> None:
    """Not by a 504 of a frontend that gave up first."""
    shop = RunningShop(tmp_path, "order-first")
    with dawdling() as catalog:
        shop.variables["order"] = {"BAZAR_CATALOG__URL": catalog}
        try:
            shop.start("order", "frontend")
            began = time.monotonic()
            reply = requests.put(f"{shop.url}/purchase/3", timeout=30)
            seconds = time.monotonic() - began
            assert reply.status_code == 202, reply.text
            assert settle._INFO_SECONDS < seconds < PURCHASE_SECONDS
            wait_for(lambda: "stays pending" in shop.log("order"), "the order server says so")
        finally:
            gone.set()
            shop.end()


def test_the_constants_say_so_too() -> None:
    """Also where each connection is made at the last moment, which no test can have happen."""
    look = CONNECT_SECONDS + settle._INFO_SECONDS
    sale = CONNECT_SECONDS + settle._UPDATE_SECONDS
    assert look + sale < one._ORDER_SECONDS < PURCHASE_SECONDS
    # With an intent of another purchase in the way, that is settled first.
    assert sale + look + sale < PURCHASE_SECONDS
