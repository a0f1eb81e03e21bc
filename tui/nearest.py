"""Which subjects a search that found no book may have meant."""

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Final

from shared.domain import fold
from tui.shop import SubjectPage

# What the frontend gives in one answer.
_MOST: Final = 1000
# Half of the letters of a word, in their order, are those of another: `whxl` and `wheel`.
_LIKE: Final = 0.5


def nearest_subjects(
    subjects: Callable[[str, int, int], SubjectPage], wanted: str, most: int
) -> tuple[str, ...]:
    """At most so many subjects, the nearest first; `subjects` is the shop's, and may raise.

    Those that hold a word of it; where none does, those that have a word like one of its own,
    among the ones that share its beginning.
    """
    words = re.findall(r"\w+", fold(wanted))
    for part in _parts(words):
        page = subjects(part, _MOST, 0)
        likeness = {one.subject: _likeness(words, one.subject) for one in page.data}
        near = sorted((name for name in likeness if likeness[name] >= _LIKE),
                      key=lambda name: -likeness[name])  # fmt: skip
        if near:
            return tuple(near[:most])
    return ()


def _parts(words: list[str]) -> Iterator[str]:
    by_length = sorted(words, key=len, reverse=True)[:2]
    yield from by_length
    for word in by_length:
        for length in (3, 2):
            if length < len(word):
                yield word[:length]


def _likeness(words: list[str], subject: str) -> float:
    """The best of each word of it against each of the subject's, by Ratcliff and Obershelp."""
    of_subject = re.findall(r"\w+", fold(subject))
    return max((_alike(a, b) for a in words for b in of_subject), default=0.0)


def _alike(word: str, other: str) -> float:
    return 1.0 if word in other else difflib.SequenceMatcher(None, word, other).ratio()
