"""The terminal app as people run it, in a terminal: how soon it paints, and how much memory it has.

Each start and each key is measured from outside, beside those of a trivial app by turns.
"""

import csv
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

from tests.bench.figures import Figure
from tests.bench.room import Room
from tests.bench.trivial import WORD
from tests.bench.workloads.opening import resident
from tests.processes import RunningShop, running_shop
from tests.terminal import Terminal

_CURSOR: Final = "▸"
_DEBOUNCE_MS: Final = 120
_TRIVIAL: Final = "a trivial app"
_BIG: Final = "A Tenth of All"
_UP, _DOWN, _PAGE_UP, _PAGE_DOWN, _END = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x1b[F"
_PAGES: Final = (_PAGE_DOWN, _PAGE_DOWN, _PAGE_UP) * 6
_PATIENCE: Final = 120.0


def start(room: Room) -> list[Figure]:
    """82,415 books: the first paint, the first rows, a search, and the memory after that."""
    paints, rows, trivial = [], [], []
    with running_shop(room.folder, seed=room.books(room.sizes.books)) as shop:
        first_title = _first_title(room.books(room.sizes.books))
        for number in range(room.sizes.starts):
            with _trivial() as other:
                trivial.append(other.read_until(WORD) * 1e3)
            with _app(room, shop, f"start-{number}") as app:
                paint = app.read_until("Bazar.com") * 1e3
                paints.append(paint)
                rows.append(paint + app.read_until(first_title) * 1e3)
        with _app(room, shop, "search") as app:
            app.wait_for(_CURSOR)
            searches = _searches(app, room.sizes.searches)
            memory = resident(app.process.pid)
    beside = statistics.median(trivial)
    return [
        _figure("first paint", statistics.median(paints), beside, max(400.0, 1.3 * beside)),
        _figure("first rows", statistics.median(rows), beside, 500.0),
        _search(searches, room.sizes.books),
        _memory(memory, room.sizes.books),
    ]


def million(room: Room) -> list[Figure]:
    """1,000,000 books, 100,000 of them on one subject: keys, a filter, a search, the memory."""
    many = room.sizes.many_books
    seed = _with_a_big_subject(room.books(many), room.folder / "big.csv")
    with (
        running_shop(room.folder, seed=seed, seconds=_PATIENCE) as shop,
        _app(room, shop, "big") as app,
        _trivial() as other,
    ):
        app.wait_for(_CURSOR, _PATIENCE)
        other.wait_for(WORD)
        keys, beside = moves(app, other, room.sizes.searches)
        waits, other_waits = workout(app, many), workout_of_trivial(other)
        searches = _searches(app, room.sizes.searches)
        memory = resident(app.process.pid)
    return [
        _figure(f"a key to its painted cursor, {many:,} books", keys, beside, 30.0),
        Figure(
            what=f"the longest wait of a key for its paint, {many:,} books",
            measured=max(waits) * 1e3,
            unit="ms",
            reference=max(other_waits) * 1e3,
            reference_is=_TRIVIAL,
            at_most=100.0,
        ),
        _search(searches, many),
        _memory(memory, many),
    ]


# -- what is done with them -----------------------------------------------------------------------


def moves(app: Terminal, other: Terminal, times: int) -> tuple[float, float]:
    """The median milliseconds of a step of the cursor, in the app and in the trivial one."""
    taken, beside = [], []
    for _ in range(times):
        for key in (_DOWN, _DOWN, _UP):
            taken.append(_paint(app, key, _CURSOR))
            beside.append(_paint(other, key, "Row"))
    return statistics.median(taken) * 1e3, statistics.median(beside) * 1e3


def workout(app: Terminal, books: int) -> list[float]:
    """Scroll, End, a filter by subject, a search; the seconds to the first paint after each key."""
    waits = [_paint(app, key) for key in [*_PAGES, _END, "g", "G", "g", _END]]
    app.look(0.5)
    waits += [_paint(app, letter) for letter in "stenth"]
    app.wait_for(_BIG, _PATIENCE)
    app.look(0.5)
    app.type("\r")
    app.wait_for(f"of {books // 10:,}", _PATIENCE)
    waits += [_paint(app, key) for key in [_END, "g", *_PAGES]]
    waits += [_paint(app, letter) for letter in "/the"]
    app.wait_for(" hits", _PATIENCE)
    app.type("\x1b\x1b\x1b")
    app.wait_for(f"of {books:,}", _PATIENCE)
    return waits


def workout_of_trivial(other: Terminal) -> list[float]:
    """As many keys."""
    return [_paint(other, key) for key in [_DOWN, _DOWN, _PAGE_DOWN, _UP] * 14]


def _paint(terminal: Terminal, key: str, words: str = "") -> float:
    """The seconds from a key to what it paints: these words, or anything."""
    while terminal.read(0.02):
        pass
    terminal.type(key)
    return terminal.read_until(words or "\x1b[")


def _searches(app: Terminal, times: int) -> list[float]:
    """The milliseconds from the pause after the last letter to the painted answer."""
    taken = []
    for turn in range(times):
        word = ("whale", "history", "letters", "garden")[turn % 4]
        app.type("/" + word[:-1])
        app.wait_for(" hit")
        app.look(0.3)
        app.type(word[-1])
        taken.append(_answer(app) - _DEBOUNCE_MS)
        app.type("\x1b")
        app.wait_while(" hit")
        app.type("\x1b")
        app.look(0.2)
    return taken


def _answer(app: Terminal) -> float:
    """The milliseconds to the painted answer; before the pause is over, one to an earlier search
    may still be painted."""
    taken = 0.0
    while taken <= _DEBOUNCE_MS:
        taken += app.read_until(" hit") * 1e3
    return taken


# -- the figures ----------------------------------------------------------------------------------


def _figure(what: str, measured: float, beside: float, limit: float) -> Figure:
    return Figure(
        what=f"the app: {what}" if not what.startswith("a key") else what,
        measured=measured,
        unit="ms",
        reference=beside,
        reference_is=_TRIVIAL,
        at_most=limit,
    )


def _search(taken: Sequence[float], books: int) -> Figure:
    return Figure(
        what=f"the app: a search painted after the pause, {books:,} books",
        measured=statistics.median(taken),
        unit="ms",
        at_most=100.0,
    )


def _memory(memory: int, books: int) -> Figure:
    return Figure(
        what=f"the app: memory after use, {books:,} books",
        measured=memory / 1e6,
        unit="MB",
        at_most=60.0,
    )


# -- the apps -------------------------------------------------------------------------------------


@contextmanager
def _app(room: Room, shop: RunningShop, name: str) -> Iterator[Terminal]:
    home = str(room.folder / name)
    variables = {"XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
    with _opened([sys.executable, "-m", "tui", "--frontend", shop.url], variables) as app:
        yield app


@contextmanager
def _trivial() -> Iterator[Terminal]:
    with _opened([sys.executable, "-m", "tests.bench.trivial"], {}) as app:
        yield app


@contextmanager
def _opened(command: Sequence[str], variables: dict[str, str]) -> Iterator[Terminal]:
    terminal = Terminal(command, variables)
    try:
        yield terminal
    finally:
        terminal.close()


def _first_title(books: Path) -> str:
    """The beginning of it, as far as a row shows it."""
    with books.open(encoding="utf-8", newline="") as lines:
        return next(csv.DictReader(lines))["title"][:12].strip()


def _with_a_big_subject(source: Path, target: Path) -> Path:
    """The same books, every tenth of them on one more subject."""
    with (
        source.open(encoding="utf-8", newline="") as lines,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.reader(lines)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(next(rows))
        for number, row in zip(count(), rows, strict=False):
            if number % 10 == 0:
                row[3] = f"{row[3]}; {_BIG}" if row[3] else _BIG
            writer.writerow(row)
    return target
