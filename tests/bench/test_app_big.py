"""The app over more books than it could hold: nothing freezes, and its memory stays level."""

from pathlib import Path

from tests.bench.room import Room
from tests.bench.sizes import QUICK
from tests.bench.workloads import app

_BOOKS = 20_000
# Of the trivial app's longest wait in the same minute, which tells how busy the machine is.
_TIMES = 5
_ROOM_MB = 60


def test_twenty_thousand_books_freeze_nothing(tmp_path: Path) -> None:
    """Scroll, End, a filter to a subject of 2,000, a search; a million of them in `make bench`."""
    sizes = QUICK._replace(many_books=_BOOKS)
    key, longest, _, memory = app.million(Room(tmp_path, tmp_path, sizes))
    for figure in (key, longest):
        assert figure.at_most is not None
        assert figure.reference is not None
        limit = max(figure.at_most, _TIMES * figure.reference)
        assert figure.measured <= limit, figure
    assert memory.measured <= _ROOM_MB
