"""What the shop's owner did with books, what was answered, and what that binds the shop to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal

import msgspec

from tests.wsgi import Reply

TOKEN: Final = "the-owner-s-token"
What = Literal["added", "changed", "removed"]
_CALLS: Final[dict[What, tuple[str, int]]] = {
    "added": ("POST", 201),
    "changed": ("PATCH", 200),
    "removed": ("DELETE", 204),
}
# Nothing was done, for sure: it could not, another request had the key, the book was another.
NOTHING_DONE: Final = (412, 422, 503)
UNDECIDED: Final = (503, 504)


@dataclass
class Deed:
    """One change as the owner means it."""

    key: str
    what: What
    # Of an added book, what the shop gave it.
    book_id: int | None
    said: dict[str, Any] | None
    # The book as the owner saw it, where the change is for that one alone; and its tag.
    seen: dict[str, Any] | None = None
    tag: str | None = None
    done: bool = False
    statuses: list[int] = field(default_factory=list)
    sent: int = 0

    @property
    def method(self) -> str:
        """Its call's."""
        return _CALLS[self.what][0]

    @property
    def target(self) -> str:
        """Where its call goes."""
        return "/books" if self.what == "added" else f"/books/{self.book_id}"

    @property
    def body(self) -> bytes | None:
        """What its call says."""
        return None if self.said is None else msgspec.json.encode(self.said)

    @property
    def headers(self) -> dict[str, str]:
        """The key, the token, and the tag."""
        seen = {"If-Match": self.tag} if self.tag else {}
        return {"Idempotency-Key": self.key, "Authorization": f"Bearer {TOKEN}", **seen}

    @property
    def surely_nothing(self) -> bool:
        """Whether every request for it was told that nothing was done."""
        told = [status for status in self.statuses if status in NOTHING_DONE]
        return bool(self.sent) and len(told) == self.sent

    def heard(self, reply: Reply) -> None:
        """Note an answer; fails if it takes an earlier one back."""
        self.statuses.append(reply.status)
        if reply.status in UNDECIDED:
            return
        if reply.status != _CALLS[self.what][1]:
            # Once done, all that can be said besides is that the book is gone since.
            assert reply.status == 404 or not self.done, (self, reply.body)
            assert reply.status in (404, 412, 422), (self, reply.body)
            assert reply.status != 412 or self.tag, (self, reply.body)
            return
        if self.what == "added":
            (book,) = reply.json["data"]
            assert self.book_id in (None, book["id"]), "one book was added twice"
            self.book_id = book["id"]
        self.done = True


class Owner:
    """Makes up changes; `random` decides, `look` shows a book and its tag, or None."""

    def __init__(
        self,
        random: Random,
        new_key: Callable[[], str],
        books: int,
        look: Callable[[int], tuple[dict[str, Any], str] | None],
    ) -> None:
        self._random = random
        self._new_key = new_key
        self._look = look
        self._known = list(range(1, books + 1))
        self.deeds: list[Deed] = []

    def something(self) -> Deed:
        """A new change, or one again."""
        if self.deeds and self._random.random() < 0.3:
            return self._random.choice(self.deeds)
        added = [deed.book_id for deed in self.deeds if deed.what == "added" and deed.book_id]
        book_id = self._random.choice(self._known + added)
        chance = self._random.random()
        if chance < 0.35:
            deed = Deed(self._new_key(), "added", None, self._new_book())
        elif chance < 0.75:
            deed = self._edit(book_id)
        else:
            deed = Deed(self._new_key(), "removed", book_id, None)
            if self._random.random() < 0.3:
                self._see(deed)
        self.deeds.append(deed)
        return deed

    def _new_book(self) -> dict[str, Any]:
        return {
            "title": self._random.choice(("Xen II", "=RPCs", "Ђ;書")),
            "subjects": ["x"],
            "quantity": self._random.randint(0, 4),
            "price": self._random.choice((10, 20)),
        }

    def _edit(self, book_id: int) -> Deed:
        deed = Deed(self._new_key(), "changed", book_id, {})
        said: dict[str, Any] = {}
        if self._random.random() < 0.4:
            # Set outright, it would undo a sale made since; the tag sees to that.
            said["quantity"] = self._random.randint(0, 5)
            self._see(deed)
            if deed.tag is None:
                said = {"quantity_change": 1}
        elif self._random.random() < 0.6:
            said["quantity_change"] = self._random.randint(1, 3)
        if not said or self._random.random() < 0.3:
            said["title"] = self._random.choice(("Xen III", "RPCs", "-DOS"))
        deed.said = said
        return deed

    def _see(self, deed: Deed) -> None:
        assert deed.book_id
        if found := self._look(deed.book_id):
            deed.seen, deed.tag = found
