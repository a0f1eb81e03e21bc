"""A headless Chromium that a test drives over the DevTools protocol, and what it was sent."""

import asyncio
import base64
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import pyte

CHROMIUM: Final = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
_SECONDS: Final = 40.0
# Text whose keys need a code besides the character.
_CODES: Final = {"\r": ("Enter", 13), "\x1b": ("Escape", 27), "\t": ("Tab", 9)}
# What xterm.js answers or leaves out, and pyte would take for text.
_COLUMNS, _LINES = 200, 80


class Page:
    """One page; it keeps every address that was asked for and every byte of its terminal."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.asked: list[str] = []
        self.errors: list[str] = []
        self._screen = pyte.Screen(_COLUMNS, _LINES)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """What the terminal in the page was told to show."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    async def listen(self) -> None:
        """Take in what Chromium tells."""
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            else:
                self._take(told["method"], told["params"])

    def _take(self, method: str, told: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.asked.append(told["request"]["url"])
            case "Network.webSocketCreated":
                self.asked.append(told["url"])
            case "Network.webSocketFrameReceived" if told["response"]["opcode"] == 2:
                self._stream.feed(base64.b64decode(told["response"]["payloadData"]))
            case "Runtime.exceptionThrown":
                self.errors.append(str(told["exceptionDetails"]))
            case "Log.entryAdded" if told["entry"]["level"] == "error":
                self.errors.append(str(told["entry"]))

    async def do(self, method: str, **params: object) -> Any:
        """Ask Chromium for something; returns its answer."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        told = await asyncio.wait_for(answer, _SECONDS)
        assert "error" not in told, told
        return told["result"]

    async def value(self, expression: str) -> Any:
        """What JavaScript in the page makes of it."""
        told = await self.do(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        return told["result"].get("value")

    async def open(self, url: str) -> None:
        """Go there."""
        for domain in ("Network", "Runtime", "Log", "Page"):
            await self.do(f"{domain}.enable")
        await self.do("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.do("Page.navigate", url=url)

    async def type(self, keys: str) -> None:
        """Press keys."""
        for key in keys:
            name, code = _CODES.get(key, (key, ord(key.upper())))
            press = {"key": name, "windowsVirtualKeyCode": code, "text": key}
            await self.do("Input.dispatchKeyEvent", type="keyDown", **press)
            await self.do("Input.dispatchKeyEvent", type="keyUp", key=name)

    async def wait_for(self, words: str) -> None:
        """Return when the terminal shows these words."""
        await self.wait_until(lambda: words in self.text, repr(words))

    async def wait_for_value(self, expression: str) -> None:
        """Return when that is true in the page."""
        end = time.monotonic() + _SECONDS
        while not await self.value(expression):
            assert time.monotonic() < end, f"never {expression}; errors {self.errors}"
            await asyncio.sleep(0.05)

    async def wait_until(self, condition: Callable[[], object], what: str) -> None:
        """Return when it is so."""
        end = time.monotonic() + _SECONDS
        while not condition():
            assert time.monotonic() < end, f"never {what}; errors {self.errors}\n{self.text}"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Page]:
    """A Chromium whose every file is in `folder`, and its one page; it knows no other machine."""
    assert CHROMIUM is not None
    arguments = [
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--window-size=1000,600",
        "--remote-debugging-port=0",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={folder}",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *arguments,
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port = await _port(folder / "DevToolsActivePort", process)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [one for one in await answer.json() if one["type"] == "page"]
            async with session.ws_connect(
                pages[0]["webSocketDebuggerUrl"], max_msg_size=0
            ) as socket:
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                yield page
                listening.cancel()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _port(file: Path, process: asyncio.subprocess.Process) -> int:
    end = time.monotonic() + _SECONDS
    while True:
        lines = file.read_text().splitlines() if file.exists() else []
        if len(lines) > 1:
            return int(lines[0])
        assert process.returncode is None, "Chromium ended"
        assert time.monotonic() < end, "Chromium never said where it listens"
        await asyncio.sleep(0.05)
