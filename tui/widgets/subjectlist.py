"""The subjects with how many books are on each, and a filter over them."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from shared.domain import ShopError, SubjectCount
from tui import text
from tui.asker import Asker
from tui.shop import Shop, SubjectPage
from tui.widgets.rows import Rows

DEBOUNCE_SECONDS = 0.12
_PAGE = 200


class SubjectList(Rows):
    """Draws subjects; the first row is for the books on any subject."""

    def __init__(self) -> None:
        super().__init__()
        self.subjects: list[SubjectCount | None] = []
        self.chosen = ""
        self.is_filtered = False

    @property
    def row_count(self) -> int:
        """See Rows."""
        return len(self.subjects) + (not self.is_filtered)

    def subject_at(self, row: int) -> SubjectCount | None:
        """The subject on a row; None for any subject, and while it has not come."""
        place = row - (not self.is_filtered)
        return self.subjects[place] if 0 <= place < len(self.subjects) else None

    def row_of(self, subject: str) -> int | None:
        """The row of a subject, empty for any; None where it is not, or has not come."""
        if not subject:
            return None if self.is_filtered else 0
        names = [one.subject if one else "" for one in self.subjects]
        return names.index(subject) + (not self.is_filtered) if subject in names else None

    def draw(self, row: int, width: int) -> Content:
        """See Rows."""
        muted = self.style_of("muted")
        if not row and not self.is_filtered:
            look = self.style_of("strong") if not self.chosen else ""
            return Content.assemble((text.fit("All subjects", width), look))
        subject = self.subject_at(row)
        if subject is None:
            return Content.styled("░" * (width // 2), muted)
        books = text.count(subject.books)
        name = text.fit(text.one_line(subject.subject), width - cell_len(books) - 1)
        look = self.style_of("strong") if subject.subject == self.chosen else ""
        return Content.assemble((name, look), " ", (books, muted))

    def note(self) -> Content:
        """See Rows."""
        return Content.styled("No subject has these words", self.style_of("muted"))


class SubjectFilter(Input):
    """The box above the list; Enter chooses what the list's cursor is on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "choose", key_display="↵", id="subjects.choose"),
    ]


class Subjects(Vertical):
    """The filter and the list under it; pages come as they are scrolled to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="subjects.up"),
        Binding("down", "move(1)", "Down", show=False, id="subjects.down"),
    ]

    class Chosen(Message):
        """A subject was chosen; empty for all of them."""

        def __init__(self, subject: str) -> None:
            super().__init__()
            self.subject = subject

    def __init__(self, shop: Shop, failed: Callable[[ShopError], None]) -> None:
        super().__init__()
        self._shop = shop
        self._failed = failed
        self._asker = Asker(self, "subjects")
        self._asked: set[int] = set()
        self._timer: Timer | None = None
        self._is_choosing = False
        # What the filter said when the list was fetched; None before that.
        self._shown_for: str | None = None
        self.list = SubjectList()
        self.filter = SubjectFilter(
            placeholder="filter subjects", compact=True, select_on_focus=False
        )

    def compose(self) -> ComposeResult:
        """The filter above the list."""
        yield self.filter
        yield self.list

    def on_mount(self) -> None:
        """Fetch the first page."""
        self.border_title = Content("Subjects")
        self.load()

    def load(self) -> None:
        """Fetch the first page for what the filter says."""
        wanted = self.filter.value.strip()
        self._asked = {0}
        self._asker.ask(
            lambda: self._shop.subjects(wanted, _PAGE, 0),
            lambda page: self._show(page, wanted),
            self._lost,
        )

    def _lost(self, error: ShopError) -> None:
        self.border_subtitle = Content("cannot be read now")
        self._failed(error)

    def choose(self, subject: str) -> None:
        """Mark the subject that the books are on, and show it if the filter hides it."""
        self.list.chosen = subject
        self.list.refresh()
        if not self._to_chosen() and self.filter.value:
            self.filter.value = ""

    def _to_chosen(self) -> bool:
        row = self.list.row_of(self.list.chosen)
        if row is not None:
            self.list.cursor = row
        return row is not None

    def _show(self, page: SubjectPage, wanted: str) -> None:
        self._shown_for = wanted
        self.list.is_filtered = bool(wanted)
        self.list.subjects = [*page.data, *[None] * max(0, page.total - len(page.data))]
        self.list.to_top()
        self.list.rows_changed()
        if not wanted:
            self._to_chosen()
        self.border_subtitle = Content(f"{text.count(page.total)}")
        if self._is_choosing:
            self._is_choosing = False
            self.list.action_open()

    def _fill(self, start: int, page: SubjectPage) -> None:
        self.list.subjects[start : start + len(page.data)] = page.data
        self.list.refresh()

    def on_rows_seen(self, event: Rows.Seen) -> None:
        """Fetch the pages in the window that are not here."""
        event.stop()
        first, last = self.list.window
        wanted = self.filter.value.strip()
        for number in range(first // _PAGE, max(0, last) // _PAGE + 1):
            start = number * _PAGE
            if number in self._asked or start >= len(self.list.subjects):
                continue
            self._asked.add(number)
            self._asker.also(
                partial(self._shop.subjects, wanted, _PAGE, start),
                partial(self._fill, start),
                self._failed,
            )

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Nobody else needs to know."""
        event.stop()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Tell which subject was chosen."""
        event.stop()
        subject = self.list.subject_at(self.list.cursor)
        if subject is not None:
            self.post_message(self.Chosen(subject.subject))
        elif not self.list.cursor and not self.list.is_filtered:
            self.post_message(self.Chosen(""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask when the typing pauses."""
        event.stop()
        self._is_choosing = False
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE_SECONDS, self.load)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose the subject under the cursor, of those that the words typed by now find."""
        event.stop()
        if self._shown_for == self.filter.value.strip():
            self.list.action_open()
            return
        if self._timer is not None:
            self._timer.stop()
        self._is_choosing = True
        self.load()

    def action_move(self, by: int) -> None:
        """Move the cursor of the list while one types."""
        self.list.action_move(by)

    def on_rows_pressed(self, event: Rows.Pressed) -> None:
        """One click is enough to choose."""
        event.stop()
        self.list.action_open()
