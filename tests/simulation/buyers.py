"""What was asked of the shop, what it answered, and what it may never answer after that."""

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from tests.wsgi import Reply


@dataclass
class Wanted:
    """One purchase as a buyer means it: a key, a book, and what goes into the body."""

    key: str
    book_id: int
    wish: dict[str, Any]
    # The first definite answer; every later one must be the same.
    answer: Reply | None = None
    statuses: list[int] = field(default_factory=list)
    # How often it was sent, heard or not.
    sent: int = 0

    @property
    def copies(self) -> int:
        """How many are wanted."""
        return int(self.wish.get("quantity", 1))

    @property
    def surely_nothing(self) -> bool:
        """Whether every request for it was answered 503: nothing was done."""
        return bool(self.sent) and self.statuses == [503] * self.sent

    def heard(self, reply: Reply) -> None:
        """Note an answer; fails if it takes an earlier one back."""
        self.statuses.append(reply.status)
        if reply.status not in DEFINITE:
            assert reply.status in UNDECIDED, f"{reply.status}: {reply.body!r}"
            return
        if self.answer is None or (self.answer.status == 422 and reply.status != 422):
            # Until the key's own purchase is decided, 422 binds nobody.
            self.answer = reply
            return
        if reply.status != 422 or self.answer.status == 422:
            assert essence(reply) == essence(self.answer), (self.answer.body, reply.body)
        else:
            assert self.answer.status == 422, (self.answer.body, reply.body)


DEFINITE = (200, 404, 409, 422)
UNDECIDED = (202, 503, 504)


def essence(reply: Reply) -> Any:
    """What of an answer may never change: the order, or which refusal it is."""
    said = reply.json
    return (200, said["order"]) if reply.status == 200 else (reply.status, said["type"])


def is_busy(reply: Reply) -> bool:
    """A 409 of another kind: the key is being worked on at this moment."""
    return reply.status == 409 and reply.json["type"].endswith(":in-progress")


class Buyers:
    """Makes up purchases; `random` decides."""

    def __init__(self, random: Random, books: int) -> None:
        self._random = random
        self._books = books
        self.wanted: list[Wanted] = []

    def new_key(self) -> str:
        """A key that the seed decides."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def someone(self) -> Wanted:
        """A new purchase, or one again, or another one under a key that was used before."""
        chance = self._random.random()
        if self.wanted and chance < 0.35:
            return self._random.choice(self.wanted)
        key = self.new_key()
        if self.wanted and chance < 0.40:
            key = self._random.choice(self.wanted).key
        wish: dict[str, Any] = {}
        if self._random.random() < 0.4:
            wish["quantity"] = self._random.randint(1, 3)
        if self._random.random() < 0.3:
            wish["expected_price"] = self._random.choice((10, 20))
        made = Wanted(key, self._random.randint(1, self._books), wish)
        self.wanted.append(made)
        return made
