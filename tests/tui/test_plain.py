"""The shop in plain lines: what is printed where, and with which exit status."""

from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from shared.domain import Book, OutcomeUnknown, PriceChanged, ShopError, Unavailable
from tests.tui.fakes import NOON, FakeShop, MemoryKeys
from tui import plain, purchase
from tui.opening import Opening, Said
from tui.plain import NOT_NOW, READ_ONLY, REFUSED, STATUSES, UNKNOWN, USED_WRONGLY, Counter, do
from tui.purchase import Stage
from tui.settings import Settings
from tui.shop import READ_ONLY_WORDS, Receipt

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


@pytest.fixture
def counter(shop: FakeShop, keys: MemoryKeys, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A counter whose patience is short."""
    monkeypatch.setattr(plain, "_PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(purchase, "PAUSES", (0.05,))
    return Counter(shop, keys, read_only=False)


Capture = pytest.CaptureFixture[str]


def test_books_are_lines_with_tabs(counter: Counter, capsys: Capture) -> None:
    """Nothing found is told by the status alone."""
    assert do(counter, ["search", "moby", "dick"]) == 0
    assert (
        capsys.readouterr().out == "5\tMoby-Dick; or, The Whale\tMelville, Herman\t12.50\t7 left\n"
    )
    assert do(counter, ["subject", "Adventure"]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["5", "6"]
    assert do(counter, ["subjects", "phil"]) == 0
    assert capsys.readouterr().out == "1\tPhilosophy\n"
    assert do(counter, ["search", "whxl"]) == REFUSED
    assert do(counter, ["subjects", "whxl"]) == REFUSED
    assert capsys.readouterr().out == ""


def test_one_book_is_a_name_and_a_value_on_each_line(counter: Counter, capsys: Capture) -> None:
    assert do(counter, ["info", "7"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == ["id\t7", "title\t老子", "author\tLaozi"]
    assert do(counter, ["info", "99"]) == REFUSED
    assert capsys.readouterr().err == "No such book.\n"


@pytest.mark.parametrize(
    "words",
    [[], ["search"], ["info"], ["info", "x"], ["info", "٣"],
     ["buy", "1", "2"], ["sell", "1"],
     ["buy", "1", "--copies"], ["buy", "1", "--copies", "0"], ["buy", "--copies", "2"]],
)  # fmt: skip
def test_what_is_no_command_is_used_wrongly(
    counter: Counter, capsys: Capture, words: list[str]
) -> None:
    assert do(counter, words) == USED_WRONGLY
    assert capsys.readouterr().err.startswith("--plain takes: search WORDS, ")


def test_a_shop_that_does_not_answer_has_a_status_of_its_own(
    counter: Counter, shop: FakeShop, capsys: Capture
) -> None:
    shop.go_down("catalog")
    for words in (["search", "x"], ["subjects"], ["info", "1"], ["buy", "1", "--yes"], ["orders"]):
        assert do(counter, words) == NOT_NOW
    assert capsys.readouterr().out == ""


def test_hostile_text_is_cleaned(counter: Counter, shop: FakeShop, capsys: Capture) -> None:
    """Nothing steers the terminal, and no tab or line break makes a cell or a line."""
    title = "Red\x1b[31m\t‮dlo\x9b1m\nnew \x07line"
    shop.shelf = {1: Book(1, title, title, (title,), 3, Decimal(1))}
    for words in (["search", "red"], ["subjects"], ["info", "1"], ["buy", "1", "--yes"]):
        assert do(counter, words) == 0
    told = capsys.readouterr()
    assert not set(told.out + told.err) & set("\x1b\x9b\x07‮")
    assert all(line.count("\t") <= 4 for line in told.out.splitlines())
    assert "1\tRed[31m dlo1m new line\tRed[31m dlo1m new line\t1\t3 left" in told.out


def test_a_book_is_bought_only_if_one_is_sure(
    counter: Counter, shop: FakeShop, capsys: Capture
) -> None:
    """A script has nobody to ask, so it has to say so."""
    assert do(counter, ["buy", "5"]) == REFUSED
    assert capsys.readouterr().err == "Say --yes to buy without being asked.\nNothing was bought.\n"
    assert do(counter, ["buy", "5", "--yes"]) == 0
    assert capsys.readouterr().out.endswith("Bought Moby-Dick; or, The Whale for 12.50.\n")
    assert len(shop.purchases) == 1
    assert do(counter, ["orders"]) == 0
    assert "\tplaced\t1\tMoby-Dick; or, The Whale\t12.50\t" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["2", "--copies", "3", "--yes"], ["--yes", "--copies", "3", "2"], ["--copies", "3", "2"]],
)
def test_several_copies_are_bought_in_one_purchase(
    counter: Counter,
    shop: FakeShop,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
) -> None:
    """In any order of the words; without --yes the question tells their price together."""
    asked = []

    def agree(question: str) -> str:
        asked.append(question)
        return "y"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", agree)
    assert do(counter, ["buy", *words]) == 0
    assert shop.quantities == [3]
    assert "Bought 3 × RPCs for Noobs for 150.00." in capsys.readouterr().out
    assert asked == ([] if "--yes" in words else ["Buy 3 copies for 150.00? [y/N] "])


def test_every_outcome_has_a_status() -> None:
    assert set(STATUSES) == set(get_args(Stage))
    assert {stage for stage in STATUSES if STATUSES[stage] == UNKNOWN} == purchase.OPEN


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (PriceChanged("x", Decimal(9)), REFUSED),
        (Unavailable("x"), NOT_NOW),
        (Receipt(KEY, True), 0),
    ],
)
def test_a_definite_answer_leaves_no_key(
    counter: Counter, shop: FakeShop, keys: MemoryKeys, answer: Receipt | ShopError, status: int
) -> None:
    shop.answers = [answer]
    assert do(counter, ["buy", "5", "--yes"]) == status
    assert keys.all == {}


def lost() -> OutcomeUnknown:
    error = OutcomeUnknown("The frontend server did not answer in time.")
    error.retry_after = 0.0
    return error


def test_an_unknown_outcome_keeps_its_key_and_the_next_run_asks_with_it(
    counter: Counter, shop: FakeShop, keys: MemoryKeys, capsys: Capture
) -> None:
    """Whatever that run is for; it buys nothing more."""
    shop.answers = [lost() for _ in range(50)]
    assert do(counter, ["buy", "5", "--yes"]) == UNKNOWN
    (key,) = keys.all
    assert f"Its key {key} is kept; the next run asks again.\n" in capsys.readouterr().err
    assert do(counter, ["settle"]) == UNKNOWN
    shop.answers = []
    assert do(counter, ["info", "1"]) == 0
    told = capsys.readouterr()
    assert "From before: Bought Moby-Dick; or, The Whale for 12.50.\n" in told.err
    assert "Moby" not in told.out
    assert do(counter, ["settle"]) == 0
    assert {asked for asked, _, _ in shop.purchases} == {key}
    assert shop.shelf[5].quantity == 6


def test_one_that_gets_no_answer_ends_the_asking(
    counter: Counter, shop: FakeShop, keys: MemoryKeys, capsys: Capture
) -> None:
    """A shop that hangs is waited for once, not once for each."""
    for number in range(3):
        keys.keep(purchase.begin(shop.book(5), shop.url, NOON, lambda n=number: f"key {n}"))  # type: ignore[misc]
    shop.answers = [lost()]
    assert do(counter, ["settle"]) == UNKNOWN
    assert len(shop.purchases) == 1
    assert "2 purchases more to ask about." in capsys.readouterr().err


def test_read_only_buys_nothing_and_only_looks_after_what_was_bought_before(
    shop: FakeShop, keys: MemoryKeys, capsys: Capture
) -> None:
    counter = Counter(shop, keys, read_only=True)
    assert do(counter, ["buy", "5", "--yes"]) == READ_ONLY
    assert capsys.readouterr().err == READ_ONLY_WORDS + "\n"
    keys.keep(purchase.begin(shop.book(5), shop.url, NOON, lambda: KEY))
    assert do(counter, ["settle"]) == UNKNOWN
    shop.ledger = [shop.an_order(KEY, replace(shop.book(5), quantity=1))]
    assert do(counter, ["settle"]) == 0
    assert shop.purchases == []


def test_broken_settings_stop_a_script_but_not_what_was_sent(
    shop: FakeShop, keys: MemoryKeys, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not go on in a shop that it may not mean."""
    keys.keep(purchase.begin(shop.book(5), shop.url, NOON, lambda: KEY))
    monkeypatch.setattr(plain, "Frontend", lambda *_, **__: shop)
    monkeypatch.setattr(plain, "KeyFolder", lambda _: keys)
    monkeypatch.setattr(FakeShop, "close", lambda _: None, raising=False)
    opening = Opening(Said(shop.url, ""), Said("dark", ""), Said(False, ""))
    settings = Settings(Path("s.toml"), problems=("s.toml: theme: it must be one of dark",))
    assert plain.run(opening, settings, ["buy", "1", "--yes"]) == USED_WRONGLY
    told = capsys.readouterr().err.splitlines()
    assert told == ["From before: Bought Moby-Dick; or, The Whale for 12.50.", settings.problems[0]]
    assert [key for key, _, _ in shop.purchases] == [KEY]
