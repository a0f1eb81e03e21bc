"""The keys that do something where one is, and what they do."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import text
from tui.keys import keys_of
from tui.screens import adminhelp
from tui.screens.scrolling import Scrolling

# Keys as they usually are, what they do, and the bindings that they are of.
Line = tuple[str, str, tuple[str, ...]]
Section = tuple[str, tuple[Line, ...]]

_MOVE: Section = (
    "Move",
    (
        ("↑ ↓  j k", "one row", ("rows.up", "rows.down")),
        ("PgUp PgDn", "one page", ("rows.page-up", "rows.page-down")),
        ("g G", "first and last", ("rows.first", "rows.last")),
        ("Tab", "next part of the screen", ()),
    ),
)
_EVERYWHERE: Section = (
    "Everywhere",
    (
        ("1 2 3", "Shop, Orders, Sales", ("app.shop", "app.orders-tab", "app.sales")),
        ("o", "orders", ("app.orders",)),
        ("r", "ask the shop again now", ("app.retry",)),
        ("^p", "commands; finds books too", ("app.commands",)),
        ("q", "quit; an open purchase is kept", ("app.quit",)),
    ),
)
_SHOP: Section = (
    "In the shop",
    (
        ("/", "search as you type; Esc clears", ("shop.search",)),
        ("s", "choose a subject", ("shop.subjects",)),
        ("Enter", "open the book", ("rows.open",)),
        ("b", "buy it, after a question", ("shop.buy",)),
        ("m", "more like this: books on its subject", ("shop.more",)),
        ("y", "copy its number and title", ("shop.copy",)),
    ),
)
_ORDERS: Section = (
    "In the orders",
    (
        ("Enter", "open the book", ("rows.open",)),
        ("y", "copy the order's id", ("orders.copy",)),
        ("Esc", "back to the shop", ("orders.back",)),
    ),
)
_SUBJECTS: Section = (
    "In the subjects",
    (
        ("Enter", "show the books on it", ("rows.open",)),
        ("Esc", "back, and change nothing", ("subjects.back",)),
    ),
)
_BOOK: Section = (
    "In a book's window",
    (
        ("b", "buy it, after a question", ("book.buy",)),
        ("m", "more like this: books on its subject", ("book.more",)),
        ("y", "copy its number and title", ("book.copy",)),
        ("↑ ↓  j k", "scroll", ("window.up", "window.down")),
        ("1 2 3", "Shop, Orders, Sales", ("book.shop", "book.orders", "book.sales")),
        ("Esc", "back; so does a click beside it", ("book.back",)),
    ),
)
_BUY: Section = (
    "In the question before buying",
    (
        ("y", "buy, once, at the price shown", ("buy.yes",)),
        ("+ - 0-9", "how many copies", ("buy.more", "buy.fewer")),
        ("n Esc", "do not, or hide what is being bought", ("buy.no",)),
        ("o", "after buying: the orders", ("buy.orders",)),
        ("← → Tab", "from one button to the other", ("buy.left", "buy.right")),
    ),
)
_SALES: Section = (
    "In the sales",
    (
        ("Tab", "charts, best sellers, what runs low", ()),
        ("← →  h l", "in a chart: look at one hour or day", ("chart.earlier", "chart.later")),
        ("Enter", "in a list: open the book", ("rows.open",)),
        ("Esc", "back to the shop", ("sales.back",)),
    ),
)
_SIGNS: Section = (
    "Signs",
    (
        ("● ○", "a server answers, or does not", ()),
        ("▾2 ▴9", "copies sold or added a moment ago", ()),
        ("~7 left", "as the shop last said", ()),
        ("(b buy)", "not now; press it to hear why", ()),
        ("✓ … ✗", "placed, pending, refused", ()),
    ),
)
_SECTIONS: dict[str, tuple[Section, ...]] = {
    "shop": (_SHOP, _MOVE, _EVERYWHERE, _SIGNS),
    "sales": (_SALES, _MOVE, _EVERYWHERE, _SIGNS),
    "orders": (_ORDERS, _MOVE, _EVERYWHERE, _SIGNS),
    "book": (_BOOK, _SIGNS),
    "buy": (_BUY, _SIGNS),
    # In the list of it; in its filter letters are typed.
    "subjects": (_SUBJECTS, _MOVE),
    "form": (adminhelp.FORM,),
    "lost": (adminhelp.LOST,),
    "trail": (adminhelp.TRAIL, _MOVE),
}
_OF_BOOKS = ("shop", "book")
_KEY = 12


class HelpScreen(Scrolling):
    """Help for the screen of that mode."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # The key that opened it closes it too.
        Binding("escape,enter,q,question_mark", "leave", "back", key_display="esc", id="help.back"),
    ]

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    def compose_window(self) -> ComposeResult:
        """A list of keys."""
        with VerticalScroll(id="help", can_focus=False) as box:
            box.border_title = Content("Help")
            yield Static(self._words(), markup=False)

    def _words(self) -> Content:
        parts: list[tuple[str, str] | str] = []
        sections = list(_SECTIONS[self._mode])
        if self.bazar.is_admin and self._mode in _OF_BOOKS:
            sections.insert(1, adminhelp.ADMIN)
        for number, (name, keys) in enumerate(sections):
            parts.append(("\n" if number else "") + "")
            parts.append((f"{name}\n", "bold $primary"))
            for usual, what, ids in keys:
                key = keys_of(self, usual, *ids)
                parts += [("  " + text.fit(key, _KEY - 1) + " ", "bold"), f"{what}\n"]
        return Content.assemble(*parts).rstrip()

    def scrolled(self) -> VerticalScroll:
        """See Scrolling."""
        return self.query_one("#help", VerticalScroll)
