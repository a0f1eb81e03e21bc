"""What the frontend's /readyz says of the two servers behind it, and of buying."""

from pathlib import Path

import pytest

from shared.csv_repository import FolderDisk
from tests.memory_disk import MemoryDisk
from tests.shops import ROUTES, Shop, drop

WELL = {"catalog": "ok", "order": "ok", "buying": "ok"}


def checks(shop: Shop) -> dict[str, str]:
    """What it says; its status is 200 exactly where all is well."""
    answer = shop.ask("GET", "/readyz")
    said: dict[str, str] = answer.json["checks"]
    assert answer.status == (200 if said == WELL else 503)
    return said


@pytest.mark.parametrize("route", ROUTES)
def test_without_the_order_server_one_route_still_sells(tmp_path: Path, route: str) -> None:
    shop = Shop.at(tmp_path, route)
    assert checks(shop) == WELL
    shop.to_order.before = drop
    said = checks(shop)
    assert said["catalog"] == "ok"
    assert said["order"] != "ok"
    assert (said["buying"] == "ok") == (route == "catalog-first")
    assert (shop.buy(3).status == 200) == (route == "catalog-first")
    shop.close()


@pytest.mark.parametrize("route", ROUTES)
def test_a_catalog_that_cannot_write_is_there_and_sells_nothing(tmp_path: Path, route: str) -> None:
    disk = MemoryDisk()
    shop = Shop(disk, FolderDisk(tmp_path), route)
    disk.room = 0
    assert shop.buy(3).status == (503 if route == "catalog-first" else 202)
    assert checks(shop) == {**WELL, "buying": "the catalog server: the disk is full"}
    assert shop.ask("GET", "/info/3").status == 200
    disk.room = None
    assert shop.buy(3).status == 200
    assert checks(shop) == WELL
    shop.close()


@pytest.mark.parametrize("route", ROUTES)
def test_what_only_its_operator_can_mend_stops_no_buyer(tmp_path: Path, route: str) -> None:
    """A dead letter and a stuck order are on the readyz of the server that has them."""
    shop = Shop.at(tmp_path, route)
    shop.catalog.delivery.dead["6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"] = "another order has its id"
    shop.orders.settling.stuck["7f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"] = "neither yes nor no"
    for server in (shop.catalog, shop.orders):
        assert shop.ask("GET", "/readyz", app=server.app).status == 503
    assert checks(shop) == WELL
    assert shop.buy(3).status == 200
    shop.close()
