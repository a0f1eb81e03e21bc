"""Where purchases run: in threads, each until its outcome is definite, whatever screen is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from textual.app import App
from textual.timer import Timer

from tui import purchase, threads
from tui.desk import Desk
from tui.pending import Unsettled
from tui.purchase import Outcome


@dataclass
class Case:
    """One purchase that was begun; `outcome` is None until the first answer.

    `due` is when it is asked again, in monotonic seconds; `unsure` that a request which got no
    answer may have bought it.
    """

    unsettled: Unsettled
    unsure: bool = False
    outcome: Outcome | None = None
    attempts: int = 0
    due: float = 0.0
    is_asking: bool = False
    timer: Timer | None = None

    @property
    def is_open(self) -> bool:
        """Whether its outcome is not definite yet."""
        return self.outcome is None or self.outcome.is_open


class Till:
    """Asks for purchases on behalf of `host`; `told` hears of every answer."""

    def __init__(self, host: App[None], desk: Desk, told: Callable[[Case], None]) -> None:
        self._host = host
        self._desk = desk
        self._told = told
        self._cases: dict[str, Case] = {}

    @property
    def unsettled(self) -> int:
        """How many purchases have no definite outcome."""
        return sum(case.is_open for case in self._cases.values())

    def begin(self, unsettled: Unsettled, *, unsure: bool = False) -> Case:
        """Start a purchase, or take up one of an earlier run, which may have been made."""
        case = Case(unsettled, unsure)
        self._cases[unsettled.key] = case
        self._ask(case)
        return case

    def again(self, case: Case) -> None:
        """Ask for one that was surely not done once more, under its own key."""
        self._cases[case.unsettled.key] = case
        self._ask(case)

    def hurry(self) -> None:
        """Ask for all that are waiting now."""
        for case in list(self._cases.values()):
            self._ask(case)

    def _ask(self, case: Case) -> None:
        if case.is_asking:
            return
        if case.timer is not None:
            case.timer.stop()
            case.timer = None
        case.is_asking = True
        work: Callable[[], Outcome]
        if self._desk.read_only:
            work = partial(purchase.find_out, self._desk.shop, self._desk.keys, case.unsettled)
        elif case.outcome is not None and case.outcome.stage == "pending":
            work = partial(purchase.look, self._desk.shop, self._desk.keys, case.unsettled)
        else:
            work = partial(
                purchase.ask,
                self._desk.shop,
                self._desk.keys,
                case.unsettled,
                unsure=case.unsure,
            )
        threads.start(self._host, lambda: partial(self._answered, case, work()), "purchase")

    def _answered(self, case: Case, outcome: Outcome) -> None:
        case.is_asking = False
        case.outcome = outcome
        if outcome.is_open:
            case.unsure = True
            pause = purchase.pause_before(case.attempts, outcome.pause)
            case.attempts += 1
            case.due = self._desk.clock.monotonic() + pause
            case.timer = self._host.set_timer(pause, lambda: self._ask(case))
        else:
            del self._cases[case.unsettled.key]
        self._told(case)
