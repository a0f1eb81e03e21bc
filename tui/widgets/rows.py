"""A list that draws only its window, so it costs the same at 7 rows and at a million."""

from typing import ClassVar

from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

CURSOR = "▸"
_REVERSE = RichStyle(reverse=True)


class Rows(ScrollView, can_focus=True):
    """Rows with a cursor. A subclass says how many there are and draws one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--cursor",
        "rows--muted",
        "rows--good",
        "rows--warning",
        "rows--bad",
        "rows--strong",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="rows.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="rows.down"),
        Binding("pageup", "move_page(-1)", "Page up", show=False, id="rows.page-up"),
        Binding("pagedown,space", "move_page(1)", "Page down", show=False, id="rows.page-down"),
        Binding("home,g", "first", "First", show=False, id="rows.first"),
        Binding("end,G", "last", "Last", show=False, id="rows.last"),
        Binding("enter", "open", "open", key_display="↵", id="rows.open"),
    ]

    # What stands before the row under the cursor while the keys go elsewhere.
    SIGN_ELSEWHERE = CURSOR

    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is on another row, or on the same one with another thing in it."""

        def __init__(self, rows: "Rows") -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> "Rows":
            """The list it happened in."""
            return self.rows

    class Opened(Moved):
        """The row under the cursor was chosen."""

    class Pressed(Moved):
        """A row was clicked once."""

    class Seen(Moved):
        """Other rows are in the window now."""

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def draw(self, row: int, width: int) -> Content:
        """One row, at most `width` cells."""
        raise NotImplementedError

    def note(self) -> Content:
        """What to say where there are no rows."""
        return Content("")

    # -- for the subclass ---------------------------------------------------------------------

    def style_of(self, name: str) -> Style:
        """The look of a part of a row: muted, good, warning, bad or strong."""
        return self.get_visual_style(f"rows--{name}", partial=True)

    def rows_changed(self) -> None:
        """There are other rows, or other things in them."""
        self.virtual_size = Size(self.scrollable_content_region.width, self.row_count)
        self.cursor = self._clamp(self.cursor)
        self.refresh()
        self.post_message(self.Moved(self))
        self.post_message(self.Seen(self))

    def to_top(self) -> None:
        """Put the cursor on the first row and show it."""
        self.scroll_to(y=0, animate=False, force=True)
        self.cursor = 0

    @property
    def window(self) -> tuple[int, int]:
        """The first and the last row that can be seen; the last is -1 where there are none."""
        top = round(self.scroll_y)
        return top, min(top + self.page_rows, self.row_count) - 1

    @property
    def page_rows(self) -> int:
        """How many rows the window holds."""
        return max(1, self.scrollable_content_region.height)

    # -- drawing ------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        width = self.scrollable_content_region.width
        if not self.row_count:
            return self._note_line(y, width)
        row = y + round(self.scroll_y)
        if row >= self.row_count:
            return Strip.blank(width, self.rich_style)
        is_cursor = row == self.cursor
        base = self.visual_style
        if is_cursor:
            base += self.style_of("cursor")
        sign = (CURSOR if self.has_focus else self.SIGN_ELSEWHERE) if is_cursor else " "
        content = Content.assemble(sign, self.draw(row, width - 2), " ")
        strip = Strip(content.render_segments(base))
        strip = strip.adjust_cell_length(width, base.rich_style)
        # Textual leaves `reverse` out of a visual style.
        if is_cursor and self.get_component_styles("rows--cursor").text_style.reverse:
            return strip.apply_style(_REVERSE)
        return strip

    def _note_line(self, y: int, width: int) -> Strip:
        lines = self.note().split("\n", allow_blank=True)
        row = y - max(0, (self.page_rows - len(lines)) // 2)
        if not 0 <= row < len(lines):
            return Strip.blank(width, self.rich_style)
        content = lines[row].truncate(width, ellipsis=True).center(width)
        base = self.visual_style
        return Strip(content.render_segments(base)).adjust_cell_length(width, base.rich_style)

    # -- moving -------------------------------------------------------------------------------

    def _clamp(self, row: int) -> int:
        return max(0, min(row, self.row_count - 1))

    def validate_cursor(self, row: int) -> int:
        """Keep it on a row."""
        return self._clamp(row)

    def watch_cursor(self, before: int, now: int) -> None:
        """Show the row it is on."""
        if not self.is_mounted:
            return
        top, _ = self.window
        if now < top:
            self.scroll_to(y=now, animate=False, force=True)
        elif now >= top + self.page_rows:
            self.scroll_to(y=now - self.page_rows + 1, animate=False, force=True)
        self.refresh_line(before)
        self.refresh_line(now)
        self.post_message(self.Moved(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other rows are in the window."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            # What the keys act on stays in sight when the wheel or the bar scrolls.
            top, last = self.window
            self.cursor = max(top, min(self.cursor, last))
            self.post_message(self.Seen(self))

    def on_resize(self) -> None:
        """The window holds another number of rows."""
        self.virtual_size = Size(self.scrollable_content_region.width, self.row_count)
        self.watch_cursor(self.cursor, self.cursor)
        self.post_message(self.Seen(self))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor += by

    def action_move_page(self, by: int) -> None:
        """Move the cursor by a windowful."""
        self.cursor += by * max(1, self.page_rows - 1)

    def action_first(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last row."""
        self.cursor = self.row_count - 1

    def action_open(self) -> None:
        """Choose the row under the cursor."""
        if self.row_count:
            self.post_message(self.Opened(self))

    def on_click(self, event: events.Click) -> None:
        """A click goes to a row; a second one opens it."""
        offset = event.get_content_offset(self)
        if offset is None or not self.row_count:
            return
        row = offset.y + round(self.scroll_y)
        if row >= self.row_count:
            return
        self.cursor = row
        if event.chain > 1:
            self.action_open()
        else:
            self.post_message(self.Pressed(self))
