"""All three servers on this machine, each a process of its own, and the app over them if asked."""

import os
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple

from shared.config import Settings

NAMES: Final = ("catalog", "order", "frontend")
# The frontend first, so that no purchase begins that the others could not finish; the catalog
# before the order server, so that its last sales are still delivered.
_STOP_ORDER: Final = ("frontend", "catalog", "order")
_WITH_STDIN: Final = "--until-stdin-ends"
# A million books take about 20 s to open.
_START_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.05


class Child(NamedTuple):
    """One of the servers, and where it answers."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    # Has a byte once the server takes calls, and ends when it ends.
    ready: int


class DidNotStart(Exception):
    """One of the servers did not start; it has said why. `status` is what it ended with."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a server ended with status {status}")
        self.status = status


class Told(Exception):
    """SIGTERM or SIGINT."""


def run_all(settings: Settings, arguments: Sequence[str], *, app: Sequence[str]) -> int:
    """Start the three servers, and then the app or a wait for Ctrl-C; stop them in the end.

    `arguments` are handed to each server; `app` is the app's module and what it is told, or empty.
    Returns the exit status.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _tell)
    logs = Path(settings.catalog.data).parent / "log" if app else None
    children: list[Child] = []
    try:
        for name in NAMES:
            children.append(_start(name, settings, arguments, logs))  # noqa: PERF401 - see finally
        _wait_until_ready(children)
        if app:
            return _run_app(settings, app)
        _announce(children)
        return _watch(children, arguments)
    except DidNotStart as error:
        return error.status
    except Told:
        return 0
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        _stop(children)


def _tell(number: int, frame: FrameType | None) -> None:
    # A second one must not break off the stopping that the first one began.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise Told


def _start(name: str, settings: Settings, arguments: Sequence[str], logs: Path | None) -> Child:
    command = [sys.executable, "-m", "servers", name, _WITH_STDIN, *arguments]
    if logs is not None:
        command += ["--log", str(logs / f"{name}.log")]
    # A session of its own, so that Ctrl-C reaches only this process, which then stops them in
    # order. The pipe ends when this process does, however it ends, and so do they.
    ready, tell = os.pipe()
    command += ["--ready-file", str(tell)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, start_new_session=True, pass_fds=(tell,)
    )
    os.close(tell)
    return Child(name, getattr(settings, name).url, process, ready)


def _wait_until_ready(children: Sequence[Child]) -> None:
    """Hear it from each server itself: at its address another copy might answer."""
    end = time.monotonic() + _START_SECONDS
    waiting = {child.ready: child for child in children}
    while waiting:
        told, _, _ = select.select(list(waiting), [], [], max(0.0, end - time.monotonic()))
        if not told:
            names = ", ".join(child.name for child in waiting.values())
            print(f"bazar: not ready after {_START_SECONDS:.0f} s: {names}", file=sys.stderr)
            raise DidNotStart(1)
        for ready in told:
            child = waiting.pop(ready)
            if not os.read(ready, 1):
                raise DidNotStart(child.process.wait(_STOP_SECONDS) or 1)


def _announce(children: Sequence[Child]) -> None:
    for child in children:
        print(f"{child.name:<9} {child.url}")
    print("The shop is open at the frontend's address; Ctrl-C closes it.", flush=True)


def _watch(children: Sequence[Child], arguments: Sequence[str]) -> int:
    """Wait until all have ended; one that ended alone can be started again by hand."""
    running = list(children)
    status = 0
    while running:
        for child in running:
            if (ended := child.process.poll()) is not None:
                status = status or abs(ended)
                print(f"bazar: the {child.name} server has ended (status {ended}); "
                      f"start it again with: {sys.executable} -m servers {child.name} "
                      f"{shlex.join(arguments)}",
                      file=sys.stderr, flush=True)  # fmt: skip
        running = [child for child in running if child.process.returncode is None]
        time.sleep(_LOOK_SECONDS)
    return status


def _run_app(settings: Settings, app_and_arguments: Sequence[str]) -> int:
    command = [sys.executable, "-m", *app_and_arguments, "--frontend", settings.frontend.url]
    # The app ends with its terminal; a page has none, and would outlive this process killed.
    is_page = app_and_arguments[0] == "tui.web"
    if is_page:
        command.append(_WITH_STDIN)
    app = subprocess.Popen(command, stdin=subprocess.PIPE if is_page else None)
    try:
        status = app.wait()
    finally:
        if app.poll() is None:
            app.terminate()
            app.wait()
        if app.stdin is not None:
            app.stdin.close()
    print("The shop is closed.\n"
          f"Its books and sales are in {settings.catalog.data}, "
          f"its orders in {settings.order.data}.")  # fmt: skip
    return status


def _stop(children: Sequence[Child]) -> None:
    by_name = {child.name: child for child in children}
    for name in _STOP_ORDER:
        if name in by_name:
            _stop_one(by_name[name])


def _stop_one(child: Child) -> None:
    child.process.terminate()
    try:
        child.process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"bazar: the {child.name} server does not stop; it is ended. Nothing is lost: its "
              "journal has everything.", file=sys.stderr)  # fmt: skip
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
    assert child.process.stdin is not None
    child.process.stdin.close()
    os.close(child.ready)
