"""What every plain command ends with, and how it says what is no answer: on stderr."""

import sys
from typing import Final

from tui import text

DONE: Final = 0
REFUSED: Final = 1
USED_WRONGLY: Final = 2
NOT_NOW: Final = 3
UNKNOWN: Final = 4
READ_ONLY: Final = 5
# As a shell tells of a program that Ctrl-C has ended.
STOPPED: Final = 130


def say(words: str) -> None:
    """One line for whoever reads along; a script reads stdout."""
    print(text.one_line(words), file=sys.stderr)


def end_line() -> None:
    """Where a person has stopped in the middle of a line, the next thing gets one of its own."""
    if sys.stderr.isatty():
        print(file=sys.stderr)
