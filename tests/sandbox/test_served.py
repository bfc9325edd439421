"""The sandbox over HTTP, as any client meets it: on loopback, in every encoding, over restarts."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from publisher.sandbox.persistence import FolderBroken, FolderTaken
from publisher.sandbox.serve import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def bearer(sandbox: Sandbox) -> dict[str, str]:
    requests.post(f"{sandbox.threads_api}/_sandbox/reset", timeout=5)
    return {"Authorization": f"Bearer {sandbox.access_token}"}


def test_parameters_are_taken_in_every_encoding(sandbox: Sandbox, bearer: dict[str, str]) -> None:
    url = f"{sandbox.threads_api}/v1.0/me/threads"
    params = {"media_type": "text", "text": "Zeile 1\nZeile 2 é 😀"}
    sent: list[dict[str, Any]] = [
        {"params": params},
        {"data": params},
        {"json": params},
        {"files": {key: (None, value) for key, value in params.items()}},
    ]
    for how in sent:
        answer = requests.post(url, headers=bearer, timeout=5, **how)
        assert answer.status_code == 200, how
    texts = [container.params["text"] for container in sandbox.world.data.containers.values()]
    assert {text.replace("\r\n", "\n") for text in texts} == {params["text"]}


@pytest.mark.parametrize("path", ["/v1.0/me", "/me", "/v1.0/17841400000000001"])
def test_paths_answer_with_and_without_version(sandbox: Sandbox, bearer: dict[str, str], path: str) -> None:
    answer = requests.get(sandbox.threads_api + path, params={"fields": "username"}, headers=bearer, timeout=5)
    assert answer.json() == {"id": sandbox.user_id, "username": "acme"}


def test_the_token_may_come_as_a_parameter(sandbox: Sandbox) -> None:
    # By hand: what the usual libraries note down of a call would have the token in it.
    connection = http.client.HTTPConnection(urlsplit(sandbox.threads_api).netloc, timeout=5)
    connection.request("GET", "/me?" + urlencode({"access_token": sandbox.access_token}))
    assert json.load(connection.getresponse())["id"] == sandbox.user_id


def test_the_date_header_follows_the_clock(sandbox: Sandbox, bearer: dict[str, str]) -> None:
    moved = requests.post(f"{sandbox.threads_api}/_sandbox/clock", json={"set": "2031-03-20T11:00:00Z"}, timeout=5)
    assert moved.json()["now"].startswith("2031-03-20T11:00")
    assert "20 Mar 2031" in requests.get(f"{sandbox.threads_api}/me", headers=bearer, timeout=5).headers["Date"]


@pytest.mark.parametrize(
    "move", [{"advance": "3000000d"}, {"advance": "-20000d"}, {"set": "9999-12-31T23:59:59Z"}, {"advance": "soon"}]
)
def test_the_clock_does_not_leave_the_calendar(sandbox: Sandbox, bearer: dict[str, str], move: dict[str, str]) -> None:
    assert requests.post(f"{sandbox.threads_api}/_sandbox/clock", json=move, timeout=5).status_code == 400
    assert requests.get(f"{sandbox.threads_api}/me", headers=bearer, timeout=5).status_code == 200


def test_usage_is_told_in_a_header(sandbox: Sandbox, bearer: dict[str, str]) -> None:
    answer = requests.get(f"{sandbox.threads_api}/me", headers=bearer, timeout=5)
    assert set(json.loads(answer.headers["X-App-Usage"])) == {"call_count", "total_time", "total_cputime"}


def test_a_reset_fault_ends_the_connection_without_an_answer(sandbox: Sandbox, bearer: dict[str, str]) -> None:
    requests.post(
        f"{sandbox.threads_api}/_sandbox/faults", json=[{"call": "create", "fault": "reset_after"}], timeout=5
    )
    with pytest.raises(requests.ConnectionError):
        requests.post(
            f"{sandbox.threads_api}/me/threads", data={"media_type": "TEXT", "text": "x"}, headers=bearer, timeout=5
        )
    assert len(sandbox.world.data.containers) == 1


def test_controls_need_no_token_and_refuse_nonsense(sandbox: Sandbox) -> None:
    base = f"{sandbox.threads_api}/_sandbox"
    assert requests.post(f"{base}/world", json={"list_lag": "3s"}, timeout=5).json()["list_lag"] == 3.0
    for name, body in (
        ("world", {"lag": 1}),
        ("faults", [{"call": "x"}]),
        ("clock", {"to": 1}),
        ("world", "x"),
        ("clock", []),
        ("clock", {"advance": "99999999999999d"}),
        ("faults", [{"call": "any", "fault": "500", "nth": "first"}]),
        ("faults", [{"call": "any", "fault": "500", "times": -1}]),
        ("faults", [{"call": "any", "fault": "slow_effect", "seconds": 1e300}]),
        ("accounts", {"username": "ada", "followers": "many"}),
        ("accounts", {"username": "ada", "scopes": 5}),
    ):
        refused = requests.post(f"{base}/{name}", json=body, timeout=5)
        assert refused.status_code == 400, body
        assert "literal" not in refused.json()["error"]
    deep = requests.post(f"{base}/faults", data="[" * 100_000, timeout=5)
    assert deep.status_code == 400
    assert len(sandbox.world.data.accounts) == 1
    requests.post(f"{base}/reset", timeout=5)
    assert sandbox.world.settings.list_lag == 0
    assert requests.get(f"{base}/posts", timeout=5).json() == []
    assert requests.get(f"{base}/requests", timeout=5).json() == []


@pytest.mark.parametrize(
    ("method", "path", "how"),
    [
        ("PUT", "/me", {}),
        ("POST", "/me/threads", {"data": b"\xff\xfe\x00", "headers": {"Content-Type": "application/json"}}),
        ("POST", "/me/threads", {"json": [1, 2]}),
        ("POST", "/me/threads", {"data": "[" * 100_000, "headers": {"Content-Type": "application/json"}}),
        ("POST", "/me/threads", {"json": {"media_type": {"a": 1}, "text": None}}),
        ("POST", "/me/threads", {"data": {"media_type": "CAROUSEL", "children": "[,,"}}),
        ("GET", "/%00/%ff", {}),
        ("GET", "/me/threads", {"params": {"fields": "id{{{", "limit": "1e9"}}),
        ("GET", "/" + "x" * 5000, {}),
        ("POST", "/me/threads_publish", {}),
        ("DELETE", "/me", {}),
        ("PATCH", "/me", {}),
    ],
)
def test_garbage_is_answered_as_meta_answers_it(
    sandbox: Sandbox, bearer: dict[str, str], method: str, path: str, how: dict[str, Any]
) -> None:
    headers = {**bearer, **how.pop("headers", {})}
    answer = requests.request(method, sandbox.threads_api + path, headers=headers, timeout=5, **how)
    error = answer.json()["error"]
    assert {"message", "type", "code"} <= set(error)
    assert sandbox.world.data.containers == {}


def test_the_address_alone_leads_to_the_feed(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.threads_api}/", timeout=5).url == sandbox.feed


def test_pages_for_people_show_what_is_live(sandbox: Sandbox, bearer: dict[str, str]) -> None:
    base = sandbox.threads_api
    made = requests.post(
        f"{base}/me/threads", data={"media_type": "TEXT", "text": "<b>Hi</b> @acme"}, headers=bearer, timeout=5
    )
    creation = {"creation_id": made.json()["id"]}
    requests.post(f"{base}/me/threads_publish", data=creation, headers=bearer, timeout=5)
    page = requests.get(sandbox.feed, timeout=5)
    assert page.status_code == 200
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    (post,) = requests.get(f"{base}/_sandbox/posts", timeout=5).json()
    assert "Hi" in requests.get(post["permalink"], timeout=5).text
    assert requests.get(f"{base}/@nobody", timeout=5).status_code == 404


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    def serve() -> tuple[subprocess.Popen[str], dict[str, str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "sandbox", "serve", "--data", str(tmp_path / "data")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        )
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())

    first, line = serve()
    bearer = {"Authorization": f"Bearer {line['access_token']}"}
    made = requests.post(
        f"{line['threads_api']}/me/threads", data={"media_type": "TEXT", "text": "Kept"}, headers=bearer, timeout=5
    )
    creation = {"creation_id": made.json()["id"]}
    requests.post(f"{line['threads_api']}/me/threads_publish", data=creation, headers=bearer, timeout=5)
    first.kill()
    first.communicate()
    second, again = serve()
    try:
        assert again["access_token"] == line["access_token"]
        listed = requests.get(f"{again['threads_api']}/me/threads?fields=text", headers=bearer, timeout=5).json()
        assert [post["text"] for post in listed["data"]] == ["Kept"]
    finally:
        second.send_signal(signal.SIGINT)
        second.communicate(timeout=10)
    assert second.returncode in (0, 130)


def test_a_folder_is_served_by_one_sandbox_at_a_time(tmp_path: Path) -> None:
    with Sandbox(data=tmp_path / "data"), pytest.raises(FolderTaken, match="another sandbox"):
        Sandbox(data=tmp_path / "data")
    with Sandbox(data=tmp_path / "data") as free_again:
        assert free_again.threads_api


def test_a_token_that_was_given_by_a_get_outlives_a_kill(tmp_path: Path) -> None:
    with Sandbox(data=tmp_path / "data") as sandbox:
        url = sandbox.threads_api
        code = {"client_id": "1", "client_secret": "s", "code": "any", "redirect_uri": "https://acme.dev/back/"}
        short = requests.post(
            f"{url}/oauth/access_token", {**code, "grant_type": "authorization_code"}, timeout=5
        ).json()["access_token"]
        asked = {"grant_type": "th_exchange_token", "client_secret": "s", "access_token": short}
        long = requests.get(f"{url}/access_token", asked, timeout=5).json()["access_token"]
        # As a kill would leave it: nothing is written on the way out.
        left = (tmp_path / "data" / "world.json").read_text("utf-8")
    assert long in left


def test_a_search_counts_against_its_quota_after_a_kill(tmp_path: Path) -> None:
    with Sandbox(data=tmp_path / "data") as sandbox:
        bearer = {"Authorization": f"Bearer {sandbox.access_token}"}
        found = requests.get(f"{sandbox.threads_api}/location_search?q=Berlin", headers=bearer, timeout=5)
        left = json.loads((tmp_path / "data" / "world.json").read_text("utf-8"))
    assert found.status_code == 200
    assert [item["kind"] for item in left["spent"]] == ["locations"]


@pytest.mark.parametrize(
    "left",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"accounts": {"1": {"id": "1"}}}', b'{"clock_offset_s": 1e30}', b'{"posts": 3}'],
)
def test_a_folder_that_cannot_be_read_is_named_and_left_as_it_is(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "world.json").write_bytes(left)
    with pytest.raises(FolderBroken, match=r"world\.json"):
        Sandbox(data=tmp_path)
    assert (tmp_path / "world.json").read_bytes() == left
    (tmp_path / "world.json").unlink()
    with Sandbox(data=tmp_path) as mended:  # the folder is free again
        assert mended.threads_api


def test_serving_a_folder_that_cannot_be_read_ends_in_words(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text("{", "utf-8")
    command = [sys.executable, "-m", "publisher", "sandbox", "serve", "--data", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 8
    assert "world.json cannot be read" in ended.stderr
    assert "move the folder away" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_bucket_that_cannot_be_read_ends_in_words_too(tmp_path: Path) -> None:
    (tmp_path / "s3").mkdir()
    (tmp_path / "s3" / "index.json").write_text("{", "utf-8")
    command = [sys.executable, "-m", "publisher", "sandbox", "serve", "--data", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 8
    assert "index.json cannot be read" in ended.stderr


def test_a_port_that_is_taken_is_named(sandbox: Sandbox) -> None:
    port = str(urlsplit(sandbox.threads_api).port)
    command = [sys.executable, "-m", "publisher", "sandbox", "serve", "--port", port]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 7
    assert f"port {port} is in use" in ended.stderr
    assert "Traceback" not in ended.stderr
