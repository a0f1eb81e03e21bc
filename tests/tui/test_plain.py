"""The shop in plain lines: what is printed where, and with which exit status."""

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from shared.domain import Book, OutcomeUnknown, PriceChanged, ShopError, Unavailable
from tests.tui.fakes import NOON, FakeShop, MemoryKeys, many
from tui import __main__ as command
from tui import plain, plain_buying, plain_looking, purchase
from tui.opening import Opening, Said
from tui.plain_buying import STATUSES, Counter
from tui.plain_lines import NOT_NOW, READ_ONLY, REFUSED, UNKNOWN, USED_WRONGLY
from tui.plain_words import Misused, read
from tui.purchase import Stage
from tui.settings import Settings
from tui.shop import READ_ONLY_WORDS, Receipt

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


@pytest.fixture
def counter(shop: FakeShop, keys: MemoryKeys, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A counter whose patience is short."""
    monkeypatch.setattr(plain_buying, "_PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(purchase, "PAUSES", (0.05,))
    return Counter(shop, keys, read_only=False)


Capture = pytest.CaptureFixture[str]


def do(counter: Counter, words: Sequence[str]) -> int:
    """Do the command that the words are."""
    return plain.do(counter, read(words))


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        """See IOBase."""
        return True


def test_books_are_lines_with_tabs(counter: Counter, capsys: Capture) -> None:
    """The stock is a number, as everywhere."""
    assert do(counter, ["search", "moby", "dick"]) == 0
    assert capsys.readouterr().out == "5\tMoby-Dick; or, The Whale\tMelville, Herman\t12.50\t7\n"
    assert do(counter, ["subject", "Adventure"]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["5", "6"]
    assert do(counter, ["subjects", "phil"]) == 0
    assert capsys.readouterr().out == "1\tPhilosophy\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["search", "moby", "whxl"], "No title or author has “moby whxl”."),
        (["subject", "Nope"], "No subject “Nope”; see: subjects WORDS"),
        (["subjects", "whxl"], "No subject has “whxl”."),
    ],
)
def test_that_nothing_was_found_is_said(
    counter: Counter, capsys: Capture, words: list[str], told: str
) -> None:
    """A script sees it by the status, a person by the words."""
    assert do(counter, words) == REFUSED
    assert capsys.readouterr() == ("", told + "\n")


def test_an_empty_shop_has_no_subject_and_no_orders(
    counter: Counter, shop: FakeShop, capsys: Capture
) -> None:
    """That nothing was bought yet is no failure."""
    shop.shelf = {}
    assert do(counter, ["subjects"]) == REFUSED
    assert capsys.readouterr() == ("", "The shop has no subject.\n")
    assert do(counter, ["orders"]) == 0
    assert capsys.readouterr() == ("", "No orders yet.\n")


def test_all_that_is_wanted_comes_page_by_page(
    counter: Counter, shop: FakeShop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thing once, and how many are left."""
    monkeypatch.setattr(plain_looking, "_PAGE", 4)
    shop.shelf = {book.id: book for book in many(11)}
    for words in (["search", "volume"], ["subject", "series"]):
        for limit, asked, more in ((10, [4, 4, 2], "1 more book"), (11, [4, 4, 3], "")):
            shop.searches.clear()
            assert do(counter, [*words, "--limit", str(limit)]) == 0
            told = capsys.readouterr()
            ids = [line.split("\t")[0] for line in told.out.splitlines()]
            assert ids == [str(number) for number in range(1, limit + 1)]
            assert [limit for _, _, limit, _ in shop.searches] == asked
            assert told.err == (f"{more}; --limit N shows more.\n" if more else "")


def test_orders_and_subjects_come_page_by_page_too(
    counter: Counter, shop: FakeShop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders by the last one that was told, since new ones come before it meanwhile."""
    monkeypatch.setattr(plain_looking, "_PAGE", 2)
    shop.ledger = [shop.an_order(f"k{number}", shop.shelf[5], number) for number in range(5)]
    assert do(counter, ["orders", "--limit=5"]) == 0
    told = capsys.readouterr()
    assert [line.split("\t")[-1] for line in told.out.splitlines()] == [f"k{n}" for n in range(5)]
    assert told.err == ""
    assert do(counter, ["subjects", "--limit", "3"]) == 0
    told = capsys.readouterr()
    assert told.out == "2\tAdventure\n2\tdistributed systems\n1\tPhilosophy\n"
    assert told.err == "1 more subject; --limit N shows more.\n"


def test_moments_are_told_as_in_the_report(
    counter: Counter, shop: FakeShop, capsys: Capture
) -> None:
    shop.ledger = [shop.an_order(KEY, shop.shelf[5])]
    assert do(counter, ["orders"]) == 0
    assert capsys.readouterr().out.startswith("2026-11-24T12:00:00Z\tplaced\t1\t")


def test_one_book_is_a_name_and_a_value_on_each_line(counter: Counter, capsys: Capture) -> None:
    assert do(counter, ["info", "7"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == ["id\t7", "title\t老子", "author\tLaozi"]
    assert do(counter, ["info", "99"]) == REFUSED
    assert capsys.readouterr().err == "No such book.\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--plain takes: search WORDS [--limit N], "),
        (["sell", "1"], "--plain takes: search WORDS [--limit N], "),
        (["--frontend", "x"], "--frontend is no command; options of the app come before --plain."),
        (["search", "x", "--frontend", "y"], "search does not know --frontend; options of the app"),
        (["info", "1", "--limit", "2"], "info does not know --limit; options of the app"),
        (["buy", "1", "--yes=no"], "buy does not know --yes=no; "),
        (["search", "x", "--l", "3"], "search does not know --l; "),
        (["search"], "Used like this: search WORDS [--limit N]"),
        (["search", " "], "Used like this: search WORDS"),
        (["subject", ""], "Used like this: subject SUBJECT [--limit N]"),
        (["info"], "Used like this: info ID"),
        (["buy", "1", "2"], "Used like this: buy ID [--copies N] [--yes]"),
        (["buy", "--copies", "2"], "Used like this: buy ID"),
        (["settings", "x"], "Used like this: settings"),
        (["info", "abc"], "info takes a book's id, a number, not “abc”."),
        (["info", "٣"], "info takes a book's id, a number, not “٣”."),
        (["buy", "-1"], "buy takes a book's id, a number, not “-1”."),
        (["buy", "1", "--copies"], "--copies takes a number from 1 to 1,000,000,000."),
        (["buy", "1", "--copies", "0"], "--copies takes a number from 1 to 1,000,000,000, not “0”"),
        (["orders", "--limit", "many"], "--limit takes a number from 1 to 100,000, not “many”."),
        (["search", "x", "--limit=100001"], "--limit takes a number from 1 to 100,000, not “1000"),
        (["search", "x", "--limit", "-1"], "--limit takes a number from 1 to 100,000, not “-1”."),
    ],
)
def test_what_is_no_command_is_told_in_words_that_help(words: list[str], told: str) -> None:
    with pytest.raises(Misused) as misused:
        read(words)
    assert str(misused.value).startswith(told)


def test_what_is_no_command_is_used_wrongly(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody is asked for anything."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert command.main(["--plain", "search", "whale", "--frontend", "http://x:1"]) == USED_WRONGLY
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("search does not know --frontend; ")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["search", "--help"], ["buy", "1", "-h"]])
def test_help_shows_the_commands(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert command.main(["--plain", *words]) == 0
    told = capsys.readouterr()
    assert "  search WORDS [--limit N]\n" in told.out
    assert told.err == ""


def test_after_two_dashes_every_word_is_a_word(counter: Counter, shop: FakeShop) -> None:
    """Also on the command line itself, whose reader would take them for its own."""
    for words in (["search", "--", "--help", "--limit"], ["search", "--limit", "5", "--", "-h"]):
        do(counter, command._given(["--plain", *words]).plain)
    asked = [(words, limit) for words, _, limit, _ in shop.searches]
    assert asked == [("--help --limit", 100), ("-h", 5)]


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
    assert "1\tRed[31m dlo1m new line\tRed[31m dlo1m new line\t1\t3\n" in told.out
    assert "bought\t1\tRed[31m dlo1m new line\t1\t" in told.out


def test_a_book_is_bought_only_if_one_is_sure(
    counter: Counter, shop: FakeShop, capsys: Capture
) -> None:
    """A script has nobody to ask, so it has to say so."""
    assert do(counter, ["buy", "5"]) == REFUSED
    assert capsys.readouterr().err == "Say --yes to buy without being asked.\nNothing was bought.\n"
    assert do(counter, ["buy", "5", "--yes"]) == 0
    key = shop.purchases[0][0]
    assert capsys.readouterr() == (f"bought\t1\tMoby-Dick; or, The Whale\t12.50\t{key}\n", "")
    assert len(shop.purchases) == 1
    assert do(counter, ["orders"]) == 0
    assert capsys.readouterr().out.endswith(
        f"\tplaced\t1\tMoby-Dick; or, The Whale\t12.50\t{key}\n"
    )


def test_the_question_and_what_went_wrong_are_not_for_scripts(
    counter: Counter, shop: FakeShop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stdout is one line about each purchase that was sent, and the title is never cut."""
    title = "A very long title " * 10
    shop.shelf[5] = replace(shop.shelf[5], title=title.strip())
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    shop.answers = [PriceChanged("x", Decimal(9))]
    assert do(counter, ["buy", "5"]) == REFUSED
    told = capsys.readouterr()
    key = shop.purchases[0][0]
    assert told.out == f"price changed\t1\t{title.strip()}\t9\t{key}\n"
    assert told.err == (
        f"{title}by Melville, Herman: 12.50, 7 left\nBuy one copy at this price? [y/N] "
        f"Not bought, the price is 9.00 now: {title.strip()}\n"
    )


def test_no_answer_to_the_question_is_a_no(
    counter: Counter, shop: FakeShop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-D included, and the next words get a line of their own."""
    monkeypatch.setattr("sys.stdin", Terminal(""))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert do(counter, ["buy", "5"]) == REFUSED
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith("Buy one copy at this price? [y/N] \nNothing was bought.\n")
    assert shop.purchases == []


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
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert do(counter, ["buy", *words]) == 0
    assert shop.quantities == [3]
    told = capsys.readouterr()
    assert told.out.startswith("bought\t3\tRPCs for Noobs\t50\t")
    question = "RPCs for Noobs: 50.00, 56 left\nBuy 3 copies for 150.00? [y/N] "
    assert told.err == ("" if "--yes" in words else question)


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
