"""Which time zone the person is in, as far as the machine can say."""

from pathlib import Path

import pytest

from tui.zone import local_zone


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("/usr/share/zoneinfo/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("", "UTC"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", None),
        ("../../etc/passwd", None),
    ],
)
def test_the_environment_says_it_first(value: str, zone: str | None) -> None:
    assert local_zone({"TZ": value}) == zone


def test_else_the_machine_does(tmp_path: Path) -> None:
    """Where its clock's zone is a link to one with a name."""
    local = tmp_path / "localtime"
    local.symlink_to("/usr/share/zoneinfo/Asia/Kathmandu")
    assert local_zone({}, local) == "Asia/Kathmandu"


def test_a_machine_that_does_not_say_is_not_guessed_at(tmp_path: Path) -> None:
    """A copy of a zone's file has no name, nor has one that is not there."""
    local = tmp_path / "localtime"
    assert local_zone({}, local) is None
    local.write_bytes(b"TZif2")
    assert local_zone({}, local) is None
