"""Questions that wait for an answer, each in a thread that nobody waits for.

Leaving the app must not take as long as a server takes that answers nothing. Python joins the
threads of its executors at the end, and so would wait; daemon threads it lets go. What they were
asking is safe to let go of: reads change nothing, and the key of a purchase is on disk.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from textual.message_pump import MessagePump

T = TypeVar("T")


def start(node: MessagePump, work: Callable[[], Callable[[], None]], name: str) -> None:
    """Do `work` in a thread; what it returns is called by `node` among its own messages."""

    def run() -> None:
        tell: Callable[[], None]
        try:
            tell = work()
        except Exception as error:  # noqa: BLE001 - raised again where the app shows it
            tell = partial(_raise, error)
        # When the app has been left there is no loop that could take it.
        with suppress(RuntimeError):
            node.call_later(tell)

    threading.Thread(target=run, name=name, daemon=True).start()


async def answer(work: Callable[[], T]) -> T:
    """What `work` returns or raises, done in a thread."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(done: Callable[[], None]) -> None:
        if not future.done():
            done()

    def run() -> None:
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - raised again where it is awaited
            done = partial(future.set_exception, error)
        else:
            done = partial(future.set_result, found)
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, done)

    threading.Thread(target=run, name="commands", daemon=True).start()
    return await future


def _raise(error: Exception) -> None:
    raise error
