"""The OpenAPI document, held against the calls that there are and against what they answer."""

import re
from pathlib import Path
from typing import Any

import falcon
import pytest
from falcon import inspect
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from servers.frontend.openapi import document
from tests.shops import Shop
from tests.wsgi import call

DOCUMENT: Any = document()
WALDEN = {"title": "Walden", "subjects": ["Nature"], "quantity": 5, "price": 12.5}


def strict(node: Any) -> Any:
    """The same, and no property that it does not name."""
    if isinstance(node, list):
        return [strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    found = {name: strict(part) for name, part in node.items()}
    return found | ({"additionalProperties": False} if "properties" in found else {})


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that can be used alone: the components go with it."""
    found: dict[str, Any] = strict(schema | {"components": DOCUMENT["components"]})
    return found


def refs(node: Any) -> list[str]:
    """Every $ref below."""
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [ref for part in node.values() for ref in refs(part)]
    return [ref for part in node for ref in refs(part)] if isinstance(node, list) else []


def test_it_has_the_calls_of_the_frontend_and_no_others(tmp_path: Path) -> None:
    """HEAD goes without saying."""
    shop = Shop.at(tmp_path)
    shop.close()
    app: falcon.App[Any, Any] = shop.frontend.app
    there = {
        (re.sub(":segment", "", route.path), method.method.lower())
        for route in inspect.inspect_routes(app)
        for method in route.methods
        if not method.internal and method.method != "HEAD"
    }
    told = {(path, method) for path, calls in DOCUMENT["paths"].items() for method in calls}
    assert told == there


def test_its_schemas_are_schemas_and_its_references_lead_somewhere() -> None:
    """JSON Schema 2020-12, which OpenAPI 3.1 is on."""
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    names = DOCUMENT["components"]["schemas"].keys()
    for ref in refs(DOCUMENT):
        assert ref.rpartition("/")[2] in names
    assert validator_for({"$schema": "https://json-schema.org/draft/2020-12/schema"}) is (
        Draft202012Validator
    )


CALLS = [
    ("get", "/search/{subject}", "/search/undergraduate%20school", None),
    ("get", "/search/{subject}", "/search/nothing", None),
    ("get", "/info/{book_id}", "/info/3", None),
    ("put", "/purchase/{book_id}", "/purchase/3", None),
    ("put", "/purchase/{book_id}", "/purchase/3", {"quantity": 2, "expected_price": 1}),
    ("put", "/purchase/{book_id}", "/purchase/4", {}),
    ("put", "/purchase/{book_id}", "/purchase/4", {"quantity": 0}),
    ("get", "/subjects", "/subjects", None),
    ("get", "/books", "/books?q=xen", None),
    ("get", "/books", "/books?limit=x", None),
    ("post", "/books", "/books", WALDEN),
    ("post", "/books", "/books", {"title": ""}),
    ("post", "/books/batch", "/books/batch", {"data": [{"key": "6f1c2f52-98a7-4d0e-9a31-"
                                                               "0d4c1f7f5b11", **WALDEN}]}),
    ("get", "/books/{book_id}", "/books/3", None),
    ("patch", "/books/{book_id}", "/books/3", {"quantity_change": 2, "price": 2.5}),
    ("patch", "/books/{book_id}", "/books/99", {"price": 2.5}),
    ("delete", "/books/{book_id}", "/books/2", None),
    ("get", "/changes", "/changes", None),
    ("get", "/orders", "/orders", None),
    ("get", "/orders/{order_id}", "/orders/x", None),
    ("get", "/reports/sales", "/reports/sales", None),
    ("get", "/livez", "/livez", None),
    ("get", "/readyz", "/readyz", None),
    ("get", "/openapi.json", "/openapi.json", None),
]  # fmt: skip


def test_what_is_answered_is_of_the_shape_that_it_tells(shop: Shop) -> None:
    """One after the other, in one shop, so that there is something to see."""
    for method, path, target, body in CALLS:
        reply = shop.admin(method.upper(), target, body)
        told = DOCUMENT["paths"][path][method]
        assert str(reply.status) in told["responses"], (target, reply.status, reply.body)
        content = told["responses"][str(reply.status)].get("content", {})
        if body is not None and reply.status < 300:
            given = told["requestBody"]["content"]["application/json"]["schema"]
            Draft202012Validator(resolved(given)).validate(body)
        if not content:
            assert reply.body == b""
            continue
        kind = reply.headers["Content-Type"].partition(";")[0]
        Draft202012Validator(resolved(content[kind]["schema"])).validate(reply.json)
        shop.settle()


@pytest.mark.parametrize(
    "name", ["/docs", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/start.js"]
)
def test_the_page_and_what_it_loads_is_here(catalog_first: Shop, name: str) -> None:
    """Every address in the page is one of this server's."""
    reply = catalog_first.ask("GET", name)
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/")
    if name == "/docs":
        assert re.findall(r'(?:src|href)="(?!data:)([^"]*)"', reply.body.decode()) == [
            "/docs/swagger-ui.css",
            "/docs/swagger-ui-bundle.js",
            "/docs/start.js",
        ]
        assert "connect-src 'self'" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["swagger-ui.js", "..%2Fswagger-ui.css", "%2E%2E", "index.html"])
def test_nothing_else_is_served(catalog_first: Shop, name: str) -> None:
    """No file of the package but those two."""
    reply = call(catalog_first.frontend.app, "GET", f"/docs/{name}")
    assert reply.status == 404
