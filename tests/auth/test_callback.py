"""The listener: on one address of this machine, for one login."""

import signal
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from publisher.auth.callback import Listener, can_listen
from publisher.errors import NotAllowed


def silent(_: str) -> None:
    """Whoever is turned away is nobody's affair here."""


def port_of(listener: Listener) -> int:
    port = urlsplit(listener.redirect_uri).port
    assert port is not None
    return port


def test_it_listens_on_one_address_only() -> None:
    with Listener(None, 5, silent) as listener:
        socket.create_connection(("127.0.0.1", port_of(listener)), timeout=5).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port_of(listener)), timeout=5)


def test_its_port_is_free_again_afterwards() -> None:
    with Listener(None, 5, silent) as first:
        first.begin("a-state")
    with Listener(first.redirect_uri, 5, silent) as second:
        assert second.redirect_uri == first.redirect_uri


def test_it_answers_while_browsers_keep_silent_connections_open() -> None:
    """Chromium opens some in advance; one that is never written to must not hold up the answer."""
    with Listener(None, 20, silent) as listener:
        listener.begin("a-state")
        silent_ones = [socket.create_connection(("127.0.0.1", port_of(listener))) for _ in range(4)]
        page = requests.get(f"{listener.redirect_uri}?code=AQBx&state=a-state", timeout=5)
        assert (page.status_code, listener.code()) == (200, "AQBx")
        for connection in silent_ones:
            connection.close()


def test_connections_that_never_end_their_request_keep_nobody_out() -> None:
    """Whoever opens more and more of them, and lets a byte come now and then, would use up all that can be opened."""
    with Listener(None, 20, silent) as listener:
        listener.begin("a-state")
        slow_ones = [socket.create_connection(("127.0.0.1", port_of(listener)), timeout=5) for _ in range(80)]
        for connection in slow_ones[-20:]:
            connection.sendall(b"GET /call")
        assert slow_ones[0].recv(1) == b"", "the oldest had to go"
        page = requests.get(f"{listener.redirect_uri}?code=AQBx&state=a-state", timeout=5)
        assert (page.status_code, listener.code()) == (200, "AQBx")
        for connection in slow_ones:
            connection.close()


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\r\n", b"GET /[\n\n", b"GET " + b"a" * 70_000]
)
def test_what_is_no_request_does_it_no_harm(sent: bytes) -> None:
    with Listener(None, 20, silent) as listener:
        listener.begin("a-state")
        with socket.create_connection(("127.0.0.1", port_of(listener))) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        requests.get(f"{listener.redirect_uri}?code=AQBx&state=a-state", timeout=5)
        assert listener.code() == "AQBx"


def test_the_first_answer_counts_and_the_next_one_changes_nothing() -> None:
    with Listener(None, 5, silent) as listener:
        listener.begin("a-state")
        requests.get(f"{listener.redirect_uri}?code=AQBx&state=another", timeout=5)
        requests.get(f"{listener.redirect_uri}?code=AQBx&state=a-state", timeout=5)
        with pytest.raises(NotAllowed, match="`state`"):
            listener.code()


@pytest.mark.parametrize(
    ("uri", "may"),
    [
        ("http://127.0.0.1:8765/callback", True),
        ("http://localhost:8765/", False),  # may be ::1 to the browser, where anybody may listen
        ("https://localhost/", False),
        ("http://[::1]:8765/", False),
        ("http://127.0.0.1.acme.dev/", False),
        ("http://acme.dev/", False),
        ("", False),
    ],
)
def test_only_plain_http_to_this_machine_can_be_listened_to(uri: str, may: bool) -> None:
    assert can_listen(uri) is may


def test_an_interrupt_that_does_not_wake_the_wait_ends_it_all_the_same() -> None:
    """As one does that comes just before the wait begins: here it goes to another thread."""
    ended = threading.Event()
    in_time: list[bool] = []

    def interrupt() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        in_time.append(ended.wait(5))
        requests.get(f"{listener.redirect_uri}?code=AQBx&state=a-state", timeout=5)

    with Listener(None, 20, silent) as listener:
        listener.begin("a-state")
        other = threading.Timer(0.2, interrupt)
        other.start()
        with pytest.raises(KeyboardInterrupt):
            listener.code()
        ended.set()
        other.join()
    assert in_time == [True]
