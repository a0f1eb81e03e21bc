"""Buying one book: shows what it costs now, asks, and tells what becomes of it."""

from typing import ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from shared.domain import Book, BookNotFound, ShopError
from tui import purchase, text
from tui.asker import Asker
from tui.desk import Desk
from tui.keys import keys_of
from tui.live import Renewed, Watching
from tui.screens.over import Over
from tui.screens.words import Words, ask_words, outcome_words
from tui.till import Case, Till
from tui.widgets.card import stock_words

_READING_SECONDS = 0.3
# Another price has to be seen before anybody agrees to it.
_PRICE_SECONDS = 1.0


class BuyScreen(Over[None], Watching):
    """A safe purchase: Cancel has the focus, only `y` or the button buys, and only once."""

    WHERE = "buy"
    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "buy", id="buy.yes"),
        Binding("plus,equals_sign", "copies(1)", "more", key_display="+", id="buy.more"),
        Binding("minus", "copies(-1)", "fewer", key_display="-", id="buy.fewer"),
        Binding("2,o", "orders", "orders", key_display="o", id="buy.orders"),
        Binding("n,escape", "leave", "back", key_display="esc", id="buy.no"),
        Binding("left,up,h,k", "app.focus_previous", show=False, id="buy.left"),
        Binding("right,down,l,j", "app.focus_next", show=False, id="buy.right"),
    ]

    def __init__(self, desk: Desk, till: Till, book: Book) -> None:
        super().__init__()
        self._desk = desk
        self._till = till
        self._asker = Asker(self, "book")
        self._book = book
        self._case: Case | None = None
        # Until the shop has said what the book costs now, a `y` is only remembered.
        self._is_checking = True
        self._said_yes = False
        self._words = ask_words(book, is_checking=True)
        self._copies = 1
        # Somebody wanted more copies than there are.
        self._wanted_more = False
        # Whether a digit adds to the number, as in 1 2, or begins one.
        self._is_typing = False
        # Just after an answer, a `y` or Enter was meant for what stood there before it.
        self._is_reading = False

    def compose_window(self) -> ComposeResult:
        """The question, the book, and two buttons."""
        with Vertical(id="buy"):
            yield Static(markup=False, id="book")
            yield Static(markup=False, id="words")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button("Buy", id="yes", compact=True)

    def on_mount(self) -> None:
        """Ask for the price and the stock of this moment."""
        self.set_interval(1.0, self._draw)
        self._draw()
        book_id = self._book.id
        self._asker.ask(lambda: self._desk.shop.book(book_id), self._checked, self._could_not_check)

    # -- the price and stock of now -----------------------------------------------------------

    def _checked(self, book: Book) -> None:
        changed = book.price != self._book.price
        self._words = ask_words(book, was=self._book.price if changed else None)
        self._book = book
        self._ready(may_go_on=not changed)
        if changed:
            self._let_read(_PRICE_SECONDS)

    def _could_not_check(self, error: ShopError) -> None:
        if isinstance(error, BookNotFound):
            self._words = outcome_words("gone", self._book)
        else:
            self._words = ask_words(self._book, trouble=text.one_line(str(error)))
        self._ready(may_go_on=False)

    def _ready(self, *, may_go_on: bool) -> None:
        self._is_checking = False
        said_yes, self._said_yes = self._said_yes, False
        self._draw()
        if said_yes and may_go_on:
            self.action_yes()

    def why_not(self, action: str) -> str | None:
        """See Over: while the shop is shut, `y` says so."""
        return self.bazar.why_closed() if action == "yes" and self._is_asking else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what does something at this moment counts as a key."""
        if action == "yes":
            return self._is_checking or bool(self._words.yes)
        if action == "copies":
            return self._is_asking and self._book.quantity > 1
        return action != "orders" or (self._case is not None and not self._words.yes)

    def watched_ids(self) -> list[int]:
        """See Watching."""
        return [self._book.id] if self._case is None and not self._is_checking else []

    def renewed(self, books: Renewed) -> None:
        """See Watching. The price stays as it was read: at another one the shop says no."""
        book = books.get(self._book.id)
        if self._case is None and book is not None and book.quantity != self._book.quantity:
            was_sold_out = not self._book.quantity
            self._book = replace(self._book, quantity=book.quantity)
            if was_sold_out or not book.quantity:
                self._words = ask_words(self._book)
            self._choose(self._copies)
            self._draw()

    @property
    def _is_asking(self) -> bool:
        return self._case is None and not self._is_checking and bool(self._words.yes)

    # -- how many -----------------------------------------------------------------------------

    def action_copies(self, by: int) -> None:
        """More or fewer copies."""
        self._is_typing = False
        self._choose(self._copies + by)

    def on_key(self, event: events.Key) -> None:
        """Digits are the number of copies, and Backspace takes the last one away."""
        if event.key == "backspace":
            event.stop()
            self._is_typing = self._copies >= 10
            self._choose(self._copies // 10)
        elif event.character and event.character in "0123456789":
            event.stop()
            before = self._copies if self._is_typing else 0
            self._is_typing = True
            self._choose(before * 10 + int(event.character))

    def _choose(self, copies: int) -> None:
        """No more than there are; once it is being bought the number stays."""
        if self._is_asking:
            self._wanted_more = copies > self._book.quantity
            self._copies = max(1, min(copies, self._book.quantity))
            self._draw()

    def _how_many(self) -> Content:
        if self._copies == 1:
            return Content("")
        together = text.money(self._book.price * self._copies)
        return Content.assemble(
            f"\n{text.count(self._copies)} copies   ", (together, "bold $primary"), " together"
        )

    # -- buying -------------------------------------------------------------------------------

    def action_yes(self) -> None:
        """Buy; does nothing while it is being bought, and nothing where that cannot be."""
        if self._is_reading or (self._case is not None and self._case.is_open):
            return
        if self._is_checking:
            self._said_yes = True
        elif self._words.yes and self.can("yes"):
            self._buy()

    def _buy(self) -> None:
        case = self._case
        if case is not None and case.outcome is not None and case.outcome.stage == "not done":
            # Nothing was done under this key, so it is still the key of this purchase.
            case.outcome = None
            self._till.again(case)
        else:
            unsettled = purchase.begin(
                self._book,
                self._desk.shop.url,
                self._desk.clock.now(),
                quantity=self._copies,
            )
            self._case = self._till.begin(unsettled)
        self._words = Words("Buying …", "Esc hides this; the purchase goes on.", no="Hide")
        # A second Enter has nothing to press.
        self.set_focus(None)
        self._draw()

    def told(self, case: Case) -> bool:
        """Show an answer to this screen's purchase; returns whether it was this screen's."""
        if case is not self._case or case.outcome is None:
            return False
        outcome = case.outcome
        before = self._book
        if outcome.stage == "price changed" and outcome.price is not None:
            self._book = replace(self._book, price=outcome.price)
        elif outcome.stage == "sold out" and self._copies == 1:
            self._book = replace(self._book, quantity=0)
        elif outcome.stage == "bought":
            self._book = replace(self._book, quantity=max(0, self._book.quantity - self._copies))
        self._words = outcome_words(outcome.stage, before, outcome, self._copies)
        self._draw()
        is_price = outcome.stage == "price changed"
        self._let_read(_PRICE_SECONDS if is_price else _READING_SECONDS)
        return True

    def _let_read(self, seconds: float) -> None:
        """Take no `y` yet, and no Enter: they were meant for what stood there before."""
        self._is_reading = True
        self.set_focus(None)
        self.set_timer(seconds, self._focus_no)

    def _focus_no(self) -> None:
        self._is_reading = False
        self.set_focus(self.query_one("#no"))

    def action_leave(self) -> None:
        """Leave; what is being bought goes on and is told."""
        if self._case is None and self._words.yes:
            self.bazar.say("Nothing was bought.")
        self.dismiss()
        # From now on only the first line tells that it is on its way.
        self.bazar.count_unsettled()

    async def action_orders(self) -> None:
        """Leave for where the purchase is to be seen."""
        self.dismiss()
        await self.app.run_action("go('orders')")

    @on(Button.Pressed, "#yes")
    def _yes_pressed(self) -> None:
        self.action_yes()

    @on(Button.Pressed, "#no")
    def _no_pressed(self) -> None:
        self.action_leave()

    # -- drawing ------------------------------------------------------------------------------

    def _draw(self) -> None:
        words, book = self._words, self._book
        box = self.query_one("#buy")
        box.border_title = Content(f"{words.title}")
        width = max(20, box.size.width - 6)
        title = "\n".join(text.wrap(text.one_line(book.title), width, 3))
        author = text.cut(text.one_line(book.author), width)
        about = Content.assemble(
            (title, "bold"),
            (f"\n{author}" if author else "", "$muted"),
            "\n\n",
            (text.money(book.price), "bold $primary"),
            "   ",
            stock_words(book),
            self._how_many(),
        )
        self.query_one("#book", Static).update(about)
        self.query_one("#words", Static).update(
            Content.assemble((self._sentence(), words.look), self._next_try())
        )
        yes, no = self.query_one("#yes", Button), self.query_one("#no", Button)
        no.label = Content(words.no)
        yes.display = bool(words.yes)
        key = keys_of(self, "y", "buy.yes")
        yes.label = Content(f"{words.yes} ({key})")
        self.refresh_bindings()

    def _sentence(self) -> str:
        if not self._is_asking or self._copies == 1:
            return self._words.sentence
        return self._words.sentence.replace("One copy, at", "Each at")

    def _next_try(self) -> Content:
        case = self._case
        if self._is_asking and self._wanted_more:
            return Content.styled("\nThere are no more than that.", "$text-warning")
        if self._is_asking and self._book.quantity > 1:
            more, fewer = keys_of(self, "+", "buy.more"), keys_of(self, "−", "buy.fewer")
            how = f"\nMore copies with {more} and {fewer}, or type a number."
            return Content.styled(how, "$muted")
        if case is None or case.outcome is None or not case.outcome.is_open:
            return Content("")
        left = case.due - self._desk.clock.monotonic()
        when = (
            "Asking now" if case.is_asking or left <= 0 else f"Asking again in {text.pause(left)}"
        )
        return Content.styled(f"\n{when}, for the {_ordinal(case.attempts + 1)} time.", "$muted")


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"
