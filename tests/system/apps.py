"""The app as people run it: `python -m tui` in a terminal, over a shop or over a wire to it."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import requests

from tests.processes import RunningShop
from tests.system.ledgers import pages, wait_until_told
from tests.system.proxy import CARRY, Proxy
from tests.terminal import USUAL, Terminal

_SECONDS: Final = 10.0


class Apps:
    """Apps of one test, each with a state folder by its name, which it finds again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: list[Terminal] = []

    def open(
        self,
        url: str,
        name: str = "app",
        size: tuple[int, int] = USUAL,
        more: Mapping[str, str] | None = None,
    ) -> Terminal:
        """Start one; `more` is what its environment says besides."""
        home = self._folder / name
        variables = {"XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home), **(more or {})}
        command = [sys.executable, "-m", "tui", "--frontend", url]
        opened = Terminal(command, variables, size)
        self._open.append(opened)
        return opened

    def keys_kept(self, name: str = "app") -> int:
        """How many purchases an app has written down as not settled yet."""
        return len(list((self._folder / name).rglob("*.purchase.json")))

    def close(self) -> None:
        """End all of them."""
        for one in self._open:
            one.close()


@contextmanager
def open_apps(folder: Path) -> Iterator[Apps]:
    """Apps that end with the block."""
    apps = Apps(folder)
    try:
        yield apps
    finally:
        apps.close()


class Wire:
    """A proxy to the frontend that writes down what passes; `choose` may pick another fate."""

    def __init__(self, to: str) -> None:
        self.choose: Callable[[str], str] = lambda line: CARRY
        self._mutex = threading.Lock()
        self._seen: list[tuple[float, str]] = []
        self._proxy = Proxy(to, self._pass)
        self.url = self._proxy.url

    def _pass(self, line: str) -> str:
        with self._mutex:
            self._seen.append((time.monotonic(), line.rpartition(" ")[0]))
        return self.choose(line)

    def release(self) -> None:
        """Let go of the answers that are held."""
        self._proxy.release()

    def forget(self) -> None:
        """Start the notes anew."""
        with self._mutex:
            self._seen.clear()

    def seen(self, start: str = "") -> list[tuple[float, str]]:
        """When which requests passed, of those that start like this: `GET /books`."""
        with self._mutex:
            return [one for one in self._seen if one[1].startswith(start)]

    def __enter__(self) -> "Wire":
        self._proxy.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._proxy.close()


def sold(shop: RunningShop, book_id: int) -> list[dict[str, Any]]:
    """The sales of a book in the catalog's ledger, once the order server has the same of it."""
    wait_until_told(shop.urls)
    sales = _of(pages(shop.urls["catalog"], "/sales", "after"), book_id, "sold")
    orders = _of(pages(shop.urls["order"], "/orders", "before"), book_id, "placed")
    assert sorted(map(_deal, sales)) == sorted(map(_deal, orders))
    return sales


def _of(rows: list[dict[str, Any]], book_id: int, state: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["book_id"] == book_id and row["state"] == state]


def _deal(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["id"], row["quantity"], row["price"]


def id_of(shop: RunningShop, words: str) -> int:
    """The id of the one book that has these words."""
    found = requests.get(f"{shop.url}/books", params={"q": words}, timeout=_SECONDS).json()
    (book,) = found["data"]
    return int(book["id"])


def stock(shop: RunningShop, book_id: int) -> int:
    """Copies left."""
    answer = requests.get(f"{shop.url}/info/{book_id}", timeout=_SECONDS).json()
    return int(answer["data"][0]["quantity"])


def buy(shop: RunningShop, book_id: int, quantity: int = 1) -> None:
    """Somebody else buys."""
    answer = requests.put(
        f"{shop.url}/purchase/{book_id}", json={"quantity": quantity}, timeout=_SECONDS
    )
    assert answer.ok, answer.text


def change(shop: RunningShop, book_id: int, **update: float) -> None:
    """The owner sets a price, or brings copies."""
    answer = requests.put(
        f"{shop.urls['catalog']}/update/{book_id}",
        json=update,
        headers={"Idempotency-Key": str(uuid4())},
        timeout=_SECONDS,
    )
    assert answer.ok, answer.text
