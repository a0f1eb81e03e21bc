"""The two ledgers, the stock and what the buyers were told, held against each other."""

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, Final

import requests

from tests.system.buyers import NOTHING_DONE, Buyers, Owner
from tests.system.histories import Brought, Operation, impossible, is_linearizable

Urls = Mapping[str, str]
_SECONDS: Final = 30.0
# Longer histories of one book than this are judged by their reads alone.
SMALL: Final = 250


def pages(url: str, path: str, cursor: str) -> list[dict[str, Any]]:
    """All of a server's ledger, page by page."""
    found: list[dict[str, Any]] = []
    after = ""
    while page := requests.get(f"{url}{path}?limit=1000{after}", timeout=_SECONDS).json()["data"]:
        found += page
        after = f"&{cursor}={page[-1]['id']}"
    return found


def gauge(url: str, name: str) -> float:
    """One number of a server's /metrics."""
    text = requests.get(f"{url}/metrics", timeout=_SECONDS).text
    lines = (line.split() for line in text.splitlines())
    return next(float(line[1]) for line in lines if line[:1] == [name])


def wait_until_told(urls: Urls, seconds: float = 60) -> None:
    """Return when neither server owes the other anything; each has said nothing is refused.

    Fails if for so long it has not become less: on a busy machine a crowd of buyers leaves tens of
    thousands of sales to be told.
    """
    owed, since = _owed(urls), time.monotonic()
    while owed:
        time.sleep(0.1)
        now = _owed(urls)
        if now < owed:
            owed, since = now, time.monotonic()
        assert time.monotonic() - since < seconds, f"for {seconds} s nothing was told: {owed} left"
    assert gauge(urls["catalog"], "bazar_sales_dead") == 0
    assert gauge(urls["order"], "bazar_orders_stuck") == 0


def _owed(urls: Urls) -> float:
    undelivered = gauge(urls["catalog"], "bazar_sales_undelivered")
    return undelivered + gauge(urls["order"], "bazar_orders_pending")


def check_all(urls: Urls, buyers: Buyers, owner: Owner, opening: Mapping[int, int]) -> Counter[str]:
    """Every promise, after the faults; `opening` is the stock the shop opened with."""
    # The servers settle by themselves what buyers have left behind, before anyone asks again.
    wait_until_told(urls)
    buyers.find_out()
    counts = buyers.counts()
    for book_id in {wanted.book_id for wanted in buyers.wanted if wanted.answer == 404}:
        # Enough for all that were refused, so that only their memory refuses them again.
        owner.bring(book_id, 1_000)
    counts += buyers.ask_again(Random(0))
    wait_until_told(urls)
    sold = check_ledgers(urls, buyers)
    for book_id, told in by_book(buyers, owner).items():
        brought = sum(op.copies for op in told if isinstance(op, Brought))
        check_stock(urls, book_id, opening[book_id] + brought - sold[book_id])
        counts += check_history(book_id, opening[book_id], told)
    return counts


def check_ledgers(urls: Urls, buyers: Buyers) -> Counter[int]:
    """Copies sold are copies in orders and what the buyers were told; returns them by book."""
    sales = pages(urls["catalog"], "/sales", "after")
    orders = pages(urls["order"], "/orders", "before")
    assert not [order for order in orders if order["state"] != "placed"]
    sold = [_line(sale) for sale in sales if sale["state"] == "sold"]
    placed = [_line(order) for order in orders]
    assert Counter(sold) == Counter(placed), "copies sold are not the copies in orders"
    told = [(w.key, w.book_id, w.copies) for w in buyers.wanted if w.answer == 200]
    assert Counter(line[:3] for line in sold) == Counter(told), "sold is not what was told"
    return sum((Counter({book: copies}) for _, book, copies, _ in sold), Counter())


def _line(row: Mapping[str, Any]) -> tuple[str, int, int, float]:
    return row["id"], row["book_id"], row["quantity"], row["price"]


def check_stock(urls: Urls, book_id: int, expected: int) -> None:
    """What was not sold is there."""
    reply = requests.get(f"{urls['catalog']}/info/{book_id}", timeout=_SECONDS)
    assert reply.json()["data"][0]["quantity"] == expected >= 0


def check_history(book_id: int, opening: int, told: list[Operation]) -> Counter[str]:
    """Nobody saw stock that cannot have been, and one pile of books explains a short story."""
    wrong = impossible(opening, told)
    assert not wrong, f"book {book_id}: {wrong}"
    if len(told) > SMALL:
        return Counter()
    assert is_linearizable(opening, told), f"book {book_id}: {sorted(told)}"
    return Counter({"histories linearized": 1, "their operations": len(told)})


def by_book(buyers: Buyers, owner: Owner) -> dict[int, list[Operation]]:
    """All that was done with each book."""
    found: defaultdict[int, list[Operation]] = defaultdict(list)
    for wanted in buyers.wanted:
        if wanted.answer != NOTHING_DONE:
            found[wanted.book_id].append(wanted.operation())
    for book_id, seen in buyers.seen:
        found[book_id].append(seen)
    for book_id, brought in owner.brought:
        found[book_id].append(brought)
    return found


def check_files(folder: Path, buyers: Buyers) -> None:
    """After a clean stop the CSVs open, and say what the buyers were told."""
    told = sorted((w.key, w.book_id, w.copies) for w in buyers.wanted if w.answer == 200)
    for name, state in (("catalog/sales.csv", "sold"), ("order/orders.csv", "placed")):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["state"] == state]
        found = sorted((row["id"], int(row["book_id"]), int(row["quantity"])) for row in rows)
        assert found == told, name
