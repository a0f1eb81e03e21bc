"""Buying in plain lines: one line on stdout tells what became of it, all else goes to stderr."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from shared.domain import Book
from tui import purchase, text
from tui.pending import Keys, Unsettled
from tui.plain_lines import DONE, NOT_NOW, READ_ONLY, REFUSED, UNKNOWN, end_line, say
from tui.purchase import Outcome, Stage
from tui.screens.words import news
from tui.shop import READ_ONLY_WORDS, Shop

STATUSES: Final[dict[Stage, int]] = {
    "bought": DONE,
    "pending": UNKNOWN,
    "working": UNKNOWN,
    "unknown": UNKNOWN,
    "price changed": REFUSED,
    "sold out": REFUSED,
    "gone": REFUSED,
    "wrong": REFUSED,
    "not done": NOT_NOW,
}
# Longer than the servers take to make up their mind; the key stays on disk after that.
_PATIENCE_SECONDS: Final = 30.0
# `news` cuts a title for the screen; a plain line has room for all of it.
_TITLE: Final = "{title}"


class Counter(NamedTuple):
    """Where a command is done: the shop, the keys of its purchases, and whether it may buy."""

    shop: Shop
    keys: Keys
    read_only: bool


def buy(counter: Counter, book_id: int, copies: int, *, is_sure: bool) -> int:
    """Buy copies of a book, asking first unless one is sure; returns the exit status."""
    if counter.read_only:
        say(READ_ONLY_WORDS)
        return READ_ONLY
    shop, keys = counter.shop, counter.keys
    book = shop.book(book_id)
    if not is_sure and not _agreed(book, copies):
        say("Nothing was bought.")
        return REFUSED
    unsettled = purchase.begin(book, shop.url, datetime.now(UTC), quantity=copies)
    outcome = _insist(lambda unsure: purchase.ask(shop, keys, unsettled, unsure=unsure))
    print(_line(unsettled, outcome))
    if outcome.stage != "bought":
        say(_news(unsettled, outcome))
    if outcome.detail and not outcome.is_open:
        say(outcome.detail)
    if outcome.is_open:
        say(f"Its key {unsettled.key} is kept; the next run asks again.")
    return STATUSES[outcome.stage]


def _line(unsettled: Unsettled, outcome: Outcome) -> str:
    """What became of it; the price is the one that was paid, or that would have to be."""
    title = text.one_line(unsettled.title)
    price = unsettled.price if outcome.price is None else outcome.price
    return f"{outcome.stage}\t{unsettled.quantity}\t{title}\t{price}\t{unsettled.key}"


def _news(unsettled: Unsettled, outcome: Outcome) -> str:
    told = news(outcome.stage, _TITLE, outcome.price, unsettled.quantity)
    return told.replace(_TITLE, text.one_line(unsettled.title))


def _agreed(book: Book, copies: int) -> bool:
    if not sys.stdin.isatty():
        say("Say --yes to buy without being asked.")
        return False
    by = f" by {book.author}" if book.author else ""
    say(f"{book.title}{by}: {text.money(book.price)}, {text.stock(book.quantity)}")
    wanted = "one copy at this price"
    if copies > 1:
        wanted = f"{text.count(copies)} copies for {text.money(book.price * copies)}"
    # Not by `input`, which would ask on stdout.
    print(f"Buy {wanted}? [y/N] ", end="", file=sys.stderr, flush=True)
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        end_line()
        return False


def _insist(ask: Callable[[bool], Outcome]) -> Outcome:
    """Ask until the outcome is definite or the patience is over."""
    end = time.monotonic() + _PATIENCE_SECONDS
    outcome = ask(False)
    attempt = 0
    while outcome.is_open:
        pause = purchase.pause_before(attempt, outcome.pause)
        if time.monotonic() + pause > end:
            break
        time.sleep(pause)
        outcome = ask(True)
        attempt += 1
    return outcome


def take_up(counter: Counter) -> int:
    """Ask once about each purchase of an earlier run whose outcome is not known, and tell.

    Returns DONE if none is left, else UNKNOWN. One that gets no answer ends the asking: the others
    would wait for nothing.
    """
    kept = counter.keys.kept(counter.shop.url)
    for place, unsettled in enumerate(kept):
        if counter.read_only:
            outcome = purchase.find_out(counter.shop, counter.keys, unsettled)
        else:
            outcome = purchase.ask(counter.shop, counter.keys, unsettled, unsure=True)
        say(f"From before: {_news(unsettled, outcome)}")
        if outcome.stage == "unknown" and place + 1 < len(kept):
            say(f"{text.plural(len(kept) - place - 1, 'purchase')} more to ask about.")
            return UNKNOWN
    return UNKNOWN if counter.keys.kept(counter.shop.url) else DONE
