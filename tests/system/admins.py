"""Admins who know what they did: each asks with the same key until told, and notes all it was told.

They restock by differences, set prices and remove books with `If-Match` of what they have just
read, and add new ones. Some requests arrive twice, as a network may bring them, and change nothing
more. What one of them was told is what the trail has to say.
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

import requests

from tests.processes import wait_for
from tests.system.buyers import new_session

PRICES: Final = (4.0, 9.5, 12.99, 30.0)
# Prices are set on these few, so that two admins are often at one of them.
_HOT: Final = 3
_PATIENCE: Final = 15.0
_PAUSE: Final = 0.05
# 409: an earlier try of the same admin is still being worked on.
_UNDECIDED: Final = (409, 503, 504)


class Told(NamedTuple):
    """A change that its admin was told of, as the trail has to have it."""

    key: str
    by: str
    book_id: int
    what: str
    quantity_change: int
    before: tuple[tuple[str, Any], ...]
    after: tuple[tuple[str, Any], ...]


def fields(document: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Fields that can be compared and counted."""
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in document.items()}
    return tuple(sorted(plain.items()))


@dataclass
class Stock:
    """Which books are for sale, as far as the admins know, and which were."""

    ids: list[int]
    removed: list[int] = field(default_factory=list)

    def any(self, random: Random) -> int:
        """A book that somebody may want: seldom one that was removed."""
        gone = self.removed
        return random.choice(gone if gone and random.random() < 0.05 else self.for_sale())

    def for_sale(self) -> list[int]:
        """At this moment; a copy, since others go on changing it."""
        return list(self.ids)


class Admins:
    """Threads, one for each name in `tokens`, who look after the shop at `url` in the block."""

    def __init__(self, url: str, tokens: Mapping[str, str], stock: Stock, least: int) -> None:
        self._url = url
        self._tokens = tokens
        self._stock = stock
        # So many books they always leave.
        self._least = least
        self._mutex = threading.Lock()
        self._stopping = threading.Event()
        self._futures: list[Future[None]] = []
        self.told: list[Told] = []
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> "Admins":
        pool = ThreadPoolExecutor(len(self._tokens))
        self._futures = [pool.submit(self._work, name) for name in self._tokens]
        pool.shutdown(wait=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for future in self._futures:
            future.result(60)

    def _work(self, name: str) -> None:
        with new_session() as session:
            session.headers["Authorization"] = f"Bearer {self._tokens[name]}"
            admin = _Admin(self, name, session)
            while not self._stopping.is_set():
                admin.do_something()

    def note(self, told: Told) -> None:
        """Somebody was told of this."""
        with self._mutex:
            self.told.append(told)
            self.counts[told.what] += 1

    def send(
        self, session: requests.Session, method: str, path: str, key: str, **more: Any
    ) -> requests.Response:
        """Ask under the key until there is an answer; an admin does not leave before that."""
        replies: list[requests.Response] = []
        headers = {"Idempotency-Key": key, **more.pop("headers", {})}

        def sent() -> bool:
            try:
                reply = session.request(
                    method, self._url + path, headers=headers, timeout=_PATIENCE, **more
                )
            except requests.RequestException:
                self.counts["admin cut off"] += 1
                time.sleep(_PAUSE)
                return False
            replies.append(reply)
            if reply.status_code in _UNDECIDED:
                self.counts[f"admin told {reply.status_code}"] += 1
                time.sleep(_PAUSE)
            return reply.status_code not in _UNDECIDED

        wait_for(sent, f"{method} {path} is answered")
        return replies[-1]

    @property
    def stock(self) -> Stock:
        """The books that are for sale."""
        return self._stock

    def take(self, book_id: int) -> bool:
        """Whether this book may be removed, and is then nobody else's to remove."""
        with self._mutex:
            if len(self._stock.ids) <= self._least or book_id not in self._stock.ids:
                return False
            self._stock.ids.remove(book_id)
            return True

    def put(self, book_id: int, removed: bool = False) -> None:
        """It is for sale, or was."""
        with self._mutex:
            (self._stock.removed if removed else self._stock.ids).append(book_id)


class _Admin:
    """One of them; `session` has the token."""

    def __init__(self, admins: Admins, name: str, session: requests.Session) -> None:
        self._admins = admins
        self._name = name
        self._session = session
        self._random = Random(f"admin {name}")

    def do_something(self) -> None:
        """The next piece of work."""
        book_id = self._random.choice(self._admins.stock.for_sale())
        chance = self._random.random()
        if chance < 0.5:
            self._restock(book_id)
        elif chance < 0.8:
            self._set_price(self._random.choice(self._admins.stock.for_sale()[:_HOT]))
        elif chance < 0.9:
            self._add()
        else:
            self._remove(book_id)

    def _key(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def _send(self, method: str, path: str, key: str, **more: Any) -> requests.Response:
        return self._admins.send(self._session, method, path, key, **more)

    def _change(self, method: str, path: str, key: str, **more: Any) -> requests.Response:
        """`_send`, sometimes again: done once, and answered as before."""
        reply = self._send(method, path, key, **more)
        if reply.ok and self._random.random() < 0.3:
            again = self._send(method, path, key, **more)
            # Another admin may have removed it in between.
            assert again.status_code in (reply.status_code, 404), again.text
            self._admins.counts["changes sent again"] += 1
        return reply

    def _note(self, key: str, book_id: int, what: str, change: int,
              before: Mapping[str, Any], after: Mapping[str, Any]) -> None:  # fmt: skip
        told = Told(key, self._name, book_id, what, change, fields(before), fields(after))
        self._admins.note(told)

    def _restock(self, book_id: int) -> None:
        key, copies = self._key(), self._random.randint(1, 30)
        reply = self._change("PATCH", f"/books/{book_id}", key, json={"quantity_change": copies})
        if reply.status_code == 404:
            self._find_in_trail(key, book_id)
            return
        assert reply.status_code == 200, reply.text
        # A sale may have come between: what the stock was, the trail alone knows.
        self._note(key, book_id, "changed", copies, {}, {})

    def _read(self, book_id: int) -> tuple[dict[str, Any], str] | None:
        """A book and its tag, or None if somebody removed it."""
        reply = self._send("GET", f"/books/{book_id}", self._key())
        if reply.status_code == 404:
            return None
        assert reply.status_code == 200, reply.text
        return reply.json()["data"][0], reply.headers["ETag"]

    def _set_price(self, book_id: int) -> None:
        """Another one than it has; a sale in between is a reason to look again."""
        while seen := self._read(book_id):
            book, tag = seen
            price = self._random.choice([p for p in PRICES if p != book["price"]])
            key = self._key()
            reply = self._change(
                "PATCH", f"/books/{book_id}", key, json={"price": price}, headers={"If-Match": tag}
            )
            if reply.status_code == 200:
                before, after = {"price": book["price"]}, {"price": price}
                self._note(key, book_id, "changed", 0, before, after)
                return
            if reply.status_code == 404:
                self._find_in_trail(key, book_id)
                return
            assert reply.status_code == 412, reply.text
            self._admins.counts["412 for a price"] += 1

    def _add(self) -> None:
        key = self._key()
        copies = self._random.randint(0, 20)
        book = {
            "title": f"new {key}",
            "author": self._name,
            "subjects": ["new"],
            "quantity": copies,
            "price": self._random.choice(PRICES),
        }
        reply = self._change("POST", "/books", key, json=book)
        assert reply.status_code == 201, reply.text
        book_id = reply.json()["data"][0]["id"]
        self._note(key, book_id, "added", copies, {}, {"id": book_id, **book})
        self._admins.put(book_id)

    def _remove(self, book_id: int) -> None:
        """As it was seen, so that it is known how many copies went with it."""
        if not self._admins.take(book_id):
            return
        while True:
            seen = self._read(book_id)
            assert seen is not None, f"nobody else removes book {book_id}"
            book, tag = seen
            key = self._key()
            reply = self._change("DELETE", f"/books/{book_id}", key, headers={"If-Match": tag})
            if reply.status_code == 204:
                self._note(key, book_id, "removed", -book["quantity"], book, {})
                self._admins.put(book_id, removed=True)
                return
            assert reply.status_code == 412, reply.text
            self._admins.counts["412 for a removal"] += 1

    def _find_in_trail(self, key: str, book_id: int) -> None:
        """The book is gone; whether the change was made before that, its trail knows."""
        reply = self._send("GET", f"/changes?book={book_id}", self._key())
        assert reply.status_code == 200, reply.text
        self._admins.counts["404"] += 1
        for change in reply.json()["data"]:
            if change["id"] == key:
                self._note(key, book_id, "changed", change["quantity_change"],
                           change["before"], change["after"])  # fmt: skip


def trail(url: str, token: str) -> list[dict[str, Any]]:
    """All of the changes, newest first."""
    found: list[dict[str, Any]] = []
    after = ""
    headers = {"Authorization": f"Bearer {token}"}
    while page := requests.get(
        f"{url}/changes?limit=1000{after}", headers=headers, timeout=30
    ).json()["data"]:
        found += page
        after = f"&before={page[-1]['id']}"
    return found


def check_trail(changes: Sequence[Mapping[str, Any]], told: Sequence[Told]) -> None:
    """The trail is what the admins were told, change by change, by whom and from what to what."""
    assert len({change["id"] for change in changes}) == len(changes)
    by_key = {one.key: one for one in told}
    assert by_key.keys() == {change["id"] for change in changes}
    for change in changes:
        one = by_key[change["id"]]
        said = (change["by"], change["book_id"], change["what"], change["quantity_change"])
        assert said == one[1:5]
        if one.before or one.after:
            assert (fields(change["before"]), fields(change["after"])) == (one.before, one.after)
        else:
            grew = change["after"]["quantity"] - change["before"]["quantity"]
            assert grew == one.quantity_change
