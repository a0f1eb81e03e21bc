"""The import into a running shop from beginning to end."""

import os
import sys
from typing import Final, NamedTuple

from servers.importer.books import Known, read_first
from servers.importer.errors import CannotImport, NoSuchChoice
from servers.importer.gather import gather
from servers.importer.listed import Keys, Listed, to_list
from servers.importer.options import Options
from servers.importer.progress import Sent
from servers.importer.rows import BadRow
from servers.importer.saying import BAD_ROWS, DONE, FAILED, STOPPED, count, say, say_rows
from servers.importer.sending import Different, Outcome, Sending
from servers.importer.sheet import BooksFile
from servers.importer.source import is_catalogue, read_bytes, source_name
from servers.importer.token import find_token
from servers.importer.works import Work
from shared.csv_repository import BadRows
from shared.peer import Peer

_SHOWN: Final = BadRows.SHOWN
_DIFFERENT: Final = """\
These rows were added before, when they read otherwise, and the shop keeps the books as they are. \
To change one, change it in the shop (PATCH /books/{id}); to add one as a book of its own, give \
its row another id."""


class Listing(NamedTuple):
    """What a source has for the shop, and what is wrong with the rest of its rows."""

    books: list[Listed]
    bad: list[BadRow]
    rows: int
    unwanted: int


def import_into(options: Options, url: str) -> int:
    """Add the source's books to the shop at `url`; returns the exit status."""
    try:
        token = find_token(options.token_file, os.environ)
        listing = read_listing(options)
    except CannotImport as error:
        say(f"{error} (nothing was sent)")
        return FAILED
    except KeyboardInterrupt:
        say("stopped; nothing was sent")
        return STOPPED
    name = source_name(options.source)
    _say_bad(name, listing.bad)
    if listing.bad and options.strict:
        say(f"{count(len(listing.bad), 'bad row')}; nothing was sent, as --strict asks")
        return BAD_ROWS
    # One that answers slowly is waited for; the pauses between are the sending's own.
    shop = Peer("frontend", url, threads=1, seconds=15.0)
    try:
        return _send(shop, token, listing, options)
    finally:
        shop.close()


def _send(shop: Peer, token: str, listing: Listing, options: Options) -> int:
    progress = Sent(sys.stderr, len(listing.books))
    sending = Sending(shop, token, tell=progress.tell, moved=progress.at)
    status, stopped = DONE, ""
    try:
        sending.send(listing.books)
    except CannotImport as error:
        status, stopped = FAILED, str(error)
    except KeyboardInterrupt:
        status, stopped = STOPPED, "stopped."
    progress.end()
    outcome = sending.outcome
    _say_bad(source_name(options.source), outcome.bad)
    _say_different(source_name(options.source), outcome.different)
    say(_summary(shop.url, listing, outcome))
    if stopped:
        say(f"{stopped} {_how_to_go_on(listing, outcome)}")
    if not status and options.strict and (outcome.bad or outcome.different):
        return BAD_ROWS
    return status


def _how_to_go_on(listing: Listing, outcome: Outcome) -> str:
    left = count(len(listing.books) - outcome.done, "row")
    return f"{left} may not be in the shop yet; the same command again adds them, and none twice."


def read_listing(options: Options) -> Listing:
    """What the source has; raises NoSource, NoSuchChoice."""
    content = read_bytes(options.source)
    read = _of_catalogue if is_catalogue(content) else _of_file
    listing = read(options, content)
    if not listing.books and not listing.bad:
        raise NoSuchChoice("there is no book to send")
    return listing


def _of_file(options: Options, content: bytes) -> Listing:
    if options.for_catalogue:
        raise NoSuchChoice(
            f"{options.for_catalogue[0]} is for Project Gutenberg's catalogue, and "
            f"{source_name(options.source)} is a books.csv"
        )
    found = list(BooksFile(source_name(options.source), content).rows())
    books = [row for row in found if isinstance(row, Listed)]
    bad = [row for row in found if isinstance(row, BadRow)]
    return Listing(books[: options.limit], bad, len(found), 0)


def _of_catalogue(options: Options, content: bytes) -> Listing:
    known = Known(read_first(options.first))
    works = gather(options, content)
    listing = Listing([], list(works.bad), works.rows, works.unwanted)
    keys = Keys()
    for work in works.all():
        if work in known:
            continue
        found = _listed(work, options, keys)
        if isinstance(found, BadRow):
            listing.bad.append(found)
        else:
            listing.books.append(found)
        if len(listing.books) == options.limit:
            break
    return listing


def _listed(work: Work, options: Options, keys: Keys) -> Listed | BadRow:
    price, quantity = options.rules.draw(work.number)
    fields = {
        "title": work.title,
        "author": work.author,
        "subjects": work.subjects,
        "quantity": quantity,
        "price": price,
    }
    return to_list(work.line, keys.next(str(work.number), work.title, work.author), fields)


def _say_bad(name: str, bad: list[BadRow]) -> None:
    say_rows(name, sorted(bad), _SHOWN, "bad")


def _say_different(name: str, different: list[Different]) -> None:
    rows = [(row.line, f"book {row.id} was added from it otherwise") for row in sorted(different)]
    say_rows(name, rows, _SHOWN, "different")
    if rows:
        say(_DIFFERENT)


def _summary(url: str, listing: Listing, outcome: Outcome) -> str:
    bad = len(listing.bad) + len(outcome.bad)
    rest = listing.rows - listing.unwanted - len(listing.bad) - len(listing.books)
    left_out = (
        f"left out: {listing.unwanted:,} not asked for, {rest:,} as doubles or over the limit"
    )
    return (
        f"{url}: {outcome.added:,} added, {outcome.present:,} there already, "
        f"{len(outcome.different):,} different, {bad:,} bad (of {count(listing.rows, 'row')}; "
        f"{left_out})"
    )
