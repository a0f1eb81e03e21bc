"""The shop's own colours: ink, paper and brass."""

from typing import Final

from textual.theme import Theme

# Two greys that are read on dark and on light paper, for the themes that do not name their own.
GREYS: Final = {"muted": "#8b8b8b", "faint": "#767676"}

BAZAR: Final = Theme(
    name="bazar",
    primary="#e3b264",
    secondary="#7fa7c9",
    accent="#e3b264",
    warning="#e8c14d",
    error="#e9807a",
    success="#8fc08a",
    foreground="#e8e3d8",
    background="#15171c",
    surface="#1b1e25",
    panel="#262a33",
    variables={
        "muted": "#a09d96",
        "faint": "#6f727a",
        "border": "#e3b264",
        "border-blurred": "#3a404d",
        "input-selection-background": "#e3b264 30%",
        "block-cursor-background": "#e3b264",
        "block-cursor-foreground": "#15171c",
    },
)
