"""Three apps open on one shop: a sale in one shows in the others, for one question a tick."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.processes import RunningShop, running_shop
from tests.system.apps import Apps, Wire, buy
from tests.terminal import FOCUS_IN, FOCUS_OUT, Terminal

TICK = 2.0
BATCH = "GET /books?ids="


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RunningShop]:
    with running_shop(tmp_path) as opened:
        yield opened


def test_a_sale_in_one_app_shows_in_the_others_within_three_seconds(
    shop: RunningShop, apps: Apps
) -> None:
    """Marked as changed, in the list and in a book that is open."""
    one, other, reader = (apps.open(shop.url, name) for name in ("one", "other", "reader"))
    for app in (one, other, reader):
        app.wait_for("56 left")
    reader.type("j\r")
    reader.wait_for("Book #2")
    one.type("jb")
    one.wait_for("One copy, at this price.")
    one.type("y")
    one.wait_for("It is yours.")
    assert other.wait_for("▾1 55 left", 3.0) <= 3.0
    reader.wait_for("55 in stock ▾1", 1.0)
    one.type("\r")
    one.wait_for("▾1 55 left", 3.0)
    # The mark goes again, and the number stays.
    other.wait_while("▾1", 10.0)
    assert "55 left" in other.line("RPCs for Noobs")


def test_one_batch_a_tick_and_none_while_nobody_looks(
    shop: RunningShop, apps: Apps, wire: Wire
) -> None:
    """For the list, and for an open book over it with what can still be seen behind it."""
    app = apps.open(wire.url)
    app.wait_for("RPCs for Noobs")
    shown = _ids_of_one_tick(app, wire)
    assert shown[:4] == [1, 2, 3, 4]
    # What is in view, and nothing besides.
    assert len(shown) == len(re.findall(r"(?: left|sold out) *│$", app.text, re.MULTILINE))

    app.type("j\r")
    app.wait_for("Book #2")
    app.look(0.5)
    assert _ids_of_one_tick(app, wire) == shown

    app.type(FOCUS_OUT)
    app.look(0.5)
    wire.forget()
    app.look(2.5 * TICK)
    assert wire.seen() == []

    buy(shop, 2)
    app.type(FOCUS_IN)
    app.wait_for("55 in stock ▾1", 1.5)


def _ids_of_one_tick(app: Terminal, wire: Wire) -> list[int]:
    """What each of three ticks asked for, which is the same; nothing else is asked meanwhile."""
    app.wait_until(lambda: wire.seen(BATCH), "a first batch")
    wire.forget()
    app.wait_until(lambda: len(wire.seen(BATCH)) == 3, "three batches")
    times = [at for at, _ in wire.seen(BATCH)]
    pauses = [after - before for before, after in pairwise(times)]
    assert all(TICK * 0.7 < pause < TICK * 1.5 for pause in pauses), pauses
    assert not [line for _, line in wire.seen() if line.split("?")[0] != "GET /books"
                and line != "GET /readyz"]  # fmt: skip
    assert len(wire.seen("GET /books")) == 3
    (asked,) = {line for _, line in wire.seen(BATCH)}
    return [int(number) for number in asked.removeprefix(BATCH).replace("%2C", ",").split(",")]
