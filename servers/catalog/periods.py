"""The last hours and days of a zone, as ranges of quarters of an hour.

A quarter is numbered from 1970 in UTC. Clocks everywhere differ from UTC by a multiple of it (India
by five and a half hours, Nepal by five and three quarters), so hours and days of any zone are whole
quarters, those when the clocks change as well.
"""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

_SECONDS: Final = 900


class Span(NamedTuple):
    """The quarters from `first` to before `end`; `at` is how the wire names it."""

    at: str
    first: int
    end: int


def quarter(at: datetime) -> int:
    """The number of the quarter that a moment is in."""
    return int(at.timestamp() // _SECONDS)


def last_hours(now: datetime, zone: tzinfo, count: int) -> list[Span]:
    """This hour and those before it, oldest first, as the zone's clocks strike them.

    Where clocks are put back, an hour is there twice.
    """
    end = quarter(now) + 1
    while _hour(_moment(end, zone)) == _hour(_moment(end - 1, zone)):
        end += 1
    found = []
    for _ in range(count):
        first, began = _begin(end - 1, zone)
        at = began.isoformat(timespec="seconds").replace("+00:00", "Z")
        found.append(Span(at, first, end))
        end = first
    return found[::-1]


def _begin(last: int, zone: tzinfo) -> tuple[int, datetime]:
    """The first quarter of the hour that `last` is in, and its moment."""
    end = _moment(last, zone)
    first = last - end.minute // 15
    began = _moment(first, zone)
    # Not so if clocks were changed in the midst of it, as on Lord Howe by half an hour.
    while _hour(began) != _hour(end):
        first += 1
        began = _moment(first, zone)
    return first, began


def _hour(at: datetime) -> tuple[object, ...]:
    return at.date(), at.hour, at.utcoffset()


def _moment(number: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(number * _SECONDS, zone)


def last_days(now: datetime, zone: tzinfo, count: int) -> list[Span]:
    """Today and the days before it, oldest first."""
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(count - 1, -2, -1)]
    begins = [_midnight(day, zone) for day in dates]
    return [
        Span(day.isoformat(), first, end)
        for day, first, end in zip(dates, begins, begins[1:], strict=False)
    ]


def _midnight(day: date, zone: tzinfo) -> int:
    """A day's first quarter; where clocks leap over midnight, the one that they leap to."""
    return quarter(datetime.combine(day, time(), zone))
