"""What an import into a shop takes from its source, and what it refuses before anything is sent."""

import json
from pathlib import Path

import pytest

from servers.importer.command import main
from servers.importer.errors import NoSource, NoSuchChoice
from servers.importer.into import Listing, read_listing
from servers.importer.options import read_options
from tests.unit.importer.catalogue import Desk, catalogue, work

URL = "http://127.0.0.1:9"
WORKS = catalogue(*(work(number, f"Book {number}", Authors="Ann") for number in (3, 1, 2)))
FILE = "title,subjects,price\nA,x,1\n,x,1\nB,x,1\nC,x,1\n"


def listing(desk: Desk, content: str, *options: str) -> Listing:
    """What is in this source."""
    desk.source.write_text(content, encoding="utf-8")
    return read_listing(read_options([*options, str(desk.source), "--into", URL]))


def titles(found: Listing) -> list[str]:
    """Of the books that would be sent."""
    return [json.loads(book.json)["title"] for book in found.books]


def test_a_catalogues_works_are_sent_by_the_same_rules_as_they_are_written(desk: Desk) -> None:
    """In the order of their numbers, each with the price and the stock that it has in a file."""
    found = listing(desk, WORKS, "--seed", "7")
    written = desk.make(WORKS, "--seed", "7")
    assert titles(found) == ["Book 1", "Book 2", "Book 3"]
    sent = [json.loads(book.json) for book in found.books]
    assert [(b["title"], b["quantity"], b["price"]) for b in sent] == [
        (b.title, b.quantity, float(b.price)) for b in written
    ]
    assert [book.line for book in found.books] == [3, 4, 2]


def test_a_works_key_does_not_depend_on_what_else_is_sent(desk: Desk) -> None:
    """So an import can be widened later."""
    whole = [book.key for book in listing(desk, WORKS).books]
    assert [book.key for book in listing(desk, WORKS, "--limit", "2").books] == whole[:2]
    priced = listing(desk, WORKS, "--price", "5")
    assert [book.key for book in priced.books] == whole


def test_books_that_the_shop_opened_with_are_left_out(desk: Desk) -> None:
    """However their titles are set."""
    first = desk.folder / "first.csv"
    first.write_text("id,title,author,subjects,quantity,price\n9,BOOK 2,Ann,x,1,1\n")
    assert titles(listing(desk, WORKS, "--first", str(first))) == ["Book 1", "Book 3"]


def test_a_books_csv_is_known_by_its_header(desk: Desk) -> None:
    """Its rows are sent as they are, the bad ones reported."""
    found = listing(desk, FILE)
    assert titles(found) == ["A", "B", "C"]
    assert [row.line for row in found.bad] == [3]
    assert titles(listing(desk, FILE, "--limit", "2")) == ["A", "B"]


def test_what_is_made_of_works_is_not_asked_of_a_books_csv(desk: Desk) -> None:
    """Its prices, subjects and stocks are its own."""
    with pytest.raises(NoSuchChoice, match="--price is for Project Gutenberg's catalogue"):
        listing(desk, FILE, "--price", "4..5")
    with pytest.raises(NoSource, match="or a books"):
        listing(desk, "name,age\nAnn,7\n")


def test_a_file_without_a_book_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a shop is looked for."""
    monkeypatch.setenv("BAZAR_ADMIN__TOKEN", "secret")
    desk.source.write_text("title,subjects,price\n")
    assert main([str(desk.source), "--into", URL]) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "say either OUTPUT"),
        (["books.csv", "--into", URL], "say either OUTPUT"),
        (["--into", "127.0.0.1:5000"], "not a server's address"),
        (["--into", "http://127.0.0.1:x"], "not a server's address"),
        (["--into", URL, "--force"], "--force is for OUTPUT"),
        (["--into", URL, "--ids", "source"], "--ids is for OUTPUT"),
        (["books.csv", "--token-file", "token"], "--token-file is for --into"),
    ],
)
def test_a_command_that_means_two_things_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """With exit status 2 and nothing read."""
    with pytest.raises(SystemExit) as ended:
        main([str(desk.source), *options])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_output_may_stand_after_an_option(desk: Desk) -> None:
    """As it could before it could be left out."""
    desk.source.write_text(WORKS, encoding="utf-8")
    assert main([str(desk.source), "--limit", "1", str(desk.output), "--force"]) == 0
    assert [book.title for book in desk.books()] == ["Book 1"]


def test_the_token_is_no_option(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`ps` shows a command line to everyone."""
    with pytest.raises(SystemExit):
        main([str(tmp_path / "books.csv"), "--into", URL, "--token", "secret"])
    assert "unrecognized arguments" in capsys.readouterr().err
