"""A shop in one process for each test, on either route."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shops import ROUTES, Shop


@pytest.fixture(params=ROUTES)
def shop(request: Any, tmp_path: Path) -> Iterator[Shop]:
    """The shop with its four opening books; each test is run on both routes."""
    made = Shop.at(tmp_path, request.param)
    yield made
    made.close()


@pytest.fixture
def catalog_first(tmp_path: Path) -> Iterator[Shop]:
    """The same on the catalog-first route."""
    made = Shop.at(tmp_path)
    yield made
    made.close()


@pytest.fixture
def order_first(tmp_path: Path) -> Iterator[Shop]:
    """The same on the order-first route."""
    made = Shop.at(tmp_path, "order-first")
    yield made
    made.close()


@pytest.fixture
def desk(catalog_first: Shop) -> Shop:
    """A shop; the admin's calls take the same way on both routes."""
    return catalog_first
