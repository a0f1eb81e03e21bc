"""The app in a browser: textual-serve with a page of the shop's own, and its doors closed.

Every browser window is one process of the app. The page, its script and its fonts come from this
machine; the browser is told to load nothing from elsewhere.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

PAGE: Final = Path(__file__).parent / "page"
_LAST_SECONDS: Final = 10.0
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
# Styles: xterm.js sets them line by line. Images: the empty icon.
_ONLY_FROM_HERE: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebShop(Server):
    """Serves `command`, a shell's line that starts the app, at `host` and `port`.

    `most` is how many windows may be open at a time.
    """

    def __init__(self, command: str, host: str, port: int, most: int) -> None:
        super().__init__(command, host=host, port=port, title="Bazar.com")
        self._most = most
        self._windows: set[asyncio.Task[object]] = set()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{_in_url(self.host)}:{self.port}/"

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._close_the_doors)
        app.router.add_static("/page", PAGE)
        app.on_response_prepare.append(_load_only_from_here)
        return app

    def serve(self, debug: bool = False) -> None:
        """Serve until SIGINT or SIGTERM; raises OSError if it cannot listen there."""
        web.run_app(
            self._make_app(),
            host=self.host,
            port=self.port,
            shutdown_timeout=_LAST_SECONDS,
            access_log=None,
            print=self._say_where,
        )

    async def on_startup(self, app: web.Application) -> None:
        """Nothing yet: it does not listen by now."""

    def _say_where(self, *_: object) -> None:
        print(f"The shop is in your browser at {self.url} ; Ctrl-C closes it.", flush=True)
        if self.host not in _LOOPBACK:
            print("Whoever reaches this address can buy: nobody is asked who they are.", flush=True)

    async def on_shutdown(self, app: web.Application) -> None:
        """Close the windows, or the server would wait for each to be closed by hand."""
        for window in list(self._windows):
            window.cancel()

    @web.middleware
    async def _close_the_doors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what a page of somebody else would send.

        A browser lets any page open a WebSocket to this machine, and a name of somebody else's may
        be pointed at it; such a page could buy.
        """
        if self.host in _LOOPBACK and request.host not in self._names():
            raise web.HTTPForbidden(text=f"The shop is at {self.url}\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.host:
            raise web.HTTPForbidden(text="Only the shop's own page may do this.\n")
        return await handler(request)

    def _names(self) -> set[str]:
        names = {f"{_in_url(name)}:{self.port}" for name in _LOOPBACK}
        return names | ({_in_url(name) for name in _LOOPBACK} if self.port == 80 else set())

    async def handle_index(self, request: web.Request) -> web.FileResponse:
        """The page."""
        return web.FileResponse(PAGE / "index.html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One window, from its opening to its end."""
        if len(self._windows) >= self._most:
            raise web.HTTPServiceUnavailable(text="All windows of the shop are taken.\n")
        if request.headers.get("Origin") is None:
            raise web.HTTPForbidden(text="Only the shop's own page may do this.\n")
        window = asyncio.current_task()
        assert window is not None
        self._windows.add(window)
        try:
            return await super().handle_websocket(request)
        finally:
            self._windows.discard(window)

    async def _process_messages(
        self, websocket: web.WebSocketResponse, app_service: AppService
    ) -> None:
        """Carry what is typed, until the window or the app is gone.

        Textual-serve leaves the window open over an app that has ended without a word.
        """
        ended = app_service._task
        assert ended is not None
        carrying = asyncio.create_task(super()._process_messages(websocket, app_service))
        try:
            await asyncio.wait({carrying, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if ended.done():
                await websocket.close()
            carrying.cancel()


async def _load_only_from_here(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = _ONLY_FROM_HERE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
