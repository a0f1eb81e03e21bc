"""A figure: what was measured, what stands beside it, and what it should be."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table; the limit is for the ratio to the reference, or else for itself."""

    what: str
    measured: float
    unit: str
    reference: float | None = None
    reference_is: str = ""
    ratio_at_most: float | None = None
    ratio_at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the reference, or None without one."""
        return self.measured / self.reference if self.reference else None

    @property
    def wanted(self) -> str:
        """The limit in words; empty for a figure that is only told."""
        if self.ratio_at_most is not None:
            return f"<= {self.ratio_at_most:g} x"
        if self.ratio_at_least is not None:
            return f">= {self.ratio_at_least:g} x"
        return "" if self.at_most is None else f"<= {self.at_most:g} {self.unit}"

    @property
    def verdict(self) -> str:
        """`ok`, `MISSED`, or nothing where nothing is wanted."""
        if not self.wanted:
            return ""
        return "ok" if self._met else "MISSED"

    @property
    def _met(self) -> bool:
        if self.at_most is not None:
            return self.measured <= self.at_most
        if self.ratio is None:
            return False
        if self.ratio_at_least is not None:
            return self.ratio >= self.ratio_at_least
        return self.ratio_at_most is not None and self.ratio <= self.ratio_at_most


_HEADER: Final = ("figure", "measured", "beside it", "ratio", "wanted", "")


def table(figures: Iterable[Figure]) -> str:
    """The figures as aligned lines, a header first."""
    lines = [_HEADER, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_aligned(line, widths) for line in lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    beside = ""
    if figure.reference is not None:
        beside = f"{_number(figure.reference)} {figure.unit}, {figure.reference_is}"
    return (
        figure.what,
        f"{_number(figure.measured)} {figure.unit}",
        beside,
        "" if figure.ratio is None else f"{figure.ratio:.2f} x",
        figure.wanted,
        figure.verdict,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def document(figures: Iterable[Figure]) -> list[dict[str, object]]:
    """The figures for `--json`, ratios and verdicts worked out."""
    return [
        {**msgspec.structs.asdict(figure), "ratio": figure.ratio, "verdict": figure.verdict}
        for figure in figures
    ]
