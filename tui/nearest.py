"""Which subjects a search that found no book may have meant."""

import difflib
import re
from collections.abc import Callable
from typing import Final

from shared.domain import fold
from tui.shop import SubjectPage

# What the frontend gives in one answer.
_MOST: Final = 1000
# The longest say most, and each may cost three questions.
_WORDS: Final = 2
# More than half of the letters of two words are the same, in the same order: `whxl` and `wheel`.
_LIKE: Final = 0.5


def nearest_subjects(
    subjects: Callable[[str, int, int], SubjectPage], wanted: str, most: int
) -> tuple[str, ...]:
    """At most so many subjects, the nearest first; `subjects` is the shop's, and may raise.

    Those that hold a word of it; where none holds that word, those that have one like it, among
    the ones that share its beginning.
    """
    words = sorted(re.findall(r"\w+", fold(wanted)), key=len, reverse=True)[:_WORDS]
    found: dict[str, float] = {}
    for word in words:
        for part in dict.fromkeys((word, word[:3], word[:2])):
            page = subjects(part, _MOST, 0)
            near = {one.subject: _likeness(word, one.subject) for one in page.data}
            if near := {name: like for name, like in near.items() if like > _LIKE}:
                found |= {name: max(like, found.get(name, 0.0)) for name, like in near.items()}
                break
    return tuple(sorted(found, key=lambda name: -found[name])[:most])


def _likeness(word: str, subject: str) -> float:
    """Of the subject's word that is most like it, by Ratcliff and Obershelp."""
    of_subject = re.findall(r"\w+", fold(subject))
    return max((_alike(word, other) for other in of_subject), default=0.0)


def _alike(word: str, other: str) -> float:
    return 1.0 if word in other else difflib.SequenceMatcher(None, word, other).ratio()
