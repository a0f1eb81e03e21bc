"""Every error of every route of every server has one shape."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.shops import Shop, carry, drop
from tests.wsgi import Reply, call

SERVERS = ("catalog", "orders", "frontend")
METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "TRACE", "BREW")
FILLED = {"name": "none", "subject": "none", "book_id": "99", "order_id": "x", "sale_id": "x"}


def is_problem(reply: Reply) -> bool:
    """RFC 9457, with the request's id."""
    if reply.headers["Content-Type"] != "application/problem+json":
        return False
    said = reply.json
    assert {"type", "title", "status", "detail", "instance"} <= said.keys()
    assert said["status"] == reply.status
    assert said["instance"].endswith(reply.headers["X-Request-ID"])
    assert said["type"].startswith("urn:bazar:problem:") or said["type"] == "about:blank"
    return True


def routes(app: Any) -> Iterator[str]:
    """Every template that the app's router knows."""
    waiting = list(app._router._roots)
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.uri_template:
            yield node.uri_template.replace(":segment", "").format(**FILLED)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("method", METHODS)
def test_every_route_answers_every_method_with_sense_or_a_problem(
    catalog_first: Shop, server: str, method: str
) -> None:
    """404s, 405s and whatever the route itself says; never a 500."""
    app = getattr(catalog_first, server).app
    found = list(routes(app))
    assert len(found) >= 6
    for path in [*found, "/nothing", "/", "/info", "/info/1/2", "//", "/info/1/"]:
        for body in (None, b"{", b'{"no":1}'):
            reply = call(app, method, path, body)
            if reply.status >= 400 and method != "HEAD":
                assert is_problem(reply), f"{method} {path}"
            assert reply.status < 500, f"{method} {path}"


@pytest.mark.parametrize("server", SERVERS)
def test_media_type_and_size_are_held_to(catalog_first: Shop, server: str) -> None:
    """415 for what is not JSON, 413 over 16 KiB."""
    app = getattr(catalog_first, server).app
    path = "/purchase/3"
    wrong = call(app, "PUT", path, b"a=1", {"Content-Type": "text/plain"})
    large = call(app, "PUT", path, b" " * (16 * 1024 + 1))
    assert (wrong.status, large.status) == (415, 413)
    assert is_problem(wrong)
    assert is_problem(large)
    fits = b'{"quantity":1}'.ljust(16 * 1024)
    assert call(app, "PUT", path, fits).status == 200


@pytest.mark.parametrize("server", SERVERS)
def test_a_fault_in_a_server_tells_nothing_of_its_insides(
    catalog_first: Shop, server: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """A 500 is the same shape; the traceback is for the log."""

    def break_(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret /etc/passwd")

    monkeypatch.setattr("shared.web.body.parse_key", break_)
    app = getattr(catalog_first, server).app
    with caplog.at_level(logging.CRITICAL):
        reply = call(app, "PUT", "/purchase/3", None, {"Idempotency-Key": "x"})
    assert reply.status == 500
    assert is_problem(reply)
    assert b"secret" not in reply.body
    assert b"Traceback" not in reply.body


def test_a_refusal_has_the_same_document_at_every_server(catalog_first: Shop) -> None:
    """A peer's problem becomes the exception it was, and that the document again."""
    shapes = set()
    for app in (catalog_first.frontend.app, catalog_first.catalog.app):
        problem = call(app, "GET", "/info/99").json
        problem.pop("instance")
        shapes.add(json.dumps(problem, sort_keys=True))
    assert len(shapes) == 1


def test_a_server_that_is_down_is_503_with_retry_after(catalog_first: Shop) -> None:
    """Reads of the other server go on."""
    catalog_first.to_order.before = drop
    reply = catalog_first.ask("GET", "/orders")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert is_problem(reply)
    assert catalog_first.ask("GET", "/info/1").status == 200
    ready = catalog_first.ask("GET", "/readyz")
    assert (ready.status, ready.json["checks"]["catalog"]) == (503, "ok")
    assert ready.json["checks"]["order"] != "ok"
    assert catalog_first.ask("GET", "/livez").status == 200
    catalog_first.to_order.before = carry
    assert catalog_first.ask("GET", "/readyz").status == 200


def test_a_read_is_tried_once_more(catalog_first: Shop) -> None:
    """One dropped connection is nobody's error page."""
    drops = iter([True])

    def once(_: Any) -> None:
        if next(drops, False):
            raise requests.ConnectionError("cut off")

    catalog_first.to_catalog.before = once
    assert catalog_first.ask("GET", "/info/1").status == 200


def test_a_request_id_goes_through_all_servers_and_comes_back(
    order_first: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Given ones are taken if sane; others are made."""
    with caplog.at_level(logging.INFO):
        reply = call(order_first.frontend.app, "PUT", "/purchase/3", None, {"X-Request-ID": "me-1"})
    assert reply.headers["X-Request-ID"] == "me-1"
    lines = [record.getMessage() for record in caplog.records if record.name == "request"]
    assert len(lines) == 4  # GET /info, PUT /update, PUT /purchase at two servers
    assert sum("bought book Xen" in record.getMessage() for record in caplog.records) == 2
    forged = call(order_first.frontend.app, "GET", "/info/1", None, {"X-Request-ID": "a\nb"})
    assert "\n" not in forged.headers["X-Request-ID"]
