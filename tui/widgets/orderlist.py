"""The orders, newest first: when, what, for how much, and whether it is settled."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from shared.domain import Order
from tui import text
from tui.clock import Clock
from tui.widgets.rows import Rows

_WHEN = 14
_PRICE = 10
_STATE = 11
SIGNS = {"placed": "✓ placed", "pending": "… pending", "refused": "✗ refused"}
_LOOKS = {"placed": "good", "pending": "warning", "refused": "bad"}


class OrderList(Rows):
    """Draws the orders that have come; the rest of `total` is fetched as it is scrolled to."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.orders: list[Order] = []
        self.total = 0
        self.words = "Looking through the ledger …"

    @property
    def row_count(self) -> int:
        """See Rows."""
        return len(self.orders)

    @property
    def order(self) -> Order | None:
        """The order under the cursor."""
        return self.orders[self.cursor] if self.cursor < len(self.orders) else None

    def draw(self, row: int, width: int) -> Content:
        """See Rows."""
        order = self.orders[row]
        muted = self.style_of("muted")
        at = text.fit(text.when(order.at, self._clock.now()), _WHEN)
        copies = f"{text.count(order.quantity)} × " if order.quantity > 1 else ""
        price = " " + text.money(order.price * order.quantity).rjust(_PRICE - 1)
        state = text.fit("  " + SIGNS[order.state], _STATE + 1)
        left = width - _WHEN - len(price) - _STATE - 1
        title = text.fit(copies + text.one_line(order.title), left)
        return Content.assemble(
            (at, muted), title, price, (state, self.style_of(_LOOKS[order.state]))
        )

    def note(self) -> Content:
        """See Rows."""
        return Content.styled(self.words, self.style_of("muted"))


class OrderDetails(Widget):
    """One order in two lines."""

    order: reactive[Order | None] = reactive(None)

    def render(self) -> Content:
        """Its title and state; below them its id and its book."""
        order = self.order
        if order is None:
            return Content("")
        state = SIGNS[order.state] + (f": {order.reason}" if order.reason else "")
        title = text.fit(text.one_line(order.title), self.size.width - text.width(state) - 2)
        at = order.at.astimezone().strftime("%d %b %Y %H:%M:%S")
        copies = text.plural(order.quantity, "copy", "copies")
        below = f"{order.id}  #{order.book_id}  {copies}  {at}"
        return Content.assemble(
            (title, "bold"), f" {state}\n", (text.cut(below, self.size.width), "$muted")
        )
