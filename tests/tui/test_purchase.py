"""A purchase and its key, without any screen."""

import errno
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from shared.domain import (
    BadField,
    BookNotFound,
    InProgress,
    KeyReused,
    OutcomeUnknown,
    OutOfStock,
    PriceChanged,
    ShopError,
    Unavailable,
)
from tests.tui.fakes import NOON, FakeShop, MemoryKeys
from tui import purchase
from tui.pending import KeyFolder, Unsettled
from tui.purchase import Stage
from tui.shop import Receipt

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


def wanted(shop: FakeShop) -> Unsettled:
    """Moby-Dick at its price."""
    return purchase.begin(shop.book(5), shop.url, NOON, lambda: KEY)


ANSWERS: list[tuple[Receipt | ShopError, Stage, Stage]] = [
    (Receipt(KEY, True), "bought", "bought"),
    (Receipt(KEY, False), "pending", "pending"),
    (OutOfStock("x"), "sold out", "sold out"),
    (PriceChanged("x", Decimal(9)), "price changed", "price changed"),
    (BookNotFound("x"), "gone", "gone"),
    (InProgress("x"), "working", "working"),
    (OutcomeUnknown("x"), "unknown", "unknown"),
    (Unavailable("x"), "not done", "unknown"),
    (BadField("x"), "wrong", "unknown"),
    (KeyReused("x"), "wrong", "wrong"),
]


@pytest.mark.parametrize(("answer", "first", "after"), ANSWERS, ids=lambda a: type(a).__name__)
def test_what_an_answer_means_depends_on_what_went_before(
    answer: Receipt | ShopError, first: Stage, after: Stage
) -> None:
    """ "Nothing was done" settles nothing once an earlier request may have done it."""
    for unsure, stage in ((False, first), (True, after)):
        shop, keys = FakeShop(), MemoryKeys()
        shop.answers = [answer]
        outcome = purchase.ask(shop, keys, wanted(shop), unsure=unsure)
        assert outcome.stage == stage
        assert (KEY in keys.all) == outcome.is_open


def test_the_key_is_on_disk_before_the_request_leaves(tmp_path: Path) -> None:
    """A crash of the app between the two must find it."""
    shop, keys = FakeShop(), KeyFolder(tmp_path / "new" / "purchases")
    seen: list[Unsettled] = []

    class Watching(FakeShop):
        def purchase(
            self, key: str, book_id: int, expected_price: Decimal, quantity: int = 1
        ) -> Receipt:
            (path,) = (tmp_path / "new" / "purchases").glob("*.purchase.json")
            seen.append(msgspec.json.decode(path.read_bytes(), type=Unsettled))
            return super().purchase(key, book_id, expected_price, quantity)

    one = wanted(shop)
    purchase.ask(Watching(), keys, one, unsure=False)
    assert seen == [one]
    assert keys.kept(shop.url) == []
    assert list((tmp_path / "new" / "purchases").iterdir()) == []


def test_what_one_run_asks_about_no_other_run_takes_up(tmp_path: Path) -> None:
    """It could finish what the first was told had come to nothing."""
    first, second = KeyFolder(tmp_path), KeyFolder(tmp_path)
    one = wanted(FakeShop())
    first.keep(one)
    assert second.kept(one.shop) == []
    assert first.kept(one.shop) == [one]
    first.forget(one.key)
    assert second.kept(one.shop) == []
    second.keep(one)
    assert first.kept(one.shop) == []


def test_what_a_killed_run_asked_about_the_next_one_takes_up_alone(tmp_path: Path) -> None:
    """Its lock ended with its process."""
    script = (
        "import sys, os, signal, msgspec\n"
        "from pathlib import Path\n"
        "from tui.pending import KeyFolder, Unsettled\n"
        "KeyFolder(Path(sys.argv[1])).keep(msgspec.json.decode(sys.argv[2], type=Unsettled))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    one = wanted(FakeShop())
    written = msgspec.json.encode(one).decode()
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path), written], check=False)
    assert killed.returncode == -9
    next_, another = KeyFolder(tmp_path), KeyFolder(tmp_path)
    assert next_.kept(one.shop) == [one]
    assert another.kept(one.shop) == []


def test_a_key_that_cannot_be_written_down_is_not_sent() -> None:
    """Better no purchase than one that nobody can ask about."""

    class Full(MemoryKeys):
        def keep(self, unsettled: Unsettled) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    shop = FakeShop()
    outcome = purchase.ask(shop, Full(), wanted(shop), unsure=False)
    assert outcome.stage == "not done"
    assert "No space left" in outcome.detail
    assert shop.purchases == []


def test_keys_of_another_shop_and_broken_files_are_left_alone(tmp_path: Path) -> None:
    """A key is only ever sent to the shop it was made for."""
    shop, keys = FakeShop(), KeyFolder(tmp_path)
    one = wanted(shop)
    keys.keep(one)
    (tmp_path / "x.purchase.json").write_text("{")
    assert keys.kept("http://elsewhere:5000") == []
    assert keys.kept(shop.url) == [one]
    assert (tmp_path / "x.purchase.json").exists()


def test_a_pending_purchase_is_looked_up_until_it_is_settled() -> None:
    """By its order."""
    shop, keys = FakeShop(), MemoryKeys()
    one = wanted(shop)
    keys.keep(one)
    assert purchase.look(shop, keys, one).stage == "pending"
    shop.ledger = [shop.an_order(KEY, shop.book(5))]
    assert purchase.look(shop, keys, one).stage == "bought"
    assert keys.all == {}


def test_pauses_grow_and_are_never_shorter_than_the_shop_asks() -> None:
    """To half a minute."""
    pauses = [purchase.pause_before(n, 0.0) for n in range(9)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 30.0
    assert purchase.pause_before(0, 12.0) == 12.0
