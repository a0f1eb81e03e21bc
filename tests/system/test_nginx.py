"""The nginx configuration, under a real nginx before a real shop."""

import re
import shutil
import ssl
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from tests.processes import ROOT, RunningShop, free_ports, running_shop, wait_for

pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="nginx or openssl is not installed",
)
_SUBJECT = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
_MORE = ["-addext", "subjectAltName=IP:127.0.0.1"]


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, which only this test trusts."""
    public, private = folder / "bazar.pem", folder / "bazar.key"
    files = ["-keyout", str(private), "-out", str(public)]
    subprocess.run(
        ["openssl", "req", *_SUBJECT, *_MORE, *files], check=True, capture_output=True, timeout=60
    )
    return public, private


@contextmanager
def nginx(folder: Path, shop: RunningShop) -> Iterator[str]:
    """The file as it is, but for the addresses; yields where it listens."""
    public, private = _certificate(folder)
    (port,) = free_ports(1)
    site = (ROOT / "config/nginx/bazar.conf").read_text("utf-8")
    for old, new in (
        ("127.0.0.1:5000", shop.url.removeprefix("http://")),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/bazar.pem", str(public)),
        ("/etc/ssl/private/bazar.key", str(private)),
    ):
        assert site.count(old) == 1
        site = site.replace(old, new)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off; pid {folder}/pid; events {{}}\nhttp {{ access_log off;\n{temporary}{site}}}"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    log = folder / "nginx.log"
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(log), "-p", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: process.poll() is not None or _answers(port), "nginx answers")
        assert process.poll() is None, log.read_text("utf-8")
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        ssl.get_server_certificate(("127.0.0.1", port), timeout=1)
    except OSError:
        return False
    return True


def test_the_shop_behind_nginx_is_the_shop(tmp_path: Path) -> None:
    """Addresses, keys, problems, tags and ids go through; a purchase is made once."""
    with running_shop(tmp_path) as shop, nginx(tmp_path, shop) as url, requests.Session() as client:
        client.trust_env = False
        client.verify = str(tmp_path / "bazar.pem")
        assert client.get(f"{url}/search/{quote('a/b%+', safe='')}").json()["title"] == (
            "No books with this subject were found"
        )
        key = str(uuid.uuid4())
        first, again = (
            client.put(f"{url}/purchase/3", headers={"Idempotency-Key": key, "X-Request-ID": key})
            for _ in range(2)
        )
        assert (first.status_code, first.json()) == (200, again.json())
        assert first.headers["X-Request-ID"] == key
        refused = client.put(f"{url}/purchase/3", json={"quantity": 10**6})
        assert refused.headers["Content-Type"] == "application/problem+json"
        large = client.put(f"{url}/purchase/3", data=b" " * 20_000)
        assert large.json()["title"] == "Request Entity Too Large"
        tag = client.get(f"{url}/info/3").headers["ETag"]
        assert client.get(f"{url}/info/3", headers={"If-None-Match": tag}).status_code == 304
        assert "bazar_requests_total" in client.get(f"{url}/metrics").text
        shop.stop()


def test_nginx_waits_longer_than_a_purchase_may_take() -> None:
    """Or a purchase that was made would be told as a 504 without its key."""
    from servers.frontend.resources import PURCHASE_SECONDS

    site = (ROOT / "config/nginx/bazar.conf").read_text("utf-8")
    found = re.search(r"proxy_read_timeout (\d+)s;", site)
    assert found is not None
    assert float(found[1]) > PURCHASE_SECONDS + 2
