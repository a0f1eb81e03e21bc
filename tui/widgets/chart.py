"""What came in, hour by hour or day by day, as bars over a line."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, Literal

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from shared.report import Period
from tui import bars, text

Kind = Literal["hour", "day"]
_TITLES: Final[dict[Kind, str]] = {"hour": "Takings per hour", "day": "Takings per day"}
_MARK: Final = "▴"
# The line, and the words below it.
_FEET: Final = 2
# A wide bar has some air beside it.
_AIR_FROM: Final = 3


class Chart(Widget, can_focus=True):
    """Draws as many of the newest periods as there is room for; one can be looked at closely."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "look(1)", "earlier", key_display="←", id="chart.earlier"),
        Binding("right,l", "look(-1)", "later", key_display="→", id="chart.later"),
        Binding("home,g", "look_first", "the first one", show=False, id="chart.first"),
        Binding("end,G", "look_last", "the last one", show=False, id="chart.last"),
    ]

    periods: reactive[tuple[Period, ...]] = reactive(())
    words: reactive[str] = reactive("")
    # Said beside the title where it is not the person's own time.
    zone: reactive[str] = reactive("")
    # Counted from the newest, so that it stays where it is when an hour has passed.
    back: reactive[int] = reactive(0)

    def __init__(self, kind: Kind) -> None:
        super().__init__(id=f"per-{kind}")
        self._kind: Kind = kind

    @property
    def marked(self) -> Period | None:
        """The one that is looked at."""
        return self.periods[-1 - self.back] if self.back < len(self.periods) else None

    def validate_back(self, back: int) -> int:
        """Keep it on a bar that can be seen."""
        return max(0, min(back, len(self._shown()) - 1))

    def watch_periods(self) -> None:
        """Say how much it is in all."""
        self._subtitle()

    def watch_zone(self) -> None:
        """Say whose hours they are."""
        self.border_title = Content(_TITLES[self._kind] + (f" in {self.zone}" if self.zone else ""))

    def watch_back(self) -> None:
        """Say what is looked at."""
        self._subtitle()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Say what is looked at while it is."""
        super().watch_has_focus(has_focus)
        self._subtitle()

    def on_resize(self) -> None:
        """There is room for more bars, or for fewer."""
        self.back = self.validate_back(self.back)
        self._subtitle()

    def _subtitle(self) -> None:
        shown, marked = self._shown(), self.marked
        if self.words or not shown:
            self.border_subtitle = ""
        elif self.has_focus and marked is not None:
            self.border_subtitle = Content(self._close(marked))
        else:
            takings = text.money(sum((period.takings for period in shown), Decimal(0)))
            self.border_subtitle = Content(f"{takings} in {text.plural(len(shown), self._kind)}")

    def _close(self, period: Period) -> str:
        """When, how much, and how many copies where there is room for it."""
        words = f"{self._when(period)}  {text.money(period.takings)}"
        longer = f"{words}  {text.plural(period.copies, 'copy', 'copies')}"
        return longer if len(longer) <= self.size.width - 4 else words

    def _when(self, period: Period) -> str:
        at = datetime.fromisoformat(period.at)
        return at.strftime("%a %H:%M" if self._kind == "hour" else "%a %d %b")

    # -- drawing ------------------------------------------------------------------------------

    def _top(self, periods: Sequence[Period]) -> Decimal:
        return bars.ceiling(max((period.takings for period in periods), default=Decimal(0)))

    def _margin(self, periods: Sequence[Period]) -> int:
        """Cells for the amounts on the left."""
        return max(map(len, self._amounts(periods).values()))

    def _amounts(self, periods: Sequence[Period]) -> dict[int, str]:
        """What is written beside which line."""
        top, rows = self._top(periods), self._rows
        amounts = {0: text.short_money(top), rows: "0"}
        if rows >= 4 and rows % 2 == 0:
            amounts[rows // 2] = text.short_money(top / 2)
        return amounts

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - _FEET)

    def _shown(self) -> tuple[Period, ...]:
        room = self.size.width - self._margin(self.periods) - 1
        return self.periods[-room:] if room > 0 else ()

    def _bar(self, shown: Sequence[Period]) -> tuple[int, int]:
        """The cells from one bar to the next, and those of them that are its own."""
        room = self.size.width - self._margin(self.periods) - 1
        step = max(1, room // len(shown))
        return step, step - (step >= _AIR_FROM)

    def render(self) -> Content:
        """The bars, the line they stand on, and when that was."""
        shown = self._shown()
        if self.words or not shown:
            lines = text.wrap(self.words, self.size.width, self.size.height)
            blank = "\n" * max(0, (self.size.height - len(lines)) // 2)
            words = "\n".join(line.center(self.size.width) for line in lines)
            return Content.styled(blank + words, "$muted")
        look = "$faint" if self.has_class("-stale") else "$primary"
        margin, rows, amounts = self._margin(self.periods), self._rows, self._amounts(self.periods)
        step, own = self._bar(shown)
        drawn = bars.upright([p.takings for p in shown], self._top(self.periods), rows)
        parts: list[Content | tuple[str, str]] = []
        for row, line in enumerate(drawn):
            amount = amounts.get(row, "")
            parts.append((amount.rjust(margin) + ("┤" if amount else "│"), "$muted"))
            parts.append(("".join(cell * own + " " * (step - own) for cell in line) + "\n", look))
        parts.append((amounts[rows].rjust(margin) + "└", "$muted"))
        parts.append(self._line(len(shown), step))
        parts.append((" " * (margin + 1) + self._feet(shown, step), "$muted"))
        return Content.assemble(*parts)

    def _line(self, count: int, step: int) -> Content:
        line = "─" * (count * step)
        if not self.has_focus:
            return Content.styled(line + "\n", "$muted")
        at = (count - 1 - self.back) * step
        return Content.assemble(
            (line[:at], "$muted"), (_MARK, "bold $foreground"), (line[at + 1 :] + "\n", "$muted")
        )

    def _feet(self, shown: Sequence[Period], step: int) -> str:
        """The time below some bars, as many as there is room for."""
        room = self.size.width - self._margin(self.periods) - 1
        feet = ""
        for number, period in enumerate(shown):
            at, words = number * step, self._foot(period, step)
            if words and len(feet) <= at and at + len(words) <= room:
                feet = feet.ljust(at) + words + " "
        return feet

    def _foot(self, period: Period, step: int) -> str:
        at = datetime.fromisoformat(period.at)
        if self._kind == "day":
            return f"{at.day} {at:%b}" if at.weekday() == 0 else ""
        return f"{at:%H}" if at.hour % (3 if step > 1 else 6) == 0 else ""

    # -- looking ------------------------------------------------------------------------------

    def action_look(self, by: int) -> None:
        """Look at an earlier one, or at a later one."""
        self.back += by

    def action_look_first(self) -> None:
        """Look at the first one."""
        self.back = len(self.periods)

    def action_look_last(self) -> None:
        """Look at the one that is still running."""
        self.back = 0

    def on_click(self, event: events.Click) -> None:
        """A click looks at a bar."""
        offset, shown = event.get_content_offset(self), self._shown()
        if offset is None or not shown:
            return
        step, _ = self._bar(shown)
        place = (offset.x - self._margin(self.periods) - 1) // step
        if 0 <= place < len(shown):
            self.back = len(shown) - 1 - place
