"""Keys that come faster than the screen follows, as on a slow line, which brings many at once.

Textual hands a key to whatever has the focus when it arrives; what an earlier key does about the
focus comes only after that. So of `/quit`, arriving at once, `q` would not be searched for: it
would leave the shop. Here each key waits until the one before it has done what it does.
"""

from collections import deque
from typing import Final

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.timer import Timer

# One lap for the key, and one for what it asks of the app, such as another screen.
_LAPS: Final = 2
# A widget that is removed meanwhile may take the messenger with it.
_PATIENCE_SECONDS: Final = 1.0


class _Done(Message, bubble=True):
    """Follows a key through the same queues, so it is at the app when the key is done with."""

    def __init__(self, laps: int, number: int) -> None:
        super().__init__()
        self.laps = laps
        self.number = number


class TypeAheadApp(App[None]):
    """An app that takes its keys one by one."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class)
        self._typed: deque[events.Key] = deque()
        self._number = 0
        self._patience: Timer | None = None

    async def on_event(self, event: events.Event) -> None:
        """Hand a key on at once if no other is on its way, else after that one."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._patience is None:
            await self._hand_on()

    async def _hand_on(self) -> None:
        self._number += 1
        event, number = self._typed.popleft(), self._number
        self._patience = self.set_timer(_PATIENCE_SECONDS, lambda: self._done(number))
        await super().on_event(event)
        self._follow(_Done(_LAPS, number))

    def _follow(self, done: _Done) -> None:
        # Without a screen the app is about to end.
        if self.screen_stack:
            (self.focused or self.screen).post_message(done)

    async def on__done(self, done: _Done) -> None:
        """A lap is over."""
        done.stop()
        if done.laps > 1:
            self._follow(_Done(done.laps - 1, done.number))
        else:
            await self._done(done.number)

    async def _done(self, number: int) -> None:
        if number != self._number or self._patience is None:
            return
        self._patience.stop()
        self._patience = None
        if self._typed:
            await self._hand_on()
