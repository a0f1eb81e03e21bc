"""Questions to the shop, asked in threads; a stale answer never overwrites a newer one."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual.message_pump import MessagePump

from shared.domain import ShopError
from tui import threads

T = TypeVar("T")


class Asker:
    """One kind of question that `node` asks; answers come back on the node's own thread.

    A thread cannot be stopped, so every question bears the number of its generation, and an
    answer of an older generation is dropped when it arrives.
    """

    def __init__(self, node: MessagePump, kind: str) -> None:
        self._node = node
        self._kind = kind
        self._generation = 0

    def ask(
        self, work: Callable[[], T], told: Callable[[T], None], failed: Callable[[ShopError], None]
    ) -> None:
        """Ask in place of whatever was asked before, whose answer is not wanted any more."""
        self.drop()
        self._run(work, told, failed)

    def also(
        self, work: Callable[[], T], told: Callable[[T], None], failed: Callable[[ShopError], None]
    ) -> None:
        """Ask beside what is being asked."""
        self._run(work, told, failed)

    def drop(self) -> None:
        """Forget what was asked."""
        self._generation += 1

    def _run(
        self, work: Callable[[], T], told: Callable[[T], None], failed: Callable[[ShopError], None]
    ) -> None:
        generation = self._generation

        def ask() -> Callable[[], None]:
            try:
                tell = partial(told, work())
            except ShopError as error:
                return partial(self._deliver, generation, partial(failed, error))
            return partial(self._deliver, generation, tell)

        threads.start(self._node, ask, self._kind)

    def _deliver(self, generation: int, tell: Callable[[], None]) -> None:
        if generation == self._generation:
            tell()
