"""What the tests of the app over real servers have in common; each has a `shop` of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import RunningShop
from tests.system.apps import Apps, Wire, open_apps


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[Apps]:
    """Opens the app, as often as one likes; closes all in the end."""
    with open_apps(tmp_path) as opened:
        yield opened


@pytest.fixture
def wire(shop: RunningShop) -> Iterator[Wire]:
    """Stands before the frontend, and may lie."""
    with Wire(shop.url) as opened:
        yield opened
