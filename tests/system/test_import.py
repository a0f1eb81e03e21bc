"""An import into a shop of real servers: cut off in every way, and finished."""

import csv
import signal
import subprocess
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Final

import pytest
import requests

from tests.books import ROWS, gutenberg
from tests.conftest import Campaign
from tests.processes import TOKEN, RunningShop, ended, start, wait_for
from tests.system.buyers import Buyers
from tests.system.ledgers import check_ledgers, wait_until_told
from tests.system.proxy import ANSWER_LOST, CARRY, LATE_ANSWER, REQUEST_LOST, RESET, Proxy, carrying

BOOKS: Final = 3_000
# Of these, each under a line of its own in the file.
ALIKE: Final = 30
# Longer than any run takes, on however busy a machine.
_SECONDS: Final = 600.0


class Importing(AbstractContextManager["Importing"]):
    """Runs of `python -m servers import` of one file into one shop."""

    def __init__(self, file: Path, url: str, *options: str) -> None:
        self._arguments = ["import", str(file), "--into", url, *options]
        self._log = file.with_suffix(".log")
        self.process: subprocess.Popen[str] | None = None

    @property
    def said(self) -> str:
        """What all runs have said."""
        return self._log.read_text(encoding="utf-8")

    def start(self) -> None:
        """Begin, or go on."""
        self.process = start(
            *self._arguments, log=self._log, variables={"BAZAR_ADMIN__TOKEN": TOKEN}
        )

    def runs(self) -> bool:
        """Whether there is one that has not ended."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> int:
        """A signal; the status that the run ends with."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(_SECONDS)

    def __exit__(self, *_: object) -> None:
        """Leave none behind, whatever a test did."""
        if self.runs():
            self.send(signal.SIGKILL)

    def finish(self) -> int:
        """The status that the run ends with."""
        if not self.runs():
            self.start()
        assert self.process is not None
        return self.process.wait(_SECONDS)


def write_books(file: Path, random: Random, count: int = BOOKS) -> Counter[str]:
    """A books.csv with some books more than once; returns how often each title is in it."""
    titles = [f"book {number % (count - ALIKE)}" for number in range(count)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["title", "author", "subjects", "quantity", "price"])
        for title in titles:
            subjects = "; ".join(letter * random.randint(3, 250) for letter in "xyz")
            writer.writerow([title, "A. N. Author", subjects, 3, "12.50"])
    return Counter(titles)


def total(shop: RunningShop) -> int:
    """How many books there are."""
    return int(requests.get(f"{shop.urls['catalog']}/books?limit=1", timeout=30).json()["total"])


def books_of(folder: Path) -> list[dict[str, str]]:
    """The rows of the books.csv of a catalog that was stopped."""
    with (folder / "catalog/books.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_books(folder: Path, wanted: Counter[str]) -> None:
    """Each book of the file is in the shop as often as in the file; no id is there twice."""
    rows = books_of(folder)
    assert Counter(row["title"] for row in rows if row["title"] in wanted) == wanted
    assert len({row["id"] for row in rows}) == len(rows)
    with (folder / "catalog/changes.csv").open(encoding="utf-8", newline="") as file:
        trail = list(csv.DictReader(file))
    assert Counter(row["what"] for row in trail) == {"added": wanted.total()}
    assert len({row["book_id"] for row in trail}) == len({row["id"] for row in trail})
    assert len(trail) == wanted.total()


class Troubles:
    """What may befall an import, at random moments; each is done once before any comes again."""

    def __init__(self, shop: RunningShop, importing: Importing, random: Random) -> None:
        self._shop = shop
        self._importing = importing
        self._random = random
        self._next: list[str] = []
        self.counts: Counter[str] = Counter()

    def one(self) -> None:
        """Let some more books in, then trouble."""
        if not self._importing.runs():
            self._importing.start()
        goal = total(self._shop) + self._random.randint(1, 200)
        wait_for(
            lambda: total(self._shop) >= goal or not self._importing.runs(), "more books", _SECONDS
        )
        kinds = ("importer killed", "importer interrupted", "catalog killed", "frontend killed",
                 "catalog away")  # fmt: skip
        self._next = self._next or self._random.sample(kinds, len(kinds))
        what = self._next.pop()
        self.counts[what] += 1
        if what == "importer killed":
            self._importing.send(signal.SIGKILL)
        elif what == "importer interrupted":
            self._importing.send(signal.SIGINT)
        else:
            self._server(what)

    def _server(self, what: str) -> None:
        name = what.split()[0]
        self._shop.kill(name)
        if what == "catalog away":
            time.sleep(1.5)
        self._shop.start(name)


def run(folder: Path, troubles: int, count: int) -> Counter[str]:
    """Import through wires that lie, in spite of so many troubles; then check the books."""
    random = Random("an import")
    wires = Random("its wires")
    share = 0.06

    def fate(_: str) -> str:
        if wires.random() > share:
            return CARRY
        return wires.choice((ANSWER_LOST, REQUEST_LOST, RESET, LATE_ANSWER))

    wanted = write_books(folder / "new.csv", random, count)
    with ended(RunningShop(folder)) as shop:
        proxies = [Proxy(shop.urls["frontend"], fate), Proxy(shop.urls["catalog"], fate)]
        shop.variables["frontend"] = {"BAZAR_CATALOG__URL": proxies[1].url}
        with carrying(proxies):
            shop.start()
            with Importing(folder / "new.csv", proxies[0].url) as importing:
                befallen = Troubles(shop, importing, random)
                for _ in range(troubles):
                    befallen.one()
                assert importing.finish() == 0, importing.said
            # Once more, over wires that are sound: there is nothing left to add.
            share = 0.0
            with Importing(folder / "new.csv", shop.url) as again:
                assert again.finish() == 0, again.said
        assert f"0 added, {count:,} there already, 0 different, 0 bad" in again.said
        shop.stop()
    check_books(folder, wanted)
    lost = sum(proxy.fates[ANSWER_LOST] + proxy.fates[RESET] for proxy in proxies)
    return befallen.counts + Counter({"answers lost": lost, "books": count})


def test_an_import_is_finished_whatever_befalls_it(tmp_path: Path, campaign: Campaign) -> None:
    """kill -9 of the importer and of the servers, Ctrl-C, answers lost: no book doubled or lost."""
    counts = run(tmp_path, troubles=5, count=BOOKS)
    campaign("an import cut off", **counts)
    assert counts["answers lost"] > 0


@pytest.mark.soak
def test_an_import_is_finished_after_hundreds_of_troubles(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The same with more of them."""
    counts = run(tmp_path, troubles=200, count=40_000)
    campaign("an import cut off", **counts)


def test_an_import_tells_what_it_did_and_how_to_go_on(tmp_path: Path) -> None:
    """Added, there already, different, bad: each bad or different row with its line."""
    file = tmp_path / "new.csv"
    file.write_text("title,subjects,quantity,price\nTea,drinks,3,2.50\nInk,desks,4,1\n,desks,4,1\n")
    with ended(RunningShop(tmp_path)) as shop, Importing(file, shop.url) as run:
        shop.start("catalog")
        run.start()
        wait_for(lambda: "The frontend server cannot be reached. Trying" in run.said, "it waits")
        assert run.send(signal.SIGINT) == 130
        assert "stopped. 2 rows may not be in the shop yet; the same command" in run.said
        shop.start("frontend", "order")
        assert run.finish() == 0
        assert f"{shop.url}: 2 added, 0 there already, 0 different, 1 bad (of 3 rows" in run.said
        file.write_text(file.read_text("utf-8").replace("Ink,desks,4", "Ink,desks,5"))
        with Importing(file, shop.url, "--strict") as strict:
            assert strict.finish() == 1
            assert "nothing was sent, as --strict asks" in strict.said
        assert run.finish() == 0
        assert "new.csv, line 4: title: a title is needed" in run.said
        assert "new.csv, line 3: book 458 was added from it otherwise" in run.said
        assert total(shop) == 458
        shop.stop()


def test_a_wrong_token_is_told_and_never_shown(tmp_path: Path) -> None:
    """Nor in any log."""
    file = tmp_path / "new.csv"
    file.write_text("title,subjects,quantity,price\nTea,drinks,3,2.50\n")
    (tmp_path / "token").write_text("wrong-and-secret\n")
    options = ("--token-file", str(tmp_path / "token"))
    with ended(RunningShop(tmp_path)) as shop, Importing(file, shop.url, *options) as run:
        shop.start("catalog", "frontend")
        assert run.finish() == 2
        assert "This token is not one of the shop's" in run.said
        assert "--token-file FILE" in run.said
        shop.stop()
        for text in (run.said, shop.log("catalog"), shop.log("frontend")):
            assert "secret" not in text
            assert TOKEN not in text


def taste(random: Random) -> tuple[int, int]:
    """What a buyer wants who looks around first."""
    time.sleep(random.uniform(0.05, 0.15))
    return random.randint(1, 400), 1


@pytest.mark.soak
def test_all_of_the_catalogue_goes_in_within_a_minute_while_the_shop_sells(
    tmp_path: Path, campaign: Campaign
) -> None:
    """82,415 rows, four buyers meanwhile; the copies that were sold are those in orders."""
    file = tmp_path / "all.csv"
    file.symlink_to(gutenberg().resolve())
    with (
        ended(RunningShop(tmp_path)) as shop,
        Importing(file, shop.url, "--doubles", "keep") as importing,
    ):
        shop.start()
        before = total(shop)
        with Buyers([shop.url], taste, count=4) as buyers:
            began = time.monotonic()
            assert importing.finish() == 0, importing.said
            seconds = time.monotonic() - began
        wait_until_told(shop.urls)
        check_ledgers(shop.urls, buyers)
        # The one row without a title is left out.
        assert total(shop) == before + ROWS - 1
        shop.stop()
    bought = sum(wanted.answer == 200 for wanted in buyers.wanted)
    campaign("the whole catalogue", books=ROWS - 1, seconds=round(seconds), bought_meanwhile=bought)
    assert bought > 0
    assert seconds < 60, importing.said
