"""How far an import is."""

import io

import pytest

from servers.importer.progress import Progress
from tests.unit.importer.catalogue import Desk, catalogue, work


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_on_a_terminal_one_line_rewrites_itself_ten_times_a_second() -> None:
    """And is gone at the end."""
    screen = Terminal()
    times = iter([0.0, 0.0, 0.05, 0.2, 0.2])
    progress = Progress(screen, 2_000, lambda: next(times))
    progress.at(500, 400)
    progress.at(800, 700)
    progress.at(1_500, 1_400)
    progress.end()
    assert screen.getvalue() == (
        "\r\x1b[Kreading  25%  400 rows\r\x1b[Kreading  75%  1,400 rows\r\x1b[K"
    )


def test_without_a_terminal_only_the_outcome_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log gets one line."""
    desk.run(catalogue(work(1, "A"), work(2, "A")))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"{desk.output}: 1 book of 2 rows (left out: 0 not asked for, "
        "1 as doubles or further authors, 0 bad)\n"
    )
