"""What every server's Falcon app has: its errors, its ids, its log line, its operations."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import falcon
from falcon.media import BaseHandler
from falcon.typing import ReadableIO

from shared import logs, problems
from shared.csv_repository import CommitUnknown, RepositoryError
from shared.domain import OutcomeUnknown, ShopError, Unavailable
from shared.web.middleware import Bookkeeping, Traffic
from shared.web.paths import SegmentConverter, ShopRequest
from shared.web.tags import EntityTags
from shared.wire import encode

_log = logging.getLogger(__name__)

Routes = Iterable[tuple[str, Any]]


class JsonHandler(BaseHandler):
    """`resp.media` as JSON, prices digit for digit."""

    def serialize(self, media: object, content_type: str | None = None) -> bytes:
        """See BaseHandler."""
        return encode(media)

    def deserialize(
        self, stream: ReadableIO, content_type: str | None, content_length: int | None
    ) -> NoReturn:
        """Bodies are read with their types, by shared.web.body."""
        raise falcon.HTTPUnsupportedMediaType


def create_app(routes: Routes, traffic: Traffic) -> falcon.App[ShopRequest, falcon.Response]:
    """An app with these (template, resource) routes.

    `{name:segment}` in a template takes one piece of a path, whatever it holds.
    """
    app = falcon.App(
        request_type=ShopRequest,
        response_type=falcon.Response,
        # Falcon calls them in the reverse order on the way back: the log has the 304.
        middleware=[Bookkeeping(traffic), EntityTags()],
    )
    app.router_options.converters["segment"] = SegmentConverter
    app.resp_options.media_handlers[falcon.MEDIA_JSON] = JsonHandler()
    app.add_error_handler(Exception, _unforeseen)
    app.add_error_handler(falcon.HTTPError, _plain)
    app.add_error_handler(ShopError, _shop_error)
    app.add_error_handler(RepositoryError, _repository_error)
    for template, resource in routes:
        app.add_route(template, resource)
    return app


def answer_problem(
    resp: falcon.Response, problem: problems.Problem, headers: Mapping[str, str] | None = None
) -> None:
    """Make a problem document the answer."""
    resp.status = problem.status
    resp.data = encode(problem)
    resp.content_type = problems.MEDIA_TYPE
    resp.set_headers({**(headers or {}), **problems.headers(problem)})


def _shop_error(
    req: falcon.Request, resp: falcon.Response, error: ShopError, params: dict[str, Any]
) -> None:
    answer_problem(resp, problems.from_error(error, logs.request_id()))


def _repository_error(
    req: falcon.Request, resp: falcon.Response, error: RepositoryError, params: dict[str, Any]
) -> None:
    """What the disk refused, in the shop's words; the disk's own are for the log."""
    _log.error("storage: %s", error)
    if isinstance(error, CommitUnknown):
        _shop_error(req, resp, OutcomeUnknown("The disk failed while this was written."), params)
    else:
        _shop_error(req, resp, Unavailable("This server cannot write at present."), params)


def _plain(
    req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError, params: dict[str, Any]
) -> None:
    problem = problems.from_status(error.status_code, error.description, logs.request_id())
    answer_problem(resp, problem, dict(error.headers or {}))


def _unforeseen(
    req: falcon.Request, resp: falcon.Response, error: Exception, params: dict[str, Any]
) -> None:
    _log.error("unforeseen %s", type(error).__name__, exc_info=error)
    detail = "Something went wrong in this server; its log has the request's id."
    answer_problem(resp, problems.from_status(500, detail, logs.request_id()))
