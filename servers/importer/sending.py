"""Books to a running shop, in batches, one after the other, so that their ids are in their order.

Each book goes under a key of its own (listed.py), and the shop adds it once. So a batch whose
answer was lost is simply sent again, and an import that was broken off anywhere, in whatever way,
is finished by running it once more: what is there is answered `present`.

=========================  ==================================================================
the shop says              then
=========================  ==================================================================
a field is wrong           its row is left out and reported; the rest of the batch goes again
busy, or nothing at all    the same again, after growing pauses, for so long; then it stops
no such token, or none     it stops
anything else              it stops
=========================  ==================================================================
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from servers.importer.errors import NoToken, NotTaken, ShopAway
from servers.importer.listed import ROOM, Listed, wrong_field
from servers.importer.rows import BadRow
from servers.importer.token import HOW
from shared.domain import AdminOff, BadField, NotAdmin, ShopError, TryLater, new_key
from shared.edits import MAX_BATCH
from shared.peer import Peer
from shared.trail import Placed

PATH: Final = "/books/batch"
PATIENCE_S: Final = 120.0
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 15.0
# The frontend gives the catalog nine seconds; its answer is worth waiting for.
ANSWER_S: Final = 15.0
_ROW: Final = re.compile(r"\$\.data\[(\d+)\](.*)")


class Different(NamedTuple):
    """A row that the shop has added before when it read otherwise: its line, and the book's id."""

    line: int
    id: int


@dataclass
class Outcome:
    """What has become of the books so far."""

    added: int = 0
    present: int = 0
    different: list[Different] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many rows have been decided."""
        return self.added + self.present + len(self.different) + len(self.bad)


class _Answer(msgspec.Struct):
    data: list[Placed]


def batches(books: Sequence[Listed]) -> Iterator[list[Listed]]:
    """The books in their order, as many at a time as one request may have."""
    batch: list[Listed] = []
    size = 0
    for book in books:
        if batch and (size + 1 + len(book.json) > ROOM or len(batch) == MAX_BATCH):
            yield batch
            batch, size = [], 0
        size += len(book.json) + bool(batch)
        batch.append(book)
    if batch:
        yield batch


class Sending:
    """Sends books to `shop` with the admin's `token`; `outcome` is always what is known so far.

    `tell` hears a sentence whenever there is a wait, `moved` how many rows are decided.
    """

    def __init__(
        self,
        shop: Peer,
        token: str,
        *,
        tell: Callable[[str], None],
        moved: Callable[[int], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE_S,
    ) -> None:
        self.outcome = Outcome()
        self._shop = shop
        self._headers = {"Authorization": f"Bearer {token}"}
        self._tell = tell
        self._moved = moved
        self._clock = clock
        self._pause = pause
        self._patience = patience

    def send(self, books: Sequence[Listed]) -> None:
        """Have all of them added. Raises NoToken, ShopAway or NotTaken, and may be interrupted."""
        for batch in batches(books):
            self._add(batch)
            self._moved(self.outcome.done)

    def _add(self, batch: list[Listed]) -> None:
        while batch:
            try:
                answers = self._ask(batch)
            except BadField as error:
                batch = self._without_bad(batch, error)
            else:
                self._note(batch, answers)
                break

    def _without_bad(self, batch: list[Listed], error: BadField) -> list[Listed]:
        """The batch without the row that the shop won't have; its rows are numbered from 0."""
        found = _ROW.fullmatch(error.path)
        if found is None or int(found[1]) >= len(batch):
            raise NotTaken(f"the shop will not have this: {error} ({error.path})") from None
        at = int(found[1])
        self.outcome.bad.append(BadRow(batch[at].line, wrong_field(found[2], str(error))))
        return batch[:at] + batch[at + 1 :]

    def _note(self, batch: Sequence[Listed], answers: Sequence[Placed]) -> None:
        if [answer.key for answer in answers] != [book.key for book in batch]:
            raise NotTaken("what answers there is not this shop: it speaks of other books")
        for book, answer in zip(batch, answers, strict=True):
            if answer.state == "added":
                self.outcome.added += 1
            elif answer.state == "present":
                self.outcome.present += 1
            else:
                self.outcome.different.append(Different(book.line, answer.id))

    def _ask(self, batch: Sequence[Listed]) -> list[Placed]:
        """Send it until there is an answer; raises BadField for one of its rows."""
        body = b'{"data":[' + b",".join(book.json for book in batch) + b"]}"
        key = new_key()
        end = self._clock() + self._patience
        pause = FIRST_PAUSE_S
        while True:
            try:
                answer = self._shop.change(
                    "POST", PATH, body, key=key, headers=self._headers,
                    deadline=ANSWER_S, attempts=1,
                )  # fmt: skip
                return msgspec.json.decode(answer.body, type=_Answer).data
            except TryLater as error:
                self._wait(error, max(pause, min(error.retry_after, LONGEST_PAUSE_S)), end)
                pause = min(2 * pause, LONGEST_PAUSE_S)
            except NotAdmin as error:
                how = "" if isinstance(error, AdminOff) else f"; {HOW}"
                raise NoToken(f"the shop says: {error}{how}") from None
            except BadField:
                raise
            except ShopError as error:
                raise NotTaken(f"the shop will not have this: {error}") from None
            except msgspec.MsgspecError:
                raise NotTaken("what answers there is not a shop") from None

    def _wait(self, error: TryLater, pause: float, end: float) -> None:
        if self._clock() + pause > end:
            raise ShopAway(f"{error} It was tried for {self._patience:.0f} s.") from None
        self._tell(f"{error} Trying again in {pause:g} s.")
        self._pause(pause)
