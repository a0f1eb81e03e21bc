"""A books.csv of the shop's own, as people and spreadsheets leave it."""

import json
from typing import Any

import pytest

from servers.importer.errors import NoSource
from servers.importer.listed import Listed
from servers.importer.rows import BadRow
from servers.importer.sheet import BooksFile

HEADER = "id,title,author,subjects,quantity,price\n"


def read(content: str | bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The books as they are sent, without their keys, and what is wrong with the other rows."""
    raw = content if isinstance(content, bytes) else content.encode()
    rows = list(BooksFile("books.csv", raw).rows())
    books = [json.loads(row.json) for row in rows if isinstance(row, Listed)]
    bad = [f"{row.line}: {row.what}" for row in rows if isinstance(row, BadRow)]
    return [{k: v for k, v in book.items() if k != "key"} for book in books], bad


def keys(content: str) -> list[str]:
    """The keys of its rows."""
    rows = BooksFile("books.csv", content.encode()).rows()
    return [row.key for row in rows if isinstance(row, Listed)]


TEA = {
    "title": "Tea",
    "author": "Ann",
    "subjects": ["drinks", "China"],
    "quantity": 3,
    "price": 2.5,
}


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}1,Tea,Ann,drinks; China,3,2.50\n",
        '\ufeffid;title;author;subjects;quantity;price\r\n1;Tea;Ann;"drinks; China";3;2,50\r\n',
        'sep=;\nid;title;author;subjects;quantity;price\n1;Tea;Ann;"drinks; China";3;2,50\n',
        "price,Title,author,quantity,subjects\n2.5,Tea,Ann,3,drinks;China\n",
        f"{HEADER}\n1,Tea,Ann,drinks; China,3,2.50,,,\n\n",
        f"{HEADER}1,Tea,Ann,drinks; China,3,2.50\n".encode("utf-16"),
    ],
)
def test_a_file_is_read_whoever_wrote_it(content: str | bytes) -> None:
    """The shop, Excel, or someone who has no ids to give."""
    assert read(content) == ([TEA], [])


def test_the_older_header_is_read() -> None:
    """Without an author, and with one subject."""
    books, bad = read("id,title,subject,quantity,price\n4,Cooking,undergraduate school,0,35\n")
    assert bad == []
    assert (books[0]["author"], books[0]["subjects"]) == ("", ["undergraduate school"])


def test_a_title_that_a_spreadsheet_would_run_is_sent_as_it_is() -> None:
    """The apostrophe is the file's, not the book's."""
    assert read(f"{HEADER}1,'=1+1,,x,1,1\n")[0][0]["title"] == "=1+1"


def test_each_bad_row_is_told_with_its_line_and_the_others_are_read() -> None:
    """A quote that never closes too, which would take all the rows below with it."""
    content = (
        f"{HEADER}1,A,,x,1,1\n2,,,x,1,1\n3,C,,x,many,1\n4,D,,,1,1\n5,E,,x,1,1.234\n"
        '6,F\n7,"G,,x,1,1\n8,"H\nh",,x,1,1\n9,I,,x,1,1\n'
    )
    books, bad = read(content)
    assert [book["title"] for book in books] == ["A", "I"]
    assert bad == [
        "3: title: a title is needed",
        "4: quantity: 'many' is not a whole number",
        "5: subjects: a book has 1 to 50 subjects",
        "6: price: a price has at most two decimals",
        "7: 2 cells where the header has 6",
        "8: not CSV: ',' expected after '\"'",
        "9: title: a control character, U+000A, at 1",
    ]
    moved = read(f"sep=,\n{content}")[1]
    assert moved[0] == "4: title: a title is needed"


def test_a_row_that_is_mended_leaves_the_others_their_keys() -> None:
    """Those that are alike are counted whether they are good or not."""
    rows = ["1,A,,x,1,1\n", "1,A,,x,2,2\n", "2,A,,x,1,1\n"]
    mended = keys(HEADER + "".join(rows))
    assert len(set(mended)) == 3
    assert keys(HEADER + rows[0].replace("1,1", "1,one") + "".join(rows[1:])) == mended[1:]
    assert keys(HEADER + "".join(reversed(rows)))[0] == mended[2], "the order is no part of it"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the column 'title' is missing"),
        (b"id,title,shelf\n", "unknown column 'shelf'"),
        (f"{HEADER}1,Caf\xe9".encode("latin-1"), "line 2: this is not UTF-8"),
        (b'id,"title\n', "line 1: not CSV"),
    ],
)
def test_what_is_no_books_csv_is_told_in_one_line(content: bytes, said: str) -> None:
    """With what it should be."""
    with pytest.raises(NoSource, match=said):
        read(content)
