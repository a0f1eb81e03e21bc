"""A mutant switched on: a tree of links with one file changed, and the campaign run in it."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutants.campaigns import COMMANDS
from tests.mutants.mutant import Campaign, Mutant

HOUSE: Final = Path(__file__).parents[2]
# No mutant is meant to hang; one that does has not been caught by an assertion.
_SECONDS: Final = 100.0
_NEEDED: Final = ("shared", "servers", "tests", "config", "data", "pyproject.toml")


class Rotten(Exception):
    """A mutant's text is not there exactly once: the list must follow the code."""


class Run(NamedTuple):
    """How a campaign ended."""

    failed: bool
    seconds: float
    said: str


def mutated(mutant: Mutant) -> str:
    """The file's text with the fault in it; raises Rotten."""
    text = (HOUSE / mutant.file).read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise Rotten(
            f"{mutant.name}: in {mutant.file} its text is there {text.count(mutant.old)} times"
        )
    return text.replace(mutant.old, mutant.new)


def run(campaign: Campaign, mutant: Mutant | None = None) -> Run:
    """Run a campaign on the house as it is, or with a mutant in it."""
    changed = None if mutant is None else mutated(mutant)
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        for needed in _NEEDED:
            (tree / needed).symlink_to(HOUSE / needed)
        if mutant is not None and changed is not None:
            _put(tree, Path(mutant.file), changed)
        return _run_in(tree, campaign)


def _put(tree: Path, file: Path, text: str) -> None:
    """Make the folders above the file real ones full of links, and write the file."""
    for folder in reversed(file.parents[:-1]):
        (tree / folder).unlink()
        (tree / folder).mkdir()
        for entry in (HOUSE / folder).iterdir():
            # What Python keeps of the house's own file must not be taken for the mutant's.
            if entry.name != "__pycache__":
                (tree / folder / entry.name).symlink_to(entry)
    (tree / file).unlink()
    (tree / file).write_text(text, encoding="utf-8")


def _run_in(tree: Path, campaign: Campaign) -> Run:
    # What it is run by must not reach in: the worker's names of pytest-xdist, say.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON"))}
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, *COMMANDS[campaign]],
            cwd=tree,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"the campaign {campaign} did not end in {_SECONDS:.0f} s") from error
    return Run(done.returncode != 0, time.monotonic() - began, done.stdout)
