"""How the code comes back from the window: to a listener on loopback, or pasted by hand.

The listener answers one address of this machine, as long as one login lasts. The answer of the window is a top-level
GET of that very address; what else arrives (another path, another Host, a page's script or picture) is turned away in
one sentence, and the listener goes on waiting. Nothing that arrives is logged: the request line holds the code.
"""

import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import urlsplit

from publisher.auth.closing import closing_page
from publisher.errors import NotAllowed, TryAgain
from publisher.report.escape import one_line
from publisher.threads_api import AuthorizationRefused
from publisher.threads_api.auth import code_of

LOOPBACK = "127.0.0.1"
_PATH = "/callback"
_SLOWEST_S = 10.0  # for a request to arrive, once its connection is there
_SLICE_S = 0.25  # of waiting for the window
_MOST = 50  # connections; the window's answer needs one, for milliseconds
_AGAIN = "publisher auth login again, and answer in the window that it opens"


class Callback(Protocol):
    """A way for the code to come back."""

    @property
    def redirect_uri(self) -> str:
        """Where the window sends the person, as the app has it registered."""
        ...

    def begin(self, state: str) -> None:
        """From now on an answer may come, to the login with this `state`."""
        ...

    def code(self) -> str:
        """The code of that answer, waited for. Raises `NotAllowed` E606 or E612."""
        ...


class Pasted:
    """The person brings the address back: for redirect URIs where we cannot listen, and for windows elsewhere."""

    def __init__(self, redirect_uri: str, ask: Callable[[], str]) -> None:
        self.redirect_uri = redirect_uri
        self._ask = ask
        self._state = ""

    def begin(self, state: str) -> None:
        self._state = state

    def code(self) -> str:
        url = self._ask().strip()
        if not url:
            raise NotAllowed("no access was given: nothing was pasted", code="E606", fix=_AGAIN)
        return _read(url, self._state)


class Listener:
    """A listener on loopback; use it as a context manager.

    `redirect_uri`: a plain http address of this machine; None for any free port. `tell` hears, in one sentence and once
    for each reason, of requests that were turned away. Raises `TryAgain` E611 where the port is taken.
    """

    def __init__(self, redirect_uri: str | None, timeout_s: float, tell: Callable[[str], None]) -> None:
        parts = urlsplit(redirect_uri or f"http://{LOOPBACK}:0{_PATH}")
        port = parts.port if parts.port is not None else 80
        try:
            self._server = _Server((LOOPBACK, port), _Request)
        except OSError as error:
            raise TryAgain(
                f"nothing can be received on port {port} of {LOOPBACK}: {(error.strerror or 'no such port').lower()}",
                code="E611",
                why="the window would send its answer to whatever listens there",
                fix="end that program, or use a redirect URI with another port; --paste needs no port",
            ) from None
        self.redirect_uri = redirect_uri or f"http://{LOOPBACK}:{self._server.server_port}{_PATH}"
        self._server.expect(self.redirect_uri, tell)
        self._timeout_s = timeout_s

    def __enter__(self) -> "Listener":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server.state:
            self._server.shutdown()
        self._server.server_close()

    def begin(self, state: str) -> None:
        # Nobody is heard before this: whoever was quicker stands in the queue of the port.
        self._server.state = state
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def code(self) -> str:
        end = time.monotonic() + self._timeout_s
        while (left := end - time.monotonic()) > 0:
            # In slices: an interrupt that comes between two instructions does not wake a wait that has just begun.
            with suppress(queue.Empty):
                return _read(self._server.came.get(timeout=min(left, _SLICE_S)), self._server.state)
        raise NotAllowed(
            f"nobody came back from the window within {self._timeout_s:g} s",
            code="E612",
            why="without an answer there is no code",
            fix="publisher auth login again; --timeout gives more time, --paste is for a window on another machine",
        )


def can_listen(redirect_uri: str) -> bool:
    """Whether the window can reach us there, and nobody else: plain http to the one address that we listen on.

    Not `localhost`: browsers take it for ::1 first, where another user of this machine may listen on the same port.
    """
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname == LOOPBACK


class _Server(ThreadingHTTPServer):
    """A thread for each connection: browsers open some in advance and say nothing on them."""

    daemon_threads = True
    allow_reuse_port = False
    request_queue_size = 128  # the browser shall not wait behind whoever knocks without a word

    def expect(self, redirect_uri: str, tell: Callable[[str], None]) -> None:
        parts = urlsplit(redirect_uri)
        self.host, self.path, self.base = parts.netloc.lower(), parts.path or "/", f"{parts.scheme}://{parts.netloc}"
        self.state = ""
        self.came: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._tell = tell
        self._told: set[str] = set()
        self._arrived: deque[socket.socket] = deque()

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own; the eldest has to go where there are too many, or nothing more could be opened."""
        self._arrived.append(request)
        if len(self._arrived) > _MOST:
            with suppress(OSError):  # it has ended long ago, as a rule
                self._arrived.popleft().shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def turned_away(self, why: str) -> None:
        if why not in self._told:  # a page that calls again and again shall not fill the terminal
            self._told.add(why)
            self._tell(f"a request was turned away: {why}")

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that broke is the other side's affair; a traceback could show its request line."""


class _Request(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SLOWEST_S

    def do_GET(self) -> None:
        if why := self._foreign():
            self.server.turned_away(why)
            self._answer(HTTPStatus.FORBIDDEN, f"This is not the answer of the window: {why}.")
            return
        url = self.server.base + self.path
        try:
            code_of(url, self.server.state)
        except (AuthorizationRefused, ValueError) as error:
            self._answer(HTTPStatus.BAD_REQUEST, f"No access was given: {error}.")
        else:
            self._answer(HTTPStatus.OK, "")
        self.server.came.put(url)  # last: who waits for it may end the process

    def _foreign(self) -> str | None:
        """Why this cannot be the window's answer, whatever it holds."""
        said = self.headers.get
        if not self.path.startswith("/") or urlsplit(self.path).path != self.server.path:
            return "another path"
        if said("Host", "").lower() != self.server.host:
            return "another host"  # a name that somebody pointed at this machine
        if "Origin" in self.headers or said("Sec-Fetch-Mode", "navigate") != "navigate":
            return "sent by a page, not by a person's browser going there"
        if said("Sec-Fetch-Dest", "document") != "document":
            return "within another page"
        return None

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """The library's page would repeat what was sent."""
        self.server.turned_away("no plain GET")
        self._answer(HTTPStatus(code), "This is not the answer of the window: no plain GET.")

    def _answer(self, status: HTTPStatus, problem: str) -> None:
        body, headers = closing_page(problem)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def version_string(self) -> str:
        return "publisher"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the request line holds the code."""


def _read(url: str, state: str) -> str:
    try:
        return code_of(url, state)
    except AuthorizationRefused as error:
        said = one_line(str(error))
    except ValueError:
        said = "what came back is no address"
    raise NotAllowed(f"no access was given: {said}", code="E606", fix=_AGAIN)
