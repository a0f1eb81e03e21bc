"""The app as somebody wants it, in a real terminal: settings, colours, and none."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import RunningShop, running_shop
from tests.terminal import Terminal

_SGR = re.compile(rb"\x1b\[([0-9;:]*)m")
KEY = "6f1c2f52-98a7-4d0e-9a31-0d4c1f7f5b11"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """Three servers for all of these tests."""
    with running_shop(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


class Home:
    """Somebody's folders."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config" / "bazar"
        self.state = folder / "state" / "bazar"
        self._folder = folder
        self._opened: list[Terminal] = []

    def write(self, settings: str) -> None:
        """Their settings."""
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "settings.toml").write_text(settings, encoding="utf-8")

    def open(self, *arguments: str, **variables: str) -> Terminal:
        """The app."""
        mine = {
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "XDG_STATE_HOME": str(self._folder / "state"),
        }
        command = [sys.executable, "-m", "tui", *arguments]
        self._opened.append(Terminal(command, {**mine, **variables}))
        return self._opened[-1]

    def close(self) -> None:
        """Leave nothing behind."""
        for terminal in self._opened:
            terminal.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Empty folders."""
    mine = Home(tmp_path)
    yield mine
    mine.close()


def drawn(terminal: Terminal, words: str) -> bytes:
    """All bytes that come until these words are to be seen."""
    came = b""

    def is_there() -> bool:
        nonlocal came
        came += terminal.read(0.02)
        return words in terminal.text

    terminal.wait_until(is_there, repr(words))
    return came


def colours(came: bytes) -> set[bytes]:
    """The SGR codes in it that choose a colour."""
    codes: set[bytes] = set()
    for found in _SGR.findall(came):
        for code in re.split(rb"[;:]", found):
            if code.isdigit() and int(code) in {*range(30, 50), *range(90, 108)}:
                codes.add(code)
    return codes


def test_no_color_writes_no_colour_to_the_terminal(shop: RunningShop, home: Home) -> None:
    """Neither at the start nor in a question, a book, the commands; bold and reverse are there."""
    terminal = home.open("--frontend", shop.url, NO_COLOR="1")
    came = drawn(terminal, "RPCs for Noobs")
    came += drawn(terminal, "● frontend")
    back = ("\x1b", "456")
    looks = [("jb", "One copy"), back, ("\r", "Book #2"), back, ("\x10", "Leave the shop"), back]
    for keys, words in [*looks, ("2", "Nothing was bought")]:
        terminal.type(keys)
        came += drawn(terminal, words)
    assert colours(came) == set()
    assert {b"1", b"7"} <= set(re.split(rb"[;]", b";".join(_SGR.findall(came))))


def test_ansi_writes_only_the_terminals_own_colours(shop: RunningShop, home: Home) -> None:
    """An empty NO_COLOR asks for nothing."""
    terminal = home.open("--frontend", shop.url, "--theme", "ansi", NO_COLOR="")
    came = drawn(terminal, "RPCs for Noobs")
    terminal.type("jb")
    came += drawn(terminal, "One copy")
    assert colours(came)
    assert not colours(came) & {b"38", b"48"}


def test_the_settings_are_found_where_the_platform_keeps_them(
    shop: RunningShop, home: Home
) -> None:
    """The shop, a key and the colours; what is chosen in the app stays, the file as it was."""
    text = f'# mine\nfrontend = "{shop.url}"\ntheme = "light"\n[keys]\nshop.buy = "B"\n'
    home.write(text)
    terminal = home.open()
    terminal.wait_for("RPCs for Noobs")
    terminal.wait_for("B buy")
    assert terminal.colour("RPCs") == "23252a"
    terminal.type("\x10")
    terminal.wait_for("Leave the shop")
    terminal.type("theme")
    terminal.wait_for("Choose other colours")
    terminal.wait_while("Leave the shop")
    terminal.type("\r")
    terminal.wait_for("by every eye")
    terminal.type("high")
    terminal.wait_while("by every eye")
    terminal.type("\r")
    terminal.wait_for("RPCs for Noobs")
    terminal.wait_until(lambda: terminal.colour("RPCs") == "ffffff", "it is in high contrast")
    terminal.type("q")
    assert terminal.wait() == 0
    again = home.open()
    again.wait_for("RPCs for Noobs")
    assert again.colour("RPCs") == "ffffff"
    assert (home.config / "settings.toml").read_text() == text


def test_a_broken_file_stops_no_purchase_that_is_on_its_way(shop: RunningShop, home: Home) -> None:
    """In the shop that the file named when it could last be read; and it says what is wrong."""
    home.write(f'frontend = "{shop.url}"\n')
    terminal = home.open()
    terminal.wait_for("RPCs for Noobs")
    terminal.type("q")
    assert terminal.wait() == 0
    kept = home.state / "purchases" / f"{KEY}.purchase.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(
        f'{{"key":"{KEY}","shop":"{shop.url}","book_id":2,"title":"RPCs for Noobs",'
        '"price":"50","at":"2026-11-24T12:00:00Z"}'
    )
    home.write("frontend = \n")
    again = home.open()
    again.wait_for("Bought RPCs for Noobs")
    again.wait_until(lambda: not kept.exists(), "its key is let go of")
    again.wait_until(lambda: "55 left" in again.line("RPCs for Noobs   "), "its row follows")
    again.type("q")
    assert again.wait() == 0
    assert "not TOML: Invalid value" in again.text


def test_read_only_is_grey_and_says_why(shop: RunningShop, home: Home) -> None:
    """In the app."""
    terminal = home.open("--frontend", shop.url, "--read-only")
    terminal.wait_for("RPCs for Noobs")
    terminal.wait_for("(b buy)")
    terminal.type("b")
    terminal.wait_for("Read-only: nothing is bought from here.")
