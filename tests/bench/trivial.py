"""About the least that a Textual app can be: what the shop's app is measured beside."""

from textual.app import App, ComposeResult
from textual.widgets import OptionList, Static

WORD = "Trivial"


class Trivial(App[None]):
    """A word over a list of a hundred rows."""

    def compose(self) -> ComposeResult:
        """Both."""
        yield Static(WORD)
        yield OptionList(*(f"Row {number}" for number in range(100)))


if __name__ == "__main__":
    Trivial().run()
