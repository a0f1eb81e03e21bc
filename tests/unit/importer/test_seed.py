"""The books that the shop opens with, and the real catalogue they come from."""

import re
import shlex
from decimal import Decimal
from pathlib import Path

import pytest

from servers.catalog.tables import BOOKS
from servers.importer.command import main
from shared.domain import Book
from tests.books import ROOT, ROWS, SEED, gutenberg, import_every_row


def _seed_rules() -> list[str]:
    """The Makefile's own, so that there is one place that says how the file is made."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    rules = re.search(r"^SEED_RULES := (.*)$", makefile, re.MULTILINE)
    assert rules is not None
    return shlex.split(rules[1])


def _load(path: Path) -> list[Book]:
    return list(BOOKS.load(path.read_bytes()).values())


def test_the_shop_opens_with_its_four_books() -> None:
    """Word for word, under their ids."""
    dos = "How to get a good grade in DOS in 40 minutes a day"
    xen = "Xen and the Art of Surviving Undergraduate School"
    systems, school = ("distributed systems",), ("undergraduate school",)
    assert _load(SEED)[:4] == [
        Book(1, dos, "", systems, 13, Decimal(30)),
        Book(2, "RPCs for Noobs", "", systems, 56, Decimal(50)),
        Book(3, xen, "", school, 37, Decimal(25)),
        Book(4, "Cooking for the Impatient Undergrad", "", school, 0, Decimal(35)),
    ]


def test_then_come_about_450_classics() -> None:
    """With subjects, prices, and a few of them sold out."""
    classics = _load(SEED)[4:]
    assert 430 <= len(classics) <= 470
    assert [book.id for book in classics] == list(range(5, 5 + len(classics)))
    assert all(book.subjects and 4 <= book.price <= 30 for book in classics)
    assert 0 < sum(book.quantity == 0 for book in classics) < 20
    assert {"Moby-Dick; or, The Whale", "Dracula"} <= {book.title for book in classics}


def test_the_data_folders_page_gives_the_command_of_the_makefile() -> None:
    """Whoever reads one or runs the other gets the same books."""
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    command = re.search(r"^python -m servers import (--force.*)$", page, re.MULTILINE)
    assert command is not None
    assert shlex.split(command[1])[:-2] == _seed_rules()


def test_making_the_opening_books_again_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command in data/README.md is the one that made them."""
    source = gutenberg()
    monkeypatch.chdir(ROOT)
    again = tmp_path / "books.csv"
    assert main([*_seed_rules(), str(source), str(again)]) == 0
    assert again.read_bytes() == SEED.read_bytes()


def test_every_row_of_the_catalogue_can_be_a_book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All but the one that has no title."""
    books = _load(import_every_row(tmp_path / "books.csv"))
    assert len(books) == ROWS - 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2] for line in lines[:-1]] == ["the work 90907 has no title"]
    assert not any("\n" in book.title or "$b" in book.title for book in books)


@pytest.mark.parametrize("column", ["Bookshelves", "Subjects"])
def test_the_whole_catalogue_is_imported_under_its_own_numbers(tmp_path: Path, column: str) -> None:
    """A work is one book, however many authors and editions it has."""
    output = tmp_path / "books.csv"
    options = ["--ids", "source", "--subjects", column]
    assert main([*options, str(gutenberg()), str(output)]) == 0
    books = {book.id: book for book in _load(output)}
    assert 77_000 < len(books) < 78_000
    assert books[15].title == "Moby-Dick; or, The Whale"
    assert books[61].author == "Marx, Karl; Engels, Friedrich"
