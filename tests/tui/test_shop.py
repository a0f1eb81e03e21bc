"""The shop as an object: the fake of the other tests and the real one, held to the same."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from shared.domain import BookNotFound, OrderNotFound, OutOfStock, PriceChanged, Unavailable
from tests.processes import free_ports
from tests.shops import Shop as WholeShop
from tests.shops import drop
from tests.tui.fakes import FakeShop, classics
from tests.wsgi import InProcess
from tui.shop import Frontend, Shop, parse_url


@pytest.fixture(params=["fake", "catalog-first", "order-first"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """The same seven books in each."""
    if request.param == "fake":
        yield FakeShop()
        return
    whole = WholeShop.at(tmp_path, request.param, books=tuple(classics()))
    frontend = Frontend("http://frontend", adapter=InProcess(whole.frontend.app))
    yield frontend
    frontend.close()
    whole.close()


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
    first = shop.purchase(key, 5, Decimal("12.50"))
    assert (first.settled, shop.purchase(key, 5, Decimal("12.50"))) == (True, first)
    assert shop.book(5).quantity == 6
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


def test_a_server_that_is_down_is_named(tmp_path: Path) -> None:
    """By the frontend that misses it."""
    whole = WholeShop.at(tmp_path)
    whole.to_order.before = drop
    frontend = Frontend("http://frontend", adapter=InProcess(whole.frontend.app))
    assert frontend.health().down == ("order",)
    whole.close()


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


@pytest.mark.parametrize(
    ("module", "without"),
    [("tui.shop", ["textual", "rich"]), ("tui.app", ["falcon", "waitress", "requests"])],
)
def test_what_is_not_needed_is_not_loaded(module: str, without: list[str]) -> None:
    """The object knows no screens; the first paint waits for no network library."""
    code = f"import sys, {module}; print([m for m in {without!r} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
