"""A purchase while a server's disk is full: no answer says more than what is on disk."""

from pathlib import Path

import pytest
from requests import PreparedRequest

from shared.csv_repository import FolderDisk
from tests.memory_disk import MemoryDisk
from tests.shops import ROUTES, Shop

KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


@pytest.mark.parametrize("route", ROUTES)
def test_a_refusal_that_cannot_be_written_is_not_told(tmp_path: Path, route: str) -> None:
    """Told and not written, it would be taken back by a late copy after a restock."""
    disk = MemoryDisk()
    shop = Shop(disk, FolderDisk(tmp_path), route)
    disk.room = 0
    unsure = 503 if route == "catalog-first" else 202
    # The first write finds out that the disk is full; what comes after it knows.
    assert [shop.buy(4, KEY).status for _ in range(2)] == [unsure] * 2
    disk.room = None
    restock = shop.ask("PUT", "/update/4", {"quantity_change": 1}, app=shop.catalog.app)
    assert restock.status == 200
    assert shop.buy(4, KEY).status == 200
    shop.settle()
    assert [sale.state for sale in shop.sales()] == ["sold"]
    assert shop.stock(4) == 0
    shop.close()


def test_an_order_that_cannot_be_written_once_it_is_sold_stays_pending(tmp_path: Path) -> None:
    """503 would say that nothing was done, and the copy is taken."""
    disk = MemoryDisk()
    shop = Shop(FolderDisk(tmp_path), disk, "order-first")

    def fill_up(request: PreparedRequest) -> None:
        disk.room = 0 if request.method == "PUT" else None

    shop.to_catalog.after = fill_up
    reply = shop.buy(3, KEY)
    assert reply.status == 202
    assert reply.json["order"]["state"] == "pending"
    assert shop.stock(3) == 36
    disk.room = None
    shop.settle()
    again = shop.buy(3, KEY)
    assert (again.status, again.json["order"]["state"]) == (200, "placed")
    shop.check_books()
    shop.close()
