"""Where one benchmark works: its folder, its sizes, and the books it is given."""

import csv
import io
import random
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from servers.catalog.tables import BOOKS, TABLES
from shared.csv_repository import FolderDisk, Repository
from tests.bench.sizes import Sizes
from tests.books import import_every_row

CATALOGUE: Final = "Project Gutenberg's catalogue"
GENERATED: Final = "generated books"
# Copies of each book besides its own, so that no benchmark sells out.
_PLENTY: Final = 1_000_000
_LETTERS: Final = "aeiouaeiounrstlmdbkh"


class Room(NamedTuple):
    """`shared` is for all benchmarks of one run, `folder` for this one alone."""

    shared: Path
    folder: Path
    sizes: Sizes

    def books(self, count: int) -> Path:
        """A books.csv of so many books; the catalogue's are repeated under new ids."""
        path = self.shared / f"books-{count}.csv"
        if not path.exists():
            half_done = path.with_suffix(".tmp")
            write_books(half_done, source(self.shared, self.sizes), count)
            half_done.rename(path)
        return path

    def shop(self, name: str, count: int) -> Path:
        """A catalog's data folder that holds so many books and nothing else."""
        folder = self.folder / name
        folder.mkdir()
        shutil.copyfile(self.books(count), folder / BOOKS.file)
        return folder


def open_shop(folder: Path) -> Repository:
    """The catalog's repository."""
    return Repository.open(FolderDisk(folder), TABLES)


def source(shared: Path, sizes: Sizes) -> Path:
    """The books that all others are copies of, made once a run; `kind` says which."""
    generated, imported = shared / "generated.csv", shared / "imported.csv"
    if generated.exists() or imported.exists():
        return generated if generated.exists() else imported
    if sizes.catalogue:
        with suppress(pytest.skip.Exception), _silence():
            return import_every_row(imported)
    generate(generated, sizes.books, sizes.seed)
    return generated


@contextmanager
def _silence() -> Iterator[None]:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        yield


def kind(path: Path) -> str:
    """What a source is, for the person who reads the table."""
    return CATALOGUE if path.stem == "imported" else GENERATED


def write_books(target: Path, source: Path, count: int) -> None:
    """Write `count` books with ids from 1 on: the source's, again and again."""
    with (
        source.open(encoding="utf-8", newline="") as lines,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.reader(lines)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(next(rows))
        writer.writerows(_numbered(islice(cycle(rows), count)))


def _numbered(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, (_, title, author, subjects, quantity, price) in enumerate(rows, 1):
        yield [str(number), title, author, subjects, str(int(quantity) + _PLENTY), price]


def generate(target: Path, count: int, seed: int) -> None:
    """Write books that look like a library's: some words, authors and subjects in most of them."""
    draw = random.Random(seed)
    words = [_word(draw) for _ in range(20_000)]
    authors = [f"{_word(draw).title()}, {_word(draw).title()}" for _ in range(count // 3 + 1)]
    subjects = [f"{_word(draw).title()} - {_word(draw)}" for _ in range(400)]
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(BOOKS.columns)
        for number in range(1, count + 1):
            # Squared: the first words are the common ones.
            title = [words[int(draw.random() ** 2 * 20_000)] for _ in range(draw.randint(2, 10))]
            on = "; ".join(dict.fromkeys(draw.choices(subjects, k=draw.randint(1, 4))))
            price, stock = draw.randint(4, 30), draw.randint(0, 60)
            writer.writerow([number, " ".join(chain(["The"], title)), draw.choice(authors),
                             on, stock, price])  # fmt: skip


def _word(draw: random.Random) -> str:
    return "".join(draw.choices(_LETTERS, k=draw.randint(3, 9)))
