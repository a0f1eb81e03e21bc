"""Questions to the shop, asked in threads; a stale answer never overwrites a newer one."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual.dom import DOMNode
from textual.worker import get_current_worker

from shared.domain import ShopError

T = TypeVar("T")


class Asker:
    """One kind of question that `node` asks; answers come back on the node's own thread.

    Textual cannot stop a thread, so every question bears the number of its generation, and an
    answer of an older generation is dropped when it arrives.
    """

    def __init__(self, node: DOMNode, kind: str) -> None:
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
        self._node.workers.cancel_group(self._node, self._kind)

    def _run(
        self, work: Callable[[], T], told: Callable[[T], None], failed: Callable[[ShopError], None]
    ) -> None:
        generation = self._generation

        def run() -> None:
            worker = get_current_worker()
            tell: Callable[[], None]
            try:
                answer = work()
            except ShopError as error:
                tell = partial(failed, error)
            else:
                tell = partial(told, answer)
            if not worker.is_cancelled:
                self._node.call_later(self._deliver, generation, tell)

        self._node.run_worker(run, group=self._kind, thread=True)

    def _deliver(self, generation: int, tell: Callable[[], None]) -> None:
        if generation == self._generation:
            tell()
