"""The shop in plain lines, for scripts and screen readers: cells with tabs between, no colours.

What was found goes to stdout; all else that is said, to stderr. `--help` has the exit statuses.
"""

import os
import sys
from collections.abc import Sequence

from shared.domain import ShopError, TryLater
from tui import plain_help, plain_looking
from tui.opening import Opening
from tui.pending import KeyFolder, state_folder
from tui.plain_buying import Counter, buy, take_up
from tui.plain_lines import DONE, NOT_NOW, REFUSED, STOPPED, USED_WRONGLY, end_line, say
from tui.plain_words import Asked, Misused, read
from tui.settings import Settings
from tui.shop import Frontend


def run(opening: Opening, settings: Settings, words: Sequence[str]) -> int:
    """Do one command as a program of its own; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A title in a script that the terminal's encoding lacks must not end a purchase halfway.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = _run(opening, settings, read(words))
        sys.stdout.flush()
    except Misused as error:
        say(str(error))
        return USED_WRONGLY
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        # Whoever read has enough; without this Python would say so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    return status


def _run(opening: Opening, settings: Settings, asked: Asked) -> int:
    if asked.command == "help":
        print(plain_help.COMMANDS, end="")
        return DONE
    if asked.command == "settings":
        from tui.plain_settings import show

        return show(opening, settings)
    read_only = opening.read_only.value
    shop = Frontend(opening.frontend.value, read_only=read_only)
    counter = Counter(shop, KeyFolder(state_folder()), read_only)
    try:
        return _unless_broken(counter, settings, asked)
    except KeyboardInterrupt:
        # After the ^C that the terminal has put there.
        end_line()
        if counter.keys.kept(shop.url):
            say("A purchase may have been made or not; the next run asks.")
        raise
    finally:
        shop.close()


def _unless_broken(counter: Counter, settings: Settings, asked: Asked) -> int:
    if not settings.problems:
        return do(counter, asked)
    # A script must not go on in a shop that it may not mean; what was sent is asked about anyway.
    take_up(counter)
    for problem in settings.problems:
        say(problem)
    return USED_WRONGLY


def do(counter: Counter, asked: Asked) -> int:
    """Do one command at this counter; returns the exit status."""
    unsettled = take_up(counter)
    if asked.command == "settle":
        return unsettled
    try:
        return _do(counter, asked)
    except TryLater as error:
        say(str(error))
        return NOT_NOW
    except ShopError as error:
        say(str(error))
        return REFUSED


def _do(counter: Counter, asked: Asked) -> int:
    shop = counter.shop
    match asked.command:
        case "search":
            return plain_looking.search(shop, asked.words, asked.limit)
        case "subjects":
            return plain_looking.subjects(shop, asked.words, asked.limit)
        case "subject":
            return plain_looking.subject(shop, asked.words, asked.limit)
        case "info":
            return plain_looking.info(shop, asked.book_id)
        case "buy":
            return buy(counter, asked.book_id, asked.copies, is_sure=asked.is_sure)
        case "orders":
            return plain_looking.orders(shop, asked.limit)
        case _:
            from tui.plain_report import show

            return show(shop)
