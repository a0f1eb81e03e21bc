"""Three machines, as the README has them, and the wires between them cut one by one."""

import itertools
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest
import requests

from tests.conftest import Campaign
from tests.processes import NAMES, start, wait_for
from tests.state import Server, tell
from tests.system.buyers import DECIDED, Buyers, Owner
from tests.system.hosts import ADDRESSES, Hosts, new_hosts
from tests.system.ledgers import check_all, check_files

CONFIG: Final = "config/three-hosts.toml"
URLS: Final = {name: f"http://{ADDRESSES[name]}:5000" for name in NAMES}
# The frontend's machine has a second one, so that both routes are in use at once.
OTHER: Final = {"BAZAR_FRONTEND__LISTEN": f"{ADDRESSES['frontend']}:5001"}
FRONTENDS: Final = {
    "catalog-first": URLS["frontend"],
    "order-first": f"http://{ADDRESSES['frontend']}:5001",
}
OPENING: Final = {1: 3, 2: 1_000_000}
# Longer than any server waits for an answer: a shorter cut is mended by TCP, and no server knows.
CUT_SECONDS: Final = 3.5
PAIRS: Final = list(itertools.permutations(NAMES, 2))


class ThreeHosts:
    """The servers, each on its host, by the command that the README gives."""

    def __init__(self, hosts: Hosts, folder: Path) -> None:
        self._hosts = hosts
        self._folder = folder
        self._seed = folder / "seed.csv"
        rows = [f"{book_id},book {book_id},,x,{copies},50" for book_id, copies in OPENING.items()]
        self._seed.write_text("\n".join(["id,title,author,subjects,quantity,price", *rows]) + "\n")
        self._servers: list[Server] = []

    def start(self) -> None:
        """Start all and return when they answer."""
        self._start("catalog", URLS["catalog"], BAZAR_CATALOG__SEED=str(self._seed))
        self._start("order", URLS["order"])
        self._start("frontend", FRONTENDS["catalog-first"])
        other = FRONTENDS["order-first"]
        self._start("frontend", other, BAZAR_PURCHASE_ROUTE="order-first", **OTHER)
        with self._hosts.inside("buyers"):
            for url in {*URLS.values(), *FRONTENDS.values()}:
                wait_for(partial(self._answers, url), f"{url} answers")

    def _start(self, name: str, url: str, **variables: str) -> None:
        if name != "frontend":
            variables[f"BAZAR_{name.upper()}__DATA"] = str(self._folder / name)
        with self._hosts.inside(name):
            log = self._folder / f"{name}.log"
            made = start(name, "--config", CONFIG, log=log, variables=variables)
        self._servers.append(Server(name, url, made, log))

    def _answers(self, url: str) -> bool:
        for server in self._servers:
            assert server.process.poll() is None, f"the {server.name} server ended"
        try:
            return requests.get(f"{url}/livez", timeout=5).ok
        except requests.RequestException:
            return False

    def stop(self) -> None:
        """SIGTERM, the frontends first; each has to end with status 0."""
        for server in (*self._servers[2:], *self._servers[:2]):
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(30) == 0, server.name

    def tell(self, error: BaseException) -> None:
        """Add to the error how the servers are."""
        with self._hosts.inside("buyers"):
            tell(error, self._servers)

    def end(self) -> None:
        """Leave nothing behind."""
        for server in self._servers:
            if server.process.poll() is None:
                server.process.kill()
            server.process.wait(30)


@contextmanager
def three_hosts(folder: Path) -> Iterator[tuple[Hosts, ThreeHosts]]:
    """An open shop on three hosts."""
    with new_hosts() as hosts:
        shop = ThreeHosts(hosts, folder)
        try:
            shop.start()
            yield hosts, shop
        except BaseException as error:
            shop.tell(error)
            raise
        finally:
            shop.end()


def taste(random: Random) -> tuple[int, int]:
    """What the buyers want: what there is plenty of, and what runs out."""
    return (2, random.randint(1, 3)) if random.random() < 0.7 else (1, 1)


def cut_and_heal(hosts: Hosts, buyers: Buyers, pair: tuple[str, str]) -> str:
    """Cut one way between two servers until all that can notice has, or many did not mind."""
    buyers.wait_for_more(1)
    first = len(buyers.wanted)
    goal = len(buyers.decided) + 150
    hosts.cut(*pair)
    end = time.monotonic() + CUT_SECONDS
    try:
        buyers.wait_until(
            lambda: (
                time.monotonic() > end and (noticed(buyers, first) or len(buyers.decided) >= goal)
            ),
            f"purchases meet the cut from {pair[0]} to {pair[1]}",
        )
    finally:
        hosts.heal(*pair)
    return "cuts that purchases met" if noticed(buyers, first) else "cuts that none minded"


def noticed(buyers: Buyers, first: int) -> bool:
    """Whether someone who began since then was told neither yes nor no."""
    return any(status not in DECIDED for w in buyers.wanted[first:] for status in w.heard)


def run(folder: Path, rounds: int, seconds: float) -> Counter[str]:
    """Every pair, in each direction, in an order that the seed says; then check all."""
    random = Random("cuts")
    end = time.monotonic() + seconds
    counts: Counter[str] = Counter()
    with three_hosts(folder) as (hosts, shop):
        with hosts.inside("buyers"):
            owner = Owner(URLS["catalog"], random)
            with Buyers(list(FRONTENDS.values()), taste) as buyers:
                for _ in range(rounds):
                    for pair in random.sample(PAIRS, len(PAIRS)):
                        counts[cut_and_heal(hosts, buyers, pair)] += 1
                        counts["cuts"] += 1
                        owner.bring(1, random.randint(1, 4))
                    if time.monotonic() > end:
                        break
                buyers.wait_for_more(20)
            counts += check_all(URLS, buyers, owner, OPENING)
        shop.stop()
    check_files(folder, buyers)
    return counts


def test_three_hosts_whose_wires_are_cut_one_way_agree_when_all_is_told(
    tmp_path: Path, campaign: Campaign
) -> None:
    """Each pair, in each direction, in the middle of purchases of both routes."""
    counts = run(tmp_path, rounds=1, seconds=60)
    campaign("three hosts", **counts)
    assert counts["cuts"] == len(PAIRS)
    assert counts["cuts that purchases met"] >= 4
    assert counts["refused keys sent again"] > 0


@pytest.mark.soak
def test_three_hosts_whose_wires_are_cut_for_long_agree_when_all_is_told(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The same a hundred times over."""
    counts = run(tmp_path, rounds=100, seconds=3_600)
    campaign("three hosts", **counts)
    assert counts["cuts"] >= len(PAIRS)


def test_a_cut_is_one_way_and_nothing_of_this_machine_is_changed() -> None:
    """What the campaign rests on."""
    before = interfaces()
    with new_hosts() as hosts:
        with hosts.inside("catalog"):
            there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            there.bind((ADDRESSES["catalog"], 5000))
        with hosts.inside("order"):
            here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            here.bind((ADDRESSES["order"], 5000))
        with here, there:
            assert arrives(here, there)
            assert arrives(there, here)
            hosts.cut("order", "catalog")
            assert not arrives(here, there)
            assert arrives(there, here)
            hosts.heal("order", "catalog")
            assert arrives(here, there)
        assert interfaces() == before
    assert interfaces() == before


def arrives(sender: socket.socket, receiver: socket.socket) -> bool:
    """Whether a datagram gets there."""
    sender.sendto(b"book", receiver.getsockname())
    receiver.settimeout(0.3)
    try:
        return receiver.recv(10) == b"book"
    except TimeoutError:
        return False


def interfaces() -> list[str]:
    """This machine's own, and its namespaces that have a name."""
    folders = [Path("/sys/class/net"), Path("/run/netns")]
    return sorted(str(path) for folder in folders for path in folder.glob("*"))
