"""What the campaigns of faults tried and found, told at the end of the run; and when soak runs."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

import pytest

_PROPERTY = "campaign"


class Campaign(Protocol):
    """Notes what a part of a campaign did; the parts' numbers are added up."""

    def __call__(self, name: str, *lines: str, **numbers: int) -> None:
        """`lines` are told as they are, below the campaign's own."""
        ...


@pytest.fixture
def campaign(record_property: Callable[[str, object], None]) -> Campaign:
    """`campaign("crashes", states=51_234, lost=0)`; also from a process of pytest-xdist."""

    def note(name: str, *lines: str, **numbers: int) -> None:
        record_property(_PROPERTY, [name, list(lines), numbers])

    return note


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Soak runs only when it is asked for, whatever else `-m` says."""
    if "soak" in config.getoption("markexpr"):
        return
    slow = [item for item in items if item.get_closest_marker("soak")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a campaign, such as `campaign crashes: 51,234 states, 0 lost`."""
    numbers: dict[str, Counter[str]] = {}
    lines: dict[str, list[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for key, value in getattr(report, "user_properties", ()):
                if key == _PROPERTY and report.when == "call":
                    name, told, counted = value
                    numbers.setdefault(name, Counter()).update(counted)
                    lines.setdefault(name, []).extend(told)
    for name, counted in sorted(numbers.items()):
        found = ", ".join(f"{n:,} {what.replace('_', ' ')}" for what, n in counted.items())
        terminalreporter.write_line(f"campaign {name}: {found}")
        for line in sorted(lines[name]):
            terminalreporter.write_line(f"    {line}")
