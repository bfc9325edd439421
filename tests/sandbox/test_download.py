"""Nobody holds the sandbox with a medium that comes and comes: the time for all of it is up when it is up."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from publisher.sandbox.download import Deadline, fetch
from publisher.sandbox.fetching import Fetched
from publisher.sandbox.serve import Sandbox

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


class Clock:
    """Time that passes when it is told to. `after` as the product asks for it."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.taken_back = False
        self._act: Callable[[], None] = lambda: None

    def after(self, seconds: float, act: Callable[[], None]) -> Callable[[], object]:
        self.asked.append(seconds)
        self._act = act
        return self._take_back

    def _take_back(self) -> None:
        self.taken_back = True

    def strike(self) -> None:
        self._act()


@contextmanager
def dripping(drops: bytes, then: Callable[[], None]) -> Iterator[str]:
    """A server that sends so much, does `then`, and holds the connection until the other side ends it."""
    left = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(drops)
            then()
            connection.settimeout(5)  # less than the silence that ends a fetch in any case
            with contextlib.suppress(TimeoutError):
                while connection.recv(65536):
                    pass
                left.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        thread.join(20)
    assert left.is_set(), "the connection was ended"


@pytest.mark.parametrize(
    "drops",
    [
        b"",
        b"HTTP/1.1 2",
        HEAD + b"X-Slow: a",
        HEAD + b"Content-Length: 9\r\n\r\nabc",
        HEAD + b"\r\nabc",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
    ids=["nothing", "status", "headers", "body", "body without length", "chunks"],
)
def test_a_medium_that_drips_is_given_up_when_its_time_is_over(drops: bytes) -> None:
    clock = Clock()
    with dripping(drops, clock.strike) as url:
        assert fetch(url, 60, after=clock.after) == Fetched(0)
    assert clock.asked == [60]


def test_a_handshake_that_drips_is_given_up_too() -> None:
    clock = Clock()
    with dripping(b"\x16", clock.strike) as url:
        assert fetch(url.replace("http:", "https:"), 60, after=clock.after) == Fetched(0)


def test_a_connection_that_is_made_too_late_ends_at_once() -> None:
    deadline = Deadline()
    deadline.come()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        deadline.watch(ours)
        theirs.settimeout(5)
        assert theirs.recv(1) == b""
    deadline.forget()


def test_what_came_in_time_is_whole_and_the_clock_is_let_go() -> None:
    clock = Clock()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(HEAD + b"Content-Length: 3\r\n\r\nabc")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        found = fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", 60, after=clock.after)
    assert found == Fetched(200, "image/png", b"abc")
    assert clock.taken_back


def test_the_time_is_a_setting_and_real() -> None:
    def call(path: str, **params: Any) -> Any:
        bearer = {"Authorization": f"Bearer {sandbox.access_token}"}
        return requests.post(f"{sandbox.threads_api}{path}", json=params, headers=bearer, timeout=20).json()

    with Sandbox() as sandbox:
        assert call("/_sandbox/world", fetch_within="10ms")["fetch_within"] == 0.01
        with dripping(HEAD, lambda: None) as url:
            refused = call("/me/threads", media_type="IMAGE", image_url=url)
        with dripping(HEAD, lambda: None) as url:
            made = call("/me/threads", media_type="VIDEO", video_url=url)
        container = sandbox.world.data.containers[made["id"]]
    assert refused["error"]["error_subcode"] == 2207052, json.dumps(refused)
    assert container.error == "FAILED_DOWNLOADING_VIDEO"
