"""One history of the shop from one seed, and the promises that are held against it."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from servers.catalog.app import Catalog
from servers.catalog.tables import BOOKS, CHANGES, SALES, TABLES
from servers.catalog.tokens import Admins
from servers.frontend.app import Frontend
from servers.frontend.readiness import Route
from servers.order.app import Orders
from servers.order.ledger import ORDERS
from shared.csv_repository import Repository
from shared.domain import Book
from shared.peer import Peer
from tests.memory_disk import MemoryDisk
from tests.simulation import promises
from tests.simulation.buyers import Buyers, Wanted, is_busy
from tests.simulation.machines import Machine
from tests.simulation.network import Network, Wire
from tests.simulation.owner import TOKEN, UNDECIDED, Deed, Owner
from tests.simulation.trail import Trail
from tests.wsgi import Reply, call

STOCK = (
    Book(1, "Xen", "", ("x",), 3, Decimal(10)),
    Book(2, "RPCs", "", ("x",), 8, Decimal(20)),
    Book(3, "DOS", "", ("y",), 0, Decimal(10)),
)
STEPS = 45
# How far a machine's clock may be from the right time: years off at a start, an hour by a
# misunderstood zone, a second by whoever sets it right.
_OFF = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, -1, 1, -3_600, 3_600, -86_400, 90_000, -300_000_000, 300_000_000)
)
# How long a machine may be asleep, or a thread be kept waiting.
_ASLEEP_SECONDS = (1.0, 40.0, 7_200.0)


class World:
    """Two machines, two frontends (one a route), the wires between, and buyers."""

    def __init__(self, seed: int, tell: Callable[[str], None] = lambda _: None) -> None:
        self.random = Random(seed)
        self.tell = tell
        self.counts: Counter[str] = Counter()
        self._now = datetime(2026, 1, 1, tzinfo=UTC)
        self._off = {"catalog": timedelta(0), "order": timedelta(0)}
        self._monotonic = 0.0
        self._depth = 0
        self.network = Network(self.random, self._between)
        # They ask for books, too, that are not there yet, and some that never will be.
        self.buyers = Buyers(self.random, len(STOCK) + 2)
        self.owner = Owner(self.random, self.buyers.new_key, len(STOCK), self._look)
        self.trail = Trail(STOCK)
        self.catalog = Machine("catalog", self._open_catalog, self.random)
        self.orders = Machine("order", self._open_orders, self.random)
        self.network.machines = {"catalog": self.catalog, "order": self.orders}
        for machine in (self.catalog, self.orders):
            machine.start()
        self.frontends = [self._frontend("catalog-first"), self._frontend("order-first")]

    def _open_catalog(self, disk: MemoryDisk) -> tuple[Repository, Catalog]:
        seed = {"books": lambda: b"".join(BOOKS.lines(STOCK))}
        books = self._open("catalog", disk, TABLES, seed)
        return books, Catalog(
            books,
            self._peer("order"),
            self._clock_of("catalog"),
            self._tick,
            Admins({"owner": TOKEN}),
            deliveries_at_once=1,
        )

    def _open_orders(self, disk: MemoryDisk) -> tuple[Repository, Orders]:
        ledger = self._open("order", disk, [ORDERS], {})
        return ledger, Orders(ledger, self._peer("catalog"), self._clock_of("order"))

    def _open(self, name: str, disk: MemoryDisk, tables: Any, seeds: Any) -> Repository:
        clock = self._clock_of(name)
        return Repository.open(disk, tables, seeds=seeds, clock=clock, pause=lambda: None)

    def _frontend(self, route: Route) -> Frontend:
        return Frontend(self._peer("catalog"), self._peer("order"), route, self.buyers.new_key)

    def _peer(self, to: str) -> Peer:
        wire = Wire(self.network, to)
        return Peer(to, f"http://{to}", clock=self._tick, pause=self._pass, adapter=wire)

    def _clock_of(self, machine: str) -> Callable[[], datetime]:
        def clock() -> datetime:
            self._now += timedelta(milliseconds=1)
            return self._now + self._off[machine]

        return clock

    def _tick(self) -> float:
        self._monotonic += 0.01
        return self._monotonic

    def _pass(self, seconds: float) -> None:
        self._monotonic += seconds

    # What can happen.

    def run(self) -> None:
        """The whole history: bad weather, then calm, then the reckoning."""
        for _ in range(STEPS):
            self.step()
            self.check_always()
        self.calm_down()
        self.check_in_the_end()

    def step(self) -> None:
        """One thing happens."""
        what = self.random.choices(list(self._things), [w for w, _ in self._things.values()])[0]
        self.counts[what] += 1
        self.tell(what)
        self._things[what][1](self)

    def _between(self) -> None:
        """While a message is under way something else may happen; not too deep."""
        if not self.network.calm and self._depth < 2 and self.random.random() < 0.08:
            self._depth += 1
            self.step()
            self._depth -= 1

    def buy(self) -> None:
        """Someone buys, by one of the two routes; the answer may be lost on its way."""
        wanted = self.buyers.someone()
        reply = self._ask(wanted)
        if self.random.random() < 0.15:
            self.tell(f"  nobody hears {reply.status}")
        elif not is_busy(reply):
            wanted.heard(reply)
            if reply.status == 200 and self.random.random() < 0.4:
                self._find(wanted)

    def look_up(self) -> None:
        """A buyer looks for what was bought, soon or late."""
        bought = [w for w in self.buyers.wanted if w.answer and w.answer.status == 200]
        if bought:
            self._find(self.random.choice(bought))

    def _find(self, wanted: Wanted) -> None:
        app = self.random.choice(self.frontends).app
        found = call(app, "GET", f"/orders/{wanted.key}")
        self.tell(f"  {wanted.key[:8]} looked up: {found.status}")
        self.counts[f"looked up: {found.status}"] += 1
        promises.check_found(wanted, found)

    def _ask(self, wanted: Wanted) -> Reply:
        wanted.sent += 1
        frontend = self.random.choice(self.frontends)
        body = None if not wanted.wish else str(wanted.wish).replace("'", '"').encode()
        headers = {"Idempotency-Key": wanted.key}
        reply = call(frontend.app, "PUT", f"/purchase/{wanted.book_id}", body, headers)
        self.tell(f"  {wanted.key[:8]} book {wanted.book_id} {wanted.wish}: {reply.status}")
        return reply

    def restock(self) -> None:
        """The owner brings copies or sets a price, under a key, perhaps in vain."""
        change = {"quantity_change": self.random.randint(1, 3)}
        if self.random.random() < 0.4:
            change["price"] = self.random.choice((10, 20))
        book_id = self.random.randint(1, len(STOCK))
        body = str(change).replace("'", '"').encode()
        headers = {"Idempotency-Key": self.buyers.new_key()}
        for _ in range(self.random.randint(1, 2)):
            if self.catalog.up:
                app = self.catalog.server.app
                self.catalog.do(partial(call, app, "PUT", f"/update/{book_id}", body, headers))

    def manage(self) -> None:
        """The owner adds, edits or removes a book; the answer may be lost on its way."""
        deed = self.owner.something()
        if deed.tag and not deed.sent and self.random.random() < 0.5:
            # He has looked, and thinks it over.
            return
        reply = self._do(deed)
        if self.random.random() < 0.15:
            self.tell(f"  nobody hears {reply.status}")
        else:
            deed.heard(reply)

    def _do(self, deed: Deed) -> Reply:
        deed.sent += 1
        app = self.random.choice(self.frontends).app
        reply = call(app, deed.method, deed.target, deed.body, deed.headers)
        self.tell(f"  {deed.key[:8]} {deed.method} {deed.target} {deed.said}: {reply.status}")
        return reply

    def _look(self, book_id: int) -> tuple[dict[str, Any], str] | None:
        app = self.random.choice(self.frontends).app
        reply = call(app, "GET", f"/books/{book_id}")
        return (reply.json["data"][0], reply.headers["ETag"]) if reply.status == 200 else None

    def deliver(self) -> None:
        """The catalog's errand takes its turn."""
        if self.catalog.up:
            self.catalog.do(self.catalog.server.delivery.deliver)

    def settle(self) -> None:
        """The order server's errand takes its turn."""
        if self.orders.up:
            self.orders.do(self.orders.server.settling.settle_all)

    def arrive(self) -> None:
        """A message that was late arrives."""
        self.network.let_one_arrive()

    def crash(self) -> None:
        """A machine dies."""
        self._any_machine().crash()

    def come_back(self) -> None:
        """A machine that is down starts, and may die again at that."""
        machine = self._any_machine()
        if not machine.up and self.random.random() < 0.3:
            machine.die_soon()
        machine.start()
        machine.disk.crash_at = None

    def restart(self) -> None:
        """A machine is stopped cleanly and started."""
        machine = self._any_machine()
        machine.stop()
        machine.start()

    def checkpoint(self) -> None:
        """A machine brings its CSVs up to date, and may die at that."""
        machine = self._any_machine()
        if machine.up:
            if self.random.random() < 0.4:
                machine.die_soon()
            machine.do(machine.repository.checkpoint)
            machine.disk.crash_at = None

    def turn_a_clock(self) -> None:
        """Somebody sets a machine's clock, right or wrong; or the machines are asleep for a while,
        which every clock shows."""
        if self.random.random() < 0.4:
            asleep = self.random.choice(_ASLEEP_SECONDS)
            self.tell(f"  asleep for {asleep:.0f} s")
            self._monotonic += asleep
            self._now += timedelta(seconds=asleep)
        else:
            name, off = self.random.choice(list(self._off)), self.random.choice(_OFF)
            self.tell(f"  the {name} machine's clock is off by {off}")
            self._off[name] = off

    def _any_machine(self) -> Machine[Any]:
        return self.random.choice((self.catalog, self.orders))

    _things: dict[str, tuple[int, Callable[["World"], None]]] = {  # noqa: RUF012 - a table
        "buy": (40, buy),
        "look up": (8, look_up),
        "restock": (6, restock),
        "manage": (12, manage),
        "deliver": (8, deliver),
        "settle": (8, settle),
        "a late message arrives": (9, arrive),
        "crash": (4, crash),
        "come back": (14, come_back),
        "restart": (2, restart),
        "checkpoint": (4, checkpoint),
        "clock turned": (5, turn_a_clock),
    }

    # What must hold.

    def check_always(self) -> None:
        """Stock, sales, changes and orders agree, at every moment that they can be seen."""
        if self.catalog.up:
            rows = self.catalog.repository.rows
            self.trail.check(rows(BOOKS).all(), rows(SALES).all(), rows(CHANGES).all())
            orders = self.orders.repository.rows(ORDERS) if self.orders.up else None
            promises.check(self.buyers.wanted, rows(SALES), orders)
            assert not self.catalog.server.delivery.dead
        if self.orders.up:
            assert not self.orders.server.settling.stuck

    def calm_down(self) -> None:
        """The faults end: what is late arrives, everyone comes back, all is told."""
        self.network.calm = True
        self.tell("calm")
        for machine in (self.catalog, self.orders):
            machine.disk.crash_at = None
            machine.start()
        while self.network.late:
            self.network.let_one_arrive()
        for _ in range(3):
            self.deliver()
            self.settle()

    def check_in_the_end(self) -> None:
        """The four promises."""
        self.check_always()
        sales = {sale.id: sale for sale in self.catalog.repository.rows(SALES).all()}
        orders = {order.id: order for order in self.orders.repository.rows(ORDERS).all()}
        sold = {i: (s.book_id, s.quantity, s.price) for i, s in sales.items() if s.state == "sold"}
        placed = {
            i: (o.book_id, o.quantity, o.price) for i, o in orders.items() if o.state == "placed"
        }
        assert sold == placed, "copies sold are not the copies in orders"
        assert not [o for o in orders.values() if o.state == "pending"], "an order stays pending"
        self._check_deeds()
        by_key = Counter(wanted.key for wanted in self.buyers.wanted)
        for wanted in self.buyers.wanted:
            if wanted.surely_nothing and wanted.key not in self.network.doubled:
                assert wanted.key not in sold or by_key[wanted.key] > 1, "503, and yet it was sold"
        for wanted in self.buyers.wanted:
            self._check_for_ever(wanted)

    def _check_deeds(self) -> None:
        """What the owner was told was done, is done once and for ever; what was not, is not."""
        changes = self.catalog.repository.rows(CHANGES)
        for deed in self.owner.deeds:
            if deed.surely_nothing and deed.key not in self.network.strays:
                assert changes.get(deed.key) is None, f"told {deed.statuses}, and yet done: {deed}"
            known = changes.get(deed.key) is not None
            assert known or not deed.done, f"an acknowledged change is gone: {deed}"
            before = len(changes)
            for _ in range(2):
                deed.heard(self._do(deed))
                assert deed.statuses[-1] not in UNDECIDED
            assert len(changes) == before or not known, f"done twice: {deed}"
            if row := changes.get(deed.key):
                self.trail.check_deed(deed, row)
        self.check_always()
        for book_id in self.trail.removed:
            for frontend in self.frontends:
                target = f"/purchase/{book_id}"
                reply = call(
                    frontend.app, "PUT", target, headers={"Idempotency-Key": self.buyers.new_key()}
                )
                assert (reply.status, reply.title) == (404, "Book not found")

    def _check_for_ever(self, wanted: Wanted) -> None:
        """Every answer that was heard holds, on both routes, also after a restock."""
        before = len(self.catalog.repository.rows(SALES).all())
        decided = self.catalog.repository.rows(SALES).get(wanted.key) is not None
        for _ in range(2):
            reply = self._ask(wanted)
            assert not is_busy(reply)
            wanted.heard(reply)
            assert reply.status in (200, 404, 409, 422)
        if decided:
            assert len(self.catalog.repository.rows(SALES).all()) == before
