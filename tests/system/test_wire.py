"""What only a real socket shows: Waitress in front of the apps."""

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.processes import RunningShop, running_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """One shop for all that only reads."""
    folder = tmp_path_factory.mktemp("wire")
    seed = folder / "odd.csv"
    rows = [f'{n},book {n},,"{subject}",1,2' for n, subject in enumerate(ODD, 1)]
    seed.write_text("id,title,author,subjects,quantity,price\n" + "\n".join(rows) + "\n", "utf-8")
    with running_shop(folder, seed=seed) as open_shop:
        yield open_shop


ODD = {
    "a/b": "a%2Fb",
    "x%2Fy": "x%252Fy",
    ".": ".",
    "..": "%2E%2E",
    "C++": "C++",
    "100%": "100%25",
    "Ελληνικά": "%CE%95%CE%BB%CE%BB%CE%B7%CE%BD%CE%B9%CE%BA%CE%AC",
    "two words": "two%20words",
    "x" * 300: "x" * 300,
}


def send(url: str, method: str, target: str, body: bytes = b"") -> tuple[int, str, bytes]:
    """Status, media type and body; the target goes out as it is."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request(method, target, body or None, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers.get("Content-Type", ""), reply.read()
    finally:
        connection.close()


@pytest.mark.parametrize("subject", ODD, ids=lambda s: s[:12])
def test_an_odd_subject_comes_through_three_servers(shop: RunningShop, subject: str) -> None:
    """As curl --path-as-is sends it."""
    number = list(ODD).index(subject) + 1
    for server in ("frontend", "catalog"):
        status, _, body = send(shop.urls[server], "GET", f"/search/{ODD[subject]}")
        assert (status, json.loads(body)) == (
            200,
            {"data": [{"id": number, "title": f"book {number}"}]},
        )


@pytest.mark.parametrize("server", ["frontend", "catalog", "order"])
@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("PUT", "/purchase/1", b" " * 20_000, 413),
        ("GET", "/" + "x" * 300_000, b"", 431),
        ("BREW", "/purchase/1", b"", 400),
        ("GET", "/purchase/1", b"", 405),
        ("GET", "/nothing", b"", 404),
    ],
    ids=lambda value: str(value)[:14],
)
def test_what_waitress_refuses_is_a_problem_too(
    shop: RunningShop, server: str, method: str, target: str, body: bytes, status: int
) -> None:
    """One shape, whoever says no."""
    found, media, said = send(shop.urls[server], method, target, body)
    assert (found, media) == (status, "application/problem+json")
    assert json.loads(said)["status"] == status


@pytest.mark.parametrize(
    "head",
    [b"GET http://[::1/livez HTTP/1.1", b"GET http://[x]/livez HTTP/1.1",
     b"PUT /purchase/1 HTTP/1.1\r\nContent-Length: " + b"9" * 5_000],
    ids=["half an address", "no address", "no length"],
)  # fmt: skip
def test_what_waitress_cannot_even_read_is_a_problem_too(shop: RunningShop, head: bytes) -> None:
    """And not a closed line, which a client would take for a server that died."""
    parts = urlsplit(shop.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), 10) as line:
        line.sendall(head + b"\r\n\r\n")
        reply = http.client.HTTPResponse(line)
        reply.begin()
        assert (reply.status, reply.headers["Content-Type"]) == (400, "application/problem+json")
        assert json.loads(reply.read())["status"] == 400
        assert line.recv(1) == b""


def test_a_huge_body_is_refused_before_it_is_sent(shop: RunningShop) -> None:
    """By its length alone."""
    connection = http.client.HTTPConnection(urlsplit(shop.url).netloc, timeout=10)
    connection.putrequest("PUT", "/purchase/1")
    connection.putheader("Content-Length", "3000000")
    connection.endheaders()
    reply = connection.getresponse()
    assert (reply.status, json.loads(reply.read())["title"]) == (413, "Request Entity Too Large")
    connection.close()


def test_the_log_has_one_line_a_request_and_no_noise(tmp_path: Path) -> None:
    """With the id, the method, the route, the status and the milliseconds."""
    with running_shop(tmp_path) as shop:
        for _ in range(3):
            send(shop.url, "GET", "/info/1")
        shop.stop()
        lines = [line for line in shop.log("frontend").splitlines() if "/info/{book_id}" in line]
        assert len(lines) == 3
        assert lines[0].split()[4:7] == ["GET", "/info/{book_id}", "200"]
        assert lines[0].endswith(" ms")
        request_id = lines[0].split()[3]
        assert request_id in shop.log("catalog")
        assert not [line for line in shop.log("frontend").splitlines() if "WARNING" in line]
