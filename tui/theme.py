"""The shop's own colours, and those for other eyes and other terminals."""

from typing import Final

from textual.theme import Theme

# For what a theme leaves out: two greys that are read on dark and on light paper.
GREYS: Final = {"muted": "#8b8b8b", "faint": "#767676"}


def _theme(
    name: str,
    *,
    paper: tuple[str, str, str],
    ink: str,
    brass: str,
    blue: str,
    good: str,
    warning: str,
    bad: str,
    greys: tuple[str, str, str],
    dark: bool = True,
) -> Theme:
    """A theme whose words are all written in the given colours, so that their contrast is known.

    `paper` is the background, that of boxes, and that of bars; `greys` are muted, faint, and the
    borders at rest.
    """
    muted, faint, border = greys
    return Theme(
        name=name,
        primary=brass,
        secondary=blue,
        accent=brass,
        warning=warning,
        error=bad,
        success=good,
        foreground=ink,
        background=paper[0],
        surface=paper[1],
        panel=paper[2],
        dark=dark,
        variables={
            "muted": muted,
            "faint": faint,
            "text": ink,
            "text-muted": muted,
            "text-disabled": faint,
            "text-primary": brass,
            "text-secondary": blue,
            "text-accent": brass,
            "text-success": good,
            "text-warning": warning,
            "text-error": bad,
            "foreground-muted": muted,
            "foreground-disabled": faint,
            "border": brass,
            "border-blurred": border,
            "input-selection-background": f"{brass} 30%",
            "block-cursor-background": brass,
            "block-cursor-foreground": paper[0],
            "block-cursor-blurred-background": paper[2],
            "block-cursor-blurred-foreground": ink,
        },
    )


DARK: Final = _theme(
    "dark",
    paper=("#15171c", "#1b1e25", "#262a33"),
    ink="#e8e3d8",
    brass="#e3b264",
    blue="#8db4d6",
    good="#8fc08a",
    warning="#e8c14d",
    bad="#ec8d86",
    greys=("#aeaba4", "#9a9da5", "#3a404d"),
)
LIGHT: Final = _theme(
    "light",
    paper=("#faf7ef", "#f3eee1", "#e6dfcd"),
    ink="#23252a",
    brass="#6f4a00",
    blue="#1d4f78",
    good="#1d5c2b",
    warning="#6b4500",
    bad="#96201c",
    greys=("#4f4d46", "#57554d", "#b9b09a"),
    dark=False,
)
HIGH_CONTRAST: Final = _theme(
    "high-contrast",
    paper=("#000000", "#000000", "#161616"),
    ink="#ffffff",
    brass="#ffd94a",
    blue="#9fd2ff",
    good="#8dff9a",
    warning="#ffe680",
    bad="#ffb3ab",
    greys=("#e0e0e0", "#c4c4c4", "#9a9a9a"),
)
# Sky blue and yellow of Okabe and Ito and their vermilion, a little lighter so that it is read on
# dark paper: every kind of eye tells them apart.
COLOUR_BLIND: Final = _theme(
    "colour-blind",
    paper=("#10141a", "#161b22", "#212833"),
    ink="#f0f0f0",
    brass="#56b4e9",
    blue="#cc79a7",
    good="#56b4e9",
    warning="#f0e442",
    bad="#e8742a",
    greys=("#b4b8be", "#9ea3ab", "#3d4654"),
)
# What git and ls use, so it suits the terminal's paper whatever that is.
ANSI: Final = Theme(
    name="ansi",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "muted": "ansi_default",
        "faint": "ansi_default",
        "border": "ansi_cyan",
        "border-blurred": "ansi_default",
        "surface-lighten-2": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "foreground-muted": "ansi_default",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
    },
)
ALL: Final = (DARK, LIGHT, ANSI, HIGH_CONTRAST, COLOUR_BLIND)
