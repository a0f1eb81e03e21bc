"""ETags: on every read, and in front of an edit."""

import pytest

from tests.api.test_admin import KEY
from tests.shops import Shop


def test_a_tag_protects_an_edit_against_another_admin_s(desk: Shop) -> None:
    """412, and nothing was changed; the tag of any read will do, and so will that of an edit."""
    seen = desk.ask("GET", "/info/3").headers["ETag"]
    assert desk.ask("GET", "/books/3").headers["ETag"] == seen
    assert desk.ask("GET", "/info/3", app=desk.catalog.app).headers["ETag"] == seen
    mine = desk.admin("PATCH", "/books/3", {"title": "Mine"}, who="anna", seen=seen)
    theirs = desk.admin("PATCH", "/books/3", {"title": "Theirs"}, who="ben", seen=seen)
    assert (mine.status, theirs.status) == (200, 412)
    assert theirs.title == "The book was changed meanwhile"
    assert desk.admin("DELETE", "/books/3", seen=seen, who="ben").status == 412
    assert desk.ask("GET", "/info/3").json["data"][0]["title"] == "Mine"
    now = mine.headers["ETag"]
    for wrong in (f"W/{now}", '""', '"x", "y"'):
        assert desk.admin("PATCH", "/books/3", {"price": 1}, seen=wrong).status == 412
    for senseless in (now.strip('"'), "x", "", '"x', '"x" "y"'):
        assert desk.admin("PATCH", "/books/3", {"price": 1}, seen=senseless).status == 400
    assert desk.admin("PATCH", "/books/3", {"price": 1}, seen=f'"x", {now}').status == 200
    assert desk.admin("PATCH", "/books/3", {"price": 2}, seen="*").status == 200
    desk.buy(3)
    assert desk.admin("DELETE", "/books/3", seen=now).status == 412
    assert desk.admin("DELETE", "/books/3").status == 204


def test_an_edit_that_was_made_is_answered_again_though_its_tag_is_old(desk: Shop) -> None:
    """The key comes first: it was this very edit that made the tag old."""
    seen = desk.ask("GET", "/info/3").headers["ETag"]
    for _ in range(2):
        assert desk.admin("PATCH", "/books/3", {"price": 1}, KEY, seen=seen).status == 200


@pytest.mark.parametrize(
    "path",
    ["/info/1", "/books/1", "/books", "/books?q=xen", "/search/undergraduate%20school",
     "/subjects", "/orders", "/readyz"],
)  # fmt: skip
def test_every_read_has_a_tag(desk: Shop, path: str) -> None:
    """The same at both servers that tell it; what the client has is a 304 without a body."""
    desk.buy(3)
    desk.settle()
    reply = desk.ask("GET", path)
    tag = reply.headers["ETag"]
    assert desk.ask("HEAD", path).headers["ETag"] == tag
    for had in (tag, f"W/{tag}", f'"x" , {tag}', "*"):
        same = desk.ask("GET", path, headers={"If-None-Match": had})
        assert (same.status, same.body, same.headers["ETag"]) == (304, b"", tag)
    other = desk.ask("GET", path, headers={"If-None-Match": '"x"'})
    assert (other.status, other.body) == (200, reply.body)


def test_a_tag_changes_with_what_it_is_of(desk: Shop) -> None:
    """A sale is a change of the book."""
    tag = desk.ask("GET", "/info/3").headers["ETag"]
    desk.buy(3)
    reply = desk.ask("GET", "/info/3", headers={"If-None-Match": tag})
    assert (reply.status, reply.json["data"][0]["quantity"]) == (200, 36)
