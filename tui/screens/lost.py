"""An edit lost to another admin's: yours and theirs side by side, to choose field by field."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Button, Static

from shared.domain import Book
from tui import text
from tui.lost import Side, first_choice
from tui.screens.over import Over

_LABELS = {"title": "Title", "author": "Author", "subjects": "Subjects", "price": "Price"}
_MOST_LINES = 12
_GAP = " │ "


class Choice(Widget, can_focus=True):
    """One field in two columns; where they differ, one of them is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "choose(True)", "yours", key_display="←", id="lost.yours"),
        Binding("right,l", "choose(False)", "theirs", key_display="→", id="lost.theirs"),
        Binding("space", "turn", "the other one", id="lost.turn"),
    ]
    is_mine: reactive[bool] = reactive(False, layout=True)

    class Chosen(Message):
        """Another side is chosen."""

    def __init__(self, side: Side, *, is_mine: bool) -> None:
        super().__init__()
        self.side = side
        self.can_focus = side.differs
        self.set_reactive(Choice.is_mine, is_mine)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as the longer side takes, and one for the name."""
        return len(self._lines(width)) + 1

    def render(self) -> Content:
        """The name with a sign whether the sides differ; the sides, the chosen one marked."""
        name = _LABELS[self.side.name]
        if not self.side.differs:
            head = Content.styled(f"= {name}, the same", "$muted")
        else:
            head = Content.assemble((f"≠ {name}", "bold $warning"))
        width = self._column(self.size.width)
        parts: list[Content | str] = [head]
        for mine, theirs in self._lines(self.size.width):
            parts += [
                "\n",
                Content.styled(text.fit(mine, width), self._look(is_mine=True)),
                Content.styled(_GAP, "$muted"),
                Content.styled(text.fit(theirs, width), self._look(is_mine=False)),
            ]
        return Content.assemble(*parts)

    def _look(self, *, is_mine: bool) -> str:
        if not self.side.differs:
            return "$muted"
        return "bold" if is_mine == self.is_mine else "$muted"

    def _column(self, width: int) -> int:
        return max(8, (width - len(_GAP)) // 2)

    def _lines(self, width: int) -> list[tuple[str, str]]:
        column = self._column(width) - 2
        columns = []
        for value, is_mine in ((self.side.mine, True), (self.side.theirs, False)):
            sign = " "
            if self.side.differs:
                sign = "●" if is_mine == self.is_mine else "○"
            lines = _shown(value, column)
            columns.append([f"{' ' if row else sign} {line}" for row, line in enumerate(lines)])
        rows = max(map(len, columns))
        mine, theirs = (column + [""] * (rows - len(column)) for column in columns)
        return list(zip(mine, theirs, strict=True))

    def action_choose(self, is_mine: bool) -> None:
        """Keep this side."""
        if self.side.differs:
            self.is_mine = is_mine
            self.post_message(self.Chosen())

    def action_turn(self) -> None:
        """Keep the other side."""
        self.action_choose(not self.is_mine)

    def on_click(self, event: events.Click) -> None:
        """A click on a side chooses it."""
        self.action_choose(event.x < self.size.width // 2)


def _shown(value: object, width: int) -> list[str]:
    if isinstance(value, tuple):
        lines = [line for one in value for line in text.wrap(text.one_line(one), width, 3)]
        more = len(lines) - _MOST_LINES
        return [*lines[:_MOST_LINES], f"… {more} more"] if more > 0 else lines or ["(none)"]
    return text.wrap(text.one_line(str(value)), width, _MOST_LINES) if str(value) else ["(none)"]


class LostScreen(Over[frozenset[str] | None]):
    """Answers the names of the fields to keep as they were typed; None to go back to the form."""

    WHERE = "lost"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", key_display="esc", id="lost.back"),
        Binding("f2", "send", "send", key_display="F2", id="lost.send"),
        Binding("up,k", "app.focus_previous", "the field before", show=False, id="lost.up"),
        Binding("down,j", "app.focus_next", "the next field", show=False, id="lost.down"),
    ]

    def __init__(self, theirs: Book, sides: Sequence[Side]) -> None:
        super().__init__()
        self._theirs = theirs
        self._sides = sides

    def compose_window(self) -> ComposeResult:
        """The fields, a sentence, and two buttons."""
        mine = first_choice(self._sides)
        with Vertical(classes="dialog"):
            yield Static(markup=False, classes="heads")
            with VerticalScroll(classes="form", can_focus=False):
                for side in self._sides:
                    yield Choice(side, is_mine=side.name in mine)
            yield Static(markup=False, classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Back to the form", compact=True, classes="no")
                yield Button("Send", compact=True, classes="yes")

    def on_mount(self) -> None:
        """Name it, and begin at the first field that differs."""
        box = self.query_one(".dialog")
        box.border_title = Content(f"Book #{self._theirs.id} was changed by another admin")
        self._draw()
        for choice in self.query(Choice):
            if choice.side.differs:
                self.set_focus(choice)
                break

    def on_resize(self) -> None:
        """The columns are as wide as the window lets them be."""
        self.call_after_refresh(self._draw)

    @on(Choice.Chosen)
    def _draw(self) -> None:
        column = max(8, (self.query_one(".form").scrollable_content_region.width - len(_GAP)) // 2)
        heads = text.fit("  yours", column) + "   " + text.fit("  theirs, in the shop now", column)
        self.query_one(".heads", Static).update(Content.styled(heads, "bold"))
        names = [_LABELS[choice.side.name].lower() for choice in self._kept()]
        kept = f"Sends your {', '.join(names)}." if names else "Sends nothing: theirs stays."
        self.query_one(".said", Static).update(Content.styled(kept, "$muted"))
        self.query_one(".yes", Button).label = Content("Send" if names else "Take theirs")

    def _kept(self) -> list[Choice]:
        return [one for one in self.query(Choice) if one.side.differs and one.is_mine]

    @on(Button.Pressed, ".yes")
    def action_send(self) -> None:
        """Go on with what is chosen."""
        self.dismiss(frozenset(choice.side.name for choice in self._kept()))

    @on(Button.Pressed, ".no")
    def action_leave(self) -> None:
        """Back to the form, with nothing sent."""
        self.dismiss(None)
