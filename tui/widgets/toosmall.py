"""What is shown instead of everything in a window that is too small for it."""

from textual.content import Content
from textual.widget import Widget

SMALLEST = (60, 16)


class TooSmall(Widget):
    """Says how large the window must be, and how large it is."""

    def render(self) -> Content:
        """Two short lines."""
        width, height = SMALLEST
        return Content(
            f"too small: needs {width}×{height}\nthis is {self.size.width}×{self.size.height}"
        )
