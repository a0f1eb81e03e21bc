"""GET /reports/sales: what the shop's owner looks at."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import falcon

from servers.catalog.rankings import MOST_LOW
from servers.catalog.report import Figures, Question
from shared.domain import BadRequest
from shared.web.body import read_number

MOST_HOURS: Final = 744
MOST_DAYS: Final = 366
MOST_LISTED: Final = 100
_ZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}", re.ASCII)


class SalesReport:
    """GET /reports/sales"""

    def __init__(self, figures: Figures, clock: Callable[[], datetime]) -> None:
        self._figures = figures
        self._clock = clock

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What sold in the last `hours` and `days` of the zone `tz`, UTC unless it is named; the
        `top` best sellers, and as many of the books with at most `low` copies left: of these the
        best-selling first, then those with the fewest copies."""
        question = Question(
            hours=_number(req, "hours", 24, MOST_HOURS),
            days=_number(req, "days", 30, MOST_DAYS),
            top=_number(req, "top", 10, MOST_LISTED),
            low=_number(req, "low", 5, MOST_LOW),
            zone=read_zone(req.get_param("tz")),
        )
        resp.media = {"data": [self._figures.report(question, self._clock())]}

    on_head = on_get


def _number(req: falcon.Request, name: str, default: int, most: int) -> int:
    found = read_number(req, name, most)
    return default if found is None else found


def read_zone(name: str | None) -> tzinfo:
    """A time zone by its name, UTC for None; raises BadRequest if there is none of that name."""
    if name is None:
        return UTC
    try:
        # A name becomes a path below: nothing but a name gets there.
        if _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        pass  # no such file, one that is no zone's, a folder
    raise BadRequest("tz is the name of a time zone, such as Europe/Berlin or UTC.")
