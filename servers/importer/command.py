"""The import from beginning to end."""

import sys
from typing import Final, NamedTuple

from servers.catalog.tables import BOOKS
from servers.importer.books import make_books, read_first
from servers.importer.errors import CannotImport, NoSuchChoice
from servers.importer.options import Options, read_options
from servers.importer.output import Output
from servers.importer.progress import Progress
from servers.importer.rows import BadRow
from servers.importer.source import STDIN, Catalogue, read_bytes, source_name
from servers.importer.works import Choice, Choices, Works
from shared.csv_repository import BadRows
from shared.domain import Book

DONE: Final = 0
BAD_ROWS: Final = 1
FAILED: Final = 2
STOPPED: Final = 130


class Result(NamedTuple):
    """What became of a catalogue."""

    first: list[Book]
    books: list[Book]
    bad: list[BadRow]
    rows: int
    unwanted: int


def main(argv: list[str]) -> int:
    """Import what the command line asks for; returns the exit status."""
    options = read_options(argv)
    try:
        return _import(options)
    except CannotImport as error:
        _say(f"{error} (nothing was written)")
        return FAILED
    except KeyboardInterrupt:
        _say("stopped; nothing was written")
        return STOPPED


def _import(options: Options) -> int:
    inputs = [path for path in (options.source, options.first) if path not in (None, STDIN)]
    output = Output(options.output, options.force, [path for path in inputs if path])
    result = _gather(options)
    if result.bad:
        print(BadRows(source_name(options.source), sorted(result.bad)), file=sys.stderr)
    if result.bad and options.strict:
        _say(f"{_count(len(result.bad), 'bad row')}; nothing was written, as --strict asks")
        return BAD_ROWS
    if not result.books:
        raise NoSuchChoice("no book is left of the catalogue")
    output.write(BOOKS.lines(result.first + result.books))
    _say(_summary(options, result))
    return DONE


def _gather(options: Options) -> Result:
    first = read_first(options.first)
    catalogue = Catalogue(source_name(options.source), read_bytes(options.source))
    choices = Choices(
        Choice("type", options.types),
        Choice("language", options.languages),
        Choice("shelf", options.shelves),
    )
    works = Works(choices, options.column, options.keep_doubles)
    progress = Progress(sys.stderr, len(catalogue))
    try:
        for row in catalogue.rows():
            works.add(row)
            progress.at(row.line, works.rows)
    finally:
        progress.end()
    choices.check()
    books, bad = _books(options, first, works)
    return Result(first, books, works.bad + bad, works.rows, works.unwanted)


def _books(options: Options, first: list[Book], works: Works) -> tuple[list[Book], list[BadRow]]:
    books: list[Book] = []
    bad: list[BadRow] = []
    for found in make_books(first, works.all(), options.rules, options.ids):
        if isinstance(found, BadRow):
            bad.append(found)
        else:
            books.append(found)
        if len(books) == options.limit:
            break
    return books, bad


def _summary(options: Options, result: Result) -> str:
    kept = f"{_count(len(result.books), 'book')} of {_count(result.rows, 'row')}"
    if result.first:
        kept = f"{_count(len(result.first), 'first book')}, then {kept}"
    why = "doubles or further authors" if options.limit is None else "doubles or over the limit"
    rest = result.rows - result.unwanted - len(result.bad) - len(result.books)
    return (
        f"{options.output}: {kept} (left out: {result.unwanted:,} not asked for, "
        f"{rest:,} as {why}, {len(result.bad):,} bad)"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _say(text: str) -> None:
    print(text, file=sys.stderr)
