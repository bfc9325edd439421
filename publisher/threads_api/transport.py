"""Requests over HTTPS: the one place that holds a connection and adds the token.

Never retries, never follows a redirect, reads no more than `MAX_BODY`. A call that publishes gets a connection of its
own: on a reused one, "closed before an answer" could not be told from "never sent".
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from publisher.threads_api.credentials import Credentials
from publisher.threads_api.errors import BadAnswer, InvalidParameter, NoAnswer, NotSent
from publisher.threads_api.messages import Request, Response

if TYPE_CHECKING:
    import requests

BASE_URL = "https://graph.threads.net"
VERSION = "v1.0"
CONNECT_TIMEOUT_S = 10.0
MAX_BODY = 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class RequestsTransport:
    """Implements `Transport` on `requests`."""

    def __init__(
        self,
        credentials: Credentials,
        base_url: str = BASE_URL,
        version: str = VERSION,
        session: "requests.Session | None" = None,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise InvalidParameter("the base URL must be https; plain http only to this machine")
        self._credentials = credentials
        self._base = f"{base_url.rstrip('/')}/{version}" if version else base_url.rstrip("/")
        self._session = session if session is not None else _session()
        self.server_time_offset = timedelta(0)  # the server's time minus ours, by its last answer

    def __repr__(self) -> str:
        return f"RequestsTransport({self._base!r})"

    def send(self, request: Request) -> Response:
        """One call. Raises `NotSent` or `NoAnswer`."""
        if request.path.endswith("/threads_publish"):
            with _session() as session:
                return self._send(session, request)
        return self._send(self._session, request)

    def _send(self, session: "requests.Session", request: Request) -> Response:
        import requests

        get = request.method == "GET"
        try:
            with session.request(
                request.method,
                self._base + request.path,
                params=dict(request.params) if get else None,
                data=None if get else dict(request.params),
                headers={"Authorization": f"Bearer {self._credentials.access_token}"},
                timeout=(CONNECT_TIMEOUT_S, request.read_timeout_s),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return self._read(answer)
        except requests.RequestException as error:
            raise _classified(error, request) from None

    def _read(self, answer: Any) -> Response:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        body = b""
        for piece in answer.iter_content(64 * 1024):
            body += piece
            if len(body) > MAX_BODY:
                raise BadAnswer("an answer of more than 1 MiB", Response(answer.status_code, body[:2048], headers))
        self._note_time(headers.get("date"))
        return Response(answer.status_code, body, headers)

    def _note_time(self, date: str | None) -> None:
        if date is None:
            return
        try:
            self.server_time_offset = parsedate_to_datetime(date) - datetime.now(UTC).replace(microsecond=0)
        except (TypeError, ValueError):
            return


def _session() -> "requests.Session":
    import requests

    session = requests.Session()
    session.trust_env = False  # no .netrc, no proxy by accident: the token goes to one host only
    session.headers["User-Agent"] = "threads-publisher"
    return session


def _classified(error: Exception, request: Request) -> NotSent | NoAnswer:
    """Not sent only where no byte can have left: name, refusal, connect time, TLS, proxy, or a fault before sending."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError

    what = f"{request.method} {request.path}"
    reason: object = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    if isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return NotSent(f"{what}: no secure connection could be made ({type(error).__name__})")
    if isinstance(reason, NameResolutionError):
        return NotSent(f"{what}: the host's name cannot be resolved")
    if isinstance(reason, NewConnectionError | ConnectTimeoutError) or isinstance(
        error, requests.exceptions.ConnectTimeout
    ):
        return NotSent(f"{what}: the host cannot be reached")
    if isinstance(error, requests.exceptions.InvalidHeader | requests.exceptions.InvalidURL):
        return NotSent(f"{what}: the request could not be made")
    if isinstance(error, requests.exceptions.Timeout):
        return NoAnswer(f"{what}: no answer within {request.read_timeout_s:g} s")
    return NoAnswer(f"{what}: the connection ended before the whole answer came")
