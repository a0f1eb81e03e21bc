"""Bars drawn in text, in eighths of a cell; no colour is needed to read them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

_UP: Final = " ▁▂▃▄▅▆▇█"
_ACROSS: Final = " ▏▎▍▌▋▊▉█"
_PARTS: Final = 8
_STEPS: Final = tuple(map(Decimal, ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")))


def ceiling(value: Decimal) -> Decimal:
    """A round amount that is not less, for the top of a chart: whole, and at least 1."""
    power = Decimal(10) ** max(0, value.adjusted())
    tops = (step * power for step in _STEPS)
    return next(top for top in tops if top >= value and top == top.to_integral_value())


def upright(values: Sequence[Decimal], top: Decimal, rows: int) -> list[str]:
    """A bar of one cell's width for each value, as lines from the top one down.

    A bar as high as all lines is worth `top`; what is more than nothing can be seen.
    """
    heights = [_eighths(value, top, rows) for value in values]
    return [
        "".join(_UP[max(0, min(_PARTS, height - row * _PARTS))] for height in heights)
        for row in range(rows - 1, -1, -1)
    ]


def across(value: Decimal, top: Decimal, cells: int) -> str:
    """A bar that lies, in exactly so many cells; as long as all of them it is worth `top`."""
    length = _eighths(value, top, cells)
    whole, rest = divmod(length, _PARTS)
    return ("█" * whole + (_ACROSS[rest] if rest else "")).ljust(cells)


def _eighths(value: Decimal, top: Decimal, cells: int) -> int:
    if value <= 0 or top <= 0 or cells <= 0:
        return 0
    return max(1, min(cells * _PARTS, round(value * cells * _PARTS / top)))
