"""An import into a shop that is open: whatever happens on the way, each book is added once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.models import PreparedRequest

from servers.catalog.tables import BOOKS, CHANGES
from servers.importer.errors import NoToken, NotTaken, ShopAway
from servers.importer.listed import Keys, Listed, to_list
from servers.importer.rows import BadRow
from servers.importer.sending import LONGEST_PAUSE_S, PATIENCE_S, Different, Sending, batches
from shared.edits import MAX_BATCH
from shared.peer import Peer
from shared.wire import encode
from tests.memory_disk import MemoryDisk
from tests.shops import OPENING, TOKENS, Shop, drop
from tests.wsgi import InProcess

# Four bytes a letter: three or four such books are all that one request may have.
LONG: Final = "\N{BOOKS}" * 1_000


def books(titles: Sequence[str], price: int = 5) -> list[Listed]:
    """These, as the importer has them of a file, line by line."""
    keys = Keys()
    found = []
    for line, title in enumerate(titles, 2):
        fields = {"title": title, "subjects": ("new",), "quantity": 3, "price": Decimal(price)}
        row = to_list(line, keys.next("", title, ""), fields)
        assert isinstance(row, Listed)
        found.append(row)
    return found


class Bench:
    """An importer at a shop in this process; what it waits is no time at all, and noted."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.wire = InProcess(shop.frontend.app)
        self.now = 0.0
        self.pauses: list[float] = []
        self.told: list[str] = []

    def pause(self, seconds: float) -> None:
        """Take so long."""
        self.pauses.append(seconds)
        self.now += seconds

    def sending(self, token: str = TOKENS["anna"]) -> Sending:
        """A new run."""
        peer = Peer("frontend", "http://frontend", adapter=self.wire)
        return Sending(peer, token, tell=self.told.append, clock=lambda: self.now, pause=self.pause)

    def titles(self) -> Counter[str]:
        """How often each new book is on the shelf."""
        opening = {book.id for book in OPENING}
        rows = self.shop.books.rows(BOOKS).all()
        return Counter(book.title for book in rows if book.id not in opening)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """At a new shop."""
    shop = Shop.at(tmp_path)
    yield Bench(shop)
    shop.close()


def test_what_was_added_is_not_added_again(bench: Bench) -> None:
    """Not when it was sold, changed or removed since; and more rows are added to it."""
    titles = [f"book {n}" for n in range(1_200)]
    first = bench.sending()
    first.send(books(titles))
    assert (first.outcome.added, first.outcome.done) == (1_200, 1_200)
    assert bench.shop.buy(5).status == 200
    assert bench.shop.admin("PATCH", "/books/6", {"title": "another"}).status == 200
    assert bench.shop.admin("DELETE", "/books/7").status == 204
    again = bench.sending()
    again.send(books([*titles, "one more", "book 3"]))
    assert (again.outcome.present, again.outcome.added) == (1_200, 2)
    assert len(bench.titles()) == 1_200
    assert bench.titles()["book 3"] == 2, "the file has two of them now"
    assert not bench.titles()["book 2"], "it was removed"


def test_their_ids_are_in_the_order_of_the_file(bench: Bench) -> None:
    """As a person expects who looks at the file."""
    titles = [f"book {n}" for n in range(1_200)]
    bench.sending().send(books(titles))
    found = sorted((b.id, b.title) for b in bench.shop.books.rows(BOOKS).all())[len(OPENING) :]
    assert found == list(enumerate(titles, len(OPENING) + 1))


def test_a_row_that_reads_otherwise_is_told_and_changes_nothing(bench: Bench) -> None:
    """With its line and the book that it was."""
    bench.sending().send(books(["A", "B"]))
    again = bench.sending()
    again.send([books(["A", "B"])[0], books(["A", "B"], price=6)[1]])
    assert again.outcome.present == 1
    assert again.outcome.different == [Different(line=3, id=6)]
    assert bench.shop.catalog.shelf.info(6).price == 5


def test_a_row_that_the_shop_refuses_costs_itself_alone(bench: Bench) -> None:
    """Though the shop refuses its whole batch: a shop may be stricter than the importer."""
    rows = books(["A", "B", "C", "D"])
    for at, wrong in ((0, {"title": ""}), (2, {"price": -1})):
        rows[at] = rows[at]._replace(json=encode(msgspec.json.decode(rows[at].json) | wrong))
    sending = bench.sending()
    sending.send(rows)
    assert bench.titles() == {"B": 1, "D": 1}
    assert sorted(row.line for row in sending.outcome.bad) == [2, 4]
    assert BadRow(2, "title: a title is needed") in sending.outcome.bad
    assert sending.outcome.done == 4


def test_a_batch_is_as_large_as_a_request_may_be() -> None:
    """Not a book more, in bytes or in number; none is left out, and none comes twice."""
    small, large = books(["x"] * 1_700), books([f"{LONG[:-3]}{n}" for n in range(10)])
    for rows in (small, large, small[:9] + large + small[9:]):
        found = list(batches(rows))
        assert [row for batch in found for row in batch] == rows
        for batch, following in zip(found, [*found[1:], []], strict=True):
            assert len(encode({"data": [msgspec.Raw(row.json) for row in batch]})) <= 16 * 1024
            more = [*batch, *following[:1]]
            size = len(encode({"data": [msgspec.Raw(row.json) for row in more]}))
            assert not following or size > 16 * 1024 or len(more) > MAX_BATCH


def test_a_shop_that_is_away_is_waited_for_with_growing_pauses(bench: Bench) -> None:
    """And told each time; when it is back, all goes on."""
    answers = iter([drop, drop, drop])
    bench.wire.before = lambda request: next(answers, lambda _: None)(request)
    sending = bench.sending()
    sending.send(books(["A"]))
    assert bench.pauses == [1.0, 2.0, 4.0]
    assert bench.told[-1] == "The frontend server broke off its answer. Trying again in 4 s."
    assert bench.titles() == {"A": 1}


def test_a_shop_that_stays_away_is_given_up_after_a_while(bench: Bench) -> None:
    """What was added until then stays known."""
    rows = books([f"{n} {LONG[:-5]}" for n in range(10)])
    sent: list[PreparedRequest] = []

    def after_two(request: PreparedRequest) -> None:
        sent.append(request)
        if len(sent) > 2:
            drop()

    bench.wire.before = after_two
    sending = bench.sending()
    with pytest.raises(ShopAway, match="tried for 120 s"):
        sending.send(rows)
    assert sum(bench.pauses) <= PATIENCE_S
    assert max(bench.pauses) == LONGEST_PAUSE_S
    assert 0 < sending.outcome.added < 10
    assert bench.titles().total() == sending.outcome.added


def test_a_catalog_that_is_down_is_waited_for_behind_its_frontend(bench: Bench) -> None:
    """503 and 504 are as good as no answer."""
    cuts = iter([drop, drop])
    bench.shop.to_catalog.before = lambda request: next(cuts, lambda _: None)(request)
    bench.sending().send(books(["A"]))
    assert bench.titles() == {"A": 1}


def test_without_the_shops_token_it_stops_and_says_how_to_give_it(tmp_path: Path) -> None:
    """Nothing is added, and the token is nowhere in what is said."""
    shop = Shop.at(tmp_path / "a")
    with pytest.raises(NoToken, match="BAZAR_ADMIN__TOKEN or --token-file FILE") as told:
        Bench(shop).sending("a-wrong-one").send(books(["A"]))
    assert "a-wrong-one" not in str(told.value)
    assert not Bench(shop).titles()
    shop.close()
    closed = Shop.at(tmp_path / "b", tokens={})
    with pytest.raises(NoToken, match="This shop has no admin's token"):
        Bench(closed).sending().send(books(["A"]))
    closed.close()


def test_a_request_that_no_shop_can_take_is_not_sent_for_ever(bench: Bench) -> None:
    """Such as one that is no JSON."""
    row = books(["A"])[0]._replace(json=b"{")
    with pytest.raises(NotTaken, match="not JSON"):
        bench.sending().send([row])
    assert bench.pauses == []


class Cut(BaseException):
    """The importer is killed here; nothing catches this."""


def cut(*_: Any) -> None:
    """kill -9."""
    raise Cut


FAULTS: Final = {"cut before": ("before", cut), "cut after": ("after", cut),
                 "request lost": ("before", drop), "answer lost": ("after", drop)}  # fmt: skip
# For each request of the importer: what happens on its way to the frontend, what on the
# frontend's way to the catalog, and whether the shop is started anew beforehand.
FATE = st.tuples(
    st.sampled_from(["", "", *FAULTS]),
    st.sampled_from(["", "", "request lost", "answer lost"]),
    st.booleans(),
)


class Wires:
    """Both wires of an import, on which the fates come in their turn, then nothing any more."""

    def __init__(self, bench: Bench, fates: Sequence[tuple[str, str, bool]]) -> None:
        self._bench = bench
        self._fates = iter(fates)
        self._here = self._there = ""
        bench.wire.before = self._begin
        bench.wire.after = lambda _: self._strike(self._here, "after")

    def _begin(self, _: PreparedRequest) -> None:
        self._here, self._there, restart = next(self._fates, ("", "", False))
        shop = self._bench.shop
        if restart:
            shop.restart()
        self._bench.wire.app = shop.frontend.app
        shop.to_catalog.before = lambda _: self._strike(self._there, "before")
        shop.to_catalog.after = lambda _: self._strike(self._there, "after")
        self._strike(self._here, "before")

    @staticmethod
    def _strike(name: str, when: str) -> None:
        if name and FAULTS[name][0] == when:
            FAULTS[name][1]()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(FATE, max_size=12), st.integers(1, 14))
def test_an_import_that_is_cut_off_anywhere_can_be_finished(
    fates: list[tuple[str, str, bool]], count: int
) -> None:
    """No book is doubled, none is missing, no id is given twice, and the trail has each once."""
    shop = Shop(MemoryDisk(), MemoryDisk())
    bench = Bench(shop)
    rows = books([f"{n % 9} {LONG[:-5]}" for n in range(count)])
    Wires(bench, fates)
    while True:
        sending = bench.sending()
        try:
            sending.send(rows)
            break
        except Cut:
            continue
    assert bench.titles() == Counter(f"{n % 9} {LONG[:-5]}" for n in range(count))
    assert sending.outcome.added + sending.outcome.present == count
    trail = shop.books.rows(CHANGES).all()
    assert {row.id for row in trail} == {row.key for row in rows}
    assert len({row.book_id for row in trail}) == len(trail) == count
    shop.close()
