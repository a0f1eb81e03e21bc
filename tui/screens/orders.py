"""The orders: what was bought in the shop, newest first."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from shared.domain import Order, ShopError
from tui import text
from tui.asker import Asker
from tui.desk import Desk
from tui.messages import OpenWanted, Trouble
from tui.screens.base import FreshScreen
from tui.shop import OrderPage
from tui.widgets.orderlist import OrderDetails, OrderList
from tui.widgets.rows import Rows
from tui.widgets.ruler import Ruler

_PAGE = 50


class OrdersScreen(FreshScreen):
    """Looks through the orders; new ones come by themselves while the first ones are in view."""

    MODE = "orders"
    AUTO_FOCUS = "OrderList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy its id", id="orders.copy"),
        Binding("escape", "app.go('shop')", "to the shop", key_display="esc", id="orders.back"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._first = Asker(self, "first orders")
        self._next = Asker(self, "next orders")
        self._is_fetching = False
        self._fresh_at = ""

    def compose_body(self) -> ComposeResult:
        """The list, and the order under the cursor in full."""
        with Vertical(classes="frame"):
            yield Ruler("top", "Orders", id="orders-ruler")
            yield OrderList(self.desk.clock)
            yield Ruler("middle", id="details-ruler")
            yield OrderDetails()
            yield Ruler("bottom")

    def on_mount(self) -> None:
        """Fetch the newest ones."""
        self.query_one("#orders-ruler", Ruler).is_lit = True

    @property
    def orders(self) -> OrderList:
        """The list."""
        return self.query_one(OrderList)

    def reload(self) -> None:
        """See BazarScreen."""
        self._next.drop()
        self._is_fetching = False
        self._first.ask(lambda: self.desk.shop.orders(_PAGE), self._show, self._failed)

    def is_looked_at(self) -> bool:
        """See FreshScreen; new ones come above the first."""
        return super().is_looked_at() and self.orders.window[0] == 0

    def _show(self, page: OrderPage) -> None:
        self.orders.words = "Nothing was bought yet."
        self.orders.set_class(False, "-stale")
        older = [] if len(page.data) < _PAGE else _after(self.orders.orders, page.data[-1])
        self._take([*page.data, *older], page.total)

    def _append(self, page: OrderPage) -> None:
        self._is_fetching = False
        self._take([*self.orders.orders, *page.data], page.total)

    def _take(self, orders: list[Order], total: int) -> None:
        self.orders.orders = orders
        self.orders.total = total
        self._fresh_at = text.clock_time(self.desk.clock.now())
        self.query_one("#orders-ruler", Ruler).note = text.plural(total, "order")
        self.orders.rows_changed()

    def _failed(self, error: ShopError) -> None:
        self._is_fetching = False
        self.orders.words = "The orders cannot be read now; they come by themselves."
        self.orders.set_class(True, "-stale")
        if self.orders.orders:
            shown = f"{text.plural(self.orders.total, 'order')}, as of {self._fresh_at}"
            self.query_one("#orders-ruler", Ruler).note = shown
        self.orders.refresh()
        self.post_message(Trouble(error))

    @on(Rows.Seen)
    def _seen(self) -> None:
        """Fetch the next page when the end of what is here comes near."""
        orders = self.orders.orders
        is_near_end = self.orders.window[1] >= len(orders) - 5
        if orders and is_near_end and len(orders) < self.orders.total and not self._is_fetching:
            self._is_fetching = True
            last = orders[-1].id
            self._next.ask(lambda: self.desk.shop.orders(_PAGE, last), self._append, self._failed)

    @on(Rows.Moved)
    def _moved(self) -> None:
        self.query_one(OrderDetails).order = self.orders.order
        self.refresh_bindings()

    def why_not(self, action: str) -> str | None:
        """See BazarScreen."""
        if action in ("open", "copy") and (not self.is_mounted or self.orders.order is None):
            return "There is no order under the cursor."
        return None

    @on(Rows.Opened)
    def action_open(self) -> None:
        """Show the book that was ordered."""
        if self.can("open") and (order := self.orders.order):
            self.post_message(OpenWanted(order.book_id))

    def action_copy(self) -> None:
        """Copy the order's id."""
        if self.can("copy") and (order := self.orders.order):
            self.app.copy_to_clipboard(order.id)
            self.bazar.say(f"Copied {order.id}")


def _after(orders: list[Order], last: Order) -> list[Order]:
    """What was already here below the last of the newest ones, so that scrolling loses nothing."""
    places = [place for place, order in enumerate(orders) if order.id == last.id]
    return orders[places[0] + 1 :] if places else []
