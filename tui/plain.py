"""The shop in plain lines, for scripts and screen readers: tab-separated, one thing a line."""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from shared.domain import Book, ShopError
from tui import purchase, text
from tui.pending import KeyFolder, Keys, state_folder
from tui.screens.words import news
from tui.shop import Frontend, Shop

_USAGE: Final = "--plain takes: search WORDS, info ID, buy ID [--yes], orders"
_LIMIT: Final = 100
# Longer than the servers take to make up their mind; the key stays on disk after that.
_PATIENCE_SECONDS: Final = 30.0


def run(shop: Frontend, words: Sequence[str], keys: Keys | None = None) -> int:
    """Do one command; returns the exit status: 0 done, 1 the shop said no, 2 used wrongly."""
    try:
        return _command(shop, list(words), keys or KeyFolder(state_folder()))
    except ShopError as error:
        print(text.one_line(str(error)), file=sys.stderr)
        return 1
    finally:
        shop.close()


def _command(shop: Shop, words: list[str], keys: Keys) -> int:
    match words:
        case ["search", *wanted] if wanted:
            return _search(shop, " ".join(wanted))
        case ["info", number] if _is_id(number):
            return _info(shop.book(int(number)))
        case ["buy", number] | ["buy", "--yes", number] | ["buy", number, "--yes"] if _is_id(
            number
        ):
            return _buy(shop, keys, int(number), is_sure="--yes" in words)
        case ["orders"]:
            return _orders(shop)
        case _:
            print(_USAGE, file=sys.stderr)
            return 2


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 18


def _search(shop: Shop, wanted: str) -> int:
    page = shop.books(wanted, "", _LIMIT, 0)
    for book in page.data:
        print(_line(book))
    if page.total > len(page.data):
        print(f"{text.plural(page.total - len(page.data), 'more book')}", file=sys.stderr)
    return 0 if page.total else 1


def _line(book: Book) -> str:
    title, author = text.one_line(book.title), text.one_line(book.author)
    return f"{book.id}\t{title}\t{author}\t{book.price}\t{text.stock(book.quantity)}"


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
    return 0


def _buy(shop: Shop, keys: Keys, number: int, *, is_sure: bool) -> int:
    book = shop.book(number)
    print(_line(book))
    if not is_sure and not _agreed():
        print("Nothing was bought.")
        return 1
    unsettled = purchase.begin(book, shop.url, datetime.now(UTC))
    outcome = _insist(lambda unsure: purchase.ask(shop, keys, unsettled, unsure=unsure))
    print(news(outcome.stage, book.title, outcome.price))
    if outcome.is_open:
        print(f"Its key {unsettled.key} is kept; the app asks again when it starts.")
    return 0 if outcome.stage == "bought" else 1


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("Say --yes to buy without being asked.", file=sys.stderr)
        return False
    return input("Buy one copy at this price? [y/N] ").strip().lower() in ("y", "yes")


def _insist(ask: Callable[[bool], purchase.Outcome]) -> purchase.Outcome:
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


def _orders(shop: Shop) -> int:
    for order in shop.orders(_LIMIT).data:
        at = order.at.astimezone().isoformat(timespec="seconds")
        title = text.one_line(order.title)
        print(f"{at}\t{order.state}\t{order.quantity}\t{title}\t{order.price}\t{order.id}")
    return 0
