"""Eight buyers and two admins at once, and the books balance to the copy."""

import csv
import json
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import pytest
import requests

from tests.conftest import Campaign
from tests.processes import RunningShop, ended
from tests.shops import ROUTES
from tests.system.admins import PRICES, Admins, Stock, check_trail, trail
from tests.system.buyers import PRICE_CHANGED, Buyers, Wanted
from tests.system.ledgers import check_ledgers, pages, wait_until_told

OPENING: Final = dict.fromkeys(range(1, 13), 40)
TOKENS: Final = {"anna": "anna-s-token", "ben": "ben-s-token"}
BUYERS: Final = 8
# What admins are to have done, or met, before a crowd has shown anything.
DONE: Final = ("added", "changed", "removed", "412 for a price", "changes sent again")


class Crowd(Buyers):
    """Buyers among admins: half of them will pay the price that they have just seen, no other."""

    def wish(self, session: requests.Session, random: Random, wanted: Wanted) -> Wanted:
        """With the price that the book has at this moment, if there is a book."""
        wanted.may_be_gone = True
        if random.random() < 0.5:
            wanted.expected = self._price(session, wanted.book_id, random)
        return wanted

    def _price(self, session: requests.Session, book_id: int, random: Random) -> float | None:
        try:
            reply = session.get(f"{random.choice(self._urls)}/info/{book_id}", timeout=15)
        except requests.RequestException:
            return None
        assert reply.status_code in (200, 404, 503), reply.text
        # Some take their time, and the price may be another by then.
        time.sleep(random.choice((0, 0, 0.05)))
        return float(reply.json()["data"][0]["price"]) if reply.ok else None

    def _look(self, session: requests.Session, url: str, book_id: int) -> None:
        """Only to be in the way."""
        self._price(session, book_id, Random(book_id))


class Books(NamedTuple):
    """All that a shop has in its books, over HTTP."""

    stock: dict[int, int]
    sales: list[dict[str, Any]]
    changes: list[dict[str, Any]]


def new_shop(folder: Path, route: str) -> RunningShop:
    """A shop of the OPENING stock with two admins; a caller ends it."""
    seed, tokens = folder / "seed.csv", folder / "tokens"
    rows = [f"{book_id},book {book_id},,x,{copies},9.50" for book_id, copies in OPENING.items()]
    seed.write_text("\n".join(["id,title,author,subjects,quantity,price", *rows]) + "\n")
    tokens.write_text("".join(f"{name}: {token}\n" for name, token in TOKENS.items()))
    shop = RunningShop(folder, route, seed)
    shop.variables["catalog"] = {"BAZAR_ADMIN__TOKEN_FILE": str(tokens)}
    return shop


def read_books(shop: RunningShop) -> Books:
    """What it says now."""
    reply = requests.get(f"{shop.url}/books?limit=1000", timeout=30).json()
    assert reply["total"] == len(reply["data"])
    return Books(
        {book["id"]: book["quantity"] for book in reply["data"]},
        pages(shop.urls["catalog"], "/sales", "after"),
        trail(shop.url, TOKENS["anna"]),
    )


def check_balance(books: Books) -> None:
    """Opening stock + changes - sold = stock, for every book that ever was; no id comes twice."""
    expected = Counter(OPENING)
    for change in books.changes:
        expected[change["book_id"]] += change["quantity_change"]
    for sale in books.sales:
        expected[sale["book_id"]] -= sale["quantity"] if sale["state"] == "sold" else 0
    ever = expected.keys() | books.stock.keys()
    assert {book_id: expected[book_id] for book_id in ever} == {
        book_id: books.stock.get(book_id, 0) for book_id in ever
    }
    added = [change["book_id"] for change in books.changes if change["what"] == "added"]
    removed = [change["book_id"] for change in books.changes if change["what"] == "removed"]
    assert len(set(added)) == len(added)
    assert not set(added) & OPENING.keys()
    assert len(set(removed)) == len(removed)
    assert books.stock.keys() == (OPENING.keys() | set(added)) - set(removed)


def check_prices(books: Books, buyers: Buyers) -> int:
    """Nobody who said a price was charged another; returns how many said one and bought."""
    sold = {sale["id"]: sale["price"] for sale in books.sales if sale["state"] == "sold"}
    said = {w.key: w.expected for w in buyers.wanted if w.expected is not None and w.key in sold}
    assert said == {key: sold[key] for key in said}
    assert set(sold.values()) <= {9.5, *PRICES}
    return len(said)


def check_files(folder: Path, books: Books) -> None:
    """After a clean stop changes.csv says the same, and can be read by anyone."""
    with (folder / "catalog/changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [_of_row(row) for row in rows] == [_of_change(c) for c in reversed(books.changes)]
    with (folder / "catalog/books.csv").open(encoding="utf-8", newline="") as file:
        stock = [(int(row["id"]), int(row["quantity"])) for row in csv.DictReader(file)]
    assert sorted(stock) == sorted(books.stock.items())


def _of_row(row: Mapping[str, str]) -> tuple[Any, ...]:
    # A spreadsheet must not run what begins with a sign; the shop writes an apostrophe before it.
    return (
        row["id"], row["at"], row["by"], int(row["book_id"]), row["what"],
        int(row["quantity_change"]), json.loads(row["before"]), json.loads(row["after"]),
    )  # fmt: skip


def _of_change(change: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("id", "at", "by", "book_id", "what", "quantity_change", "before", "after")
    return tuple(change[name] for name in names)


def add_one(shop: RunningShop) -> int:
    """A book more, which is removed at once; its id."""
    headers = {"Authorization": f"Bearer {TOKENS['ben']}"}
    book = {"title": "One more", "subjects": ["x"], "price": 1}
    reply = requests.post(f"{shop.url}/books", json=book, headers=headers, timeout=30)
    book_id = int(reply.json()["data"][0]["id"])
    assert requests.delete(f"{shop.url}/books/{book_id}", headers=headers, timeout=30).ok
    return book_id


def all_happened(buyers: Buyers, admins: Admins) -> bool:
    """Whether there was some of everything: also a price that changed under a buyer's hand."""
    by_price = {wanted.answer for wanted in list(buyers.decided) if wanted.expected is not None}
    return {200, PRICE_CHANGED} <= by_price and all(admins.counts[what] for what in DONE)


def run(folder: Path, route: str, seconds: float, kills: int) -> Counter[str]:
    """Let them all at it, the catalog killed now and then; then check all that was promised."""
    shop = new_shop(folder, route)
    stock = Stock(list(OPENING))
    with ended(shop):
        shop.start()
        admins = Admins(shop.url, TOKENS, stock, least=len(OPENING) // 2)
        with (
            Crowd([shop.url], lambda random: (stock.any(random), random.randint(1, 3)),
                  count=BUYERS) as buyers,
            admins,
        ):  # fmt: skip
            for _ in range(kills):
                time.sleep(seconds / (kills + 1))
                shop.kill("catalog")
                shop.start("catalog")
            time.sleep(seconds / (kills + 1))
            # A busy machine takes longer to do some of each.
            buyers.wait_until(lambda: all_happened(buyers, admins), "some of everything")
        wait_until_told(shop.urls)
        buyers.find_out()
        counts = buyers.counts() + admins.counts + buyers.ask_again(Random(0), most=200)
        wait_until_told(shop.urls)
        check_ledgers(shop.urls, buyers)
        books = read_books(shop)
        counts["bought at the price they said"] = check_prices(books, buyers)
        check_balance(books)
        check_trail(books.changes, admins.told)
        last = add_one(shop)
        books = read_books(shop)
        shop.stop()
        check_files(folder, books)
        shop.start()
        assert read_books(shop) == books
        assert add_one(shop) == last + 1, "no id is given twice, also after a restart"
        shop.stop()
    return counts


@pytest.mark.parametrize("route", ROUTES)
def test_buyers_and_admins_at_once_leave_books_that_balance(
    tmp_path: Path, route: str, campaign: Campaign
) -> None:
    """Restocks, prices, new books and removals, with the catalog killed in the middle of it."""
    counts = run(tmp_path, route, seconds=5, kills=1)
    campaign(f"buyers and admins, {route}", **counts)


@pytest.mark.soak
@pytest.mark.parametrize("route", ROUTES)
def test_a_long_crowd_leaves_books_that_balance(
    tmp_path: Path, route: str, campaign: Campaign
) -> None:
    """For half a minute in peace, and for as long again with kills."""
    for kills in (0, 10):
        folder = tmp_path / str(kills)
        folder.mkdir()
        counts = run(folder, route, seconds=30, kills=kills)
        campaign(f"buyers and admins, {route}", **counts)
