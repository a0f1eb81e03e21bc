"""A catalogue becomes a shop."""

import gzip
import io
import random
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servers.importer.command import main
from shared.domain import Book
from tests.unit.importer.catalogue import COLUMNS, HEADER, Desk, catalogue, work

MOBY = work(15, "Moby-Dick; or, The Whale", Authors="Melville, Herman, 1819-1891")
FIRST = "id,title,author,subjects,quantity,price\n3,Xen,,undergraduate school,37,25\n"


def test_a_work_becomes_a_book_with_a_price_and_a_stock(desk: Desk) -> None:
    """Everything a customer sees of it."""
    assert desk.make(catalogue(MOBY)) == [
        Book(1, "Moby-Dick; or, The Whale", "Melville, Herman", ("Novels",), 15, Decimal(9))
    ]


def test_the_subjects_come_from_the_column_that_is_asked_for(desk: Desk) -> None:
    """The shelves unless said otherwise."""
    text = catalogue(work(1, "A", Subjects="Whaling -- Fiction; Sea stories"))
    assert desk.make(text)[0].subjects == ("Novels",)
    by_heading = desk.make(text, "--subjects", "Subjects")
    assert by_heading[0].subjects == ("Whaling -- Fiction", "Sea stories")


def test_a_work_on_no_shelf_can_still_be_found_by_browsing(desk: Desk) -> None:
    """Search is by subject, so each book has one."""
    assert desk.make(catalogue(work(1, "A", Bookshelves="")))[0].subjects == ("Uncategorised",)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--language", "fr"], ["B"]),
        (["--language", "la"], ["D"]),
        (["--language", "fr", "--language", "LA"], ["B", "D"]),
        (["--type", "Sound"], ["C"]),
        (["--shelf", "Poetry"], ["C", "D"]),
        (["--shelf", "Poetry", "--type", "Text"], ["D"]),
        (["--limit", "2"], ["A", "B"]),
        ([], ["A", "B", "C", "D"]),
    ],
)
def test_only_what_was_asked_for_is_imported(
    desk: Desk, options: list[str], kept: list[str]
) -> None:
    """Any of several names will do, and every choice must fit."""
    text = catalogue(
        work(1, "A"),
        work(2, "B", Language="fr"),
        work(3, "C", Type="Sound", Bookshelves="Browsing: Poetry"),
        work(4, "D", Language="en; la", Bookshelves="Novels; Poetry"),
    )
    assert [book.title for book in desk.make(text, *options)] == kept


def test_a_misspelled_shelf_is_told_and_nothing_is_written(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rather than a shop with half of its books."""
    assert desk.run(catalogue(MOBY), "--shelf", "Novel", "--shelf", "Novels") == 2
    assert "no shelf 'Novel'; did you mean 'Novels'?" in capsys.readouterr().err
    assert desk.leftovers() == set()


def test_a_choice_that_leaves_no_book_writes_nothing(desk: Desk) -> None:
    """An empty shop is never what was meant."""
    text = catalogue(work(1, "A", Language="fr"), work(2, "B", Bookshelves="Poetry"))
    assert desk.run(text, "--language", "fr", "--shelf", "Poetry") == 2
    assert desk.leftovers() == set()


def test_of_several_editions_the_lowest_number_is_kept(desk: Desk) -> None:
    """However the title is set, and wherever in the catalogue they stand."""
    text = catalogue(
        work(2701, "Moby Dick; Or, The Whale", Authors="Melville, Herman", Bookshelves="B"),
        MOBY,
        work(99, "Moby-Dick; or, The Whale", Authors="Somebody Else"),
        work(36777, "Moby Dick: or the Whale", Authors="Melville, Herman", Language="fr"),
    )
    assert [(book.author, book.subjects) for book in desk.make(text)] == [
        ("Melville, Herman", ("Novels",)),
        ("Somebody Else", ("Novels",)),
        ("Melville, Herman", ("Novels",)),
    ]


def test_a_work_with_a_row_for_each_author_is_one_book(desk: Desk) -> None:
    """Marx and Engels wrote one manifesto."""
    rows = [work(61, "The Communist Manifesto", Authors=who) for who in ("Marx", "Engels")]
    assert [book.author for book in desk.make(catalogue(*rows))] == ["Marx; Engels"]
    kept = desk.make(catalogue(*rows), "--doubles", "keep")
    assert [(book.id, book.author) for book in kept] == [(1, "Marx"), (2, "Engels")]


def test_a_price_does_not_depend_on_which_other_books_are_there(desk: Desk) -> None:
    """A shop that opens with fewer books sells them at the same prices."""
    works = [work(number, f"Book {number}", Language="en") for number in range(1, 60)]
    prices = {book.title: (book.price, book.quantity) for book in desk.make(catalogue(*works))}
    random.Random(1).shuffle(works)
    for book in desk.make(catalogue(*works[:20])):
        assert (book.price, book.quantity) == prices[book.title]
    again = desk.make(catalogue(*works), "--seed", "2")
    assert {book.title: (book.price, book.quantity) for book in again} != prices


def test_the_order_of_the_catalogue_makes_no_difference(desk: Desk) -> None:
    """The same works, the same bytes."""
    works = [work(number, f"Book {number % 7}") for number in range(1, 30)]
    desk.make(catalogue(*works))
    before = desk.output.read_bytes()
    desk.make(catalogue(*reversed(works)))
    assert desk.output.read_bytes() == before


def test_the_first_books_keep_their_ids_and_the_others_go_on_from_them(desk: Desk) -> None:
    """The four that the shop opens with are 1 to 4, whatever the catalogue numbers so."""
    (desk.folder / "first.csv").write_text(FIRST, encoding="utf-8")
    books = desk.make(
        catalogue(work(3, "A"), work(1, "B"), work(9, "XEN")),
        *("--first", str(desk.folder / "first.csv")),
    )
    assert [(book.id, book.title) for book in books] == [(3, "Xen"), (4, "B"), (5, "A")]


def test_the_catalogues_numbers_can_be_the_ids(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number that a first book has is reported, never given twice."""
    (desk.folder / "first.csv").write_text(FIRST, encoding="utf-8")
    text = catalogue(work(3, "A"), MOBY)
    books = desk.make(text, "--ids", "source", "--first", str(desk.folder / "first.csv"))
    assert [book.id for book in books] == [3, 15]
    assert "line 2: the id 3 belongs to one of the first books" in capsys.readouterr().err


def test_bad_rows_are_reported_with_their_line_and_the_rest_is_imported(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a person needs to mend the catalogue."""
    text = (
        f'{HEADER}\n1,Text,,"A\nB",en,,,,Novels\n'
        "x,Text,,C,en,,,,Novels\n"
        "2,Text,,D,en\n"
        "3,Text,, ,en,,,,Novels\n"
        '4,Text,,"E,en,,,,Novels\n'
        "1,Text,,F,en,,,,Novels\n"
        "5,Text,,G,en,,,,Novels\n"
    )
    assert [book.title for book in desk.make(text)] == ["A: B", "G"]
    *reports, summary = capsys.readouterr().err.splitlines()
    assert reports == [
        "pg_catalog.csv, line 4: the Text# 'x' is not a whole number",
        "pg_catalog.csv, line 5: 5 cells where the header has 9",
        "pg_catalog.csv, line 6: the work 3 has no title",
        "pg_catalog.csv, line 7: not CSV: unexpected end of data",
        "pg_catalog.csv, line 8: the Text# 1 is that of line 2, which is another title",
    ]
    assert summary == (
        f"{desk.output}: 2 books of 7 rows (left out: 0 not asked for, "
        "0 as doubles or further authors, 5 bad)"
    )


def test_of_many_bad_rows_twenty_are_shown_and_the_others_counted(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A terminal is not flooded."""
    desk.make(catalogue(MOBY, *(work("?", "A") for _ in range(30))))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 22
    assert lines[20] == "and 10 more bad rows in pg_catalog.csv"


def test_a_strict_import_with_a_bad_row_writes_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """For a script, which does not read what is on the terminal."""
    assert desk.run(catalogue(MOBY, work("x", "A")), "--strict") == 1
    assert desk.leftovers() == set()
    assert "1 bad row; nothing was written" in capsys.readouterr().err
    assert desk.run(catalogue(MOBY), "--strict") == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the column Text# is missing"),
        (b"id,title\n1,A\n", "the column Text# is missing"),
        (catalogue(MOBY, columns=COLUMNS[:-1]).encode(), "the column Bookshelves is missing"),
        (f"{HEADER}\n1,Text,,Caf\xe9".encode("latin-1"), "line 2: this is not UTF-8"),
        (catalogue(MOBY).encode("utf-16"), "line 1: this is not UTF-8"),
        (gzip.compress(catalogue(MOBY).encode(), mtime=0)[:-9], "a damaged .gz"),
    ],
)
def test_what_is_no_catalogue_is_told_in_one_line(
    desk: Desk, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    """And nothing is written."""
    assert desk.run(content) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert desk.leftovers() == set()


@pytest.mark.parametrize("spelled", [b"\xef\xbb\xbf%s", b"%s\n\n"])
def test_a_catalogue_saved_by_a_spreadsheet_is_read(desk: Desk, spelled: bytes) -> None:
    """A mark in front, other line ends, blank lines."""
    content = spelled % catalogue(MOBY).replace("\n", "\r\n").encode()
    assert desk.run(content) == 0
    assert [book.title for book in desk.books()] == [MOBY["Title"]]


def test_a_packed_catalogue_is_read_as_it_was_fetched(desk: Desk) -> None:
    """Project Gutenberg offers a pg_catalog.csv.gz."""
    assert desk.run(gzip.compress(catalogue(MOBY).encode(), mtime=0)) == 0
    assert len(desk.books()) == 1


def test_a_catalogue_can_come_through_a_pipe(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`curl … | python -m servers import - books.csv`."""
    content = catalogue(MOBY, work("x", "A")).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["-", str(desk.output)]) == 0
    assert len(desk.books()) == 1
    assert "standard input, line 3" in capsys.readouterr().err


def test_a_missing_file_is_told_in_one_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The catalogue, and the first books."""
    assert main([str(desk.folder / "none.csv"), str(desk.output)]) == 2
    assert "cannot read" in capsys.readouterr().err
    assert desk.run(catalogue(MOBY), "--first", str(desk.folder / "none.csv")) == 2
    assert "cannot read" in capsys.readouterr().err
    (desk.folder / "first.csv").write_text(FIRST + "x,,,,,\n", encoding="utf-8")
    assert desk.run(catalogue(MOBY), "--first", str(desk.folder / "first.csv")) == 2
    assert "first.csv, line 3: 'x' is not a whole number" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--price", "30..4"],
        ["--stock", "some"],
        ["--limit", "0"],
        ["--subjects", "Title"],
        ["--seed", "x"],
        ["--doubles", "keep", "--ids", "source"],
    ],
)
def test_a_wrong_option_is_told_before_anything_is_read(
    desk: Desk, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    """With exit status 2, as everything that cannot be done."""
    with pytest.raises(SystemExit) as ended:
        desk.run(catalogue(MOBY), *options)
    assert ended.value.code == 2
    assert "python -m servers import: error:" in capsys.readouterr().err
    assert desk.leftovers() == set()


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORKS = st.lists(
    st.builds(
        lambda number, title, author, shelves: work(
            number, title, Authors=author, Bookshelves="; ".join(shelves)
        ),
        st.integers(min_value=0, max_value=50),
        WORDS,
        WORDS,
        st.lists(WORDS, max_size=3),
    ),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(WORKS)
def test_whatever_is_imported_the_catalog_server_can_open(
    desk: Desk, works: list[dict[str, str]]
) -> None:
    """Formulas, quotes, line breaks, any script: ids are unique and each book has its fields."""
    books = desk.make(catalogue(MOBY, *works))
    assert [book.id for book in books] == list(range(1, len(books) + 1))
    for book in books:
        assert book.title.strip()
        assert book.subjects
        assert 4 <= book.price <= 30
        assert 0 <= book.quantity <= 60
