"""The app in a browser: a real Chromium, real servers, and the ledger in the end."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import requests

from tests.browser import CHROMIUM, chromium
from tests.processes import (
    ROOT,
    RunningShop,
    environment,
    free_ports,
    running_shop,
    start,
    wait_for,
    write_config,
)
from tests.system.test_start_and_stop import children, gone


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RunningShop]:
    """Three servers."""
    with running_shop(tmp_path) as opened:
        yield opened


class Web:
    """`python -m tui.web` over a shop."""

    def __init__(self, folder: Path, frontend: str, *arguments: str) -> None:
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        home = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config")}
        listen = f"127.0.0.1:{port}"
        self._log = folder / "web.log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tui.web", "--listen", listen,
                 "--frontend", frontend, *arguments],
                cwd=ROOT, env=environment(home), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        wait_for(lambda: "in your browser" in self.said, "it says where it is")

    @property
    def said(self) -> str:
        """What it has printed."""
        return self._log.read_text()

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)


@pytest.fixture
def web(tmp_path: Path, shop: RunningShop) -> Iterator[Web]:
    """The shop, served."""
    served = Web(tmp_path, shop.url)
    yield served
    served.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt install chromium")
async def test_a_book_is_searched_for_and_bought_in_a_browser(
    web: Web, shop: RunningShop, tmp_path: Path
) -> None:
    """From the first paint to the order; then the ledgers have that one sale."""
    async with chromium(tmp_path / "chromium") as page:
        await page.open(web.url)
        await page.wait_for("RPCs for Noobs")
        await page.wait_for("● catalog")
        # The rows of the list are painted by xterm.js, in the font that came from this machine.
        assert await page.value("document.querySelectorAll('#terminal canvas').length") > 0
        assert await page.value("document.body.classList.contains('-first-byte')")
        assert await page.value("document.fonts.check(\"16px 'Roboto Mono'\")")
        await page.type("/")
        await page.wait_for("esc clear")
        await page.type("whale")
        await page.wait_for("Moby-Dick")
        await page.wait_until(lambda: "RPCs" not in page.text, "the other books are gone")
        await page.type("\r")
        await page.wait_for("b buy")
        await page.type("b")
        await page.wait_for("One copy, at this price.")
        await page.type("y")
        await page.wait_for("✓ Bought")
        # Enter is deaf for a moment, so that an answer is not closed unread; Esc never is.
        await page.type("\x1b")
        await page.wait_for("q quit")
        await page.type("2")
        await page.wait_for("✓ placed")
        await page.type("q")
        await page.wait_for_value("document.body.classList.contains('-closed')")
        assert (
            await page.value("getComputedStyle(document.getElementById('left')).display") == "flex"
        )
        host = web.url.removeprefix("http://")
        away = [url for url in page.asked if url.split("/")[2:3] != [host] and url != "data:,"]
        assert away == []
        assert any(url.endswith(".ttf") for url in page.asked)
        assert any(url.startswith("ws://") for url in page.asked)
        assert page.errors == []
    orders = requests.get(f"{shop.url}/orders", timeout=10).json()
    assert [(one["quantity"], one["state"]) for one in orders["data"]] == [(1, "placed")]
    assert "Moby-Dick" in orders["data"][0]["title"]
    shop.stop()
    assert (shop.folder / "catalog/sales.csv").read_text().count("Moby-Dick") == 1
    assert (shop.folder / "order/orders.csv").read_text().count("Moby-Dick") == 1
    assert not list((tmp_path / "state").rglob("*.purchase.json"))


async def opened(session: aiohttp.ClientSession, url: str, origin: str | None) -> int:
    """The status of an attempt to open a window with that Origin."""
    headers = {} if origin is None else {"Origin": origin}
    try:
        async with session.ws_connect(f"{url}/ws", headers=headers) as socket:
            await socket.receive(timeout=30)
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status


async def test_no_page_of_somebody_else_gets_in(web: Web) -> None:
    """A WebSocket is open to every page in the browser unless the server looks who asks."""
    async with aiohttp.ClientSession() as session:
        assert await opened(session, web.url, web.url) == 101
        assert await opened(session, web.url, "http://evil.example") == 403
        assert await opened(session, web.url, "null") == 403
        assert await opened(session, web.url, None) == 403
    # A name of somebody else's that was pointed at this machine.
    answer = requests.get(web.url, headers={"Host": "evil.example"}, timeout=10)
    assert answer.status_code == 403
    page = requests.get(web.url, timeout=10)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self';")


@asynccontextmanager
async def window(web: Web) -> AsyncIterator[list[int]]:
    """An open window in which all is drawn, as the processes that it made."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{web.url}/ws", headers={"Origin": web.url}) as socket,
    ):
        async for message in socket:
            # An app that draws ends of itself when nobody takes it; one at rest has to notice.
            if message.type is aiohttp.WSMsgType.BINARY and b" ms " in message.data:
                break
        await asyncio.sleep(1)
        yield children(web.process.pid)


def test_the_page_names_nothing_from_outside(web: Web) -> None:
    """Neither it nor what it loads."""
    for path in ("", "page/bazar.css", "page/bazar.js", "static/css/xterm.css"):
        answer = requests.get(f"{web.url}/{path}", timeout=10)
        assert answer.status_code == 200
        code = answer.text.split("*/", 1)[-1] if path.endswith("xterm.css") else answer.text
        assert "//" not in code.replace("// ", ""), path


async def test_it_listens_to_this_machine_and_closes_its_windows_when_it_is_stopped(
    web: Web,
) -> None:
    """SIGTERM, while a window is open: it ends at once, and no app is left."""
    host, port = web.url.removeprefix("http://").split(":")
    assert f"at {web.url}/ ;" in web.said
    listening = Path("/proc/net/tcp").read_text()
    assert f" 0100007F:{int(port):04X} 00000000:0000 0A" in listening
    assert f" 00000000:{int(port):04X} " not in listening
    assert host == "127.0.0.1"
    async with window(web) as apps:
        assert len(apps) == 1
        web.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(web.process.wait, 20) == 0
    wait_for(lambda: all(map(gone, apps)), "no app is left")


async def test_a_killed_server_leaves_no_app(web: Web) -> None:
    """kill -9: the apps see that nobody is there any more."""
    async with window(web) as apps:
        web.process.kill()
        await asyncio.to_thread(web.process.wait, 20)
    wait_for(lambda: all(map(gone, apps)), "no app is left")


async def test_an_app_that_ends_by_itself_closes_its_window(web: Web) -> None:
    """However it ends; the page says so then."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{web.url}/ws", headers={"Origin": web.url}) as socket,
    ):
        await socket.receive(timeout=30)
        (app,) = children(web.process.pid)
        os.kill(app, signal.SIGKILL)
        while not socket.closed:
            await socket.receive(timeout=30)


async def test_there_are_only_so_many_windows(tmp_path: Path, shop: RunningShop) -> None:
    """Each is a process."""
    web = Web(tmp_path, shop.url, "--windows", "1")
    try:
        async with window(web), aiohttp.ClientSession() as session:
            assert await opened(session, web.url, web.url) == 503
    finally:
        web.close()


def test_an_address_in_use_is_told(web: Web, tmp_path: Path) -> None:
    """In one line."""
    listen = web.url.removeprefix("http://")
    for wrong, told in [(listen, f"cannot listen on {listen}: "), ("x", "--listen 'x': it must")]:
        ended = subprocess.run(
            [sys.executable, "-m", "tui.web", "--listen", wrong],
            cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ended.returncode == 2
        assert ended.stderr.startswith(told)
        assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_make_web_starts_the_whole_shop_and_its_end_closes_all(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Servers and page, in one command; Ctrl-C closes them, and so does kill -9."""
    config = write_config(tmp_path)
    (port,) = free_ports(1)
    process = start("--web", f"127.0.0.1:{port}", "--config", str(config))
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        said = process.stdout.readline()
        assert (
            said == f"The shop is in your browser at http://127.0.0.1:{port}/ ; Ctrl-C closes it.\n"
        )
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=10).ok
        started = children(process.pid)
        process.send_signal(number)
        assert process.wait(60) == (0 if number == signal.SIGINT else -number)
        wait_for(lambda: all(map(gone, started)), "no server is left")
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()
        process.stderr.close()
