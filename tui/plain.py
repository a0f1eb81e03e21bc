"""The shop in plain lines, for scripts and screen readers: cells with tabs between, no colours.

What was found goes to stdout; all else that is said, to stderr. `--help` has the exit statuses.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple, TextIO

from shared.domain import Book, ShopError, TryLater
from tui import purchase, text
from tui.opening import Opening
from tui.pending import KeyFolder, Keys, state_folder
from tui.purchase import Outcome, Stage
from tui.screens.words import news
from tui.settings import Settings
from tui.shop import READ_ONLY_WORDS, Frontend, Shop

DONE: Final = 0
REFUSED: Final = 1
USED_WRONGLY: Final = 2
NOT_NOW: Final = 3
UNKNOWN: Final = 4
READ_ONLY: Final = 5
# As a shell tells of a program that Ctrl-C has ended.
_STOPPED: Final = 130
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
_USAGE: Final = (
    "--plain takes: search WORDS, subjects [WORDS], subject SUBJECT, info ID, "
    "buy ID [--copies N] [--yes], orders, report, settle, settings"
)
_LIMIT: Final = 100
# Longer than the servers take to make up their mind; the key stays on disk after that.
_PATIENCE_SECONDS: Final = 30.0


class Counter(NamedTuple):
    """Where a command is done: the shop, the keys of its purchases, and whether it may buy."""

    shop: Shop
    keys: Keys
    read_only: bool


def run(opening: Opening, settings: Settings, words: Sequence[str]) -> int:
    """Do one command as a program of its own; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A title in a script that the terminal's encoding lacks must not end a purchase halfway.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = _run(opening, settings, words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _STOPPED
    except BrokenPipeError:
        # Whoever read has enough; without this Python would say so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    return status


def _run(opening: Opening, settings: Settings, words: Sequence[str]) -> int:
    if list(words) == ["settings"]:
        from tui.plain_settings import show

        return show(opening, settings)
    read_only = opening.read_only.value
    shop = Frontend(opening.frontend.value, read_only=read_only)
    counter = Counter(shop, KeyFolder(state_folder()), read_only)
    try:
        return _unless_broken(counter, settings, words)
    except KeyboardInterrupt:
        if counter.keys.kept(shop.url):
            _say("A purchase may have been made or not; the next run asks.")
        raise
    finally:
        shop.close()


def _unless_broken(counter: Counter, settings: Settings, words: Sequence[str]) -> int:
    if not settings.problems:
        return do(counter, words)
    # A script must not go on in a shop that it may not mean; what was sent is asked about anyway.
    take_up(counter)
    for problem in settings.problems:
        _say(problem)
    return USED_WRONGLY


def do(counter: Counter, words: Sequence[str]) -> int:
    """Do one command at this counter; returns the exit status."""
    command = _read(counter, list(words))
    if command is None:
        _say(_USAGE)
        return USED_WRONGLY
    unsettled = take_up(counter)
    if list(words) == ["settle"]:
        return unsettled
    try:
        return command()
    except TryLater as error:
        _say(str(error))
        return NOT_NOW
    except ShopError as error:
        _say(str(error))
        return REFUSED


def _read(counter: Counter, words: list[str]) -> Callable[[], int] | None:
    shop = counter.shop
    match words:
        case ["search", *wanted] if wanted:
            return lambda: _books(shop, " ".join(wanted), "")
        case ["subjects", *wanted]:
            return lambda: _subjects(shop, " ".join(wanted))
        case ["subject", *wanted] if wanted:
            return lambda: _books(shop, "", " ".join(wanted))
        case ["info", number] if _is_id(number):
            return lambda: _info(shop.book(int(number)))
        case ["buy", *rest] if wish := _wish(rest):
            return lambda: _buy(counter, wish)
        case ["orders"]:
            return lambda: _orders(shop)
        case ["report"]:
            return lambda: _report(shop)
        case ["settle"]:
            return lambda: DONE
        case _:
            return None


class _Wish(NamedTuple):
    """What `buy` is to buy, and whether it is to ask first."""

    book_id: int
    copies: int
    is_sure: bool


def _wish(words: list[str]) -> _Wish | None:
    """The words after `buy`, in any order; None if they make no sense."""
    rest, copies = list(words), "1"
    if is_sure := "--yes" in rest:
        rest.remove("--yes")
    if "--copies" in rest[:-1]:
        place = rest.index("--copies")
        _, copies = rest[place : place + 2]
        del rest[place : place + 2]
    if len(rest) != 1 or not (_is_id(rest[0]) and _is_id(copies) and int(copies)):
        return None
    return _Wish(int(rest[0]), int(copies), is_sure)


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 18


def _say(words: str, to: TextIO | None = None) -> None:
    print(text.one_line(words), file=to or sys.stderr)


# -- looking ------------------------------------------------------------------------------------


def _books(shop: Shop, wanted: str, subject: str) -> int:
    page = shop.books(wanted, subject, _LIMIT, 0)
    for book in page.data:
        print(_line(book))
    return _rest(page.total, len(page.data), "more book", "more books")


def _rest(total: int, told: int, one: str, many: str) -> int:
    if total > told:
        _say(text.plural(total - told, one, many))
    return DONE if total else REFUSED


def _line(book: Book) -> str:
    title, author = text.one_line(book.title), text.one_line(book.author)
    return f"{book.id}\t{title}\t{author}\t{book.price}\t{text.stock(book.quantity)}"


def _subjects(shop: Shop, wanted: str) -> int:
    page = shop.subjects(wanted, _LIMIT, 0)
    for one in page.data:
        print(f"{one.books}\t{text.one_line(one.subject)}")
    return _rest(page.total, len(page.data), "more subject", "more subjects")


def _info(book: Book) -> int:
    subjects = ", ".join(text.one_line(subject) for subject in book.subjects)
    rows = {
        "id": str(book.id),
        "title": text.one_line(book.title),
        "author": text.one_line(book.author),
        "subjects": subjects,
        "price": str(book.price),
        "stock": str(book.quantity),
    }
    for name, value in rows.items():
        print(f"{name}\t{value}")
    return DONE


def _orders(shop: Shop) -> int:
    page = shop.orders(_LIMIT)
    for order in page.data:
        at = order.at.astimezone().isoformat(timespec="seconds")
        title = text.one_line(order.title)
        print(f"{at}\t{order.state}\t{order.quantity}\t{title}\t{order.price}\t{order.id}")
    _rest(page.total, len(page.data), "older order", "older orders")
    return DONE


def _report(shop: Shop) -> int:
    from tui.plain_report import show

    show(shop)
    return DONE


# -- buying -------------------------------------------------------------------------------------


def _buy(counter: Counter, wish: _Wish) -> int:
    if counter.read_only:
        _say(READ_ONLY_WORDS)
        return READ_ONLY
    shop, keys = counter.shop, counter.keys
    book = shop.book(wish.book_id)
    print(_line(book), flush=True)
    if not wish.is_sure and not _agreed(book, wish.copies):
        _say("Nothing was bought.")
        return REFUSED
    unsettled = purchase.begin(book, shop.url, datetime.now(UTC), quantity=wish.copies)
    outcome = _insist(lambda unsure: purchase.ask(shop, keys, unsettled, unsure=unsure))
    print(news(outcome.stage, book.title, outcome.price, wish.copies))
    if outcome.detail and not outcome.is_open:
        _say(outcome.detail)
    if outcome.is_open:
        _say(f"Its key {unsettled.key} is kept; the next run asks again.")
    return STATUSES[outcome.stage]


def _agreed(book: Book, copies: int) -> bool:
    if not sys.stdin.isatty():
        _say("Say --yes to buy without being asked.")
        return False
    wanted = "one copy at this price"
    if copies > 1:
        wanted = f"{text.count(copies)} copies for {text.money(book.price * copies)}"
    return input(f"Buy {wanted}? [y/N] ").strip().lower() in ("y", "yes")


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
        told = news(outcome.stage, unsettled.title, outcome.price, unsettled.quantity)
        _say(f"From before: {told}")
        if outcome.stage == "unknown" and place + 1 < len(kept):
            _say(f"{text.plural(len(kept) - place - 1, 'purchase')} more to ask about.")
            return UNKNOWN
    return UNKNOWN if counter.keys.kept(counter.shop.url) else DONE
