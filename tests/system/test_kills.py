"""kill -9 of each server in turn, under buyers; the campaign in full is a soak."""

import threading
import uuid
from collections import Counter
from pathlib import Path

import pytest
import requests

from tests.processes import NAMES, RunningShop, wait_for
from tests.shops import ROUTES

BUYERS = 8


class Buyers:
    """Threads that buy book 2 one by one, each time under a key of its own, and note the answer."""

    def __init__(self, shop: RunningShop) -> None:
        self._shop = shop
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._buy) for _ in range(BUYERS)]
        self.answers: dict[str, int] = {}

    def __enter__(self) -> "Buyers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def _buy(self) -> None:
        with requests.Session() as session:
            while not self._stopping.is_set():
                key = str(uuid.uuid4())
                self.answers[key] = send(session, self._shop.url, key)

    def wait_for_more(self, count: int) -> None:
        """Return when so many more have been answered 200."""
        goal = Counter(self.answers.values())[200] + count
        wait_for(lambda: Counter(self.answers.values())[200] >= goal, f"{count} more sales", 60)


def send(session: requests.Session, url: str, key: str) -> int:
    """One try to buy; 0 if the line was cut."""
    try:
        reply = session.put(f"{url}/purchase/2", headers={"Idempotency-Key": key}, timeout=15)
    except requests.RequestException:
        return 0
    return reply.status_code


def ledger(url: str, path: str, cursor: str) -> list[dict[str, object]]:
    """All of a server's ledger, page by page."""
    found: list[dict[str, object]] = []
    after = ""
    while page := requests.get(f"{url}{path}?limit=1000{after}", timeout=10).json()["data"]:
        found += page
        after = f"&{cursor}={page[-1]['id']}"
    return found


@pytest.mark.parametrize("route", ROUTES)
def test_kill_9_of_each_server_in_turn_loses_no_sale_and_makes_none_twice(
    tmp_path: Path, route: str
) -> None:
    """Every 200 has its order; every unknown end is found out by its key; the books balance."""
    copies = 1_000_000
    seed = tmp_path / "seed.csv"
    seed.write_text(f"id,title,author,subjects,quantity,price\n2,RPCs for Noobs,,x,{copies},50\n")
    shop = RunningShop(tmp_path, route, seed)
    try:
        shop.start()
        with Buyers(shop) as buyers:
            for name in NAMES:
                buyers.wait_for_more(15)
                shop.kill(name)
                shop.start(name)
            buyers.wait_for_more(15)
        assert set(buyers.answers.values()) <= {0, 200, 202, 503, 504}
        with requests.Session() as session:
            for key in buyers.answers:
                assert send(session, shop.url, key) == 200
        wait_for(lambda: undelivered(shop) == 0, "all sales are delivered")
        sales = ledger(shop.urls["catalog"], "/sales", "after")
        orders = ledger(shop.urls["order"], "/orders", "before")
        assert Counter(order["id"] for order in orders) == Counter(sale["id"] for sale in sales)
        assert {order["id"] for order in orders} == buyers.answers.keys()
        assert {order["state"] for order in orders} == {"placed"}
        stock = requests.get(f"{shop.url}/info/2", timeout=5).json()["data"][0]["quantity"]
        assert stock == copies - len(buyers.answers)
        shop.stop()
    finally:
        shop.end()
    assert f"2,RPCs for Noobs,,x,{stock},50" in (tmp_path / "catalog/books.csv").read_text()


def undelivered(shop: RunningShop) -> float:
    """The catalog's own count."""
    text = requests.get(f"{shop.urls['catalog']}/metrics", timeout=5).text
    lines = (line.split() for line in text.splitlines())
    return next(float(line[1]) for line in lines if line[:1] == ["bazar_sales_undelivered"])
