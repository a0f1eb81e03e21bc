"""What `^p` opens: commands and books, found by typing."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider

from tui.widgets.keysbar import KeysBar


class Palette(CommandPalette):
    """Textual's own, with a line of keys like every window of the shop."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "escape", "back", key_display="esc", id="palette.back"),
    ]

    def __init__(
        self,
        providers: Sequence[type[Provider]] | None = None,
        placeholder: str = "a command, or words of a title",
    ) -> None:
        super().__init__(providers, placeholder=placeholder, id="--command-palette")

    def compose(self) -> ComposeResult:
        """The usual parts, and the keys."""
        yield from super().compose()
        yield KeysBar(lambda _action: None)
