"""What screens and windows have in common: what can be done on them, and why not."""

from typing import TYPE_CHECKING, cast

from textual.dom import DOMNode

if TYPE_CHECKING:
    from tui.app import BazarApp


class Able(DOMNode):
    """Mixed into a screen, as its last base: Textual takes the styles of the first one."""

    @property
    def bazar(self) -> "BazarApp":
        """The app, by its own type."""
        return cast("BazarApp", self.app)

    def why_not(self, action: str) -> str | None:
        """Why an action cannot be done now, as a sentence; None if it can."""
        return None

    def can(self, action: str) -> bool:
        """Whether an action can be done now; says why if not."""
        why = self.why_not(action)
        if why is not None:
            self.bazar.say(why, "warning")
        return why is None
