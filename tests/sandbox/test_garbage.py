"""What no honest caller sends, and no honest host of media answers: refused in Meta's shape, never a 500 of our own."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from publisher.sandbox import video
from publisher.sandbox.download import fetch
from publisher.sandbox.fields import split
from publisher.sandbox.serve import Sandbox
from tests.threads_api.loopback import http, loopback

HALF = "\\ud800"  # half of a surrogate pair, as JSON can spell it
LONG_LABEL = f"http://{'a' * 64}.example/a.jpg"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    requests.post(f"{running.threads_api}/_sandbox/reset", timeout=5)
    return running


def call(sandbox: Sandbox, method: str, path: str, **how: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.access_token}", **how.pop("headers", {})}
    return requests.request(method, sandbox.threads_api + path, headers=headers, timeout=10, **how)


def create(sandbox: Sandbox, **params: str) -> requests.Response:
    return call(sandbox, "POST", "/me/threads", data=params)


@pytest.mark.parametrize("until", ["0001-01-01", "0001-01-02T12:00:00", "1969-12-31"])
def test_insights_refuse_a_time_before_there_were_any(sandbox: Sandbox, until: str) -> None:
    answer = call(sandbox, "GET", "/me/threads_insights", params={"metric": "views", "until": until})
    assert answer.json()["error"]["message"] == "Param since must be less than until"


def test_insights_have_windows_however_far_the_clock_was_moved(sandbox: Sandbox) -> None:
    requests.post(f"{sandbox.threads_api}/_sandbox/clock", json={"set": "8000-01-01T00:00:00Z"}, timeout=5)
    answer = call(sandbox, "GET", "/me/threads_insights", params={"metric": "likes", "since": "1712991600"})
    assert set(answer.json()["paging"]) == {"previous", "next"}


def test_a_name_of_a_parameter_that_is_no_text_is_refused(sandbox: Sandbox) -> None:
    body, kind = f'{{"metric":"views","{HALF}":"x"}}', {"Content-Type": "application/json"}
    answer = call(sandbox, "GET", "/me/threads_insights", data=body, headers=kind)
    assert answer.json()["error"]["message"] == "Parameters must be valid UTF-8"


def test_a_secret_that_is_no_text_is_refused_and_can_be_kept_out_of_the_log(sandbox: Sandbox) -> None:
    body, kind = (
        f'{{"client_secret":"{HALF} is no text","said":"{HALF} is no text"}}',
        {"Content-Type": "application/json"},
    )
    answer = call(sandbox, "POST", "/oauth/access_token", data=body, headers=kind)
    assert answer.json()["error"]["message"] == "Parameters must be valid UTF-8"
    (logged,) = requests.get(f"{sandbox.threads_api}/_sandbox/requests", timeout=5).json()
    assert logged["params"] == {"said": "***"}


def test_a_part_of_a_form_that_has_no_name_is_passed_over(sandbox: Sandbox) -> None:
    part = "--x\r\nContent-Disposition: form-data{}\r\n\r\n{}\r\n"
    body = part.format("", "nameless") + part.format('; name="fields"', "username") + "--x--\r\n"
    answer = call(sandbox, "GET", "/me", data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.json() == {"username": "acme", "id": sandbox.user_id}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text_attachment", f'{{"plaintext":"{HALF}"}}'),
        ("gif_attachment", f'{{"gif_id":"{HALF}","provider":"GIPHY"}}'),
        ("poll_attachment", f'{{"option_a":"{HALF}","option_b":"b"}}'),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_an_attachment_that_is_no_text_neither_fails_the_call_nor_the_feed(
    sandbox: Sandbox, name: str, value: str, strict: bool
) -> None:
    requests.post(f"{sandbox.threads_api}/_sandbox/world", json={"strict": strict}, timeout=5)
    answer = create(sandbox, media_type="TEXT", text="Hello", auto_publish_text="true", **{name: value})
    dropped = name == "poll_attachment" and not strict  # as every poll of the wrong shape
    assert ("id" in answer.json()) is dropped
    assert dropped or answer.json()["error"]["message"].startswith(f"Param {name}")
    assert requests.get(sandbox.feed, timeout=10).status_code == 200


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"nothing of the kind\r\n\r\n",
    ],
)
def test_a_medium_whose_host_breaks_off_was_not_fetched(answer: bytes) -> None:
    with loopback(answer) as host:
        assert fetch(f"{host.url}/a.jpg", 10).status == 0


def test_a_medium_at_a_name_that_no_host_can_have_was_not_fetched(sandbox: Sandbox) -> None:
    error = create(sandbox, media_type="IMAGE", image_url=LONG_LABEL).json()["error"]
    assert (error["code"], error["error_subcode"]) == (1, 2207052)
    creation_id = create(sandbox, media_type="VIDEO", video_url=LONG_LABEL).json()["id"]
    requests.post(f"{sandbox.threads_api}/_sandbox/clock", json={"advance": "1m"}, timeout=5)
    read = call(sandbox, "GET", f"/{creation_id}", params={"fields": "status,error_message"}).json()
    assert (read["status"], read["error_message"]) == ("ERROR", "FAILED_DOWNLOADING_VIDEO")


def test_a_medium_that_comes_as_it_should_is_fetched() -> None:
    with loopback(http(b"bytes", Content_Type="image/png")) as host:
        found = fetch(f"{host.url}/a.png", 10)
    assert (found.status, found.content_type, found.data) == (200, "image/png", b"bytes")


def test_a_video_that_is_too_large_shows_by_one_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("download", "video"):
        monkeypatch.setattr(f"publisher.sandbox.{module}.MAX_BYTES", 20)
    for more, refused in ((b"", None), (b"1", "FAILED_PROCESSING_VIDEO"), (b"1" * 100, "FAILED_PROCESSING_VIDEO")):
        with loopback(http(b"\x00\x00\x00\x14ftypisom" + bytes(8) + more)) as host:
            assert video.refusal(fetch(f"{host.url}/a.mp4", 10).data) == refused


def test_boxes_within_boxes_without_end_are_looked_into_no_deeper_than_a_video_has_them() -> None:
    boxes = b""
    for _ in range(5000):
        boxes = (len(boxes) + 8).to_bytes(4, "big") + b"moov" + boxes
    assert video.refusal(b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + boxes) is None


@pytest.mark.parametrize("length", [float("nan"), float("inf"), 1e300, "nans", "1000000d", -1])
def test_a_lag_that_no_calendar_can_hold_is_refused(sandbox: Sandbox, length: object) -> None:
    answer = requests.post(f"{sandbox.threads_api}/_sandbox/world", data=json.dumps({"list_lag": length}), timeout=5)
    assert answer.status_code == 400
    assert "list_lag" in answer.json()["error"]
    assert call(sandbox, "GET", "/me/threads").status_code == 200


@pytest.mark.parametrize("control", ["accounts", "webhooks", "world", "faults", "clock"])
def test_a_control_that_is_no_text_is_refused(sandbox: Sandbox, control: str) -> None:
    body = f'{{"username":"{HALF}","url":"{HALF}","app_secret":"{HALF}","advance":"{HALF}"}}'
    answer = requests.post(f"{sandbox.threads_api}/_sandbox/{control}", data=body, timeout=5)
    assert answer.status_code == 400
    assert "no text" in answer.json()["error"]


@pytest.mark.parametrize("name", ["a/b", "a b", "<b>", "", "a" * 31])
def test_an_account_has_a_name_that_threads_allows(sandbox: Sandbox, name: str) -> None:
    answer = requests.post(f"{sandbox.threads_api}/_sandbox/accounts", data=f'{{"username":"{name}"}}', timeout=5)
    assert answer.status_code == 400
    assert "username" in answer.json()["error"]


def test_fields_are_read_in_one_pass_and_what_is_no_field_is_refused() -> None:
    assert split("id, text ,children{id,alt_text},") == [("id", ""), ("text", ""), ("children", "id,alt_text")]
    assert split("id,,text") == [("id", ""), ("text", "")]
    assert split("text}id") == [("text}id", "")]
    assert split("id text") == [("id text", "")]
    endless = "a" + " " * 200_000 + "{"
    assert split(endless) == [(endless[:80], "")]
