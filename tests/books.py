"""Where tests find Project Gutenberg's catalogue, which is too large to be in the repository."""

import os
from pathlib import Path
from typing import Final

import pytest

from servers.importer.command import main

ROOT: Final = Path(__file__).resolve().parents[1]
SEED: Final = ROOT / "data" / "seed" / "books.csv"
ROWS: Final = 82_415


def gutenberg() -> Path:
    """The catalogue of 82,415 rows; skips the test, with the reason, where there is none."""
    found = next((path for path in _places() if path.is_file()), None)
    if found is None:
        pytest.skip(
            "needs Project Gutenberg's catalogue: data/pg_catalog.csv, or where the environment "
            "variable BAZAR_GUTENBERG says"
        )
    return found


def _places() -> list[Path]:
    if named := os.environ.get("BAZAR_GUTENBERG"):
        return [Path(named)]
    # People keep such files in a folder for all of their projects, next to this one.
    beside = sorted(ROOT.parent.glob("*/data/gutenberg.csv"))
    return [ROOT / "data" / "pg_catalog.csv", *beside]


def import_every_row(target: Path) -> Path:
    """Make a books.csv at `target` of every row of the catalogue, doubles too; or skip.

    The one row without a title is left out, so there are 82,414 books.
    """
    assert main(["--doubles", "keep", "--force", str(gutenberg()), str(target)]) == 0
    return target
