"""A browser on this machine brings pages of strangers: what they can send to the sandbox does nothing."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from publisher.sandbox.serve import Sandbox

CONSENT = "/oauth/authorize?" + urlencode(
    {"client_id": "1", "redirect_uri": "http://127.0.0.1:9/", "response_type": "code", "scope": "threads_basic"}
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(hosts=["Host.Docker.Internal"]) as running:
        yield running


def send(address: str, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
    """Status and text of a call by hand: with just these headers, `_` in their names for `-`."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "192.168.0.7", "[::2]:80", "[", ""]
)
@pytest.mark.parametrize("path", ["/_sandbox/requests", "/@acme", "/v1.0/me", CONSENT, "/no/such"])
def test_a_strangers_name_for_this_machine_is_refused(sandbox: Sandbox, host: str, path: str) -> None:
    status, text = send(sandbox.threads_api, "GET", path, Host=host)
    assert (status, "is no name of this sandbox" in text) == (403, True)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost:8765", "LOCALHOST.", "app.localhost", "[::1]:1", "127.9.9.9", "host.docker.internal:1"],
)
def test_names_of_loopback_and_those_it_was_told_are_answered(sandbox: Sandbox, host: str) -> None:
    assert send(sandbox.threads_api, "GET", "/_sandbox/posts", Host=host) == (200, "[]\n")
    assert send(sandbox.s3_endpoint, "GET", "/", Host=host)[0] != 403  # which may be the name of a bucket


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"},
        {"Sec_Fetch_Site": "same-site", "Origin": "http://127.0.0.1:1"},
    ],
)
def test_another_pages_form_moves_nothing(sandbox: Sandbox, headers: dict[str, str]) -> None:
    before = sandbox.world.data.next_id
    status, text = send(sandbox.threads_api, "POST", "/_sandbox/world", '{"strict": true}', **headers)
    assert (status, "another origin" in text) == (403, True)
    allowed = f"decision=allow&user_id={sandbox.user_id}"
    form = {"Content_Type": "application/x-www-form-urlencoded", **headers}
    assert send(sandbox.threads_api, "POST", CONSENT, allowed, **form)[0] == 403
    assert (sandbox.world.settings.strict, sandbox.world.data.next_id) == (False, before)


@pytest.mark.parametrize(
    "path", ["/_sandbox/requests", "/_sandbox/posts", "/_sandbox/openapi.json", "//_sandbox/posts"]
)
def test_another_page_reads_no_control(sandbox: Sandbox, path: str) -> None:
    assert send(sandbox.threads_api, "GET", path, Sec_Fetch_Site="cross-site")[0] in (403, 308)


def test_the_sandboxs_own_page_may(sandbox: Sandbox) -> None:
    for own in ({"Origin": sandbox.threads_api}, {"Origin": "null", "Sec_Fetch_Site": "same-origin"}):
        assert send(sandbox.threads_api, "POST", "/_sandbox/world", "{}", **own)[0] == 200
        assert send(sandbox.threads_api, "POST", CONSENT, "decision=deny", **own)[0] == 302


def test_an_app_elsewhere_may_send_people_to_the_window_and_nothing_else(sandbox: Sandbox) -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert send(sandbox.threads_api, "GET", CONSENT, **link)[0] == 200
    assert send(sandbox.threads_api, "GET", CONSENT, **{**link, "Sec_Fetch_Mode": "no-cors"})[0] == 403


def test_a_browsers_app_may_call_the_api_with_its_token(sandbox: Sandbox) -> None:
    bearer = f"Bearer {sandbox.access_token}"
    assert send(sandbox.threads_api, "GET", "/me", Authorization=bearer, Origin="https://app.test")[0] == 200


@pytest.mark.parametrize("headers", [{"Host": "evil.test"}, {"Origin": "https://evil.test"}, {"Origin": "null"}])
@pytest.mark.parametrize(("method", "path"), [("GET", "/sandbox-media"), ("POST", "/moto-api/reset")])
def test_a_stranger_reaches_nothing_of_the_bucket(
    sandbox: Sandbox, method: str, path: str, headers: dict[str, str]
) -> None:
    assert send(sandbox.s3_endpoint, method, path, **headers)[0] == 403


def test_an_app_of_this_machine_reaches_the_bucket(sandbox: Sandbox) -> None:
    path = f"/{sandbox.bucket}/a.txt"
    assert send(sandbox.s3_endpoint, "PUT", path, "A", Origin="http://localhost:3000")[0] == 200
    assert send(sandbox.s3_endpoint, "GET", path) == (200, "A")


def test_a_host_is_allowed_on_the_command_line() -> None:
    command = [
        sys.executable,
        "-m",
        "publisher",
        "sandbox",
        "serve",
        "--allow-host",
        "threads",
        "--allow-host",
        "Box.test",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["threads_api"]
        found = [send(address, "GET", "/_sandbox/posts", Host=host)[0] for host in ("threads", "box.test:1", "other")]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert found == [200, 200, 403]
