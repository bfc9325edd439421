"""Media from their URL, as Threads gets them: an anonymous GET that nobody can hold for ever.

A time limit for each read is not enough, for a server may send one byte at a time, headers included. So the connection
itself is ended when the time for all of it is up, whatever stage it is in.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from publisher.sandbox.fetching import Fetched
from publisher.sandbox.video import MAX_BYTES

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

_SILENCE_S = 10  # for a connection, and between two reads

After = Callable[[float, Callable[[], None]], Callable[[], object]]


def in_time(seconds: float, act: Callable[[], None]) -> Callable[[], object]:
    """Do `act` in so many seconds, aside; the answer, when called, takes that back."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer.cancel


def fetch(url: str, within_s: float, *, after: After = in_time) -> Fetched:
    """An anonymous GET as Threads makes it: no cookies, no redirect, no proxy; over within `within_s` seconds.

    Status 0 when there was no answer, or none in time. One byte more than a video may have is read, so that it shows.
    """
    import requests
    import urllib3

    deadline = Deadline()
    forget = after(within_s, deadline.come)
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.headers["User-Agent"] = "facebookexternalhit/1.1"
            for scheme in ("http://", "https://"):
                session.mount(scheme, _adapter(deadline))
            with session.get(url, timeout=_SILENCE_S, allow_redirects=False, stream=True) as answer:
                data = answer.raw.read(MAX_BYTES + 1, decode_content=True)
                found = Fetched(answer.status_code, answer.headers.get("Content-Type", ""), data)
    except (requests.RequestException, urllib3.exceptions.HTTPError):  # the latter while the body comes
        return Fetched(0)
    finally:
        forget()
        deadline.forget()
    return Fetched(0) if deadline.passed else found  # what was cut off may look like a body that ended


class Deadline:
    """Ends the connections it watches when it comes."""

    def __init__(self) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []

    def watch(self, connection: socket.socket) -> None:
        # A second handle of the same connection: the first changes hands when TLS begins.
        with self._lock:
            self._watched.append(connection.dup())
            if self.passed:
                self._end()

    def come(self) -> None:
        with self._lock:
            self.passed = True
            self._end()

    def forget(self) -> None:
        with self._lock:
            for connection in self._watched:
                connection.close()
            self._watched.clear()

    def _end(self) -> None:
        for connection in self._watched:
            with contextlib.suppress(OSError):  # it ended by itself
                connection.shutdown(socket.SHUT_RDWR)


def _adapter(deadline: Deadline) -> "HTTPAdapter":
    """Of requests, whose connections `deadline` watches."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            deadline.watch(connection)
            return connection

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            deadline.watch(connection)
            return connection

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
            super().init_poolmanager(*sizes, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    return Adapter()
