"""Three hosts and a buyer's, each a network namespace, joined by a switch in one more.

Nothing of it has a name on this machine, and none of its own interfaces is touched: a namespace is
held by an open file of this process alone, and with the last file and the last process inside of it
the kernel takes it down, its interfaces too, however the test ends.
"""

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

ADDRESSES: Final = {
    "catalog": "192.168.1.207",
    "order": "192.168.1.35",
    "frontend": "192.168.1.176",
    "buyers": "192.168.1.2",
}
_SWITCH: Final = "switch"
_CLONE_NEWNET: Final = 0x40000000
# No card has this address, so what is sent to it is heard by nobody, and no error is told.
_NOBODY: Final = "02:00:00:00:00:01"


class NotAllowed(Exception):
    """This machine or user may not make namespaces, and why."""


class Hosts:
    """The hosts and the wires between them; `close` when all processes inside have ended."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of all of it."""
        while self._files:
            os.close(self._files.popitem()[1])

    def _build(self) -> None:
        if not shutil.which("ip"):
            raise NotAllowed("needs the command ip (apt install iproute2)")
        for name in (_SWITCH, *ADDRESSES):
            self._files[name] = _new_namespace()
            self._ip(name, "link set lo up")
        self._ip(_SWITCH, "link add switch type bridge")
        self._ip(_SWITCH, "link set switch up")
        for name, address in ADDRESSES.items():
            there = f"/proc/{os.getpid()}/fd/{self._files[name]}"
            self._ip(_SWITCH, f"link add {name} type veth peer name eth0 netns {there}")
            self._ip(_SWITCH, f"link set {name} master switch up")
            self._ip(name, f"address add {address}/24 dev eth0")
            self._ip(name, "link set eth0 up")

    def _ip(self, name: str, command: str) -> None:
        with self.inside(name):
            done = subprocess.run(["ip", *command.split()], capture_output=True, text=True)
        if done.returncode:
            raise NotAllowed(f"ip {command}: {done.stderr.strip()}")

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """This thread is on that host, and so is what it starts: sockets, threads, processes."""
        home = _open_namespace()
        try:
            _call("setns", self._files[name])
            try:
                yield
            finally:
                _call("setns", home)
        finally:
            os.close(home)

    def cut(self, sender: str, receiver: str) -> None:
        """From now on what `sender` sends to `receiver` is lost; the way back is as it was."""
        address = ADDRESSES[receiver]
        self._ip(sender, f"neigh replace {address} lladdr {_NOBODY} nud permanent dev eth0")

    def heal(self, sender: str, receiver: str) -> None:
        """What is sent arrives again."""
        self._ip(sender, f"neigh del {ADDRESSES[receiver]} dev eth0")


@contextmanager
def new_hosts() -> Iterator[Hosts]:
    """Hosts for the block; skips the test, with the reason, where they cannot be made."""
    try:
        hosts = Hosts()
    except NotAllowed as error:
        pytest.skip(f"network namespaces: {error}")
    try:
        yield hosts
    finally:
        hosts.close()


def _new_namespace() -> int:
    """An open file that is a new namespace."""
    made: list[int | NotAllowed] = []

    def make() -> None:
        try:
            _call("unshare")
            made.append(_open_namespace())
        except NotAllowed as error:
            made.append(error)

    # In a thread of its own, which takes the namespace on and ends.
    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], NotAllowed):
        raise made[0]
    return made[0]


def _open_namespace() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _call(name: str, *arguments: int) -> None:
    """setns or unshare, which this Python has not; both are for the calling thread alone."""
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if call is None:
        raise NotAllowed("needs Linux")
    if call(*arguments, _CLONE_NEWNET):
        raise NotAllowed(f"{name}: {os.strerror(ctypes.get_errno())}")
