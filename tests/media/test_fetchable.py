"""What Threads could not fetch is found before it is asked to, and told by host and answer alone."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from publisher.errors import PublisherError, TryAgain
from publisher.media.fetchable import check_fetchable

SIGNED = "?X-Amz-Signature=CANARY"


class Host(BaseHTTPRequestHandler):
    """Answers /STATUS/TYPE/BYTES with just that."""

    asked: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        status, kind, length = self.path.partition("?")[0].strip("/").split("/")
        Host.asked.append(dict(self.headers))
        self.send_response(int(status))
        self.send_header("Content-Type", kind.replace("-", "/"))
        if int(status) in (301, 302):
            self.send_header("Location", "/200/image-jpeg/9")
        if length != "untold":
            self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(bytes(9 if length == "untold" else int(length)))

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("answer", ["200/image-jpeg/9", "200/image-jpeg/untold"])
def test_what_answers_as_it_was_stored_is_fine(host: str, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    check_fetchable(f"{host}/{answer}{SIGNED}", "image/jpeg", 9)
    assert "Authorization" not in Host.asked[-1]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("301/image-jpeg/9", "it redirects \\(HTTP 301\\)"),
        ("401/text-html/9", "it answers HTTP 401"),
        ("403/text-html/9", "it answers HTTP 403"),
        ("404/text-html/9", "it answers HTTP 404"),
        ("206/image-jpeg/9", "it answers HTTP 206"),
        ("200/text-html/9", "it says text/html where image/jpeg was stored"),
        ("200/image-jpeg/8", "it gives 8 bytes where 9 were stored"),
        ("200/image-jpeg/0", "it gives 0 bytes where 9 were stored"),
    ],
)
def test_anything_else_is_refused(host: str, answer: str, says: str) -> None:
    with pytest.raises(PublisherError, match=f"127\\.0\\.0\\.1: {says}") as raised:
        check_fetchable(f"{host}/{answer}{SIGNED}", "image/jpeg", 9)
    assert (raised.value.code, raised.value.exit_code) == ("E341", 1)
    assert "CANARY" not in f"{raised.value}{raised.value.fix}{raised.value.why}"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_host_that_is_out_of_order_is_tried_again_later(host: str, status: int) -> None:
    with pytest.raises(TryAgain, match=f"for now \\(HTTP {status}\\)"):
        check_fetchable(f"{host}/{status}/text-html/9", "image/jpeg", 9)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.jpg", "https://store.invalid/x.jpg", "http:///x.jpg"])
def test_a_host_that_does_not_answer_is_named_without_the_signature(url: str) -> None:
    with pytest.raises(TryAgain, match="cannot be reached") as raised:
        check_fetchable(url + SIGNED, "image/jpeg", 3)
    assert "CANARY" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_no_debug_log_shows_a_signed_address(host: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        check_fetchable(f"{host}/200/image-jpeg/9{SIGNED}", "image/jpeg", 9)
    assert "CANARY" not in caplog.text
