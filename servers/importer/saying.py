"""What is said on the terminal: to stderr, so that it is never in the way of what is piped."""

import sys
from collections.abc import Sequence
from typing import Final

DONE: Final = 0
BAD_ROWS: Final = 1
FAILED: Final = 2
STOPPED: Final = 130


def say(text: str) -> None:
    """One line, or several."""
    print(text, file=sys.stderr)


def count(number: int, what: str) -> str:
    """`1 book`, `2,000 books`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def say_rows(name: str, rows: Sequence[tuple[int, str]], shown: int, what: str) -> None:
    """The first of some rows of a file with their lines, and how many more there are."""
    for line, text in rows[:shown]:
        say(f"{name}, line {line}: {text}")
    if len(rows) > shown:
        say(f"and {count(len(rows) - shown, f'more {what} row')} in {name}")
