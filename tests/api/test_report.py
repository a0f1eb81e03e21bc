"""GET /reports/sales: what the shop's owner looks at, by the frontend, whichever the route."""

from pathlib import Path
from typing import Any

import pytest

from servers.catalog.tables import BOOKS
from shared.domain import new_key
from tests.shops import Shop


def report(shop: Shop, query: str = "") -> Any:
    """The report, asked of the frontend."""
    reply = shop.ask("GET", f"/reports/sales{query}")
    assert reply.status == 200, reply.body
    (found,) = reply.json["data"]
    return found


def nothing(periods: list[dict[str, Any]]) -> bool:
    """Whether nothing was sold in any of them."""
    return not any(period["sales"] or period["copies"] or period["takings"] for period in periods)


def test_a_new_shop_has_sold_nothing(shop: Shop) -> None:
    """Hours and days without a sale are there, so that a chart has no holes."""
    found = report(shop)
    assert found["totals"] == {"sales": 0, "copies": 0, "takings": 0}
    assert found["best_sellers"] == []
    assert [hour["at"] for hour in found["per_hour"]][::23] == [
        "2026-11-21T09:00:00Z",
        "2026-11-22T08:00:00Z",
    ]
    assert [day["at"] for day in found["per_day"]][::29] == ["2026-10-24", "2026-11-22"]
    assert nothing(found["per_hour"])
    assert nothing(found["per_day"])


def test_what_was_sold_is_told(shop: Shop) -> None:
    """By either route; what was refused is not."""
    shop.buy(3, quantity=2)
    shop.buy(1)
    shop.buy(3)
    assert shop.buy(4).status == 404
    shop.settle()
    found = report(shop)
    assert found["totals"] == {"sales": 3, "copies": 4, "takings": 105}
    assert found["per_hour"][-1] == {"at": "2026-11-22T08:00:00Z", **found["totals"]}
    assert found["per_day"][-1] == {"at": "2026-11-22", **found["totals"]}
    assert nothing(found["per_hour"][:-1])
    assert nothing(found["per_day"][:-1])
    titles = [shop.catalog.shelf.info(book_id).title for book_id in (3, 1)]
    assert found["best_sellers"] == [
        {"book_id": 3, "title": titles[0], "copies": 3, "takings": 75},
        {"book_id": 1, "title": titles[1], "copies": 1, "takings": 30},
    ]


def test_both_routes_sales_are_in_it(shop: Shop) -> None:
    """The catalog has every sale, whichever server a buyer asked first."""
    assert shop.ask("PUT", "/purchase/1", app=shop.orders.app, key=new_key()).status == 200
    assert shop.ask("PUT", "/purchase/1", app=shop.catalog.app, key=new_key()).status == 200
    assert report(shop)["totals"] == {"sales": 2, "copies": 2, "takings": 60}


def test_a_key_sent_twice_is_counted_once(shop: Shop) -> None:
    """So is a sale that is marked when its order was delivered."""
    key = new_key()
    for _ in range(2):
        assert shop.buy(1, key).status == 200
    shop.settle()
    assert report(shop)["totals"]["sales"] == 1


def test_the_report_is_the_same_after_a_restart_and_after_a_crash(tmp_path: Path) -> None:
    """It rests on the ledger alone."""
    shop = Shop.at(tmp_path)
    shop.buy(2, quantity=3)
    before = report(shop)
    shop.restart()
    assert report(shop) == before
    shop.buy(1)
    shop.settle()
    before = report(shop)
    # Left as a kill leaves it: nothing but the journal has the last sale.
    copy = tmp_path / "copy"
    for folder in ("catalog", "order"):
        (copy / folder).mkdir(parents=True)
        for file in (tmp_path / folder).iterdir():
            (copy / folder / file.name).write_bytes(file.read_bytes())
    shop.close()
    recovered = Shop.at(copy)
    assert report(recovered) == before
    recovered.close()


def test_the_best_selling_of_the_low_come_first_then_the_fewest_copies(shop: Shop) -> None:
    """As far as the list goes; `low_total` has all."""
    shop.buy(2, quantity=20)
    found = report(shop, "?low=40&top=3")
    assert [book["id"] for book in found["low_stock"]] == [2, 4, 1]
    assert found["low_total"] == 4
    assert found["low_stock"][1] == shop.ask("GET", "/info/4").json["data"][0]
    assert [book["id"] for book in report(shop)["low_stock"]] == [4]
    assert report(shop, "?low=13&top=0")["low_total"] == 2


@pytest.mark.parametrize(
    ("zone", "hour", "day"),
    [
        ("Europe/Berlin", "2026-11-22T09:00:00+01:00", "2026-11-22"),
        ("Asia/Kathmandu", "2026-11-22T14:00:00+05:45", "2026-11-22"),
        ("Pacific/Honolulu", "2026-11-21T22:00:00-10:00", "2026-11-21"),
        ("UTC", "2026-11-22T08:00:00Z", "2026-11-22"),
    ],
)
def test_hours_and_days_are_of_the_zone_that_is_asked_for(
    catalog_first: Shop, zone: str, hour: str, day: str
) -> None:
    """UTC unless one is named."""
    catalog_first.buy(1)
    found = report(catalog_first, f"?tz={zone}&hours=2&days=2")
    assert [len(found["per_hour"]), len(found["per_day"])] == [2, 2]
    assert (found["per_hour"][1]["at"], found["per_hour"][1]["sales"]) == (hour, 1)
    assert (found["per_day"][1]["at"], found["per_day"][1]["sales"]) == (day, 1)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("hours=-1", "hours is a whole number from 0 to 744."),
        ("hours=745", "hours is a whole number from 0 to 744."),
        ("days=367", "days is a whole number from 0 to 366."),
        ("top=many", "top is a whole number from 0 to 100."),
        ("low=101", "low is a whole number from 0 to 100."),
        ("tz=Mars/Olympus", "tz is the name of a time zone, such as Europe/Berlin or UTC."),
        ("tz=America", "tz is the name"),
        ("tz=%2Fetc%2Fpasswd", "tz is the name"),
        ("tz=..%2F..%2Fetc%2Fpasswd", "tz is the name"),
        ("tz=a%00b", "tz is the name"),
        ("tz=%C3%A9", "tz is the name"),
        ("tz=tzdata.zi", "tz is the name"),
        ("tz=" + "x" * 300, "tz is the name"),
    ],
)
def test_what_cannot_be_asked_for_is_400_and_says_what_can(
    catalog_first: Shop, query: str, says: str
) -> None:
    """By the frontend in the same words."""
    for app in (catalog_first.frontend.app, catalog_first.catalog.app):
        reply = catalog_first.ask("GET", f"/reports/sales?{query}", app=app)
        assert (reply.status, reply.title) == (400, "Bad request")
        assert reply.json["detail"].startswith(says)


def test_a_removed_book_is_told_of_under_the_title_it_was_sold_by(catalog_first: Shop) -> None:
    """What was sold stays sold."""
    title = catalog_first.catalog.shelf.info(1).title
    catalog_first.buy(1)
    with catalog_first.books.transaction() as change:
        change.delete(BOOKS, 1)
    assert report(catalog_first)["best_sellers"][0]["title"] == title


def test_head_is_answered_too(catalog_first: Shop) -> None:
    """As everywhere."""
    assert catalog_first.ask("HEAD", "/reports/sales").status == 200
