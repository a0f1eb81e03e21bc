"""The report over HTTP, as the app's object and as plain lines."""

from decimal import Decimal
from pathlib import Path

import pytest

from shared.domain import BadRequest
from tests.shops import Shop
from tests.tui.fakes import MemoryKeys
from tests.wsgi import InProcess
from tui import plain
from tui.plain_buying import Counter
from tui.plain_words import read
from tui.shop import Frontend


@pytest.fixture
def frontend(tmp_path: Path) -> Frontend:
    """A shop that has sold two books, as the app sees it."""
    shop = Shop.at(tmp_path)
    shop.buy(3, quantity=2)
    shop.buy(2)
    return Frontend("http://frontend", adapter=InProcess(shop.frontend.app))


def test_the_report_comes_with_exact_amounts(frontend: Frontend) -> None:
    report = frontend.report("Asia/Kathmandu")
    assert (report.totals.copies, report.totals.takings) == (3, Decimal(100))
    assert (len(report.per_hour), len(report.per_day)) == (24, 30)
    assert report.per_hour[-1].at == "2026-11-22T14:00:00+05:45"
    assert [book.book_id for book in report.best_sellers] == [3, 2]
    assert [book.id for book in report.low_stock] == [4]
    assert frontend.report(None).per_hour[-1].at == "2026-11-22T08:00:00Z"


def test_a_zone_that_the_shop_does_not_know_is_a_bad_request(frontend: Frontend) -> None:
    with pytest.raises(BadRequest):
        frontend.report("Mars/Olympus")


@pytest.mark.parametrize("zone", ["UTC", "Mars/Olympus"])
def test_the_report_in_plain_lines(
    frontend: Frontend,
    zone: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In UTC where the shop does not know the zone."""
    monkeypatch.setenv("TZ", zone)
    counter = Counter(frontend, MemoryKeys(), read_only=True)
    assert plain.do(counter, read(["report"])) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "all\t\t2\t3\t100"
    assert lines[24] == "hour\t2026-11-22T08:00:00Z\t2\t3\t100"
    assert lines[54] == "day\t2026-11-22\t2\t3\t100"
    assert lines[55].split("\t")[:2] == ["best seller", "3"]
    assert lines[57] == "low stock\t4\tCooking for the Impatient Undergrad\t0"
    assert len(lines) == 58
