"""The import from beginning to end."""

import sys
from typing import NamedTuple

from servers.catalog.tables import BOOKS
from servers.importer.books import make_books, read_first
from servers.importer.errors import CannotImport, NoSuchChoice
from servers.importer.gather import gather
from servers.importer.into import import_into
from servers.importer.options import Options, read_options
from servers.importer.output import Output
from servers.importer.rows import BadRow
from servers.importer.saying import BAD_ROWS, DONE, FAILED, STOPPED, count, say
from servers.importer.source import STDIN, read_bytes, source_name
from servers.importer.works import Works
from shared.csv_repository import BadRows
from shared.domain import Book


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
    if options.into is not None:
        return import_into(options, options.into)
    try:
        return _import(options, options.output)
    except CannotImport as error:
        say(f"{error} (nothing was written)")
        return FAILED
    except KeyboardInterrupt:
        say("stopped; nothing was written")
        return STOPPED


def _import(options: Options, path: str) -> int:
    inputs = [path for path in (options.source, options.first) if path not in (None, STDIN)]
    output = Output(path, options.force, [path for path in inputs if path])
    result = _gather(options)
    if result.bad:
        print(BadRows(source_name(options.source), sorted(result.bad)), file=sys.stderr)
    if result.bad and options.strict:
        say(f"{count(len(result.bad), 'bad row')}; nothing was written, as --strict asks")
        return BAD_ROWS
    if not result.books:
        raise NoSuchChoice("no book is left of the catalogue")
    output.write(BOOKS.lines(result.first + result.books))
    say(_summary(options, result))
    return DONE


def _gather(options: Options) -> Result:
    first = read_first(options.first)
    works = gather(options, read_bytes(options.source))
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
    kept = f"{count(len(result.books), 'book')} of {count(result.rows, 'row')}"
    if result.first:
        kept = f"{count(len(result.first), 'first book')}, then {kept}"
    why = "doubles or further authors" if options.limit is None else "doubles or over the limit"
    rest = result.rows - result.unwanted - len(result.bad) - len(result.books)
    return (
        f"{options.output}: {kept} (left out: {result.unwanted:,} not asked for, "
        f"{rest:,} as {why}, {len(result.bad):,} bad)"
    )
