"""A desk to import at."""

from pathlib import Path

import pytest

from tests.unit.importer.catalogue import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty folder."""
    return Desk(tmp_path)
