"""The admin's calls: who may, what is checked, what a key and a tag hold off, and the trail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from servers.catalog.stockroom import HIGHEST_ID
from shared.domain import Book, new_key
from tests.shops import OPENING, Shop, carry, drop
from tests.wsgi import Reply, call

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"
WALDEN = {
    "title": "Walden",
    "author": "Thoreau, Henry David",
    "subjects": ["Nature", "Essays"],
    "quantity": 5,
    "price": 12.5,
}


def add(shop: Shop, key: str | None = None, **fields: Any) -> Reply:
    """POST /books with Walden, other fields put in."""
    return shop.admin("POST", "/books", {**WALDEN, **fields}, key)


def changes(shop: Shop, query: str = "") -> Any:
    """GET /changes"""
    return shop.admin("GET", f"/changes{query}").json


def test_a_book_is_added_under_an_id_of_the_shop(desk: Shop) -> None:
    """201, where it is, and what it is; it can be found and bought."""
    reply = add(desk)
    assert reply.status == 201
    assert reply.json == {"data": [{"id": 5, **WALDEN}]}
    assert reply.headers["Location"] == "/books/5"
    there = desk.ask("GET", reply.headers["Location"])
    assert (there.json, there.headers["ETag"]) == (reply.json, reply.headers["ETag"])
    assert desk.ask("GET", "/search/nature").json["data"] == [{"id": 5, "title": "Walden"}]
    assert desk.ask("GET", "/books?q=wald").json["total"] == 1
    assert desk.buy(5, quantity=5).status == 200
    assert desk.buy(5).title == "The book is out of stock"


@pytest.mark.parametrize("call_", ["POST /books", "PATCH /books/3", "DELETE /books/3",
                                   "POST /books/batch", "GET /changes"])  # fmt: skip
def test_only_an_admin_may(desk: Shop, call_: str) -> None:
    """401 says how to say who one is; the body is not looked at before that."""
    method, path = call_.split()
    for app in (desk.frontend.app, desk.catalog.app):
        missing = call(app, method, path, b"{")
        assert (missing.status, missing.title) == (401, "The admin's token is needed")
        assert missing.headers["WWW-Authenticate"] == 'Bearer realm="bazar"'
        for header in ("Bearer x", "Bearer anna-s-toke", "bearer   anna-s-token2"):
            wrong = call(app, method, path, b"{", {"Authorization": header})
            assert (wrong.status, wrong.title) == (401, "The admin's token is wrong")
            assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
        for header in ("Basic YW5uYQ==", "anna-s-token", "Bearer", ""):
            assert call(app, method, path, b"{", {"Authorization": header}).status == 401
    assert desk.stock(3) == 37


def test_without_a_token_the_shop_says_how_to_set_one(tmp_path: Path) -> None:
    """403, whatever is sent."""
    shop = Shop.at(tmp_path, tokens={})
    for headers in ({}, {"Authorization": "Bearer x"}):
        reply = shop.ask("DELETE", "/books/3", headers=headers)
        assert (reply.status, reply.title) == (403, "The admin's calls are switched off")
        assert "BAZAR_ADMIN__TOKEN" in reply.json["detail"]
        assert "token_file" in reply.json["detail"]
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    shop.close()


def test_an_id_is_never_given_twice(desk: Shop) -> None:
    """Not after a deletion, not after a restart, not by a buyer who asks for the highest."""
    assert desk.buy(HIGHEST_ID).status == 404
    assert add(desk).json["data"][0]["id"] == 5
    assert desk.admin("DELETE", "/books/5").status == 204
    assert desk.ask("GET", "/info/5").title == "Book not found"
    desk.restart()
    assert add(desk).json["data"][0]["id"] == 6
    assert desk.admin("DELETE", "/books/6").status == 204
    desk.restart()
    desk.restart()
    assert add(desk).json["data"][0]["id"] == 7


def test_when_the_ids_have_run_out_it_says_so(tmp_path: Path) -> None:
    """Somebody gave the last one by hand."""
    last = Book(HIGHEST_ID, "The last", "", ("x",), 1)
    shop = Shop.at(tmp_path, books=(*OPENING, last))
    reply = add(shop)
    assert (reply.status, reply.title) == (409, "No id is left for another book")
    assert shop.admin("DELETE", f"/books/{HIGHEST_ID}").status == 204
    assert add(shop).status == 409
    assert "Retry-After" not in add(shop).headers
    shop.close()


def test_the_same_key_again_changes_nothing_more(desk: Shop) -> None:
    """Each call, also after a restart; another request under the key is refused."""
    keys = [new_key() for _ in range(3)]
    for _ in range(2):
        assert add(desk, keys[0]).json["data"][0]["id"] == 5
        restocked = desk.admin("PATCH", "/books/4", {"quantity_change": 5}, keys[1])
        assert (restocked.status, desk.stock(4)) == (200, 5)
        assert desk.admin("DELETE", "/books/2", None, keys[2]).status == 204
        desk.restart()
    assert add(desk, keys[0], title="Walden Two").title == "This key was used for another change"
    assert desk.admin("PATCH", "/books/4", {"quantity_change": 6}, keys[1]).status == 422
    assert desk.admin("DELETE", "/books/3", None, keys[2]).status == 422
    assert changes(desk)["total"] == 3


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_an_answer_that_is_lost_is_asked_for_again(desk: Shop, method: str) -> None:
    """By the frontend, under the key it made; if that fails too, the key is told."""
    body, path, status = {
        "POST": (WALDEN, "/books", 201),
        "PATCH": ({"quantity_change": 5}, "/books/4", 200),
        "DELETE": (None, "/books/4", 204),
    }[method]
    drops = iter([True])
    desk.to_catalog.after = lambda _: drop() if next(drops, False) else None
    assert desk.admin(method, path, body).status == status
    desk.to_catalog.after = drop
    lost = desk.admin(method, path if method != "DELETE" else "/books/3", body)
    assert lost.status == 504
    desk.to_catalog.after = carry
    again = desk.admin(method, path if method != "DELETE" else "/books/3", body, lost.json["key"])
    assert again.status == status
    assert changes(desk)["total"] == 2


def test_a_book_is_edited_field_by_field(desk: Shop) -> None:
    """What is not said stays; orders keep what was sold."""
    order = desk.buy(3).json["order"]
    desk.settle()
    reply = desk.admin(
        "PATCH", "/books/3", {"title": " Xen  again ", "price": 27.5, "subjects": ["a", "b", " A "]}
    )
    assert reply.json["data"] == [
        {
            "id": 3,
            "title": "Xen  again",
            "author": "",
            "subjects": ["a", "b"],
            "quantity": 36,
            "price": 27.5,
        }
    ]
    assert b"27.50" in reply.body
    assert desk.ask("GET", "/search/A").json["data"] == [{"id": 3, "title": "Xen  again"}]
    assert desk.ask("GET", "/search/undergraduate%20school").json["data"][0]["id"] == 4
    assert desk.ask("GET", f"/orders/{order['id']}").json["data"] == [order]
    desk.admin("DELETE", "/books/3")
    assert desk.ask("GET", f"/orders/{order['id']}").json["data"] == [order]
    assert desk.admin("PATCH", "/books/3", {"price": 1}).title == "Book not found"
    assert desk.admin("DELETE", "/books/3").title == "Book not found"


WRONG: Mapping[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": ""}, "$.title"),
    "a blank title": ({"title": "  "}, "$.title"),
    "a long title": ({"title": "x" * 1001}, "$.title"),
    "a line break": ({"title": "a\nb"}, "$.title"),
    "an escape": ({"title": "a\x1b[31m"}, "$.title"),
    "a C1 control": ({"author": "a\x9b"}, "$.author"),
    "a line separator": ({"author": "a\u2028b"}, "$.author"),
    "a long author": ({"author": "x" * 1001}, "$.author"),
    "no subjects": ({"subjects": []}, "$.subjects"),
    "many subjects": ({"subjects": [str(n) for n in range(51)]}, "$.subjects"),
    "a blank subject": ({"subjects": ["a", " "]}, "$.subjects[1]"),
    "a subject with a tab": ({"subjects": ["a", "b\tc"]}, "$.subjects[1]"),
    "a title that nobody sees": ({"title": "\u200b \u200f"}, "$.title"),
    "a title that turns the line": ({"title": "a\u202eb"}, "$.title"),
    "a tab before the title": ({"title": "\ta"}, "$.title"),
    "a long subject": ({"subjects": ["x" * 251]}, "$.subjects[0]"),
    "a subject that is two": ({"subjects": ["a; b"]}, "$.subjects[0]"),
    "a subject that is a number": ({"subjects": [1]}, "$.subjects[0]"),
    "a negative stock": ({"quantity": -1}, "$.quantity"),
    "a large stock": ({"quantity": 10**9 + 1}, "$.quantity"),
    "half a copy": ({"quantity": 0.5}, "$.quantity"),
    "a stock as text": ({"quantity": "5"}, "$.quantity"),
    "a negative price": ({"price": -1}, "$.price"),
    "a price of three decimals": ({"price": 1.005}, "$.price"),
    "a price as text": ({"price": "12.50"}, "$.price"),
    "a large price": ({"price": 10**10}, "$.price"),
    "an id": ({"id": 7}, "$.id"),
    "a misspelt field": ({"titel": "x"}, "$.titel"),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_field_is_checked(desk: Shop, name: str) -> None:
    """By both calls, with the path of what is wrong."""
    fields, path = WRONG[name]
    for reply in (add(desk, **fields), desk.admin("PATCH", "/books/3", fields)):
        assert (reply.status, reply.json["path"]) == (422, path), reply.body
    batch = {"data": [{"key": KEY, **WALDEN}, {"key": new_key(), **WALDEN, **fields}]}
    reply = desk.admin("POST", "/books/batch", batch)
    assert (reply.status, reply.json["path"]) == (422, path.replace("$", "$.data[1]"))
    assert desk.ask("GET", "/books").json["total"] == 4
    assert changes(desk)["total"] == 0


@pytest.mark.parametrize("field", ["title", "subjects", "price"])
def test_what_a_book_cannot_be_without(desk: Shop, field: str) -> None:
    """The rest has a default."""
    least = {"title": "x", "subjects": ["y"], "price": 0}
    assert desk.admin("POST", "/books", least).status == 201
    reply = desk.admin("POST", "/books", {k: v for k, v in least.items() if k != field})
    assert (reply.status, reply.json["path"]) == (422, f"$.{field}")


def test_an_edit_that_makes_no_sense_is_refused(desk: Shop) -> None:
    """Two ways to say the stock, less than nothing, more than there may be, nothing at all."""
    for body, path in (
        ({"quantity": 1, "quantity_change": 1}, "$.quantity_change"),
        ({"quantity_change": -38}, "$.quantity_change"),
        ({"quantity_change": 10**9}, "$.quantity_change"),
        ({}, "$"),
    ):
        reply = desk.admin("PATCH", "/books/3", body)
        assert (reply.status, reply.json["path"]) == (422, path)
    assert desk.admin("PATCH", "/books/3").status == 400
    assert desk.admin("PATCH", "/books/3", {"quantity": 0}).json["data"][0]["quantity"] == 0


def test_the_trail_says_who_changed_what(desk: Shop) -> None:
    """Newest first, in pages, of one book or of all."""
    desk.buy(3)
    add(desk)
    desk.admin("PATCH", "/books/5", {"price": 13, "quantity_change": -2}, who="ben")
    desk.ask("PUT", "/update/3", {"quantity_change": 1}, app=desk.catalog.app)
    desk.admin("DELETE", "/books/5", None, KEY)
    found = changes(desk)
    assert found["total"] == 4
    told = [
        (row["by"], row["what"], row["book_id"], row["quantity_change"]) for row in found["data"]
    ]
    assert told == [
        ("anna", "removed", 5, -3),
        ("order server", "changed", 3, 1),
        ("ben", "changed", 5, -2),
        ("anna", "added", 5, 5),
    ]
    removed, _, changed, added = found["data"]
    assert (removed["id"], removed["after"], removed["before"]["price"]) == (KEY, {}, 13)
    assert (changed["before"], changed["after"]) == (
        {"quantity": 5, "price": 12.5},
        {"quantity": 3, "price": 13},
    )
    assert (added["before"], added["after"]) == ({}, {"id": 5, **WALDEN})
    assert added["at"].endswith("Z")
    page = changes(desk, f"?limit=2&before={KEY}")
    assert page == {"data": found["data"][1:3], "total": 4}
    assert changes(desk, "?book=5") == {"data": [removed, changed, added], "total": 3}
    assert changes(desk, "?book=9") == {"data": [], "total": 0}
    for query in (f"?before={new_key()}", "?before=x", "?limit=x", "?book=x"):
        assert desk.admin("GET", f"/changes{query}").status == 400
    desk.restart()
    assert changes(desk) == found


def test_the_books_balance_by_the_trail(desk: Shop) -> None:
    """Opening stock + changes - sold = stock, to the copy, of every book there ever was."""
    add(desk)
    for book_id in (3, 5):
        desk.buy(book_id, quantity=2)
        desk.admin("PATCH", f"/books/{book_id}", {"quantity_change": 20})
        desk.admin("PATCH", f"/books/{book_id}", {"quantity": 7})
        desk.buy(book_id, quantity=3)
    desk.admin("DELETE", "/books/5")
    opening = {book.id: book.quantity for book in OPENING}
    for book_id in range(1, 6):
        came = sum(row["quantity_change"] for row in changes(desk, f"?book={book_id}")["data"])
        sold = sum(s.quantity for s in desk.sales() if s.book_id == book_id and s.state == "sold")
        there = desk.ask("GET", f"/books?ids={book_id}").json["data"]
        stock = there[0]["quantity"] if there else 0
        assert opening.get(book_id, 0) + came - sold == stock


def test_a_batch_adds_each_book_once(desk: Shop) -> None:
    """Again after it was broken off, with some that are new and one that is not what it was."""
    rows = [{"key": new_key(), **WALDEN, "title": f"Walden {n}"} for n in range(4)]
    first = desk.admin("POST", "/books/batch", {"data": rows[:2]})
    assert [(one["id"], one["state"]) for one in first.json["data"]] == [(5, "added"), (6, "added")]
    desk.restart()
    rows[1]["price"] = 99
    twice = [*rows, rows[3]]
    again = desk.admin("POST", "/books/batch", {"data": twice}).json["data"]
    assert [one["key"] for one in again] == [row["key"] for row in twice]
    assert [(one["id"], one["state"]) for one in again] == [
        (5, "present"),
        (6, "different"),
        (7, "added"),
        (8, "added"),
        (8, "present"),
    ]
    assert desk.ask("GET", "/books").json["total"] == 8
    assert desk.ask("GET", "/info/6").json["data"][0]["price"] == 12.5
    assert changes(desk)["total"] == 4


def test_a_batch_wants_good_keys_and_not_too_many(desk: Shop) -> None:
    """With the path; a batch of nothing is fine."""
    reply = desk.admin("POST", "/books/batch", {"data": [{"key": "x", **WALDEN}]})
    assert (reply.status, reply.json["path"]) == (422, "$.data[0].key")
    many: dict[str, list[Any]] = {"data": [{}] * 501}
    assert desk.admin("POST", "/books/batch", many).status == 422
    assert desk.admin("POST", "/books/batch", {"data": []}).json == {"data": []}


def test_a_removed_book_cannot_be_bought_by_either_route(shop: Shop) -> None:
    """Nor by a key that was refused for it, when another book comes."""
    shop.admin("DELETE", "/books/3")
    assert shop.buy(3, KEY).title == "Book not found"
    add(shop)
    assert shop.buy(3, KEY).title == "Book not found"
    shop.settle()


def test_a_key_s_answer_after_the_book_has_gone_on(desk: Shop) -> None:
    """Nothing more is changed; what is answered is the book as it is now."""
    keys = [new_key() for _ in range(2)]
    add(desk, keys[0])
    assert desk.admin("PATCH", "/books/5", {"quantity_change": 2}, keys[1]).status == 200
    desk.buy(5)
    again = desk.admin("PATCH", "/books/5", {"quantity_change": 2}, keys[1])
    assert again.json["data"][0]["quantity"] == 6
    desk.admin("DELETE", "/books/5")
    assert add(desk, keys[0]).status == 404
    assert desk.admin("PATCH", "/books/5", {"quantity_change": 2}, keys[1]).status == 404
    assert desk.admin("PATCH", "/books/5", {"quantity_change": 3}, keys[1]).status == 422
    assert desk.ask("GET", "/books").json["total"] == 4


@pytest.mark.parametrize("value", ["\x85", "\xa0x", "Bearer \xe9", "a\x1fb"])
def test_a_header_that_cannot_be_sent_on_is_refused(desk: Shop, value: str) -> None:
    """By the frontend; it must never be dropped, or an edit would be made without its condition."""
    for name in ("Authorization", "If-Match"):
        reply = desk.ask("PATCH", "/books/3", {"price": 1}, headers={name: value})
        assert reply.status in (400, 401), reply.body
    assert desk.ask("GET", "/info/3").json["data"][0]["price"] == 25


def test_nothing_is_told_in_the_log_that_is_not_on_disk(
    desk: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """A batch has one line; a key asked again has none."""
    rows = [{"key": new_key(), **WALDEN} for _ in range(3)]
    with caplog.at_level("INFO"):
        desk.admin("POST", "/books/batch", {"data": rows})
        desk.admin("PATCH", "/books/3", {"quantity_change": -100})
        for _ in range(2):
            desk.admin("PATCH", "/books/3", {"price": 1}, KEY)
    told = [r.getMessage() for r in caplog.records if r.name.endswith("stockroom")]
    assert told == ["anna added 3 of 3 books", "anna changed book 3"]


def test_media_types_that_are_another_kind_of_change_are_refused(desk: Shop) -> None:
    """A merge patch (RFC 7396) is what PATCH takes; a JSON Patch (RFC 6902) is not."""
    headers = {"Authorization": "Bearer anna-s-token"}
    for kind, status in (
        ("application/merge-patch+json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json-patch+json", 415),
        ("application/xml+jsonx", 415),
        ("text/json", 415),
    ):
        app = desk.frontend.app
        more = {**headers, "Content-Type": kind}
        assert call(app, "PATCH", "/books/3", b'{"price":1}', more).status == status, kind


def test_only_a_sale_has_an_expected_price(desk: Shop) -> None:
    """A price that nobody looks at would be a promise that is not kept."""
    body = {"quantity_change": 1, "expected_price": 25}
    reply = desk.ask("PUT", "/update/3", body, app=desk.catalog.app)
    assert (reply.status, reply.json["path"]) == (422, "$.expected_price")
