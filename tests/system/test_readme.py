"""What the README says to paste, pasted; so that it cannot rot."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import requests

from tests.processes import NAMES, ROOT, TOKEN, RunningShop, environment, running_shop, wait_for
from tests.system.test_postman import calls_of_every_server

README: Final = (ROOT / "README.md").read_text("utf-8")
PORTS: Final = {"5000": "frontend", "5001": "catalog", "5002": "order"}
_HERE: Final = re.compile(r"http://127\.0\.0\.1:(500[0-2])")


class Line(NamedTuple):
    """A command as it stands there, and the status that its comment promises."""

    command: str
    status: int | None

    @property
    def server(self) -> str:
        """Which server it calls."""
        found = _HERE.search(self.command)
        assert found is not None
        return PORTS[found[1]]

    @property
    def call(self) -> tuple[str, str]:
        """Its method and path."""
        words = shlex.split(self.command)
        url = next(word for word in words if word.startswith("http://"))
        method = words[words.index("-X") + 1] if "-X" in words else "GET"
        return method, _HERE.sub("", url).partition("?")[0]


def curl_lines() -> Iterator[Line]:
    """The curl lines that call this machine, those over several lines joined."""
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            command, _, comment = line.strip().rpartition("  # ")
            if line.strip().startswith("curl") and _HERE.search(line):
                yield Line(command.strip(), int(comment) if comment.isdigit() else None)


LINES: Final = list(curl_lines())


def paste(line: Line, shop: RunningShop) -> int:
    """Run a line in a shell, sent to `shop`; returns the status."""
    command = _HERE.sub(lambda found: shop.urls[PORTS[found[1]]], line.command)
    command += " --silent --show-error --output /dev/null --write-out '%{http_code}'"
    ended = subprocess.run(
        ["bash", "-c", command],
        env=environment({"BAZAR_ADMIN__TOKEN": TOKEN}),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout)


def wait_for_deliveries(shop: RunningShop) -> None:
    """Return when every sale is an order; a person who pastes is slower than that."""

    def delivered() -> bool:
        text = requests.get(f"{shop.urls['catalog']}/metrics", timeout=5).text
        return "bazar_sales_undelivered 0.0" in text

    wait_for(delivered, "all sales are delivered")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_curl_line_gets_the_status_that_it_promises(tmp_path: Path) -> None:
    """One after the other, in a new shop."""
    with running_shop(tmp_path) as shop:
        for line in LINES:
            assert paste(line, shop) == line.status, line.command
            wait_for_deliveries(shop)
        shop.stop()


def test_every_call_of_every_server_has_a_curl_line(tmp_path: Path) -> None:
    """A call that is added is told there too."""
    missing = []
    for server, method, path in calls_of_every_server(tmp_path):
        pattern = re.compile(re.sub(r"\{.*?\}", "[^/]+", path))
        told = [line.call for line in LINES if line.server == server]
        if not any(m == method and pattern.fullmatch(url) for m, url in told):
            missing.append(f"{method} {path} of the {server} server")
    assert set(PORTS.values()) == set(NAMES)
    assert not missing


def test_every_file_that_is_linked_is_there() -> None:
    """But for the pictures, which `make picture` takes."""
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    tracked = [link for link in links if not link.startswith("docs/pictures/")]
    assert [link for link in tracked if not (ROOT / link).exists()] == []


def test_every_make_target_is_told() -> None:
    """And none that there isn't."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    assert set(re.findall(r"^\| `make ([a-z-]+)` \|", README, re.MULTILINE)) == targets
