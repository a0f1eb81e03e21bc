"""How the app draws for a browser, and how it learns that nobody is there any more."""

import asyncio

from textual import messages
from textual.drivers.web_driver import WebDriver


class WindowDriver(WebDriver):
    """Textual's own, which stays for ever when the one that started it was killed."""

    def start_application_mode(self) -> None:
        """See Driver."""
        self._shop_loop = asyncio.get_running_loop()
        super().start_application_mode()

    def run_input_thread(self) -> None:
        """Read until the end of what the browser sends; without a browser there is no app."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            leave = self._app._post_message(messages.ExitApp())
            asyncio.run_coroutine_threadsafe(leave, self._shop_loop)
