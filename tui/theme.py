"""The shop's own colours: ink, paper and brass."""

from typing import Final

from textual.theme import Theme

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
        "border": "#e3b264",
        "border-blurred": "#3a404d",
        "input-selection-background": "#e3b264 30%",
        "block-cursor-background": "#e3b264",
        "block-cursor-foreground": "#15171c",
    },
)
