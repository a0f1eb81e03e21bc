"""The shop against a dict, through restarts, crashes, torn ends, full disks and edits."""

from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.csv_repository import CommitUnknown, StorageFull
from tests.memory_disk import Failure, MemoryDisk, torn
from tests.unit.csv_repository.shop import TABLES, Item, Receipt, State, open_shop, state
from tests.unit.csv_repository.test_cells import RISKY

ITEM = st.builds(Item, id=st.integers(0, 4), name=RISKY, stock=st.integers(0, 9))
RECEIPT = st.builds(Receipt, id=st.sampled_from(["a", "=b", "'c"]), item=st.integers(0, 4))
CHANGES = st.lists(
    (ITEM | RECEIPT).map(lambda row: (row, False)) | ITEM.map(lambda row: (row, True)),
    min_size=1,
    max_size=3,
)
SEEDS = st.integers(0, 2**32 - 1)
Changes = list[tuple[Item | Receipt, bool]]


class Shop(RuleBasedStateMachine):
    """Each rule is something that happens to a shop; after each, readers see the model."""

    @initialize()
    def open(self) -> None:
        """A new folder."""
        self.disk = MemoryDisk()
        self.shop = open_shop(self.disk)
        self.model: State = {}

    def _change(self, changes: Changes) -> State:
        """One transaction; returns what the model is when it is done."""
        after = dict(self.model)
        with self.shop.transaction() as change:
            for row, deletes in changes:
                name = "items" if isinstance(row, Item) else "receipts"
                key = TABLES[name].key(row)
                if deletes:
                    change.delete(TABLES[name], key)
                    after.pop((name, key), None)
                else:
                    change.put(TABLES[name], row)
                    after[name, key] = row
                assert change.get(TABLES[name], key) == after.get((name, key))
        return after

    def _reopen(self, disk: MemoryDisk) -> None:
        disk.kill_process()
        self.disk = disk
        self.shop = open_shop(disk)

    @rule(changes=CHANGES)
    def change(self, changes: Changes) -> None:
        """A sale."""
        self.model = self._change(changes)

    @rule(changes=CHANGES, room=st.integers(0, 60))
    def no_room(self, changes: Changes, room: int) -> None:
        """A sale on a full disk."""
        self.disk.room = room
        with pytest.raises(StorageFull):
            self._change([*changes, (Item(0, "x" * 80), False)])
        self.disk.room = None

    @rule()
    def checkpoint(self) -> None:
        """Beside the traffic, at any time."""
        self.shop.checkpoint()

    @rule(room=st.integers(0, 400))
    def checkpoint_without_room(self, room: int) -> None:
        """It is put off wherever it stands."""
        self.disk.room = room
        with suppress(StorageFull):
            self.shop.checkpoint()
        self.disk.room = None

    @rule()
    def restart(self) -> None:
        """A clean stop."""
        self.shop.close()
        self._reopen(self.disk)

    @rule()
    def kill(self) -> None:
        """SIGKILL."""
        self._reopen(self.disk)

    @rule(seed=SEEDS)
    def power_failure(self, seed: int) -> None:
        """Between two sales."""
        random = Random(seed)
        self._reopen(random.choice(list(self.disk.snapshot().variants(random, 3))))

    @rule(changes=CHANGES, seed=SEEDS)
    def power_failure_in_a_sale(self, changes: Changes, seed: int) -> None:
        """Its bytes may be on disk or not, or some of them."""
        random = Random(seed)
        snapshots: list[Any] = []
        self.disk.watcher = lambda _op, _name: snapshots.append(self.disk.snapshot())
        after = self._change(changes)
        self._reopen(random.choice(list(random.choice(snapshots).variants(random, 3))))
        found = state(self.shop)
        assert found in (self.model, after)
        self.model = found

    @rule(changes=CHANGES, seed=SEEDS)
    def fsync_fails(self, changes: Changes, seed: int) -> None:
        """And then the machine dies, too."""
        before = dict(self.model)
        self.disk.fail_at[self.disk.steps + 2] = Failure(5)
        try:
            self._change(changes)
        except CommitUnknown:
            assert state(self.shop) == before
        random = Random(seed)
        self._reopen(random.choice(list(self.disk.snapshot().variants(random, 3))))
        found = state(self.shop)
        for row, deletes in changes:
            name = "items" if isinstance(row, Item) else "receipts"
            self.model.pop((name, TABLES[name].key(row)), None)
            if not deletes:
                self.model[name, TABLES[name].key(row)] = row
        assert found in (before, self.model)
        self.model = found

    @rule(seed=SEEDS)
    def torn_tail(self, seed: int) -> None:
        """Garbage behind the last record, as after a crash in the next one."""
        newest = max(name for name in self.disk.names() if name.startswith("journal"))
        content = self.disk.contents()[newest]
        self.disk.edit(newest, torn(content, content + b"0badc0de,1,rows,9,x\nmore", Random(seed)))
        self._reopen(self.disk)

    @rule(stock=st.integers(10, 99))
    def edit_while_stopped(self, stock: int) -> None:
        """A person opens the CSV in a spreadsheet."""
        self.shop.close()
        if "items.csv" in self.disk.names():
            self.disk.edit("items.csv", b"\xef\xbb\xbfid;name;stock\r\n3;Lamp;%d\r\n" % stock)
            self.model = {at: row for at, row in self.model.items() if at[0] != "items"}
            self.model["items", 3] = Item(3, "Lamp", stock=stock)
        self._reopen(self.disk)

    @invariant()
    def readers_see_the_model(self) -> None:
        """Always."""
        if hasattr(self, "shop"):
            assert state(self.shop) == self.model


Shop.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestShop = Shop.TestCase
