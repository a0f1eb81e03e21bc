"""What reaches the terminal where it has no colours, or only its own sixteen."""

from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_ITS_OWN: Final = (ColorType.DEFAULT, ColorType.STANDARD)


class Colourless(LineFilter):
    """Takes every colour away, NO_COLOR's wish; bold, underline and reverse stay.

    Textual's own filter turns colours into greys, and a grey is a colour.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """See LineFilter."""
        return [
            Segment(text, None if style is None else _without_colour(style), control)
            for text, style, control in segments
        ]


class OwnColours(LineFilter):
    """Lets through only the terminal's own colours; a cover's cloth becomes its paper."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """See LineFilter."""
        return [
            Segment(text, None if style is None else _own(style), control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _without_colour(style: Style) -> Style:
    # What a click means is in the style's meta, which goes with the colours.
    return style.without_color + Style.from_meta(style.meta)


@lru_cache(1024)
def _own(style: Style) -> Style:
    if _is_own(style.color) and _is_own(style.bgcolor):
        return style
    kept = Style(
        color=style.color if _is_own(style.color) else None,
        bgcolor=style.bgcolor if _is_own(style.bgcolor) else None,
    )
    return _without_colour(style) + kept


def _is_own(colour: RichColor | None) -> bool:
    return colour is None or colour.type in _ITS_OWN
