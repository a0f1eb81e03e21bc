"""What the campaigns of faults tried and found, told at the end of the run; and when soak runs."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

_CAMPAIGN = "campaign"
_WHOLE = "whole campaign"


class Campaign(Protocol):
    """Notes what a part of a campaign did; the parts' numbers are added up."""

    def __call__(self, name: str, *lines: str, **numbers: int) -> None:
        """`lines` are told as they are, below the campaign's own."""
        ...


@pytest.fixture
def campaign(record_property: Callable[[str, object], None]) -> Campaign:
    """`campaign("crashes", states=51_234, lost=0)`; also from a process of pytest-xdist."""

    def note(name: str, *lines: str, **numbers: int) -> None:
        record_property(_CAMPAIGN, [name, list(lines), numbers])

    return note


class Whole(Protocol):
    """Notes that a part of a campaign has run, and how much all of its parts must try."""

    def __call__(self, name: str, parts: int, what: str, least: int) -> None:
        """Where fewer parts run, as with `-k`, nothing is asked of them."""
        ...


@pytest.fixture
def whole(record_property: Callable[[str, object], None]) -> Whole:
    """`whole("crashes", parts=104, what="states", least=50_000)`, the same in each part."""

    def note(name: str, parts: int, what: str, least: int) -> None:
        record_property(_WHOLE, [name, parts, what, least])

    return note


def pytest_configure() -> None:
    """A shell that starts the tests in its background has them, and all they start, ignore Ctrl-C,
    which several tests press."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Soak runs only when it is asked for, whatever else `-m` says."""
    if "soak" in config.getoption("markexpr"):
        return
    slow = [item for item in items if item.get_closest_marker("soak")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def _notes(reporter: pytest.TerminalReporter, kind: str) -> Iterator[Any]:
    for outcome in ("passed", "failed"):
        for report in reporter.stats.get(outcome, ()):
            for key, value in getattr(report, "user_properties", ()):
                if key == kind and report.when == "call":
                    yield value


def _totals(reporter: pytest.TerminalReporter) -> dict[str, Counter[str]]:
    totals: dict[str, Counter[str]] = {}
    for name, _, counted in _notes(reporter, _CAMPAIGN):
        totals.setdefault(name, Counter()).update(counted)
    return totals


def _too_small(reporter: pytest.TerminalReporter) -> list[str]:
    totals = _totals(reporter)
    run = Counter(tuple(whole) for whole in _notes(reporter, _WHOLE))
    return [
        f"campaign {name}: only {totals[name][what]:,} {what}, it should have {least:,}"
        for (name, parts, what, least), ran in run.items()
        if ran >= parts and totals[name][what] < least
    ]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A campaign that was run whole and did not try enough is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not session.exitstatus and _too_small(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a campaign, such as `campaign crashes: 51,234 states, 0 lost`."""
    lines: dict[str, list[str]] = {}
    for name, told, _ in _notes(terminalreporter, _CAMPAIGN):
        lines.setdefault(name, []).extend(told)
    for name, counted in sorted(_totals(terminalreporter).items()):
        found = ", ".join(f"{n:,} {what.replace('_', ' ')}" for what, n in counted.items())
        terminalreporter.write_line(f"campaign {name}: {found}")
        for line in sorted(lines[name]):
            terminalreporter.write_line(f"    {line}")
    for line in _too_small(terminalreporter):
        terminalreporter.write_line(line, red=True)
