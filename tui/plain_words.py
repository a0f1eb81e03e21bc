"""The words after `--plain`: which command they are, and what is wrong with them if they are none.

Knows nothing of the shop.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from shared.domain import MAX_QUANTITY
from tui import text

LIMIT: Final = 100
MAX_LIMIT: Final = 100_000
# What each command takes; the first word is its name.
_USAGES: Final = {
    "search": "search WORDS [--limit N]",
    "subjects": "subjects [WORDS] [--limit N]",
    "subject": "subject SUBJECT [--limit N]",
    "info": "info ID",
    "buy": "buy ID [--copies N] [--yes]",
    "orders": "orders [--limit N]",
    "report": "report",
    "settle": "settle",
    "settings": "settings",
}
_OPTIONS: Final = {
    "search": ("--limit",),
    "subjects": ("--limit",),
    "subject": ("--limit",),
    "buy": ("--copies", "--yes"),
    "orders": ("--limit",),
}
_HELP: Final = ("--help", "-h")
_NUMBERS: Final = {"--limit": (LIMIT, MAX_LIMIT), "--copies": (1, MAX_QUANTITY)}


class Misused(ValueError):
    """The words make no command; the message says why in one line."""


class Asked(NamedTuple):
    """A command, its words, and what its options say; `help` is one, too."""

    command: str
    words: str = ""
    book_id: int = 0
    limit: int = LIMIT
    copies: int = 1
    is_sure: bool = False


def read(words: Sequence[str]) -> Asked:
    """The command that the words are; raises Misused."""
    command, *rest = words or ("",)
    if command in _HELP:
        return Asked("help")
    if command not in _USAGES:
        raise Misused(_unknown(command))
    options: dict[str, str] = {}
    given = _without_options(command, rest, options)
    if given is None:
        return Asked("help")
    asked = Asked(
        command,
        limit=_option("--limit", options),
        copies=_option("--copies", options),
        is_sure="--yes" in options,
    )
    return _with_words(asked, given)


def _unknown(command: str) -> str:
    if command.startswith("-"):
        return f"{command} is no command; options of the app come before --plain."
    return f"--plain takes: {', '.join(_USAGES.values())}"


def _without_options(
    command: str, words: Sequence[str], options: dict[str, str]
) -> list[str] | None:
    """The words that are no options, which go into `options`; None if one asks for help."""
    found: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            return [*found, *left]
        if word in _HELP:
            return None
        if word.startswith("--"):
            name, value = _split(command, word, left)
            options[name] = value
        else:
            found.append(word)
    return found


def _split(command: str, word: str, left: Iterator[str]) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if name not in _OPTIONS.get(command, ()) or (equals and name not in _NUMBERS):
        raise Misused(
            f"{command} does not know {word}; options of the app come before --plain, "
            "and words that look like options after a --."
        )
    return name, value if equals or name not in _NUMBERS else next(left, "")


def _option(name: str, options: dict[str, str]) -> int:
    usual, most = _NUMBERS[name]
    if name not in options:
        return usual
    number = _number(options[name])
    if number is None or not 1 <= number <= most:
        given = f", not “{options[name]}”" if options[name] else ""
        raise Misused(f"{name} takes a number from 1 to {text.count(most)}{given}.")
    return number


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 18 else None


def _with_words(asked: Asked, given: list[str]) -> Asked:
    words = " ".join(given).strip()
    match asked.command, given:
        case (("search" | "subject"), _) if words:
            return asked._replace(words=words)
        case "subjects", _:
            return asked._replace(words=words)
        case (("info" | "buy"), [word]):
            number = _number(word)
            if number is None:
                raise Misused(f"{asked.command} takes a book's id, a number, not “{word}”.")
            return asked._replace(book_id=number)
        case (("orders" | "report" | "settle" | "settings"), []):
            return asked
    raise Misused(f"Used like this: {_USAGES[asked.command]}")
