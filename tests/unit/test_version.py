"""One version, wherever it is told."""

import tomllib
from pathlib import Path

import pytest

from servers.__main__ import main as servers
from shared.version import VERSION
from tui.__main__ import main as app

ROOT = Path(__file__).parents[2]


def test_the_project_and_the_changelog_tell_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    newest = next(
        line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## [")
    )
    assert newest.startswith(f"## [{VERSION}]")


@pytest.mark.parametrize("main", [servers, app])
def test_both_commands_tell_it(main: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])  # type: ignore[operator]
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"Bazar.com {VERSION}\n"
