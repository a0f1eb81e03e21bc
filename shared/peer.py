"""Another server, over requests: timeouts always, one safe retry, a problem as its exception.

Whether a lost answer may have been a done deed is the whole question here. A refused connection
did nothing (Unavailable); anything after the request may have left is OutcomeUnknown, and once one
attempt is unknown only a definite answer ends it: a later "nothing was done" speaks of the later
attempt alone.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import requests
from requests.adapters import HTTPAdapter

from shared import logs, problems
from shared.deadline import DeadlineAdapter
from shared.domain import InProgress, OutcomeUnknown, TryLater, Unavailable
from shared.wire import encode

CONNECT_SECONDS: Final = 1.0
# Shorter than this is not worth another attempt.
_LEAST_SECONDS: Final = 0.05
_PAUSE_SECONDS: Final = 0.1


class Answer(NamedTuple):
    """A peer's good answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def segment(text: str) -> str:
    """One piece of a path, percent-encoded so that no client on the way reads it as a path.

    `.` and `..` are encoded too: RFC 3986 section 5.2.4 would have them taken away.
    """
    encoded = quote(text, safe="")
    return encoded.replace(".", "%2E") if encoded in (".", "..") else encoded


class Peer:
    """One other server at `url`; made once, used by many threads.

    `threads` is how many calls may be under way at once, `seconds` how long one attempt may wait
    for its whole answer.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        threads: int = 32,
        seconds: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        adapter: HTTPAdapter | None = None,
    ) -> None:
        self.name = name
        self.url = url.rstrip("/")
        self._seconds = seconds
        self._clock = clock
        self._pause = pause
        self._session = requests.Session()
        # A proxy variable in someone's shell must not send the shop's traffic elsewhere.
        self._session.trust_env = False
        mount = adapter or DeadlineAdapter(pool_connections=1, pool_maxsize=threads, max_retries=0)
        self._session.mount("http://", mount)
        self._session.mount("https://", mount)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def get(
        self,
        path: str,
        params: Mapping[str, str | int | None] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = 5.0,
    ) -> Answer:
        """Ask for something; tried again until `deadline` seconds are over, since it is only read.

        Raises the peer's ShopError, or Unavailable: a read that got no answer did nothing.
        """
        given = {k: v for k, v in (params or {}).items() if v is not None}
        query = "?" + urlencode(given) if given else ""
        try:
            return self._insist("GET", path + query, None, headers or {}, deadline, attempts=2)
        except OutcomeUnknown as error:
            raise Unavailable(str(error)) from error

    def put(
        self, path: str, body: Any = None, *, key: str, deadline: float = 5.0, attempts: int = 2
    ) -> Answer:
        """`change` by PUT."""
        return self.change("PUT", path, body, key=key, deadline=deadline, attempts=attempts)

    def change(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str,
        headers: Mapping[str, str] | None = None,
        deadline: float = 5.0,
        attempts: int = 2,
    ) -> Answer:
        """Have something done under a key; safe to try again only because of that key.

        A body of bytes goes as it is. Raises the peer's ShopError; Unavailable if surely nothing
        was done, OutcomeUnknown if not sure.
        """
        data = body if body is None or isinstance(body, bytes) else encode(body)
        given = {"Idempotency-Key": key, **(headers or {})}
        return self._insist(method, path, data, given, deadline, attempts=attempts)

    def _insist(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
        deadline: float,
        attempts: int,
    ) -> Answer:
        end = self._clock() + deadline
        unknown: OutcomeUnknown | None = None
        for attempt in range(attempts):
            seconds = min(self._seconds, end - self._clock())
            if attempt and seconds < _LEAST_SECONDS:
                break
            try:
                return self._once(method, path, data, headers, max(seconds, _LEAST_SECONDS))
            except OutcomeUnknown as error:
                unknown = error
            except InProgress as error:
                if not unknown:
                    raise
                # It is this request's own first attempt that is being worked on.
                unknown.retry_after = error.retry_after
                raise unknown from error
            except TryLater as error:
                # A refused connection or an honest 503: this attempt did nothing.
                if not unknown:
                    raise
                unknown.retry_after = error.retry_after
            if attempt + 1 < attempts:
                self._pause(min(_PAUSE_SECONDS, max(0.0, end - self._clock())))
        assert unknown is not None
        raise unknown

    def _once(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Answer:
        given = {logs.HEADER: logs.request_id(), "Accept": "application/json", **headers}
        if data is not None:
            given.setdefault("Content-Type", "application/json")
        prepared = requests.Request(method, self.url, headers=given, data=data).prepare()
        # Set behind the back of prepare(), which would resolve `%2E%2E` in a subject as a path.
        prepared.url = self.url + path
        try:
            response = self._session.send(
                prepared,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
            )
        except requests.ConnectTimeout as error:
            raise Unavailable(f"The {self.name} server does not answer.") from error
        except requests.ConnectionError as error:
            raise self._cut_off(error) from error
        except requests.RequestException as error:
            raise OutcomeUnknown(f"The {self.name} server did not answer in time.") from error
        if response.status_code >= 300:
            raise problems.to_error(response.status_code, response.content, response.headers)
        return Answer(response.status_code, response.content, response.headers)

    def _cut_off(self, error: requests.ConnectionError) -> TryLater:
        """Only a connection that was never made proves that nothing was sent."""
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if type(reason).__name__ in ("NewConnectionError", "NameResolutionError"):
            return Unavailable(f"The {self.name} server cannot be reached.")
        return OutcomeUnknown(f"The {self.name} server broke off its answer.")
