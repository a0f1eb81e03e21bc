"""Buyers who will know: each asks with the same key until told yes or no, and notes all it saw.

Some take the shop at its word and leave: told 202, the order will be settled without them; told 503
and nothing else, nothing was done and nothing will be.
"""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

import requests

from tests.processes import wait_for
from tests.system.histories import NEVER, Bought, Brought, Operation, Refused, Seen

COUNT: Final = 16
CUT_OFF: Final = 0
# The 409 that decides, unlike that of a key which is being worked on.
PRICE_CHANGED: Final = -409
REFUSED: Final = (404, PRICE_CHANGED)
DECIDED: Final = (200, *REFUSED)
PENDING: Final = 202
NOTHING_DONE: Final = 503
# 409: an earlier try of the same buyer is still being worked on.
UNDECIDED: Final = (CUT_OFF, PENDING, 409, NOTHING_DONE, 504)
_PATIENCE: Final = 15.0
_PAUSE: Final = 0.05

# What someone buys next: a book and how many copies.
Choose = Callable[[Random], tuple[int, int]]


@dataclass
class Wanted:
    """One purchase as its buyer means it, and what became of it."""

    key: str
    book_id: int
    copies: int
    began: float
    # The price that the buyer saw, if it is to be no other; and whether the book may be removed.
    expected: float | None = None
    may_be_gone: bool = False
    ended: float = NEVER
    answer: int | None = None
    heard: list[int] = field(default_factory=list)

    def operation(self) -> Operation:
        """What it did to the stock."""
        kind = Refused if self.answer in REFUSED else Bought
        return kind(self.began, self.ended, self.copies)


class Buyers:
    """Threads that shop at the frontends `urls` while the block lasts; `choose` says for what."""

    def __init__(
        self, urls: Sequence[str], choose: Choose, seed: int = 0, count: int = COUNT
    ) -> None:
        self._urls = urls
        self._choose = choose
        self._seed = seed
        self._count = count
        self._stopping = threading.Event()
        self._futures: list[Future[None]] = []
        self.wanted: list[Wanted] = []
        self.decided: list[Wanted] = []
        self.seen: list[tuple[int, Seen]] = []

    def __enter__(self) -> "Buyers":
        pool = ThreadPoolExecutor(self._count)
        self._futures = [pool.submit(self._shop, number) for number in range(self._count)]
        pool.shutdown(wait=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for future in self._futures:
            future.result(2 * _PATIENCE)

    def wait_for_more(self, count: int, seconds: float = 60) -> None:
        """Return when so many more purchases have been decided."""
        goal = len(self.decided) + count
        self.wait_until(lambda: len(self.decided) >= goal, f"{count} more purchases", seconds)

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Return when `holds`; fails if it does not in time, or if a buyer was told nonsense."""

        def look() -> bool:
            for future in self._futures:
                if future.done():
                    future.result()
            return holds()

        try:
            wait_for(look, what, seconds)
        except AssertionError as error:
            waiting = [(w.key, w.heard[-5:]) for w in self.wanted[-200:] if w.answer is None]
            error.add_note(f"undecided of the last: {waiting}")
            raise

    def counts(self) -> Counter[str]:
        """What was done and heard, for the report."""
        heard = Counter(status for wanted in self.wanted for status in wanted.heard)
        return Counter(
            {"purchases": len(self.wanted), "reads": len(self.seen)}
            | {"left at 503": sum(w.answer == NOTHING_DONE for w in self.wanted)}
            | {f"answer {status or 'cut off'}": count for status, count in sorted(heard.items())}
        )

    def _shop(self, number: int) -> None:
        random = Random(f"{self._seed}/{number}")
        with new_session() as session:
            while not self._stopping.is_set():
                book_id, copies = self._choose(random)
                url = random.choice(self._urls)
                if random.random() < 0.2:
                    self._look(session, url, book_id)
                else:
                    self._buy(session, random, book_id, copies)

    def _look(self, session: requests.Session, url: str, book_id: int) -> None:
        began = time.monotonic()
        try:
            reply = session.get(f"{url}/info/{book_id}", timeout=_PATIENCE)
        except requests.RequestException:
            return
        if reply.status_code != 200:
            assert reply.status_code == 503, reply.text
            return
        quantity = reply.json()["data"][0]["quantity"]
        self.seen.append((book_id, Seen(began, time.monotonic(), quantity)))

    def _buy(self, session: requests.Session, random: Random, book_id: int, copies: int) -> None:
        key = str(uuid.UUID(int=random.getrandbits(128), version=4))
        wanted = self.wish(session, random, Wanted(key, book_id, copies, time.monotonic()))
        self.wanted.append(wanted)
        while not self._stopping.is_set():
            if self.ask(session, random.choice(self._urls), wanted):
                if wanted.answer == 200 and random.random() < 0.2:
                    look_up(session, random.choice(self._urls), wanted)
                return
            if random.random() < 0.1 and leaves(wanted):
                return
            self._stopping.wait(_PAUSE)

    def wish(self, session: requests.Session, random: Random, wanted: Wanted) -> Wanted:
        """A purchase with what its buyer says besides: nothing, of these."""
        return wanted

    def ask(self, session: requests.Session, url: str, wanted: Wanted) -> bool:
        """One try, under the purchase's key; True if that decided it."""
        status = send(session, url, wanted)
        wanted.heard.append(status)
        if status not in DECIDED:
            return False
        assert wanted.answer in (None, status), f"{wanted} is now answered {status}"
        if wanted.answer is None:
            wanted.answer, wanted.ended = status, time.monotonic()
            self.decided.append(wanted)
        return True

    def find_out(self) -> None:
        """Ask on where the buyers left off until everything is decided; the shop is well again."""
        with new_session() as session:
            for wanted in self.wanted:
                if wanted.answer is None:
                    wait_for(partial(self.ask, session, self._urls[0], wanted), f"{wanted}")

    def ask_again(self, random: Random, most: int = 1_000) -> Counter[str]:
        """Send again every refused key, and at most so many of the others: the answer is the same.

        Returns how many of each were sent.
        """
        refused = [wanted for wanted in self.wanted if wanted.answer in REFUSED]
        bought = [wanted for wanted in self.wanted if wanted.answer == 200]
        some = random.sample(bought, min(most, len(bought)))
        with new_session() as session:
            for wanted in refused + some:
                url = random.choice(self._urls)
                wait_for(partial(self.ask, session, url, wanted), f"{wanted} again")
        return Counter({"refused keys sent again": len(refused), "sold keys again": len(some)})


def new_session() -> requests.Session:
    """One that no variable of the machine's sends elsewhere."""
    session = requests.Session()
    session.trust_env = False
    return session


def send(session: requests.Session, url: str, wanted: Wanted) -> int:
    """PUT it once; the status, or CUT_OFF. Fails if the answer is no answer to it."""
    try:
        reply = session.put(
            f"{url}/purchase/{wanted.book_id}",
            json={"quantity": wanted.copies}
            | ({} if wanted.expected is None else {"expected_price": wanted.expected}),
            headers={"Idempotency-Key": wanted.key},
            timeout=_PATIENCE,
        )
    except requests.RequestException:
        return CUT_OFF
    assert reply.status_code in (*DECIDED, *UNDECIDED), reply.text
    if reply.status_code == 200:
        check_order(reply.json()["order"], wanted)
    title = reply.json()["title"] if reply.status_code >= 400 else ""
    if reply.status_code == 404 and not (wanted.may_be_gone and title == "Book not found"):
        assert title == "The book is out of stock", reply.text
    if title == "The price has changed":
        assert wanted.expected not in (None, reply.json()["price"]), reply.text
        return PRICE_CHANGED
    return reply.status_code


def leaves(wanted: Wanted) -> bool:
    """Whether a buyer can leave with what it was told."""
    if set(wanted.heard) == {NOTHING_DONE}:
        wanted.answer = NOTHING_DONE
    return wanted.answer == NOTHING_DONE or wanted.heard[-1] == PENDING


def look_up(session: requests.Session, url: str, wanted: Wanted) -> None:
    """A purchase answered 200 is found as an order from that moment on."""
    try:
        reply = session.get(f"{url}/orders/{wanted.key}", timeout=_PATIENCE)
    except requests.RequestException:
        return
    assert reply.status_code in (200, 503), f"{wanted}: {reply.text}"
    if reply.status_code == 200:
        check_order(reply.json()["data"][0], wanted)


def check_order(order: dict[str, object], wanted: Wanted) -> None:
    """It is this purchase's."""
    told = (order["id"], order["book_id"], order["quantity"])
    assert told == (wanted.key, wanted.book_id, wanted.copies)
    assert wanted.expected in (None, order["price"]), order


class Owner:
    """Brings copies, under a key until the catalog has them, and once more, for nothing."""

    def __init__(self, catalog_url: str, random: Random) -> None:
        self._url = catalog_url
        self._random = random
        self.brought: list[tuple[int, Brought]] = []

    def bring(self, book_id: int, copies: int) -> None:
        """Restock; tried again under the same key."""
        key = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        began = time.monotonic()
        wait_for(lambda: self._sent(key, book_id, copies), f"{copies} more of book {book_id}")
        self.brought.append((book_id, Brought(began, time.monotonic(), copies)))
        # A copy of the same request, as a network may make one.
        self._sent(key, book_id, copies)

    def _sent(self, key: str, book_id: int, copies: int) -> bool:
        try:
            reply = requests.put(
                f"{self._url}/update/{book_id}",
                json={"quantity_change": copies},
                headers={"Idempotency-Key": key},
                timeout=_PATIENCE,
            )
        except requests.RequestException:
            return False
        return reply.ok
