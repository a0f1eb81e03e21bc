"""What whoever runs a server asks it: is it alive, is it ready, how is it doing."""

from collections.abc import Callable, Mapping

import falcon
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from shared.domain import Unavailable

OK = "ok"
Checks = Callable[[], Mapping[str, str]]


class Livez:
    """GET /livez: the process answers."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """200 always."""
        resp.media = {"status": "alive"}

    on_head = on_get


class Readyz:
    """GET /readyz: it can do its work; `checks` says "ok" or what is wrong for each part."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """200 if every check is ok, else 503."""
        checks = dict(self._checks())
        wrong = [f"{name}: {state}" for name, state in checks.items() if state != OK]
        if wrong:
            error = Unavailable("; ".join(wrong))
            error.checks = checks
            raise error
        resp.media = {"status": "ready", "checks": checks}

    on_head = on_get


class Metrics:
    """GET /metrics: Prometheus' text format."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """200 with every metric."""
        resp.content_type = CONTENT_TYPE_LATEST
        resp.data = generate_latest(self._registry)

    on_head = on_get


def operations(checks: Checks, registry: CollectorRegistry) -> list[tuple[str, object]]:
    """The routes that every server has."""
    return [("/livez", Livez()), ("/readyz", Readyz(checks)), ("/metrics", Metrics(registry))]
