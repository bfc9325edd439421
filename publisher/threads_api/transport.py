"""Requests over HTTPS: the one place that holds a connection and adds the token.

Never retries, never follows a redirect, reads no more than `MAX_BODY`. A call that publishes gets a connection of its
own: on a reused one, "closed before an answer" could not be told from "never sent".
"""

import ipaddress
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from publisher.threads_api.credentials import Credentials
from publisher.threads_api.errors import BadAnswer, InvalidParameter, NoAnswer, NotSent
from publisher.threads_api.messages import Request, Response
from publisher.threads_api.redaction import quiet_log, secrets_among, without
from publisher.threads_api.usage import AppUsage, usage_of

if TYPE_CHECKING:
    import requests

BASE_URL = "https://graph.threads.net"
VERSION = "v1.0"
CONNECT_TIMEOUT_S = 10.0
MAX_BODY = 1024 * 1024
# Where these are what OpenSSL says, the handshake failed, and a request is only written after it. Anything else can
# also come from a connection that broke while the answer was awaited.
_HANDSHAKE = {
    "CERTIFICATE_VERIFY_FAILED",
    "HTTP_REQUEST",
    "NO_PROTOCOLS_AVAILABLE",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_VERSION_NUMBER",
}


class RequestsTransport:
    """Implements `Transport` on `requests`.

    `credentials`: None for the calls that need none (tokens, oEmbed). `version`: "" for paths without one.
    `session`: one of your own, for a proxy or a certificate authority; it is never changed, and not closed here.
    """

    def __init__(
        self,
        credentials: Credentials | None,
        base_url: str = BASE_URL,
        version: str = VERSION,
        session: "requests.Session | None" = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._credentials = credentials
        self._base = _checked(base_url) + (f"/{version.strip('/')}" if version.strip("/") else "")
        self._theirs = session is not None
        quiet_log("urllib3.connectionpool")  # which tells URLs, and Meta's token calls have secrets in theirs
        self._session = session if session is not None else _session()
        self._monotonic = monotonic
        self.server_time_offset = timedelta(0)  # the server's time minus ours, by its last answer
        self.usage: AppUsage | None = None  # by the last answer that said so

    def __repr__(self) -> str:
        return f"RequestsTransport({self._base!r})"

    def __enter__(self) -> "RequestsTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of idle connections."""
        if not self._theirs:
            self._session.close()

    def send(self, request: Request) -> Response:
        """One call. Raises `NotSent`, `NoAnswer`, or `BadAnswer` for more than `MAX_BODY`."""
        if request.path.endswith("/threads_publish"):
            with _twin(self._session) as session:
                return self._send(session, request)
        return self._send(self._session, request)

    def _send(self, session: "requests.Session", request: Request) -> Response:
        import requests
        import urllib3

        sent = _encoded(request)
        began = self._monotonic()
        try:
            with session.request(
                request.method,
                self._base + request.path + (f"?{sent}" if sent and request.method != "POST" else ""),
                data=sent if request.method == "POST" else None,
                headers=self._headers(request),
                auth=_nobody_else,
                timeout=(CONNECT_TIMEOUT_S, request.read_timeout_s),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return self._read(answer, request, began)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            failure = classified(error, request)
        # Raised out here so that it has no context: the library's error carries the request, and that the token.
        raise failure

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self._credentials is not None:
            headers["Authorization"] = f"Bearer {self._credentials.access_token}"
        if request.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return headers

    def _read(self, answer: "requests.Response", request: Request, began: float) -> Response:
        headers = {name.lower(): self._quiet(value) for name, value in answer.headers.items()}
        body = bytearray()
        for piece in answer.iter_content(64 * 1024):
            body += piece
            if len(body) > MAX_BODY:
                secrets = secrets_among(request.params)
                excerpt = Response(answer.status_code, self._scrubbed(bytes(body[:4096]), secrets), headers)
                raise BadAnswer("an answer of more than 1 MiB", excerpt)
            if self._monotonic() - began > request.read_timeout_s:
                raise TimeoutError  # a byte now and then would keep the library's own clock from running out
        self._note(headers)
        # A token call that succeeds may give the very token that was sent: what it answers is the caller's.
        secrets = () if 200 <= answer.status_code < 300 else secrets_among(request.params)
        return Response(answer.status_code, self._scrubbed(bytes(body), secrets), headers)

    def _scrubbed(self, body: bytes, secrets: tuple[str, ...] = ()) -> bytes:
        """Without our token, and without `secrets`, should the answer repeat them."""
        token = (self._credentials.access_token,) if self._credentials is not None else ()
        return without(body, (*token, *secrets))

    def _quiet(self, header: str) -> str:
        return self._scrubbed(header.encode("utf-8", "replace")).decode()

    def _note(self, headers: dict[str, str]) -> None:
        self.usage = usage_of(headers) or self.usage
        try:
            there = parsedate_to_datetime(headers["date"])
            self.server_time_offset = there - datetime.now(UTC).replace(microsecond=0)
        except (KeyError, TypeError, ValueError, OverflowError):
            return  # no date, or none that can be read: what we knew stays


def _checked(base_url: str) -> str:
    """The base URL. Raises `InvalidParameter` where a token could be read on its way."""
    try:
        parts = urlsplit(base_url)
    except ValueError:
        raise InvalidParameter("the base URL is no address") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise InvalidParameter("the base URL must be https; plain http only to this machine")
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidParameter("the base URL is a host and perhaps a path: no user, no query, no fragment")
    return base_url.rstrip("/")


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _encoded(request: Request) -> str:
    """The parameters, urlencoded: multipart would lengthen texts by turning line ends into CRLF."""
    try:
        return urlencode(request.params)
    except UnicodeEncodeError:
        raise InvalidParameter("a parameter holds half of a surrogate pair, which no encoding can carry") from None


def _nobody_else(prepared: "requests.PreparedRequest") -> "requests.PreparedRequest":
    """The authorization of a call is our header: without this the library would take .netrc's, or the session's."""
    return prepared


def _session() -> "requests.Session":
    import requests

    session = requests.Session()
    session.trust_env = False  # no .netrc, no proxy by accident: the token goes to one host only
    session.headers["User-Agent"] = "threads-publisher"
    return session


def _twin(session: "requests.Session") -> "requests.Session":
    """A session that behaves like `session` and has no connection yet."""
    from requests.adapters import HTTPAdapter

    twin = _session()
    twin.headers = session.headers
    twin.verify, twin.cert = session.verify, session.cert
    twin.proxies, twin.trust_env = session.proxies, session.trust_env
    for prefix, adapter in session.adapters.items():
        if type(adapter) is not HTTPAdapter:  # somebody's own: how it connects is its affair
            twin.mount(prefix, adapter)
    return twin


def classified(error: Exception, request: Request) -> NotSent | NoAnswer:
    """Not sent only where no byte can have left: name, refusal, connect time, handshake, proxy, or before sending.

    Neither says more than the call's name: an exception of the library may hold the URL, and that a token.
    """
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

    what = f"{request.method} {request.path}"
    causes = tuple(_causes(error))
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return NotSent(f"{what}: the host's name cannot be resolved")
    if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
        return NotSent(f"{what}: the proxy gave no connection")
    if any(isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in causes):
        return NotSent(f"{what}: the host cannot be reached")
    if any(isinstance(cause, ssl.SSLError) and _in_handshake(cause) for cause in causes):
        return NotSent(f"{what}: no secure connection could be made")
    if isinstance(error, requests.exceptions.InvalidHeader | requests.exceptions.InvalidURL):
        return NotSent(f"{what}: the request could not be made")
    if isinstance(error, requests.exceptions.Timeout | TimeoutError):
        return NoAnswer(f"{what}: no answer within {request.read_timeout_s:g} s")
    return NoAnswer(f"{what}: the connection ended before the whole answer came")


def _in_handshake(error: ssl.SSLError) -> bool:
    return isinstance(error, ssl.SSLCertVerificationError) or getattr(error, "reason", None) in _HANDSHAKE


def _causes(error: BaseException | None) -> "list[BaseException]":
    """The error and what it wraps; the libraries put causes into arguments as often as into `reason`."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting and len(found) < 20:
        this = waiting.pop()
        if isinstance(this, BaseException) and this not in found:
            found.append(this)
            waiting += [getattr(this, "reason", None), *(arg for arg in this.args if isinstance(arg, BaseException))]
    return found
