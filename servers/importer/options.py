"""What may be said on the command line of `python -m servers import`."""

import argparse
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from servers.importer.books import SEQUENCE, SOURCE
from servers.importer.rules import Prices, Rules, Stocks
from servers.importer.source import STDIN
from servers.importer.works import UNCATEGORISED

T = TypeVar("T")

_DESCRIPTION: Final = """\
Make a books.csv for the shop from Project Gutenberg's pg_catalog.csv.

A title's line breaks become a colon before the subtitle. Dates of life are taken off the
authors, and so are illustrators, translators and others who have a role, unless nobody else is
named. Rows with one Text# are one work by several authors. Of works with the same title, author
and language the lowest Text# is kept.

Price and stock are drawn by rule from the seed and the Text#, so the same command gives the same
file, and a book's price does not depend on which others are left out. Prices end in .00, .50 or
.99.
"""
_EPILOG: Final = f"""\
A work without subjects gets the subject {UNCATEGORISED}. A bad row is reported with the line
where it begins and is left out; the others are imported.

exit status: 0 the books are written; 1 there were bad rows and --strict; 2 it could not be done.
Unless it is 0, nothing is written and a file that was there is as it was.
"""


class Options(NamedTuple):
    """One import, as it was asked for."""

    source: str
    output: str
    column: str
    types: list[str]
    languages: list[str]
    shelves: list[str]
    first: str | None
    ids: str
    keep_doubles: bool
    rules: Rules
    limit: int | None
    strict: bool
    force: bool


def read_options(argv: list[str]) -> Options:
    """The options of a command line; raises SystemExit for a wrong one, or --help."""
    parser = _parser()
    found = parser.parse_args(argv)
    if found.output == STDIN:
        parser.error("OUTPUT is the name of a file, so that it is written whole or not at all")
    keep_doubles = found.doubles == "keep"
    if keep_doubles and found.ids == SOURCE:
        parser.error("doubles can share a Text#, so --doubles keep needs --ids sequence")
    return Options(
        source=found.source,
        output=found.output,
        column=found.subjects,
        types=found.type,
        languages=found.language,
        shelves=found.shelf,
        first=found.first,
        ids=found.ids,
        keep_doubles=keep_doubles,
        rules=Rules(found.price, found.stock, found.seed),
        limit=found.limit,
        strict=found.strict,
        force=found.force,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m servers import",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "source", metavar="SOURCE", help="pg_catalog.csv, as it is or as .gz; - for standard input"
    )
    parser.add_argument("output", metavar="OUTPUT", help="the books.csv to make")
    _add_choices(parser)
    _add_rules(parser)
    parser.add_argument("--strict", action="store_true", help="write nothing if a row is bad")
    parser.add_argument("--force", action="store_true", help="replace OUTPUT if it is there")
    return parser


def _add_choices(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--subjects",
        choices=["Bookshelves", "Subjects"],
        default="Bookshelves",
        help="the column that gives a book's subjects (default: Bookshelves)",
    )
    for name, example in (("language", "en"), ("type", "Text"), ("shelf", "Harvard Classics")):
        add(
            f"--{name}",
            action="append",
            default=[],
            metavar="NAME",
            help=f"only works of this {name}, such as {example!r}; may be given again",
        )
    add(
        "--doubles",
        choices=["drop", "keep"],
        default="drop",
        help="keep makes a book of every row (default: drop)",
    )
    add("--limit", type=_checked(_positive), metavar="N", help="at most N works, the lowest Text#")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--first", metavar="FILE", help="a books.csv whose books come first, ids and all")
    add(
        "--ids",
        choices=[SEQUENCE, SOURCE],
        default=SEQUENCE,
        help="number on from the first books (default), or keep the source's Text#",
    )
    add(
        "--price",
        type=_checked(Prices.parse),
        default="4..30",
        metavar="LOW..HIGH",
        help="prices from LOW to HIGH, or one for all (default: 4..30)",
    )
    add(
        "--stock",
        type=_checked(Stocks.parse),
        default="0..60",
        metavar="LOW..HIGH",
        help="copies of each book, or one number for all (default: 0..60)",
    )
    add("--seed", type=int, default=1, metavar="N", help="another seed, other prices (default: 1)")


def _checked(parse: Callable[[str], T]) -> Callable[[str], T]:
    """The same, with its ValueError's words on the terminal."""

    def checked(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ValueError(f"{text!r} is not a number from 1 on")
    return int(text)
