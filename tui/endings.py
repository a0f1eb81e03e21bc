"""Being told to end from outside, as by `kill` or a session that is closed."""

import asyncio
import signal
from functools import partial
from typing import Any, Final

from textual.app import App

_TOLD: Final = 128 + signal.SIGTERM


def leave_when_told(app: App[Any]) -> None:
    """Give the terminal back before the process ends at SIGTERM, with the status of a shell for it.

    Textual leaves the signal alone, and ended by it the terminal would stay on the app's screen
    with its keys and its mouse reported. Served to a browser, the driver sees to it.
    """
    if not app.is_headless and not app.is_web:
        leave = partial(app.exit, return_code=_TOLD)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)
