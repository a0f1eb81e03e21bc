"""The Postman collection, sent request by request to real servers; needs no Node.js.

The collection's scripts keep to these forms, so that they can be run here as well as in Postman. A
line of any other form fails; a path is what JavaScript writes after `json()`, as `.data[0].id`::

    pm.test("words", () => {
      pm.response.to.have.status(200);
      pm.response.to.have.header("Name", "value");
      pm.expect(pm.response.text()).to.include("words");
      pm.expect(pm.response.json().path).to.eql(JSON, or pm.collectionVariables.get("name"));
    });
    pm.collectionVariables.set("name", pm.response.json().path);
    pm.collectionVariables.set("name", pm.variables.replaceIn("{{$guid}}"));
"""

import http.client
import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import falcon
import pytest
from falcon import inspect

from tests.processes import NAMES, ROOT, TOKEN, running_shop
from tests.shops import ROUTES, Shop

FOLDER: Final = ROOT / "config/postman"
COLLECTION: Final = json.loads((FOLDER / "bazar.postman_collection.json").read_text("utf-8"))
ENVIRONMENTS: Final = {
    "one-machine": "config/bazar.toml",
    "three-hosts": "config/three-hosts.toml",
}


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: http.client.HTTPMessage
    text: str


def requests_of(node: dict[str, Any], where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, item) of every request of a folder and the folders in it, in order."""
    for item in node["item"]:
        name = f"{where}{item['name']}"
        if "item" in item:
            yield from requests_of(item, f"{name} / ")
        else:
            yield name, item


def script(item: dict[str, Any], listen: str) -> list[str]:
    """The lines of one of a request's scripts."""
    return [
        line.strip()
        for event in item.get("event", ())
        if event["listen"] == listen
        for line in event["script"]["exec"]
    ]


class Runner:
    """Sends requests and runs their scripts; `variables` are Postman's."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables
        self._reply: Reply | None = None

    def run(self, item: dict[str, Any]) -> None:
        """One request with its scripts; fails as Postman would."""
        for line in script(item, "prerequest"):
            self._line(line)
        self._reply = self._send(item["request"])
        lines = script(item, "test")
        assert any("to.have.status(" in line for line in lines), "no status is asked for"
        for line in lines:
            self._line(line)

    def fill(self, text: str) -> str:
        """Put the variables into a text."""
        return re.sub(r"\{\{([^{}]+)\}\}", lambda found: self._value(found[1]), text)

    def _value(self, name: str) -> str:
        return str(uuid.uuid4()) if name == "$guid" else str(self.variables[name])

    def _send(self, request: dict[str, Any]) -> Reply:
        url = urlsplit(self.fill(request["url"]["raw"]))
        headers = {head["key"]: self.fill(head["value"]) for head in request["header"]}
        body = self.fill(request["body"]["raw"]).encode() if "body" in request else None
        target = url.path + (f"?{url.query}" if url.query else "")
        connection = http.client.HTTPConnection(url.netloc, timeout=15)
        try:
            connection.request(request["method"], target, body, headers)
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read().decode())
        finally:
            connection.close()

    @property
    def _answer(self) -> Reply:
        assert self._reply is not None
        return self._reply

    def _line(self, line: str) -> None:
        for form, action in FORMS:
            if found := form.fullmatch(line):
                action(self, *found.groups())
                return
        pytest.fail(f"a script line of a form that this test does not know: {line}")

    def _at(self, path: str) -> Any:
        found: Any = json.loads(self._answer.text)
        for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", path):
            if number:
                found = found[int(number)]
            elif name == "length":
                found = len(found)
            else:
                found = found[name]
        return found

    def nothing(self) -> None:
        """The frame of a test."""

    def holds_status(self, status: str) -> None:
        """`status`"""
        assert self._answer.status == int(status), self._answer.text

    def holds_header(self, name: str, value: str) -> None:
        """`header`"""
        assert self._answer.headers[name] == value

    def holds_text(self, words: str) -> None:
        """`include`"""
        assert json.loads(words) in self._answer.text

    def holds_value(self, path: str, value: str) -> None:
        """`eql`"""
        kept = re.fullmatch(r'pm\.collectionVariables\.get\("(\w+)"\)', value)
        assert self._at(path) == (self.variables[kept[1]] if kept else json.loads(value))

    def keep(self, name: str, path: str) -> None:
        """`set` from the answer"""
        self.variables[name] = self._at(path)

    def keep_new_key(self, name: str) -> None:
        """`set` a new key"""
        self.variables[name] = self.fill("{{$guid}}")


_JSON: Final = r"pm\.response\.json\(\)((?:\.\w+|\[\d+\])+)"
_SET: Final = r'pm\.collectionVariables\.set\("(\w+)", '
FORMS: Final[list[tuple[re.Pattern[str], Callable[..., None]]]] = [
    (re.compile(r'pm\.test\(".+", \(\) => \{|\}\);'), Runner.nothing),
    (re.compile(r"pm\.response\.to\.have\.status\((\d+)\);"), Runner.holds_status),
    (re.compile(r'pm\.response\.to\.have\.header\("(.+)", "(.+)"\);'), Runner.holds_header),
    (re.compile(r"pm\.expect\(pm\.response\.text\(\)\)\.to\.include\((.+)\);"), Runner.holds_text),
    (re.compile(rf"pm\.expect\({_JSON}\)\.to\.eql\((.+)\);"), Runner.holds_value),
    (re.compile(rf"{_SET}{_JSON}\);"), Runner.keep),
    (
        re.compile(_SET + re.escape('pm.variables.replaceIn("{{$guid}}"));')),
        Runner.keep_new_key,
    ),
]


@pytest.mark.parametrize("route", ROUTES)
def test_every_request_gets_its_status_again_and_again(tmp_path: Path, route: str) -> None:
    """By both routes, and a second time in the same shop, as someone who tries it out would."""
    with running_shop(tmp_path, route) as shop:
        for _ in range(2):
            runner = Runner({**{name: shop.urls[name] for name in NAMES}, "token": TOKEN})
            for name, item in requests_of(COLLECTION):
                try:
                    runner.run(item)
                except (AssertionError, KeyError, IndexError, ValueError) as error:
                    pytest.fail(f"{name}: {type(error).__name__}: {error}")
        shop.stop()
    books = (tmp_path / "catalog/books.csv").read_text("utf-8").splitlines()
    seed = (ROOT / "data/seed/books.csv").read_text("utf-8").splitlines()
    assert books == seed, "what was bought is put back"


def calls_of_every_server(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(server, method, path template) of every call that there is; HEAD goes without saying."""
    shop = Shop.at(folder)
    apps: dict[str, falcon.App[Any, Any]] = {
        "frontend": shop.frontend.app,
        "catalog": shop.catalog.app,
        "order": shop.orders.app,
    }
    shop.close()
    for server, app in apps.items():
        for route in inspect.inspect_routes(app):
            for method in route.methods:
                if not method.internal and method.method != "HEAD":
                    yield server, method.method, route.path


def test_every_call_of_every_server_is_in_the_collection(tmp_path: Path) -> None:
    """A route that is added has to be added there too, sent to the server that has it."""
    sent = [
        (item["request"]["method"], item["request"]["url"]["raw"].partition("?")[0])
        for _, item in requests_of(COLLECTION)
    ]
    missing = []
    for server, method, path in calls_of_every_server(tmp_path):
        pattern = re.compile(re.escape("{{" + server + "}}") + re.sub(r"\{.*?\}", "[^/]+", path))
        if not any(m == method and pattern.fullmatch(url) for m, url in sent):
            missing.append(f"{method} {path} of the {server} server")
    assert not missing


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_says_where_the_config_does(name: str) -> None:
    """One machine and three."""
    environment = json.loads((FOLDER / f"{name}.postman_environment.json").read_text("utf-8"))
    values = {value["key"]: value["value"] for value in environment["values"]}
    config = (ROOT / ENVIRONMENTS[name]).read_text("utf-8")
    urls = dict(re.findall(r'\[(\w+)\][^\[]*?url\s*= "(.*?)"', config))
    assert values == urls


def test_the_collection_is_of_the_schema_that_postman_reads() -> None:
    """Its version, its variables, and urls whose parts agree with the whole."""
    assert COLLECTION["info"]["schema"].endswith("/collection/v2.1.0/collection.json")
    text = json.dumps(COLLECTION)
    used = set(re.findall(r"\{\{(\w+)\}\}", text)) - set(NAMES)
    assert used <= {variable["key"] for variable in COLLECTION["variable"]}
    for name, item in requests_of(COLLECTION):
        url = item["request"]["url"]
        query = "&".join(f"{pair['key']}={pair['value']}" for pair in url.get("query", ()))
        parts = "/".join(url["host"] + url["path"])
        assert url["raw"] == parts + (f"?{query}" if query else ""), name
