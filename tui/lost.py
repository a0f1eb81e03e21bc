"""An edit that was lost to another admin's: what each said, and what is kept of it."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from shared.domain import Book

NAMES = ("title", "author", "subjects", "price")


class Side(NamedTuple):
    """One field, as this admin would have it and as it is now; `is_said` if this one typed it."""

    name: str
    mine: Any
    theirs: Any
    is_said: bool

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.mine != self.theirs)


def sides(before: Book, said: Mapping[str, Any], theirs: Book) -> list[Side]:
    """Every field side by side; what was not typed stands as it was `before`."""
    return [
        Side(name, said.get(name, getattr(before, name)), getattr(theirs, name), name in said)
        for name in NAMES
    ]


def first_choice(rows: Collection[Side]) -> frozenset[str]:
    """The fields to keep as this admin typed them, before anybody has chosen otherwise."""
    return frozenset(row.name for row in rows if row.differs and row.is_said)


def resolve(rows: Collection[Side], mine: Collection[str]) -> dict[str, Any]:
    """The fields to send again, where `mine` names those to have as this admin would."""
    return {row.name: row.mine for row in rows if row.differs and row.name in mine}
