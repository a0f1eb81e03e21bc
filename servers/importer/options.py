"""What may be said on the command line of `python -m servers import`."""

import argparse
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, TypeVar

from servers.importer.books import SEQUENCE, SOURCE
from servers.importer.rules import Prices, Rules, Stocks
from servers.importer.source import STDIN
from servers.importer.works import UNCATEGORISED
from shared.config import is_url
from shared.tokens import VARIABLE

T = TypeVar("T")

_DESCRIPTION: Final = """\
Make a books.csv for the shop from Project Gutenberg's pg_catalog.csv, or with --into add its books
to a shop that is open.

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

into a shop: SOURCE may also be a books.csv, as the shop has it. The shop gives the ids. Run it
again whenever it was broken off, or when the file has got more rows: a row that was added before
is known by its id (or Text#), title and author, and is not added twice, also if the book was
changed or removed in the shop since. A row that now reads otherwise is reported, and nothing is
changed. A shop that is down or busy is waited for, up to two minutes at a time.

exit status: 0 the books are written, or all good rows are in the shop; 1 with --strict, there were
bad rows (nothing is written or sent) or, in the shop, different ones; 2 it could not be done, or
not to its end; 130 stopped by Ctrl-C. A file that was there is as it was unless it is 0.
"""


_FIRST: Final = (
    "a books.csv whose books come first, ids and all; with --into they are in the shop already, "
    "and are left out"
)
_FOR_CATALOGUE: Final = (
    "--subjects", "--type", "--language", "--shelf", "--doubles", "--first", "--price", "--stock",
    "--seed",
)  # fmt: skip


class Options(NamedTuple):
    """One import, as it was asked for."""

    source: str
    output: str
    into: str | None
    token_file: str | None
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
    # Those given that say how books are made of a catalogue's works; a books.csv has its own.
    for_catalogue: list[str]


def read_options(argv: list[str]) -> Options:
    """The options of a command line; raises SystemExit for a wrong one, or --help."""
    parser = _parser()
    # Intermixed: OUTPUT may follow an option though it may be left out.
    found = parser.parse_intermixed_args(argv)
    if (found.output is None) == (found.into is None):
        parser.error("say either OUTPUT, the file to make, or --into URL, the shop to add to")
    if found.output == STDIN:
        parser.error("OUTPUT is the name of a file, so that it is written whole or not at all")
    given = _given(parser, found)
    for name in ("--ids", "--force"):
        if found.into is not None and name in given:
            parser.error(f"{name} is for OUTPUT; a shop gives ids of its own, and replaces nothing")
    if found.into is None and found.token_file is not None:
        parser.error("--token-file is for --into")
    keep_doubles = found.doubles == "keep"
    if keep_doubles and found.ids == SOURCE:
        parser.error("doubles can share a Text#, so --doubles keep needs --ids sequence")
    return Options(
        source=found.source,
        output=found.output or "",
        into=found.into,
        token_file=found.token_file,
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
        for_catalogue=[name for name in given if name in _FOR_CATALOGUE],
    )


def _given(parser: argparse.ArgumentParser, found: argparse.Namespace) -> list[str]:
    """The options that say another thing than they do when left out."""
    usual = vars(parser.parse_intermixed_args([found.source]))
    differ = [name for name, value in vars(found).items() if value != usual[name]]
    return [f"--{name.replace('_', '-')}" for name in differ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m servers import",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="pg_catalog.csv, as it is or as .gz; - for standard input",
    )
    parser.add_argument("output", metavar="OUTPUT", nargs="?", help="the books.csv to make")
    parser.add_argument(
        "--into",
        type=_checked(_url),
        metavar="URL",
        help="add the books to the shop whose frontend is there, such as http://127.0.0.1:5000",
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help=f"the admin's token for --into; or else the variable {VARIABLE} has it",
    )
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
    add("--first", metavar="FILE", help=_FIRST)
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


def _url(text: str) -> str:
    with suppress(ValueError):
        if is_url(text):
            return text
    raise ValueError(f"{text!r} is not a server's address, such as http://127.0.0.1:5000")


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ValueError(f"{text!r} is not a number from 1 on")
    return int(text)
