"""A book's cover drawn in text, the same each time: patterned cloth and a paper label.

The pattern comes from the title and the cloth from the subject, so books on one subject look like
a series. Every colour is given with its background, so a cover is the same on light and on dark;
without colours the pattern and the label still make it one.
"""

import zlib
from typing import Final, NamedTuple

from textual.content import Content

from shared.domain import Book
from tui import text

WIDTH: Final = 24
HEIGHT: Final = 11
_LABEL_PAPER: Final = "#2b2622 on #efe6d2"


class Cloth(NamedTuple):
    """The colour of the boards, of what is printed on them, and of the spine."""

    ground: str
    print: str
    spine: str


_CLOTHS: Final = (
    Cloth("#6b2f2a", "#c98f5e", "#4d1f1c"),  # madder
    Cloth("#274660", "#88a9c4", "#1a3247"),  # indigo
    Cloth("#33523b", "#93b58a", "#223a29"),  # moss
    Cloth("#553c66", "#b59ac7", "#3d2a4b"),  # plum
    Cloth("#7a5c1e", "#d9bd78", "#584213"),  # ochre
    Cloth("#1f5753", "#7fbdb3", "#133f3c"),  # sea
    Cloth("#6a3448", "#d49bab", "#4d2433"),  # rose
    Cloth("#3d4654", "#a3afbf", "#2a323d"),  # slate
    Cloth("#8a4522", "#e3a873", "#64300f"),  # rust
)
# Each is a tile that is laid side by side and row under row.
_PATTERNS: Final = (
    ("╱╲", "╲╱"),
    ("╲╱╱╲", "╱╲╲╱"),
    ("╭╮", "╰╯"),
    ("╭─╮ ", "╰─╯ ", " ╭─╮", " ╰─╯"),
    ("─┬──", "─┴──", "──┬─", "──┴─"),
    ("╲╲╲╱╱╱", "╲╲╱╲╱╱", "╲╱╱╲╲╱"),
    ("·  ", " · ", "  ·"),
    ("•   ", "  • "),
    ("╳ ", " ╳"),
    ("┼─┼ ", "│ │ ", "┼─┼ ", "    "),
    ("░░  ", "  ░░"),
    ("▚▞", "▞▚"),
    ("╱  ", "  ╱", " ╱ "),
    ("═║", "║═"),
    ("◇ · ", " ·  ", "· ◇ ", "  · "),
    ("✦   ·   ", "  ·   ✦ "),
)
_ORNAMENTS: Final = ("❦", "✦", "◆", "❖", "◈", "✻")


def cover(book: Book, width: int = WIDTH, height: int = HEIGHT) -> Content:
    """`width` by `height` cells: a spine, patterned boards, and a label with title and author."""
    chance = zlib.crc32(f"{book.title}\n{book.author}".encode("utf-8", "replace"))
    subject = book.subjects[0] if book.subjects else ""
    cloth = _CLOTHS[zlib.crc32(subject.encode("utf-8", "replace")) % len(_CLOTHS)]
    pattern = _PATTERNS[chance % len(_PATTERNS)]
    label = _label(book, width - 6, height - 2, _ORNAMENTS[chance // 97 % len(_ORNAMENTS)])
    top = (height - len(label)) // 2
    spine = ("▌", f"{cloth.spine} on {cloth.ground}")
    boards = f"{cloth.print} on {cloth.ground}"
    rows = []
    for y in range(height):
        print_ = _row(pattern, y, width - 1)
        if not top <= y < top + len(label):
            rows.append(Content.assemble(spine, (print_, boards)))
            continue
        words = label[y - top]
        side = (width - 1 - text.width(words)) // 2
        right = side + text.width(words)
        rows.append(
            Content.assemble(
                spine, (print_[:side], boards), (words, _LABEL_PAPER), (print_[right:], boards)
            )
        )
    return Content("\n").join(rows)


def _row(pattern: tuple[str, ...], y: int, width: int) -> str:
    tile = pattern[y % len(pattern)]
    return (tile * (width // len(tile) + 1))[:width]


def _label(book: Book, width: int, most: int, ornament: str) -> list[str]:
    """The label's lines, all `width` cells; at most `most` of them."""
    inner = width - 4
    author = text.author(text.one_line(book.author), inner)
    room = most - 2 - (2 if author else 0)
    title = text.wrap(text.one_line(book.title) or f"Book {book.id}", inner, max(1, room - 1))
    lines = [*title, ornament] + ([author] if author else [])
    middle = [f"│ {_middle(line, inner)} │" for line in lines]
    return [f"┌{'─' * (width - 2)}┐", *middle, f"└{'─' * (width - 2)}┘"]


def _middle(row: str, width: int) -> str:
    shown = text.cut(row, width)
    return text.fit(" " * ((width - text.width(shown)) // 2) + shown, width)
