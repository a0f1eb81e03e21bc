"""The shop as an object: the fake of the other tests and the real one, held to the same."""

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from servers.catalog.tables import BOOKS
from shared.domain import (
    BookNotFound,
    KeyReused,
    OrderNotFound,
    OutOfStock,
    PriceChanged,
    Unavailable,
)
from tests.processes import RunningShop, free_ports, running_shop, wait_for
from tests.system.apps import change
from tests.tui.fakes import FakeShop, classics
from tui.shop import Frontend, Shop, parse_url


class House(NamedTuple):
    """A shop and what can be done to it from outside."""

    shop: Shop
    restock: Callable[[int, int], None]
    stop: Callable[[str], None]
    start: Callable[[str], None]


@pytest.fixture(scope="module", params=["fake", "catalog-first", "order-first"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The same seven books in each; the tests that buy take a book of their own."""
    if request.param == "fake":
        yield _fake()
        return
    folder = tmp_path_factory.mktemp("house")
    seed = folder / "classics.csv"
    seed.write_bytes(b"".join(BOOKS.lines(classics())))
    with ExitStack() as stack:
        running = stack.enter_context(running_shop(folder, request.param, seed))
        yield _real(running, stack)


def _fake() -> House:
    shop = FakeShop()

    def restock(book_id: int, copies: int) -> None:
        book = shop.shelf[book_id]
        shop.shelf[book_id] = replace(book, quantity=book.quantity + copies)

    return House(shop, restock, shop.go_down, lambda name: shop.come_back())


def _real(running: RunningShop, stack: ExitStack) -> House:
    frontend = Frontend(running.url)
    stack.callback(frontend.close)

    def restock(book_id: int, copies: int) -> None:
        change(running, book_id, quantity_change=copies)

    def start(name: str) -> None:
        running.start(name)
        # The others hear of it when they ask next.
        wait_for(lambda: not frontend.health().down, "all are well")

    return House(frontend, restock, running.kill, start)


@pytest.fixture
def shop(house: House) -> Shop:
    """The shop alone."""
    return house.shop


def test_books_come_in_pages_with_their_total(shop: Shop) -> None:
    """By id, all of them."""
    page = shop.books("", "", 3, 2)
    assert ([book.id for book in page.data], page.total) == ([3, 4, 5], 7)
    assert page.data[2].price == Decimal("12.50")


def test_books_are_found_by_words_and_subject(shop: Shop) -> None:
    """Each word from its beginning."""
    assert {book.id for book in shop.books("whal", "", 10, 0).data} == {5, 6}
    assert [book.id for book in shop.books("whal", "adventure", 10, 0).data if book.id == 5] == [5]
    assert shop.books("whxl", "", 10, 0).total == 0
    assert shop.books("hale", "", 10, 0).total == 0


def test_books_are_looked_at_again_by_their_ids(shop: Shop) -> None:
    """Those that are gone are left out."""
    assert [book.id for book in shop.books_by_id([7, 99, 1])] == [7, 1]
    assert shop.books_by_id([]) == ()
    with pytest.raises(BookNotFound):
        shop.book(99)


def test_subjects_are_counted(shop: Shop) -> None:
    """Filtered too."""
    whole = shop.subjects("", 10, 0)
    assert whole.total == 4
    assert {one.subject: one.books for one in whole.data}["Adventure"] == 2
    assert [one.subject for one in shop.subjects("PHILO", 10, 0).data] == ["Philosophy"]


def test_a_purchase_takes_one_copy_and_the_same_key_no_other(shop: Shop) -> None:
    """And it is among the orders."""
    key = str(uuid.uuid4())
    before = shop.book(5).quantity
    first = shop.purchase(key, 5, Decimal("12.50"))
    assert (first.settled, shop.purchase(key, 5, Decimal("12.50"))) == (True, first)
    assert shop.book(5).quantity == before - 1
    assert shop.order(key).state == "placed"


def test_refusals_are_told_apart(shop: Shop) -> None:
    """Sold out, another price, no such book."""
    with pytest.raises(OutOfStock):
        shop.purchase(str(uuid.uuid4()), 4, Decimal(35))
    with pytest.raises(PriceChanged) as changed:
        shop.purchase(str(uuid.uuid4()), 5, Decimal(1))
    assert changed.value.price == Decimal("12.50")
    with pytest.raises(BookNotFound):
        shop.purchase(str(uuid.uuid4()), 99, Decimal(1))
    with pytest.raises(OrderNotFound):
        shop.order(str(uuid.uuid4()))


def test_all_is_well(shop: Shop) -> None:
    """Three servers."""
    assert shop.health().down == ()


def test_a_refusal_is_for_ever_also_after_a_restock(house: House) -> None:
    """And a key is for one purchase only."""
    key = str(uuid.uuid4())
    with pytest.raises(OutOfStock):
        house.shop.purchase(key, 4, Decimal(35))
    house.restock(4, 3)
    with pytest.raises(OutOfStock):
        house.shop.purchase(key, 4, Decimal(35))
    assert house.shop.book(4).quantity == 3
    with pytest.raises(KeyReused):
        house.shop.purchase(key, 5, Decimal("12.50"))
    house.restock(4, -3)


def test_orders_come_newest_first_and_page_by_page(shop: Shop) -> None:
    """Each order says what was bought, at what price."""
    keys = [str(uuid.uuid4()) for _ in range(3)]
    for key in keys:
        shop.purchase(key, 2, Decimal(50))
    wait_for(lambda: shop.orders(1).data[0].id == keys[-1], "the last order is there")
    first = shop.orders(2)
    assert [order.id for order in first.data] == [keys[2], keys[1]]
    assert shop.orders(1, before=keys[1]).data[0].id == keys[0]
    assert first.total == len(shop.orders(100).data)
    order = first.data[0]
    assert (order.book_id, order.title, order.quantity) == (2, "RPCs for Noobs", 1)
    assert (order.price, order.state) == (Decimal(50), "placed")


def test_lists_end_where_they_end(shop: Shop) -> None:
    """Beyond the end there is nothing, and the total stays."""
    assert shop.books("", "", 10, 100) == replace(shop.books("", "", 10, 0), data=())
    assert shop.books("", "no such subject", 10, 0).total == 0
    whole = shop.subjects("", 100, 0).data
    assert shop.subjects("", 2, 1).data == whole[1:3]
    assert [one.subject for one in whole] == [
        "Adventure",
        "distributed systems",
        "Philosophy",
        "undergraduate school",
    ]


def test_a_server_that_is_down_is_named_and_what_needs_it_fails(house: House) -> None:
    """What does not need it goes on."""
    key = str(uuid.uuid4())
    house.stop("order")
    assert house.shop.health().down == ("order",)
    assert house.shop.book(5).id == 5
    with pytest.raises(Unavailable):
        house.shop.orders(5)
    house.start("order")
    house.stop("catalog")
    assert "catalog" in house.shop.health().down
    with pytest.raises(Unavailable):
        house.shop.books("", "", 5, 0)
    with pytest.raises(Unavailable):
        house.shop.books_by_id([1])
    with pytest.raises(Unavailable):
        house.shop.purchase(key, 5, Decimal("12.50"))
    house.start("catalog")
    # Nothing was done, so the same key may still buy.
    assert house.shop.purchase(key, 5, Decimal("12.50")).settled


def test_without_a_frontend_nothing_is_known_of_the_others(house: House) -> None:
    """It is the only server that a client talks to."""
    house.stop("frontend")
    assert house.shop.health().down == ("frontend",)
    with pytest.raises(Unavailable):
        house.shop.subjects("", 5, 0)
    with pytest.raises(Unavailable):
        house.shop.orders(5)
    house.start("frontend")
    assert house.shop.health().down == ()


def test_no_frontend_is_told_and_never_raised_by_health() -> None:
    """Nobody listens there."""
    (port,) = free_ports(1)
    frontend = Frontend(f"http://127.0.0.1:{port}")
    assert frontend.health().down == ("frontend",)
    with pytest.raises(Unavailable):
        frontend.books("", "", 1, 0)
    frontend.close()


@pytest.mark.parametrize(
    "url", ["127.0.0.1:5000", "ftp://x", "http://", "http://h/x", "http://h:0"]
)
def test_an_address_that_cannot_be_used_is_told(url: str) -> None:
    """Before anything is started."""
    with pytest.raises(ValueError, match=r"address|look like|port|http"):
        parse_url(url)


_EVERY_MODULE = """
import importlib, pkgutil, sys, tui
for found in pkgutil.walk_packages(tui.__path__, "tui."):
    importlib.import_module(found.name)
"""


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("import sys, tui.shop", ["textual", "rich"]),
        ("import sys, tui.app", ["falcon", "waitress", "requests"]),
        (_EVERY_MODULE, ["falcon", "waitress", "shared.web", "shared.csv_repository", "servers"]),
    ],
    ids=["the shop as an object", "the app at its start", "every module"],
)
def test_what_is_not_needed_is_not_loaded(code: str, without: list[str]) -> None:
    """The object knows no screens; the first paint waits for no network library; no servers."""
    code += f"\nprint([m for m in {without!r} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
