"""The app: its screens, its keys, and what they share."""

import gc
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import ClassVar, Literal

from textual import events, on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.driver import Driver
from textual.reactive import reactive
from textual.screen import Screen

from shared.domain import Book, ShopError
from tui import text
from tui.asker import Asker
from tui.colours import Colourless, OwnColours
from tui.desk import Desk
from tui.endings import leave_when_told
from tui.keys import keys_of
from tui.live import LIVE_SECONDS, Live, Watching
from tui.messages import AdminWanted, BuyWanted, MoreWanted, OpenWanted, Trouble
from tui.office import Office
from tui.preferences import USUAL, Preferences
from tui.screens.adminkeys import AdminKeys
from tui.screens.base import BazarScreen
from tui.screens.shop import ShopScreen
from tui.shop import READ_ONLY_WORDS, Health
from tui.theme import ALL, GREYS
from tui.till import Case, Till
from tui.typeahead import TypeAheadApp
from tui.watch import Watch
from tui.widgets.toosmall import SMALLEST

Severity = Literal["information", "warning"]
_WIDTHS = [(0, "-thin"), (60, "-narrow"), (80, "-normal"), (120, "-wide"), (170, "-vast")]
_HEIGHTS = [(0, "-flat"), (16, "-low"), (22, "-usual"), (30, "-high"), (50, "-tall")]
_TICK_SECONDS = 0.5
_NEWS_SECONDS = 8.0
_NEWS_KEPT = 20


def _book_commands() -> type[Provider]:
    from tui.commands import BookCommands

    return BookCommands


class BazarApp(TypeAheadApp):
    """A bookstore in the terminal, over a Desk."""

    TITLE = "Bazar.com"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["bazar.tcss", "admin.tcss", "looks.tcss"]
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {
        *App.COMMANDS,
        _book_commands,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('shop')", "Shop", show=False, id="app.shop"),
        Binding("2", "go('orders')", "Orders", show=False, id="app.orders-tab"),
        Binding("3", "go('sales')", "Sales", show=False, id="app.sales"),
        Binding("4", "changes", "Changes", show=False, id="app.changes"),
        Binding("o", "go('orders')", "orders", show=False, id="app.orders"),
        Binding("r", "retry", "retry", show=False, id="app.retry"),
        Binding("question_mark", "help", "help", key_display="?", id="app.help"),
        Binding("ctrl+p", "command_palette", "commands", key_display="^p", id="app.commands"),
        Binding("q", "quit", "quit", id="app.quit"),
    ]

    health: reactive[Health | None] = reactive(None, always_update=True)
    seconds_left: reactive[float] = reactive(0.0)
    unsettled: reactive[int] = reactive(0)
    activity: reactive[tuple[tuple[str, str], ...]] = reactive(())
    settled: reactive[int] = reactive(0)
    is_admin: reactive[bool] = reactive(False)
    edits: reactive[int] = reactive(0)

    def __init__(
        self,
        desk: Desk,
        preferences: Preferences = USUAL,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class)
        self.desk = desk
        self.preferences = preferences
        self.till = Till(self, desk, self._told)
        self.office = Office(self, desk)
        self._watch = Watch()
        self._asker = Asker(self, "health")
        self.live = Live(self, self, desk.shop, self._lost)
        self.add_mode("shop", self._shop_screen)
        self.add_mode("orders", self._orders_screen)
        self.add_mode("sales", self._sales_screen)
        self.set_keymap(dict(preferences.keymap))
        self._own_colours = OwnColours()
        self._filters.append(self._own_colours)
        if self.no_color:
            self._filters.append(Colourless())
        for theme in ALL:
            self.register_theme(theme)
        self.theme = preferences.theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours that a theme may leave out."""
        return {**super().get_theme_variable_defaults(), **GREYS}

    def _shop_screen(self) -> Screen[None]:
        return ShopScreen(self.desk)

    def _orders_screen(self) -> Screen[None]:
        from tui.screens.orders import OrdersScreen

        return OrdersScreen(self.desk)

    def _sales_screen(self) -> Screen[None]:
        from tui.screens.sales import SalesScreen

        return SalesScreen(self.desk)

    async def on_mount(self) -> None:
        """Open the shop, then see to the servers and to what an earlier run left unsettled."""
        leave_when_told(self)
        await self.switch_mode("shop")
        self.set_interval(_TICK_SECONDS, self._tick)
        self.set_interval(LIVE_SECONDS, self.live.tick)
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        if not gc.isenabled():
            # What is here now stays: looking through it again and again would only cost pauses.
            gc.freeze()
            gc.enable()
        self._tick()
        for problem in self.preferences.problems:
            self.say(text.one_line(problem), "warning")
            self.note(text.one_line(problem))
        self.office.open()
        for unsettled in self.desk.keys.kept(self.desk.shop.url):
            self.say(f"Asking what became of buying {text.one_line(unsettled.title)} …")
            self.till.begin(unsettled, unsure=True)
        self.count_unsettled()

    # -- how the servers are ------------------------------------------------------------------

    def _tick(self) -> None:
        now = self.desk.clock.monotonic()
        is_wanted = self.app_focus or not self._watch.is_well or self.health is None
        if self._watch.is_due(now) and is_wanted:
            self._watch.asked()
            self._asker.also(self.desk.shop.health, self._health_came, self._trouble)
        self.seconds_left = float(round(self._watch.seconds_left(now)))

    def _health_came(self, health: Health) -> None:
        self._watch.answered(health, self.desk.clock.monotonic())
        before = self.health
        self.health = health
        for name in set(health.down) - set(before.down if before else ()):
            self.note(f"The {name} server does not answer.")
        if health.closed and not health.down and not (before and before.closed):
            self.note(f"Nothing can be bought now: {text.one_line(health.closed)}.")
        if before is not None and not before.is_well and health.is_well:
            self.say("The shop answers again.")
            self.note("The shop answers again.")
            self.live.ask()
        self._tick()

    def _trouble(self, error: Exception) -> None:
        raise AssertionError("asking for health never fails") from error

    @on(Trouble)
    def _find_out(self) -> None:
        """A question failed: see which server it is, but not more often than the pauses allow."""
        if self._watch.is_well:
            self._watch.hurry()
            self._tick()

    def heard(self) -> None:
        """Books came; where that was not to be expected, see at once who is back."""
        if {"frontend", "catalog"} & set(self._watch.down):
            self._watch.hurry()

    # -- stock that stays live ----------------------------------------------------------------

    def watching(self) -> list[Watching]:
        """See Host."""
        if not self.is_running:
            # An answer that comes while the screens are being taken down.
            return []
        return [screen for screen in self.screen_stack if isinstance(screen, Watching)]

    def is_worth_asking(self) -> bool:
        """See Host."""
        return self.app_focus and not {"frontend", "catalog"} & set(self._watch.down)

    def watch_app_focus(self, is_focused: bool) -> None:
        """Whoever comes back sees what is so now."""
        if is_focused and self.is_running:
            self.live.ask()

    def _lost(self, error: ShopError) -> None:
        self.post_message(Trouble(error))

    def why_not_read(self) -> str | None:
        """Why no other books can be fetched now, as a sentence; None if they can."""
        for name in ("frontend", "catalog"):
            if name in self._watch.down:
                return f"The {name} server is down; more books come when it is back."
        return None

    def why_not_buy(self, book: Book) -> str | None:
        """Why a book cannot be bought now, as a sentence; None if it can."""
        if self.desk.read_only:
            return READ_ONLY_WORDS
        return self.why_closed() or (None if book.quantity else "This book is sold out.")

    def why_closed(self) -> str | None:
        """Why no book can be bought now, as a sentence; None if the shop sells."""
        health = self.health or Health({})
        for name in ("frontend", "catalog", *(("order",) if health.closed else ())):
            if name in health.down:
                return f"The {name} server is down; buying works again when it is back."
        if health.closed:
            return f"Nothing can be bought now: {text.one_line(health.closed)}."
        return None

    def count_unsettled(self) -> None:
        """Show in the first line how many purchases have no outcome yet."""
        self.unsettled = self.till.unsettled

    # -- purchases ----------------------------------------------------------------------------

    def _told(self, case: Case) -> None:
        """An answer about a purchase came: show it where it is shown, else say it."""
        from tui.screens.buy import BuyScreen
        from tui.screens.words import news

        self.count_unsettled()
        outcome = case.outcome
        assert outcome is not None
        screens = [screen for screen in self.screen_stack if isinstance(screen, BuyScreen)]
        is_shown = any(screen.told(case) for screen in screens)
        words = news(outcome.stage, case.unsettled.title, outcome.price, case.unsettled.quantity)
        self.note(words)
        if not is_shown and (not outcome.is_open or case.attempts == 1):
            self.say(words, "information" if outcome.stage == "bought" else "warning")
        if not outcome.is_open:
            self.settled += 1

    @on(BuyWanted)
    def _buy(self, event: BuyWanted) -> None:
        from tui.screens.buy import BuyScreen

        if self.desk.read_only:
            self.say(READ_ONLY_WORDS, "warning")
        elif not isinstance(self.screen, BuyScreen):
            self.push_screen(BuyScreen(self.desk, self.till, event.book))

    @on(AdminWanted)
    def _admin(self, event: AdminWanted) -> None:
        self.office.want(event.want, event.book)

    # -- books and subjects -------------------------------------------------------------------

    @on(OpenWanted)
    def _open(self, event: OpenWanted) -> None:
        from tui.screens.book import BookScreen

        self.push_screen(BookScreen(self.desk, event.book_id, event.book, event.fresh_at))

    @on(MoreWanted)
    async def _more(self, event: MoreWanted) -> None:
        await self.switch_mode("shop")
        shop = self.screen_stack[0]
        if isinstance(shop, ShopScreen):
            shop.show_subject(event.subject)

    def choose_subject(self, current: str) -> None:
        """Let somebody choose a subject for the shop screen."""
        from tui.screens.subjects import SubjectsScreen

        def chosen(subject: str | None) -> None:
            if subject is not None:
                self.post_message(MoreWanted(subject))

        self.push_screen(SubjectsScreen(self.desk, current), chosen)

    def copy_book(self, book: Book) -> None:
        """Copy a book's number and title to the clipboard."""
        self.copy_to_clipboard(f"{book.id}\t{text.one_line(book.title)}")
        self.say(f"Copied {book.id} {text.one_line(book.title)}")

    def _admin_book(self, screen: Screen[object]) -> Book | None:
        return screen.admin_book() if isinstance(screen, AdminKeys) else None

    # -- words --------------------------------------------------------------------------------

    def say(self, words: str, severity: Severity = "information") -> None:
        """A notice above the keys, in place of the last one."""
        self._hush()
        self.notify(words, severity=severity, timeout=_NEWS_SECONDS, markup=False)

    def _hush(self) -> None:
        # Textual takes away the words and leaves the box they stood in, which would push the next
        # ones out of view.
        for screen in self.screen_stack:
            screen.query("ToastHolder").remove()
        self.clear_notifications()

    def note(self, words: str) -> None:
        """Something that happened, for the line of activity."""
        news = (text.clock_time(self.desk.clock.now()), words)
        self.activity = (news, *self.activity)[:_NEWS_KEPT]

    # -- keys ---------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Take no key blindly: where the window is too small to show anything, only `quit`."""
        is_typed = isinstance(event, events.Key | events.MouseEvent | events.Paste)
        if not (is_typed and self._is_too_small() and not self._quits(event)):
            await super().on_event(event)

    def _is_too_small(self) -> bool:
        width, height = SMALLEST
        return self.size.width < width or self.size.height < height

    def _quits(self, event: events.Event) -> bool:
        active = self.screen.active_bindings if self.screen_stack else {}
        found = active.get(event.key) if isinstance(event, events.Key) else None
        return found is not None and found.binding.action in ("quit", "help_quit")

    def action_help_quit(self) -> None:
        """See App: what Ctrl-C does, since the shell's people press it."""
        self.say(f"{keys_of(self, 'q', 'app.quit')} quits.")

    async def action_go(self, mode: str) -> None:
        """Go to a screen."""
        if mode != self.current_mode:
            self._hush()
            await self.switch_mode(mode)

    def action_changes(self) -> None:
        """Show the admin who changed what, in a window; anybody else is asked for the token."""
        self.office.want("changes", None)

    def action_retry(self) -> None:
        """Ask for everything again, now."""
        self._watch.hurry()
        self._tick()
        self.till.hurry()
        if isinstance(self.screen, BazarScreen):
            self.screen.reload()
        self.live.ask()

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.show_help(self.current_mode)

    def show_help(self, where: str) -> None:
        """Show the keys of a screen, or of a window over one."""
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(where))

    def action_command_palette(self) -> None:
        """Find a command, or a book."""
        from tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def choose_theme(self, name: str) -> None:
        """Put on other colours, now and at the next start."""
        self.theme = name
        try:
            self.preferences.keep_theme(name)
        except OSError as error:
            self.say(f"The theme is for this time; it cannot be kept: {error.strerror}", "warning")

    def watch_theme(self, name: str) -> None:
        """Keep to the terminal's own colours where that was asked for."""
        self._own_colours.enabled = self.current_theme.ansi

    def search_themes(self) -> None:
        """Show the themes to choose from."""
        from tui.screens.palette import Palette
        from tui.themecommands import ThemeCommands

        self.push_screen(Palette([ThemeCommands], "colours"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The commands of `^p`."""
        yield SystemCommand("Shop", "Search, browse and buy", lambda: self.run_action("go('shop')"))
        yield SystemCommand("Orders", "What was bought", lambda: self.run_action("go('orders')"))
        yield SystemCommand("Sales", "What was sold", lambda: self.run_action("go('sales')"))
        yield SystemCommand("Retry", "Ask the shop again now", self.action_retry)
        yield SystemCommand("Help", "The keys of this screen", self.action_help)
        yield from self.office.commands(self._admin_book(screen))
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)
        yield SystemCommand("Quit", "Leave the shop", self.action_quit)
