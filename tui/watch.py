"""When to ask how the servers are: now and then while all is well, with growing pauses when not."""

from typing import Final

from tui.shop import Health

PAUSE_WELL: Final = 5.0
PAUSES_DOWN: Final = (1.0, 2.0, 4.0, 8.0, 15.0)


class Watch:
    """Keeps the newest answer and the moment of the next question; `now` is monotonic."""

    def __init__(self) -> None:
        self.health: Health | None = None
        self._next = 0.0
        self._failures = 0
        self._asking = False

    @property
    def down(self) -> tuple[str, ...]:
        """The servers that did not answer; none while nothing is known yet."""
        return self.health.down if self.health else ()

    @property
    def is_well(self) -> bool:
        """Whether all was well at the last answer; yes while nothing is known yet."""
        return self.health is None or self.health.is_well

    def is_due(self, now: float) -> bool:
        """Whether to ask now."""
        return not self._asking and now >= self._next

    def asked(self) -> None:
        """The question is on its way; it is not asked twice at a time."""
        self._asking = True

    def hurry(self) -> None:
        """Somebody wants to know now."""
        self._next = 0.0

    def answered(self, health: Health, now: float) -> None:
        """Take in an answer and choose the next moment."""
        self._asking = False
        self.health = health
        if not health.is_well:
            self._next = now + PAUSES_DOWN[min(self._failures, len(PAUSES_DOWN) - 1)]
            self._failures += 1
        else:
            self._next = now + PAUSE_WELL
            self._failures = 0

    def seconds_left(self, now: float) -> float:
        """How long until the next question; 0 while one is on its way."""
        return 0.0 if self._asking else max(0.0, self._next - now)
