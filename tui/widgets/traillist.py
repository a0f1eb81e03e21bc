"""The changes to the books, newest first: when, who, what, which book."""

from typing import Any, Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from shared.trail import Entry
from tui import text
from tui.clock import Clock
from tui.widgets.rows import Rows

_WHEN: Final = 14
_BY: Final = 14
_WHAT: Final = 11
SIGNS: Final = {"added": "+ added", "changed": "~ changed", "removed": "- removed"}
_LOOKS: Final = {"added": "good", "changed": "", "removed": "bad"}
_LABELS: Final = ("title", "author", "subjects", "price", "quantity")


class TrailList(Rows):
    """Draws the changes that have come; the rest of `total` is fetched as it is scrolled to."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.entries: list[Entry] = []
        self.total = 0
        self.words = "Looking through the trail …"

    @property
    def row_count(self) -> int:
        """See Rows."""
        return len(self.entries)

    @property
    def entry(self) -> Entry | None:
        """The change under the cursor."""
        return self.entries[self.cursor] if self.cursor < len(self.entries) else None

    def draw(self, row: int, width: int) -> Content:
        """See Rows."""
        entry = self.entries[row]
        muted = self.style_of("muted")
        at = text.fit(text.when(entry.at, self._clock.now()), _WHEN)
        by = text.fit(text.one_line(entry.by), _BY - 1) + " "
        what = text.fit(SIGNS[entry.what], _WHAT)
        look = _LOOKS[entry.what]
        left = width - _WHEN - _BY - _WHAT
        return Content.assemble(
            (at, muted),
            by,
            (what, self.style_of(look) if look else ""),
            text.fit(_short(entry), left),
        )

    def note(self) -> Content:
        """See Rows."""
        return Content.styled(self.words, self.style_of("muted"))


class EntryDetails(Widget):
    """One change in full: each field, from what to what."""

    entry: reactive[Entry | None] = reactive(None)

    def render(self) -> Content:
        """A line for who and when; below it a line for each field, as many as there is room for."""
        entry = self.entry
        if entry is None:
            return Content("")
        width = self.size.width
        at = entry.at.astimezone().strftime("%d %b %Y %H:%M:%S")
        head = f"#{entry.book_id} {SIGNS[entry.what][2:]} by {text.one_line(entry.by)}, {at}"
        lines = [_field(name, entry, width) for name in _names(entry)]
        parts: list[Content | tuple[str, str]] = [(text.cut(head, width), "bold")]
        for line in lines[: max(0, self.size.height - 1)]:
            parts += [("\n", ""), line]
        return Content.assemble(*parts)


def _names(entry: Entry) -> list[str]:
    given = {**entry.before, **entry.after}
    known = [name for name in _LABELS if name in given]
    return known + sorted(name for name in given if name not in (*_LABELS, "id"))


def _field(name: str, entry: Entry, width: int) -> Content:
    label = text.fit(text.one_line(name), 10)
    change = ""
    if name == "quantity" and entry.quantity_change:
        change = f"  ({entry.quantity_change:+,})"
    room = max(4, width - len(label) - len(change))
    before, after = _shown(name, entry.before), _shown(name, entry.after)
    if entry.what == "changed":
        # Each half gets its share, and what one does not need.
        half = (room - 3) // 2
        before = text.cut(before, max(half, room - 3 - text.width(after)))
        after = text.cut(after, room - 3 - text.width(before))
        words = f"{before} → {after}"
    else:
        words = text.cut(before or after, room)
    return Content.assemble((label, "$muted"), words, (change, "$muted"))


def _shown(name: str, fields: dict[str, Any]) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(text.one_line(str(one)) for one in value) or "(none)"
    if name == "price":
        return text.plain_money(value)
    return text.one_line(str(value)) or "(none)"


def _short(entry: Entry) -> str:
    """What was changed, in as few words as will do."""
    title = _shown("title", entry.after) or _shown("title", entry.before)
    if entry.what != "changed":
        return f"#{entry.book_id} {title}"
    parts = []
    for name in _names(entry):
        if name == "quantity":
            parts.append(f"stock {entry.quantity_change:+,}")
        elif name == "price":
            parts.append(f"price {_shown(name, entry.before)} → {_shown(name, entry.after)}")
        else:
            parts.append(name)
    return f"#{entry.book_id} {', '.join(parts)}"
