"""All that was ever sold, today and in this hour, on one line."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from shared.report import Period, Report
from tui import text

_BETWEEN = "   "


class Totals(Widget):
    """Draws what fits of a report's sums, and which zone's hours they are."""

    report: reactive[Report | None] = reactive(None)
    zone: reactive[str] = reactive("")
    as_of: reactive[str] = reactive("")

    def render(self) -> Content:
        """The sums on the left, the zone on the right; the last ones give way first.

        That they are old is told before any of them but the first.
        """
        right = f"as of {self.as_of}" if self.as_of else self.zone
        room = self.size.width - (len(right) + len(_BETWEEN) if self.as_of else 0)
        line = Content("")
        for part in self._parts(self.report) if self.report else ():
            longer = Content.assemble(line, _BETWEEN if line else "", part)
            if longer.cell_length <= room:
                line = longer
        left = self.size.width - line.cell_length - len(right)
        if left < len(_BETWEEN):
            return line
        return Content.assemble(line, " " * left, (right, "$warning" if self.as_of else "$muted"))

    def _parts(self, report: Report) -> list[Content]:
        totals = report.totals
        takings, copies = text.money(totals.takings), text.plural(totals.copies, "copy", "copies")
        return [
            Content.assemble(("Takings ", "$muted"), (takings, "bold $primary")),
            Content.assemble(copies, (f" in {text.plural(totals.sales, 'sale')}", "$muted")),
            *self._so_far("Today", report.per_day),
            *self._so_far("This hour", report.per_hour),
        ]

    def _so_far(self, name: str, periods: tuple[Period, ...]) -> list[Content]:
        if not periods:
            return []
        takings = text.money(periods[-1].takings)
        return [Content.assemble((f"{name} ", "$muted"), (takings, "bold"))]
