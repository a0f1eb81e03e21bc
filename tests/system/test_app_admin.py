"""The admin in the app over real servers: what is shown is what happened, and the trail has it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from tests.processes import RunningShop, wait_for
from tests.system.apps import Apps, Wire, buy, sold, stock
from tests.system.proxy import ANSWER_LOST, CARRY, HELD
from tests.terminal import Terminal

TOKENS: Final = {"anna": "anna-s-token", "ben": "ben-s-token"}
VARIABLE: Final = "BAZAR_ADMIN__TOKEN"
F2: Final = "\x1bOQ"
_SECONDS: Final = 10.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """A shop that two people look after."""
    folder = tmp_path_factory.mktemp("shop")
    tokens = folder / "tokens"
    tokens.write_text("".join(f"{name}: {token}\n" for name, token in TOKENS.items()))
    opened = RunningShop(folder)
    opened.variables["catalog"] = {"BAZAR_ADMIN__TOKEN_FILE": str(tokens)}
    try:
        opened.start()
        yield opened
    finally:
        opened.end()


def as_ben(shop: RunningShop, method: str, path: str, **said: Any) -> Any:
    """The other admin's call."""
    headers = {"Authorization": f"Bearer {TOKENS['ben']}"}
    answer = requests.request(
        method, shop.url + path, json=said or None, headers=headers, timeout=_SECONDS
    )
    assert answer.ok, answer.text
    return answer.json()["data"]


def trail(shop: RunningShop, book_id: int) -> list[dict[str, Any]]:
    """The changes of a book, oldest first."""
    found: list[dict[str, Any]] = as_ben(shop, "GET", f"/changes?book={book_id}&limit=100")
    return found[::-1]


def add(app: Terminal, title: str) -> int:
    """Add a book of seven copies by the form; returns its id."""
    app.type("a")
    app.wait_for("─ Add a book ─")
    app.type(f"{title}\rAusten, Jane\rLove; Village\t8.50\r7\r\r")
    app.wait_for(f"Added {title} as book ")
    number = app.text.partition(f"Added {title} as book ")[2].partition(".")[0]
    app.wait_for(f"Book #{number}")
    return int(number)


def test_a_day_of_an_admin(shop: RunningShop, apps: Apps) -> None:
    """Add, a lost edit, a restock with sales in between, the history, delete; the books balance."""
    app = apps.open(shop.url, size=(100, 30), more={VARIABLE: TOKENS["anna"]})
    app.wait_for("◆ admin")
    app.wait_for("RPCs for Noobs")
    book = add(app, "Emma")

    app.type("e")
    app.wait_for(f"─ Edit book #{book} ─")
    app.wait_for("8.50")
    app.type("\x1b[F, a novel")
    app.wait_for("Emma, a novel")
    as_ben(shop, "PATCH", f"/books/{book}", title="Emma Woodhouse", price=9)
    buy(shop, book)
    app.type(F2)
    app.wait_for("was changed by another admin")
    app.wait_for("● Emma, a novel")
    app.wait_for("○ Emma Woodhouse")
    app.type(F2)
    app.wait_for("Changed Emma, a novel.")

    app.type("+")
    app.wait_for("─ Restock ─")
    app.wait_for("6 in stock")
    app.type("20")
    app.wait_for("becomes 26.")
    buy(shop, book, 2)
    app.type(F2)
    app.wait_for("24 copies now")

    app.type("h")
    app.wait_for(f"Changes of book #{book}")
    app.wait_for("4 changes")
    app.wait_for("stock +20")
    app.type("\x1b")
    app.wait_for("24 in stock")

    bought = sold(shop, book)
    left = stock(shop, book)
    app.type("d")
    app.wait_for("Delete this book?")
    app.wait_for("24 in stock")
    app.type(f"{book}{F2}")
    app.wait_for(f"Deleted Emma, a novel, book {book}.")
    wait_for(lambda: requests.get(f"{shop.url}/info/{book}", timeout=5).status_code == 404, "gone")

    changes = trail(shop, book)
    assert [(one["by"], one["what"]) for one in changes] == [
        ("anna", "added"),
        ("ben", "changed"),
        ("anna", "changed"),
        ("anna", "changed"),
        ("anna", "removed"),
    ]
    assert changes[2]["after"] == {"title": "Emma, a novel"}
    assert sum(sale["quantity"] for sale in bought) == 3
    assert sum(one["quantity_change"] for one in changes[:-1]) - 3 == left == 24
    # Orders keep what the book was called and cost when it was sold.
    assert sorted((one["title"], one["price"]) for one in bought) == [
        ("Emma Woodhouse", 9),
        ("Emma, a novel", 9),
    ]


def test_an_answer_that_is_lost_twice_adds_one_book(shop: RunningShop, apps: Apps) -> None:
    """The app asks again by itself once, then says that it does not know, and `r` finds out."""
    with Wire(shop.url) as wire:
        lost = iter([ANSWER_LOST, ANSWER_LOST])
        wire.choose = lambda line: next(lost, CARRY) if line.startswith("POST /books") else CARRY
        app = apps.open(wire.url, size=(100, 30), more={VARIABLE: TOKENS["anna"]})
        app.wait_for("◆ admin")
        app.wait_for("RPCs for Noobs")
        app.type("a")
        app.wait_for("─ Add a book ─")
        app.type(f"Persuasion\rAusten\rLove\t8\r7{F2}")
        app.wait_for("No answer yet.")
        app.type("r")
        app.wait_for("Added Persuasion as book ")
        assert len(wire.seen("POST /books")) == 3
    found = requests.get(f"{shop.url}/books", params={"q": "Persuasion"}, timeout=_SECONDS).json()
    assert found["total"] == 1
    (entry,) = trail(shop, found["data"][0]["id"])
    assert (entry["what"], entry["by"]) == ("added", "anna")


def test_leaving_waits_for_no_change_either(shop: RunningShop, apps: Apps) -> None:
    """One whose answer is held is not waited for; the history tells what became of it."""
    with Wire(shop.url) as wire:
        wire.choose = lambda line: HELD if line.startswith("PATCH") else CARRY
        app = apps.open(wire.url, size=(100, 30), more={VARIABLE: TOKENS["anna"]})
        app.wait_for("◆ admin")
        app.wait_for("RPCs for Noobs")
        app.type("+")
        app.wait_for("─ Restock")
        app.wait_while("Fetching the book")
        app.type("4")
        app.wait_for("becomes 17.")
        app.type(F2)
        wait_for(lambda: wire.seen("PATCH"), "the change is on its way")
        app.type("\x1b")
        app.wait_for("not known yet")
        began = time.monotonic()
        app.type("q")
        assert app.wait() == 0
        assert time.monotonic() - began < 3.0
        wire.release()
    (entry,) = trail(shop, 1)
    assert entry["quantity_change"] == 4


def test_a_token_that_is_typed_is_shown_and_kept_nowhere(
    shop: RunningShop, apps: Apps, tmp_path: Path
) -> None:
    app = apps.open(shop.url)
    app.wait_for("RPCs for Noobs")
    app.type("a")
    app.wait_for("─ Admin mode ─")
    app.type("not-the-token\r")
    app.wait_for("(401)")
    app.type("\x15" + TOKENS["anna"])
    app.wait_for("•" * len(TOKENS["anna"]))
    assert TOKENS["anna"] not in app.text
    app.type("\r")
    app.wait_for("─ Add a book ─")
    app.wait_for("◆ admin")
    app.type("\x1b")
    app.wait_for("+ restock")
    app.type("q")
    assert app.wait() == 0
    kept = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(TOKENS["anna"].encode() in content for content in kept)
    logs = [file.read_bytes() for file in shop.folder.rglob("*.log")]
    assert logs
    assert not any(TOKENS["anna"].encode() in content for content in logs)
