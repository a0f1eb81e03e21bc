"""One change by the admin, asked for under one key until its outcome is definite.

Knows nothing of screens. As with a purchase, "nothing was done" settles a change only if no
earlier request under its key may have been the one that did it.
"""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from shared.domain import (
    BadField,
    BookNotFound,
    EditedMeanwhile,
    NotAdmin,
    ShopError,
    TryLater,
    Unavailable,
)

Stage = Literal[
    "done",  # on disk; `answer` is what the shop said
    "unknown",  # no answer; it may have been done
    "not done",  # surely nothing was done, and asking again may help
    "field",  # refused: the field at `path` is wrong
    "edited",  # refused: the book is not as it was when the admin looked
    "gone",  # refused: no such book
    "not admin",  # refused: the token
    "wrong",  # refused for a reason that asking again does not mend
]
# So often is an edit sent again by itself because of sales in between.
PATIENCE: Final = 8


class Result(msgspec.Struct, frozen=True):
    """What is known of a change now."""

    stage: Stage
    detail: str = ""
    path: str = ""
    answer: Any = None
    error: ShopError | None = None


class Deed:
    """Asks with `ask`, which is handed the key; called from one thread at a time."""

    def __init__(self, key: str, ask: Callable[[str], Any]) -> None:
        self.key = key
        self._ask = ask
        self.is_unsure = False

    def attempt(self) -> Result:
        """Ask once; `is_unsure` tells afterwards whether the change may have been made."""
        try:
            answer = self._ask(self.key)
        except ShopError as error:
            result = self._read(error)
        else:
            result = Result("done", answer=answer)
        if result.stage != "not admin":
            self.is_unsure = result.stage == "unknown"
        return result

    def _read(self, error: ShopError) -> Result:
        detail = str(error)
        match error:
            case BadField(path=path):
                return Result("field", detail, path, error=error)
            case EditedMeanwhile():
                return Result("edited", detail, error=error)
            case BookNotFound():
                return Result("gone", detail, error=error)
            case NotAdmin():
                return Result("not admin", detail, error=error)
            case Unavailable() if not self.is_unsure:
                return Result("not done", detail, error=error)
            case TryLater():
                return Result("unknown", detail, error=error)
            case _:
                return Result("wrong", detail, error=error)
