"""Indexes and the published rows that they watch."""

from hypothesis import given
from hypothesis import strategies as st

from shared.csv_repository import Arrivals, Rows, SortedIndex
from tests.unit.csv_repository.shop import LIGHT, Item

# A key and its new tags, or None for a deletion.
STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.none() | st.sets(st.sampled_from("abc")).map(tuple)),
    max_size=30,
)


def by_tag() -> SortedIndex[Item]:
    """Items by their tags, in the order of ids."""
    return SortedIndex(lambda item: item.tags, lambda item: item.id)


@LIGHT
@given(STEPS, st.integers(0, 30))
def test_an_index_says_what_the_rows_say(
    steps: list[tuple[int, tuple[str, ...] | None]], at: int
) -> None:
    """Whether it was loaded at once or followed every change."""
    rows: Rows[Item] = Rows({})
    index = by_tag()
    for number, (key, tags) in enumerate(steps):
        if number == at:
            rows.watch(index)
        rows.publish(key, None if tags is None else Item(key, "", tags))
    if at >= len(steps):
        rows.watch(index)
    for tag in "abc":
        ids = sorted(item.id for item in rows.all() if tag in item.tags)
        assert index.slice(tag) == ids
        assert index.slice(tag, 1, 3) == ids[1:3]
        assert index.count(tag) == len(ids)
        assert index.before(tag, 3, 2) == [i for i in reversed(ids) if i < 3][:2]
        assert index.before(tag, None, 2) == ids[::-1][:2]
    assert set(index.values()) == {tag for item in rows.all() for tag in item.tags}


def test_an_index_never_names_a_row_that_cannot_be_read() -> None:
    """It learns of a row when it is there, and of a deletion before it is gone."""
    rows: Rows[Item] = Rows({})

    class Watch:
        def load(self, rows: object) -> None:
            pass

        def change(self, old: Item | None, new: Item | None) -> None:
            assert rows.get(1) == (new or old)

    rows.watch(Watch())
    rows.publish(1, Item(1, "Lamp"))
    rows.publish(1, Item(1, "Desk"))
    rows.publish(1, None)
    assert (rows.get(1), len(rows), rows.all()) == (None, 0, [])


def test_arrivals_number_rows_in_the_order_they_first_came() -> None:
    """A change keeps the number, and so does what went."""
    arrivals: Arrivals[Item] = Arrivals(lambda item: item.id)
    arrivals.load([Item(7, "Lamp"), Item(3, "Desk")])
    arrivals.change(None, Item(5, "Bed"))
    arrivals.change(Item(3, "Desk"), Item(3, "Table"))
    arrivals.change(Item(7, "Lamp"), None)
    assert list(arrivals) == [7, 3, 5]
    assert (arrivals.number(3), arrivals.number(9), arrivals.key(2)) == (1, None, 5)
    assert (arrivals.after(1, 5), len(arrivals)) == ([3, 5], 3)
