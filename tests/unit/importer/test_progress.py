"""How far an import is."""

import io

import pytest

from servers.importer.progress import Progress, Sent
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


class Ticks:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_sending_tells_how_fast_it_goes_and_how_long_it_will_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On one line of the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    screen, clock = Terminal(), Ticks()
    progress = Sent(screen, 10_000, clock)
    for clock.now, done in ((1.0, 1_000), (1.05, 1_050), (2.0, 2_000)):
        progress.at(done)
    progress.tell("a word")
    progress.end()
    assert screen.getvalue() == (
        "\r\x1b[Ksending  10%  1,000 of 10,000 books  1,000/s  9 s left"
        "\r\x1b[Ksending  20%  2,000 of 10,000 books  1,000/s  8 s left"
        "\r\x1b[Ka word\n"
        "\r\x1b[K"
    )


def test_a_narrow_terminal_shows_as_much_as_fits_on_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More would wrap, and stay."""
    monkeypatch.setenv("COLUMNS", "30")
    screen, clock = Terminal(), Ticks()
    progress = Sent(screen, 10_000, clock)
    clock.now = 1.0
    progress.at(1_000)
    assert screen.getvalue() == "\r\x1b[Ksending  10%  1,000 of 10,000"


def test_the_speed_is_that_of_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a wait at the beginning does not make the end look far away."""
    monkeypatch.setenv("COLUMNS", "80")
    screen, clock = Terminal(), Ticks()
    progress = Sent(screen, 100_000, clock)
    for step in range(1, 400):
        clock.now = 60 + step / 10
        progress.at(step * 100)
    assert "1,000/s  1 min 1 s left" in screen.getvalue().rpartition("\r")[2]


def test_without_a_terminal_sending_says_a_plain_line_now_and_then() -> None:
    """A log can be read."""
    log, clock = io.StringIO(), Ticks()
    progress = Sent(log, 100, clock)
    for second in range(1, 31):
        clock.now = float(second)
        progress.at(second)
    progress.end()
    lines = log.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0] == "sending  10%  10 of 100 books  1/s  1 min 30 s left"
