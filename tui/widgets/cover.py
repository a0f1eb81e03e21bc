"""A book's cover drawn in text, the same each time, from its title and subject."""

import zlib
from typing import Final

from textual.content import Content

from shared.domain import Book
from tui import text

WIDTH: Final = 24
HEIGHT: Final = 11
# Cloth and lettering, dark enough for the lettering to be read.
_CLOTHS: Final = (
    ("#5a2a27", "#f0d9a8"),
    ("#27425a", "#e6dcc0"),
    ("#2f4a35", "#e9d8a6"),
    ("#4a3358", "#eadcf0"),
    ("#5a4a1f", "#f5e9c8"),
    ("#1f4d4a", "#dff0e6"),
    ("#59303f", "#f4d9df"),
)
_ORNAMENTS: Final = ("❦", "✦", "◆", "❖", "✤", "◈", "✶")


def cover(book: Book) -> Content:
    """WIDTH by HEIGHT cells: cloth, a frame, the title, an ornament and the author."""
    subject = book.subjects[0] if book.subjects else ""
    cloth, ink = _CLOTHS[zlib.crc32(subject.encode()) % len(_CLOTHS)]
    ornament = _ORNAMENTS[zlib.crc32(book.title.encode()) % len(_ORNAMENTS)]
    inner = WIDTH - 6
    title = text.wrap(text.one_line(book.title), inner - 2, 5)
    author = text.wrap(text.one_line(book.author), inner - 2, 2)
    rows = ["", *title]
    rows += [""] * (HEIGHT - 3 - len(rows) - len(author)) + author
    rows[(len(title) + 1 + HEIGHT - 2 - len(author)) // 2] = ornament
    body = [f"▌ │{_middle(row, inner)}│ " for row in rows[: HEIGHT - 2]]
    body += [f"▌ │{' ' * inner}│ "] * (HEIGHT - 2 - len(body))
    framed = [f"▌ ┌{'─' * inner}┐ ", *body, f"▌ └{'─' * inner}┘ "]
    return Content.styled("\n".join(text.fit(row, WIDTH) for row in framed), f"{ink} on {cloth}")


def _middle(row: str, width: int) -> str:
    shown = text.cut(row, width)
    return text.fit(" " * ((width - text.width(shown)) // 2) + shown, width)
