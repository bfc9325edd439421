"""What really goes over a connection, and what is made of it when it ends badly. Loopback only."""

import gzip
import json
import logging
import socket
import ssl
import subprocess
import sys
import threading
import traceback
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
)

from publisher.threads_api import (
    AppUsage,
    BadAnswer,
    Credentials,
    InvalidParameter,
    NoAnswer,
    NotSent,
    Request,
    RequestsTransport,
    ThreadsClient,
)
from publisher.threads_api.transport import MAX_BODY, classified
from tests.threads_api.loopback import http, loopback

TOKEN = "THQVJcanary.4711|never-to-be-seen"
OK = http(b'{"id":"18000000000000001"}')


def transport(url: str, **more: object) -> RequestsTransport:
    return RequestsTransport(Credentials(TOKEN), url, **more)  # type: ignore[arg-type]


def test_a_post_is_a_form_and_the_token_is_in_the_header_alone() -> None:
    with loopback(OK) as server:
        transport(server.url).send(Request("POST", "/me/threads", {"text": "Two\nlines & é", "topic_tag": "a b"}))
    head, _, body = server.received[0].partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /v1.0/me/threads HTTP/1.1"
    assert f"Authorization: Bearer {TOKEN}" in headers
    assert parse_qs(body.decode()) == {"text": ["Two\nlines & é"], "topic_tag": ["a b"]}
    assert server.received[0].count(TOKEN.encode()) == 1


def test_a_get_has_its_parameters_in_the_query_and_a_version_can_be_left_out() -> None:
    with loopback(OK) as server:
        transport(server.url, version="").send(Request("GET", "/me", {"fields": "id,children{id}"}))
    assert server.received[0].startswith(b"GET /me?fields=id%2Cchildren%7Bid%7D HTTP/1.1\r\n")


def test_calls_share_a_connection_but_a_publish_has_one_of_its_own() -> None:
    with loopback(OK) as server, transport(server.url) as threads:
        threads.send(Request("GET", "/me"))
        threads.send(Request("GET", "/me"))
        assert server.connections == 1
        threads.send(Request("POST", "/me/threads_publish", {"creation_id": "1"}))
        threads.send(Request("POST", "/me/threads_publish", {"creation_id": "1"}))
        assert server.connections == 3


def test_a_session_of_ones_own_also_decides_how_a_publish_connects() -> None:
    class Counting(requests.adapters.HTTPAdapter):
        sent = 0

        def send(self, *args: object, **kwargs: object) -> requests.Response:
            Counting.sent += 1
            return super().send(*args, **kwargs)  # type: ignore[arg-type]

    session = requests.Session()
    session.mount("http://", Counting())
    with loopback(OK) as server:
        transport(server.url, session=session).send(Request("POST", "/me/threads_publish", {"creation_id": "1"}))
    assert Counting.sent == 1


def test_a_redirect_is_not_followed() -> None:
    with loopback(http(b"", "302 Found", Location="http://127.0.0.1:1/elsewhere")) as server:
        assert transport(server.url).send(Request("GET", "/me")).status == 302
        with pytest.raises(BadAnswer, match="302"):
            ThreadsClient(transport(server.url)).profiles.me()
    assert len(server.received) == 2


def test_no_more_than_a_mebibyte_is_read() -> None:
    with loopback(http(b"x" * (MAX_BODY + 1))) as server, pytest.raises(BadAnswer) as caught:
        transport(server.url).send(Request("GET", "/me"))
    assert len(caught.value.excerpt) <= 2048


def test_a_packed_answer_counts_unpacked() -> None:
    packed = gzip.compress(b"x" * (40 * MAX_BODY))
    with loopback(http(packed, Content_Encoding="gzip")) as server, pytest.raises(BadAnswer, match="1 MiB"):
        transport(server.url).send(Request("GET", "/me"))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 99\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    ],
    ids=["closed", "empty", "garbage", "short", "bad-chunk", "bad-gzip"],
)
def test_an_answer_that_breaks_off_means_unknown(answer: bytes | None) -> None:
    with loopback(answer) as server, pytest.raises(NoAnswer, match="POST /me/threads_publish"):
        transport(server.url).send(Request("POST", "/me/threads_publish", {"creation_id": "1"}))
    assert len(server.received) == 1


def test_an_answer_that_does_not_come_in_time_means_unknown() -> None:
    never = threading.Event()
    with loopback(OK, hold=never) as server, pytest.raises(NoAnswer, match="no answer within"):
        transport(server.url).send(Request("GET", "/me", read_timeout_s=0.05))


def test_an_answer_that_trickles_is_given_up_too() -> None:
    moments = iter([0.0, 31.0])
    with loopback(OK) as server, pytest.raises(NoAnswer, match="no answer within 30 s"):
        transport(server.url, monotonic=lambda: next(moments)).send(Request("GET", "/me"))


def test_a_refused_connection_means_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent, match="cannot be reached"):
        transport(f"http://127.0.0.1:{port}").send(Request("POST", "/me/threads_publish"))


def test_a_server_that_speaks_no_tls_means_not_sent() -> None:
    with loopback(OK, speaks_first=True) as server, pytest.raises(NotSent, match="no secure connection"):
        transport(server.url.replace("http:", "https:")).send(Request("GET", "/me"))


REQUEST = Request("POST", "/me/threads_publish", read_timeout_s=300)


def _wrapped(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(MaxRetryError(None, "/?access_token=" + TOKEN, reason))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [
        _wrapped(NameResolutionError("h", None, socket.gaierror())),  # type: ignore[arg-type]
        _wrapped(NewConnectionError(None, "refused")),  # type: ignore[arg-type]
        requests.ConnectTimeout(MaxRetryError(None, "/", ConnectTimeoutError())),  # type: ignore[arg-type]
        requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("no", OSError()))),  # type: ignore[arg-type]
        requests.exceptions.SSLError(MaxRetryError(None, "/", ssl.SSLCertVerificationError(1, "bad"))),  # type: ignore[arg-type]
        requests.exceptions.InvalidHeader("bad"),
    ],
    ids=["name", "refused", "connect-timeout", "proxy", "certificate", "header"],
)
def test_not_sent_is_what_ended_before_the_request_was_written(error: Exception) -> None:
    assert isinstance(classified(error, REQUEST), NotSent)


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout("Read timed out."),
        requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
        requests.exceptions.SSLError(MaxRetryError(None, "/", ssl.SSLEOFError(8, "EOF occurred"))),  # type: ignore[arg-type]
        requests.exceptions.SSLError(MaxRetryError(None, "/", ssl.SSLError(1, "[SSL: DECRYPTION_FAILED]"))),  # type: ignore[arg-type]
        requests.exceptions.ChunkedEncodingError("IncompleteRead"),
        requests.exceptions.ContentDecodingError("gzip"),
        OSError("anything"),
        ValueError("anything"),
    ],
    ids=["timeout", "reset", "tls-eof", "tls-broken", "chunk", "gzip", "os", "value"],
)
def test_everything_else_may_have_arrived(error: Exception) -> None:
    assert isinstance(classified(error, REQUEST), NoAnswer)


def test_text_that_no_encoding_can_carry_is_refused_before_it_is_sent() -> None:
    with loopback(OK) as server, pytest.raises(InvalidParameter, match="surrogate"):
        transport(server.url).send(Request("POST", "/me/threads", {"text": "\ud800"}))
    assert server.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.threads.net",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1",
        "https://user:pass@graph.threads.net",
        "https://graph.threads.net/?x=1",
        "https://graph.threads.net/#x",
        "https://",
        "graph.threads.net",
        "https://[::1",
    ],
)
def test_a_base_url_that_would_show_the_token_is_refused(url: str) -> None:
    with pytest.raises(InvalidParameter, match="base URL"):
        transport(url)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://[::1]:1", "http://127.8.8.8:1", "https://graph.threads.com"]
)
def test_https_and_this_machine_are_taken(url: str) -> None:
    assert url in repr(transport(url))


def test_the_servers_clock_and_the_apps_usage_are_told() -> None:
    from datetime import UTC, datetime

    later = format_datetime(datetime.now(UTC) + timedelta(hours=5))
    usage = json.dumps({"call_count": 28, "total_time": 25.5, "total_cputime": "x"})
    with loopback(http(b"{}", Date=later, X_App_Usage=usage)) as server:
        threads = transport(server.url)
        threads.send(Request("GET", "/me"))
    assert timedelta(hours=4, minutes=59) < threads.server_time_offset <= timedelta(hours=5, seconds=1)
    assert threads.usage == AppUsage(28, 25.5, None)
    assert threads.usage.highest == 28


@pytest.mark.parametrize("date", ["never", "Thu, 99 Nov 2026 99:99:99 GMT", ""])
def test_a_date_that_cannot_be_read_changes_nothing(date: str) -> None:
    with loopback(http(b"{}", Date=date)) as server:
        threads = transport(server.url)
        threads.send(Request("GET", "/me"))
    assert threads.server_time_offset == timedelta(0)


def test_an_answer_that_repeats_the_token_does_not_pass_it_on() -> None:
    echo = f"<html>Authorization: Bearer {TOKEN} {TOKEN.replace('|', '%7C')}</html>".encode()
    with loopback(http(echo, "500 Internal Server Error")) as server, pytest.raises(BadAnswer) as caught:
        ThreadsClient(transport(server.url)).profiles.me()
    assert "***" in caught.value.excerpt
    assert "canary" not in caught.value.excerpt


def test_an_error_of_the_connection_carries_nothing_that_knows_the_token() -> None:
    with loopback(None) as server, pytest.raises(NoAnswer) as caught:
        transport(server.url).send(Request("GET", "/me"))
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_the_librarys_log_tells_no_secret_of_a_token_call(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="urllib3")  # which whoever stores media has turned down
    with loopback(OK) as server:
        RequestsTransport(None, server.url, "").send(
            Request(
                "GET", "/access_token", {"client_secret": "canary-secret", "access_token": TOKEN, "grant_type": "x"}
            )
        )
    assert "grant_type=x" in caplog.text
    assert "canary" not in caplog.text


def test_the_librarys_log_tells_no_secret_of_a_session_of_ones_own_either(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("urllib3.connectionpool")
    before, log.filters = log.filters, []  # as in a process that never made a session of ours
    caplog.set_level(logging.DEBUG, logger="urllib3")
    try:
        with loopback(OK) as server, requests.Session() as session:
            asked = {"client_secret": "canary-secret", "access_token": TOKEN, "grant_type": "x"}
            RequestsTransport(None, server.url, "", session=session).send(Request("GET", "/access_token", asked))
    finally:
        log.filters = before
    assert "grant_type=x" in caplog.text
    assert "canary" not in caplog.text


def test_a_password_file_of_the_machine_does_not_take_the_tokens_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login someone password canary-password\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with loopback(OK) as server, requests.Session() as session:
        ours = transport(server.url, session=session)
        ours.send(Request("GET", "/me"))
        ours.send(Request("POST", "/me/threads_publish", {"creation_id": "1"}))
        RequestsTransport(None, server.url, session=session).send(Request("GET", "/oembed"))
    first, publish, open_to_all = server.received
    assert f"Authorization: Bearer {TOKEN}".encode() in first
    assert f"Authorization: Bearer {TOKEN}".encode() in publish
    assert b"authorization:" not in open_to_all.lower()


def test_an_answers_headers_do_not_pass_the_token_on_either() -> None:
    with loopback(http(b"<html>", "502 x", X_FB_Trace_Id=TOKEN, Retry_After=TOKEN)) as server:
        answer = transport(server.url).send(Request("GET", "/me"))
    assert TOKEN not in repr(answer)


def test_importing_the_client_loads_no_http_library() -> None:
    script = (
        "import sys, publisher.threads_api; "
        "print(sorted(set(sys.modules) & {'requests', 'urllib3', 'boto3', 'flask', 'PIL', 'regex'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
