"""Finding books, by the frontend, over the catalog."""

import pytest

from shared.domain import Book
from tests.shops import Shop


def test_search_gives_ids_and_titles_of_a_subject_by_id(catalog_first: Shop) -> None:
    """To the letter of the contract: nothing but `data` in it."""
    assert catalog_first.ask("GET", "/search/undergraduate%20school").json == {
        "data": [
            {"id": 3, "title": "Xen and the Art of Surviving Undergraduate School"},
            {"id": 4, "title": "Cooking for the Impatient Undergrad"},
        ]
    }


@pytest.mark.parametrize("spelling", ["Distributed%20Systems", "%20DISTRIBUTED%20systems%20%20"])
def test_case_and_outer_spaces_of_a_subject_do_not_matter(
    catalog_first: Shop, spelling: str
) -> None:
    """A person types a subject as they please."""
    assert len(catalog_first.ask("GET", f"/search/{spelling}").json["data"]) == 2


def test_an_unknown_subject_is_404_with_the_contract_sentence(catalog_first: Shop) -> None:
    """Not an empty list."""
    reply = catalog_first.ask("GET", "/search/alchemy")
    assert (reply.status, reply.title) == (404, "No books with this subject were found")


def test_search_gives_the_whole_list_or_the_part_asked_for(catalog_first: Shop) -> None:
    """limit and offset."""
    part = catalog_first.ask("GET", "/search/distributed%20systems?limit=1&offset=1").json
    assert [book["id"] for book in part["data"]] == [2]


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=x", "limit=1001", "offset=1.5", "limit=%D9%A1"]
)
def test_a_bad_limit_is_400(catalog_first: Shop, query: str) -> None:
    """Said, not guessed."""
    assert catalog_first.ask("GET", f"/search/distributed%20systems?{query}").status == 400


def test_info_is_the_whole_book(catalog_first: Shop) -> None:
    """To the letter of the contract."""
    assert catalog_first.ask("GET", "/info/1").json == {
        "data": [
            {
                "id": 1,
                "title": "How to get a good grade in DOS in 40 minutes a day",
                "author": "",
                "subjects": ["distributed systems"],
                "quantity": 13,
                "price": 30,
            }
        ]
    }


def test_a_price_is_a_number_digit_for_digit(catalog_first: Shop) -> None:
    """12.5 is written 12.50 and never passes through a binary float."""
    catalog_first.ask("PUT", "/update/1", {"price": 12.5}, app=catalog_first.catalog.app)
    assert b'"price":12.50}' in catalog_first.ask("GET", "/info/1").body


@pytest.mark.parametrize(
    "book_id",
    ["1_0", "01", "+1", "%D9%A1", "-1", "1.0", "1e0", "x", "12345678901234567890123", "%201", ""],
)
def test_an_odd_id_is_never_another_book(catalog_first: Shop, book_id: str) -> None:
    """Python's int() would take several of these for book 1."""
    assert catalog_first.ask("GET", f"/info/{book_id}").status == 404
    assert catalog_first.ask("PUT", f"/purchase/{book_id}").status == 404
    assert catalog_first.stock(1) == 13


def test_head_works_where_get_does(catalog_first: Shop) -> None:
    """Same status and headers, no body."""
    for path in ("/info/1", "/search/distributed%20systems", "/subjects", "/books", "/orders",
                 "/livez", "/readyz", "/metrics"):  # fmt: skip
        reply = catalog_first.ask("HEAD", path)
        assert (reply.status, reply.body) == (200, b"")
    assert catalog_first.ask("HEAD", "/info/9").status == 404


def test_subjects_come_with_how_many_books_each_has(catalog_first: Shop) -> None:
    """In alphabetical order; `q` filters, `total` is of all that match."""
    whole = catalog_first.ask("GET", "/subjects").json
    assert whole == {
        "data": [
            {"subject": "distributed systems", "books": 2},
            {"subject": "undergraduate school", "books": 2},
        ],
        "total": 2,
    }
    assert catalog_first.ask("GET", "/subjects?q=DISTR").json["total"] == 1
    assert catalog_first.ask("GET", "/subjects?limit=1&offset=1").json["data"] == whole["data"][1:]


def test_books_are_found_by_words_of_title_and_author(catalog_first: Shop) -> None:
    """Prefixes match; every word has to."""
    found = catalog_first.ask("GET", "/books?q=xen%20surviv").json
    assert [book["id"] for book in found["data"]] == [3]
    assert found["total"] == 1
    assert catalog_first.ask("GET", "/books?q=xen%20noobs").json == {"data": [], "total": 0}
    assert catalog_first.ask("GET", "/books?q=%22%27)%20OR%20*").status == 200


def test_books_by_subject_and_words_and_page(catalog_first: Shop) -> None:
    """The app's list."""
    both = "/books?subject=Undergraduate%20School&q=undergrad"
    assert catalog_first.ask("GET", both).json["total"] == 2
    page = catalog_first.ask("GET", "/books?limit=2&offset=1").json
    assert ([book["id"] for book in page["data"]], page["total"]) == ([2, 3], 4)
    assert catalog_first.ask("GET", "/books?subject=none").json == {"data": [], "total": 0}


def test_books_by_ids_come_in_the_order_asked_for(catalog_first: Shop) -> None:
    """What the app asks every two seconds; those that are not there are left out."""
    found = catalog_first.ask("GET", "/books?ids=3,99,1").json
    assert [book["id"] for book in found["data"]] == [3, 1]
    assert catalog_first.ask("GET", "/books?ids=3,x").status == 400


ODD = {
    "a/b": "a%2Fb",
    "x%2Fy": "x%252Fy",
    ".": "%2E",
    "..": "%2E%2E",
    "C++": "C++",
    "C#": "C%23",
    "100%": "100%25",
    "Ελληνικά": "%CE%95%CE%BB%CE%BB%CE%B7%CE%BD%CE%B9%CE%BA%CE%AC",
    "what?": "what%3F",
    "two words": "two%20words",
    "q=1&r=2": "q=1&r=2",
    "x" * 300: "x" * 300,
}


@pytest.mark.parametrize("subject", ODD, ids=lambda s: s[:12])
def test_an_odd_subject_comes_through_both_servers_unharmed(
    tmp_path_factory: pytest.TempPathFactory, subject: str
) -> None:
    """Each is on one book of its own, so a mix-up would show."""
    books = tuple(Book(n, f"book {n}", "", (name,), 1) for n, name in enumerate(ODD, 1))
    shop = Shop.at(tmp_path_factory.mktemp("odd"), books=books)
    expected = [
        {"id": list(ODD).index(subject) + 1, "title": f"book {list(ODD).index(subject) + 1}"}
    ]
    assert shop.ask("GET", f"/search/{ODD[subject]}").json["data"] == expected
    shop.close()
