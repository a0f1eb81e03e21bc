"""The sales: what came in, what sells best, and what runs low. Anybody may look."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from shared.domain import BadRequest, ShopError
from shared.report import Report
from tui import text
from tui.asker import Asker
from tui.desk import Desk
from tui.messages import OpenWanted, Trouble
from tui.screens.base import FreshScreen
from tui.shop import FEW
from tui.widgets.chart import Chart
from tui.widgets.rankings import BestSellers, LowStock
from tui.widgets.rows import Rows
from tui.widgets.totals import Totals
from tui.zone import UTC, local_zone

_COUNTING = "Adding up what was sold …"
_NOTHING = "Nothing sold yet."
_DOWN = "The figures cannot be read now; they come by themselves."


class SalesScreen(FreshScreen):
    """Looks at the shop's figures; newer ones come by themselves while somebody does."""

    MODE = "sales"
    AUTO_FOCUS = "BestSellers"
    CSS_PATH = "../sales.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.go('shop')", "shop", key_display="esc", id="sales.back"),
        Binding("tab", "app.focus_next", "next", key_display="Tab", id="sales.next"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._asker = Asker(self, "report")
        self._zone = local_zone()
        self._came_at = ""

    def compose_body(self) -> ComposeResult:
        """Sums, charts, and lists."""
        with Vertical(id="sales"):
            yield Totals()
            with Horizontal(id="charts"):
                yield Chart("hour")
                yield Chart("day")
            with Horizontal(id="rankings"):
                yield BestSellers()
                yield LowStock()

    def on_mount(self) -> None:
        """Say what is going on until the figures come."""
        self._say(_COUNTING, _COUNTING, _COUNTING)

    def reload(self) -> None:
        """See BazarScreen."""
        zone = self._zone
        self._asker.ask(lambda: self.desk.shop.report(zone), self._show, self._failed)

    # -- what came ----------------------------------------------------------------------------

    def _show(self, report: Report) -> None:
        self._came_at = text.clock_time(self.desk.clock.now())
        self._set_stale(False)
        totals = self.query_one(Totals)
        totals.report, totals.zone = report, self._zone or UTC
        nothing = "" if report.totals.sales else _NOTHING
        self._say(nothing, _NOTHING, f"No book is down to {FEW} copies.")
        for kind, periods in (("hour", report.per_hour), ("day", report.per_day)):
            chart = self.query_one(f"#per-{kind}", Chart)
            chart.periods, chart.zone = periods, "" if self._zone else UTC
        self._show_lists(report)

    def _show_lists(self, report: Report) -> None:
        best, low = self.query_one(BestSellers), self.query_one(LowStock)
        best.books, low.books = report.best_sellers, report.low_stock
        listed = len(low.books)
        of = f" of {text.count(report.low_total)}" if report.low_total > listed else ""
        low.border_subtitle = Content(f"{listed}{of} with {FEW} or fewer" if listed else "")
        for rows in (best, low):
            rows.rows_changed()

    def _failed(self, error: ShopError) -> None:
        if isinstance(error, BadRequest) and self._zone is not None:
            # The shop has not heard of the zone.
            self._zone = None
            self.reload()
            return
        if self.query_one(Totals).report is None:
            self._say(_DOWN, "", "")
        self._set_stale(True)
        self.post_message(Trouble(error))

    def _set_stale(self, is_stale: bool) -> None:
        self.query_one(Totals).as_of = self._came_at if is_stale else ""
        for part in self.query("Chart, BestSellers, LowStock"):
            part.set_class(is_stale, "-stale")
            part.refresh()

    def _say(self, in_charts: str, in_best: str, in_low: str) -> None:
        for chart in self.query(Chart):
            chart.words = in_charts
        best, low = self.query_one(BestSellers), self.query_one(LowStock)
        best.words, low.words = in_best, in_low
        best.refresh()
        low.refresh()

    # -- books --------------------------------------------------------------------------------

    @on(Rows.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        """See BazarScreen."""
        if action == "open" and self.is_mounted and self._book_id() is None:
            return "There is no book under the cursor."
        return None

    def _book_id(self) -> int | None:
        focused = self.focused
        return focused.book_id if isinstance(focused, BestSellers | LowStock) else None

    @on(Rows.Opened)
    def _open(self) -> None:
        book_id = self._book_id()
        if book_id is not None:
            self.post_message(OpenWanted(book_id))
