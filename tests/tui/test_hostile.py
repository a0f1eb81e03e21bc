"""Titles that would break the screen or steer the terminal, through the app's own rows."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from shared.domain import Book
from tests.books import ROWS, gutenberg
from tests.tui.conftest import sees, until
from tests.tui.fake_admin import FakeAdmin
from tests.tui.fakes import FakeShop, FrozenClock, MemoryKeys
from tui import text
from tui.app import BazarApp
from tui.desk import Desk
from tui.listing import Listing, Query
from tui.shop import BookPage
from tui.widgets.booklist import BookList
from tui.widgets.cover import cover

HOSTILE = {
    "markup": "[red]Dune[/b] [@click=app.quit]quit[/]",
    "escape": "a\x1b[31m\x1b]0;owned\x07\x1bcb",
    "C1": "a\x9b31m\x9d0;owned\x9cb",
    "bidi": "abc\u202egnp.exe\u202c \u2066x\u2069 \u200fy",
    "zero width": "a\u200bb\u2060c\ufeffd\u00ade",
    "joined emoji": "👩‍👩‍👧‍👦 👍🏽 ❤️ 1️⃣ 🇫🇷 🏳️‍🌈",
    "heaped": "Z" + "\u0301" * 60 + "algo",
    "combining first": "\u0301\u0302Title",
    "wide": "老子道德經" * 20,
    "right to left": "ألف ليلة وليلة " * 8,
    "Indic": "क्षत्रिय ಕನ್ನಡ தமிழ் ไทยำ",
    "breaks": "one\ntwo\r\nthree\u2028four\x85five\x0bsix",
    "long": "x" * 1_000,
    "long words": "word " * 200,
    "only controls": "\x00\x1b\x9b\u202e",
    "tags": "a\U000e0041\U000e007fb",
    "surrogate": "a\udcffb",
    "tabs": "a\tb\t\tc",
}
# A terminal gives a width of its own to these, or obeys them; the joiner shapes letters.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef\ud800-\udfff]"
)


def hostile_books() -> list[Book]:
    return [
        Book(number, title, title[::-1], (title[:80],), number, Decimal(number))
        for number, title in enumerate(HOSTILE.values(), 1)
    ]


def columns(shown: str) -> int:
    """The cells that a terminal gives a text: what wcwidth says of each of its characters."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else cell_len(c) for c in shown)


def check(shown: str, width: int) -> None:
    assert not _STEERING.search(shown), ascii(shown)
    assert cell_len(shown) == width, ascii(shown)
    # Also a terminal that knows nothing of joined characters ends the row in the same column.
    assert columns(shown) == width, ascii(shown)


def rows_of(books: list[Book], width: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from textual.style import Style

    monkeypatch.setattr(BookList, "style_of", lambda _self, _name: Style())
    drawn = BookList()
    for start in range(0, len(books), 60):
        drawn.listing = Listing(Query())
        page = tuple(books[start : start + 60])
        drawn.listing.put(0, BookPage(page, len(page)))
        for row in range(len(page)):
            yield drawn.draw(row, width).plain


@pytest.mark.parametrize("width", [55, 61, 75, 117])
def test_a_row_of_a_hostile_book_is_as_wide_as_any(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shown in rows_of(hostile_books(), width, monkeypatch):
        check(shown, width)


@given(st.text(), st.text(), st.integers(12, 60))
def test_a_cover_of_any_text_keeps_its_shape(title: str, author: str, width: int) -> None:
    """And is the same each time."""
    book = Book(1, title, author, (title[:9],), 1, Decimal(1))
    drawn = cover(book, width, 11).plain
    lines = drawn.split("\n")
    assert len(lines) == 11
    for line in lines:
        assert cell_len(line) == width
        assert not _STEERING.search(line)
    assert drawn == cover(book, width, 11).plain


@pytest.mark.timeout(600)
def test_every_real_title_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows of Project Gutenberg's catalogue, as the list shows them at 80 columns."""
    with gutenberg().open(encoding="utf-8", newline="") as file:
        books = [
            Book(number, row["Title"], row["Authors"], (), number % 70, Decimal(number % 40))
            for number, row in enumerate(csv.DictReader(file), 1)
        ]
    assert len(books) == ROWS
    drawn = 0
    for shown in rows_of(books, 75, monkeypatch):
        check(shown, 75)
        drawn += 1
    assert drawn == ROWS


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_the_screens_hold_with_hostile_books(
    size: tuple[int, int], clock: FrozenClock, keys: MemoryKeys
) -> None:
    """The list, each book's window and the question: every frame ends where it should."""
    shop = FakeShop(hostile_books())
    app = BazarApp(Desk(shop, clock, keys, FakeAdmin(shop)))
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, sees(pilot, "[red]Dune"))
        for _ in range(len(HOSTILE)):
            await pilot.press("enter")
            await until(pilot, sees(pilot, "esc back"))
            check_screen(app)
            await pilot.press("escape", "b")
            await until(pilot, sees(pilot, "Cancel"))
            check_screen(app)
            await pilot.press("escape", "y", "j")
        check_screen(app)


def check_screen(app: BazarApp) -> None:
    width = app.size.width
    for strip in app.screen._compositor.render_strips():
        line = strip.text
        assert not _STEERING.search(line), ascii(line)
        assert columns(line) == width, ascii(line)


def test_what_is_drawn_unevenly_is_told_evenly() -> None:
    """One emoji for a family of four, a flag as its letters, three accents at most."""
    assert text.one_line("👩‍👩‍👧 👍🏽 ❤️") == "👩👩👧 👍 ❤"
    assert text.one_line("🇫🇷") == "FR"
    assert text.one_line("e\u0301" + "\u0301" * 9 + "x") == "e\u0301\u0301\u0301x"
    # The joiner between letters shapes them: Sinhala, Malayalam.
    assert "\u200d" in text.one_line("ක්‍ර")


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [
        ("Melville, Herman", 16, "Melville, Herman"),
        ("Barrie, J. M. (James Matthew)", 20, "Barrie, J. M."),
        ("Gilman, Charlotte Perkins", 16, "Gilman, C. P."),
        ("Gilman, Charlotte Perkins", 11, "Gilman"),
        ("Chrétien, de Troyes, active 12th century", 16, "Chrétien, T."),
        ("Aesop the very long", 10, "Aesop the…"),
        ("", 10, ""),
    ],
)
def test_an_author_is_shortened_as_people_do(name: str, width: int, shown: str) -> None:
    assert text.author(name, width) == shown
