"""What a mutant is."""

from typing import Literal, NamedTuple

Campaign = Literal[
    "simulation", "crashes", "failures", "crowd", "group commit", "repository", "api", "import"
]


class Mutant(NamedTuple):
    """One fault: in `file`, `old` (which must be there exactly once) becomes `new`."""

    name: str
    breaks: str
    campaign: Campaign
    file: str
    old: str
    new: str
