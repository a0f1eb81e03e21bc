"""GET /openapi.json, and GET /docs: Swagger UI over it, all of it from this server.

The files are those of the package swagger-ui-py, which is not imported, only read. The page's
Content-Security-Policy has the browser refuse whatever would come from elsewhere.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import falcon

from servers.frontend.openapi import document
from shared.wire import encode

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bazar.com: the calls</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="calls"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
# Its badge would be asked of a server elsewhere; the shop's own calls are all it may make.
_START: Final = """\
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#calls",
  validatorUrl: null,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
});
"""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PACKED: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


def _packed(name: str) -> bytes:
    spec = find_spec("swagger_ui")
    assert spec is not None
    assert spec.submodule_search_locations
    return (Path(spec.submodule_search_locations[0]) / "static" / name).read_bytes()


class OpenApi:
    """GET /openapi.json"""

    def __init__(self) -> None:
        self._document = encode(document())

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """OpenAPI 3.1."""
        resp.data = self._document
        resp.content_type = falcon.MEDIA_JSON

    on_head = on_get


class Docs:
    """GET /docs"""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The page."""
        resp.text = _PAGE
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", _POLICY)

    on_head = on_get


class DocsFile:
    """GET /docs/{name}"""

    def __init__(self) -> None:
        self._files = {name: (kind, _packed(name)) for name, kind in _PACKED.items()}
        self._files["start.js"] = ("text/javascript", _START.encode())

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """What the page loads."""
        if name not in self._files:
            raise falcon.HTTPNotFound
        kind, resp.data = self._files[name]
        resp.content_type = f"{kind}; charset=utf-8"
        resp.set_header("X-Content-Type-Options", "nosniff")
        resp.cache_control = ["no-cache"]

    on_head = on_get


def docs() -> list[tuple[str, Any]]:
    """The routes."""
    return [("/openapi.json", OpenApi()), ("/docs", Docs()), ("/docs/{name}", DocsFile())]
