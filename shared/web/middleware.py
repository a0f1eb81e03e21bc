"""For each request: its id, its one log line, its place in the metrics."""

import logging
import time
from typing import Any

import falcon
from prometheus_client import CollectorRegistry, Counter, Histogram

from shared import logs

_log = logging.getLogger("request")


class Traffic:
    """The metrics that every server has; `registry` takes a server's own besides."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "bazar_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "bazar_request_seconds",
            "How long an answer took.",
            ["method", "route"],
            registry=self.registry,
        )


class Bookkeeping:
    """Falcon middleware; the id comes with the request or is made here, and goes back with it."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Before routing."""
        req.context.started = time.perf_counter()
        resp.set_header(logs.HEADER, logs.begin_request(req.get_header(logs.HEADER)))

    def process_response(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        resource: Any,
        req_succeeded: bool,
    ) -> None:
        """After everything, errors included."""
        seconds = time.perf_counter() - req.context.started
        route = (req.uri_template or "-").replace(":segment", "")
        # An unknown method must not become a label of its own for anyone to fill memory with.
        method = req.method if req.method in falcon.HTTP_METHODS else "?"
        self._traffic.requests.labels(method, route, resp.status_code).inc()
        self._traffic.seconds.labels(method, route).observe(seconds)
        _log.info("%s %s %s %.1f ms", method, route, resp.status_code, seconds * 1e3)
