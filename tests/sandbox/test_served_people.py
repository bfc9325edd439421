"""What else is served: consent in a browser, webhooks, a pytest fixture, the API's description; all of it together."""

import hashlib
import hmac
import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests

from publisher.sandbox.endpoints import ROUTES
from publisher.sandbox.serve import Sandbox

ASK = {
    "client_id": "4711",
    "redirect_uri": "http://127.0.0.1:9/callback?kept=1",
    "scope": "threads_basic,threads_content_publish",
    "response_type": "code",
    "state": "a&b",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


def call(sandbox: Sandbox, method: str, path: str, token: str = "", **params: str) -> Any:
    """One call by hand, so that nothing notes down what is secret in it."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.threads_api).netloc, timeout=10)
    headers = {"Authorization": f"Bearer {token or sandbox.access_token}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(params), headers)
    return json.loads(connection.getresponse().read())


def allow(sandbox: Sandbox, **form: str) -> str:
    """The address that the browser is sent to."""
    url = f"{sandbox.threads_api}/oauth/authorize"
    answer = requests.post(url, params=ASK, data={"decision": "allow", **form}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_a_person_allows_and_the_app_gets_a_token_of_just_these_scopes(sandbox: Sandbox) -> None:
    page = requests.get(f"{sandbox.threads_api}/oauth/authorize", params=ASK, timeout=5)
    assert page.status_code == 200
    assert "threads_content_publish" in page.text
    assert "script" not in page.headers["Content-Security-Policy"]
    back = urlsplit(allow(sandbox, user_id=sandbox.user_id))
    query = parse_qs(back.query)
    assert (query["kept"], query["state"], back.fragment) == (["1"], ["a&b"], "_")
    exchange = {"client_id": "4711", "client_secret": "x", "grant_type": "authorization_code"}
    granted = call(
        sandbox, "POST", "/oauth/access_token", code=query["code"][0], redirect_uri=ASK["redirect_uri"], **exchange
    )
    assert granted["user_id"] == int(sandbox.user_id)
    assert call(sandbox, "GET", "/me", token=granted["access_token"]) == {"id": sandbox.user_id}
    refused = call(sandbox, "DELETE", "/1", token=granted["access_token"])
    assert refused["error"]["code"] == 10


def test_a_person_denies(sandbox: Sandbox) -> None:
    assert "error=access_denied" in allow(sandbox, user_id=sandbox.user_id, decision="deny")


def test_another_person_can_come_by_name(sandbox: Sandbox) -> None:
    allow(sandbox, username="@ada")
    allow(sandbox, username="ada")
    assert [account.username for account in sandbox.world.data.accounts.values()] == ["acme", "ada"]


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ({"scope": ""}, {}),
        ({"redirect_uri": "//nowhere"}, {}),
        ({}, {"user_id": "1"}),
        ({}, {"username": "<b>"}),
    ],
)
def test_consent_that_cannot_be_given_says_why(sandbox: Sandbox, change: dict[str, str], form: dict[str, str]) -> None:
    url = f"{sandbox.threads_api}/oauth/authorize"
    answer = requests.post(url, params={**ASK, **change}, data={"decision": "allow", **form}, timeout=5)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert sandbox.world.data.codes == {}


class Listener(HTTPServer):
    """Hears webhooks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hears)
        self.heard: list[tuple[str, bytes]] = []
        self.arrived = threading.Semaphore(0)


class _Hears(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        challenge = parse_qs(urlsplit(self.path).query)["hub.challenge"][0]
        self._answer(challenge.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["X-Hub-Signature-256"], body))
        self._answer(b"")
        self.server.arrived.release()

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_webhooks_tell_of_posts_replies_mentions_and_deletions_signed(sandbox: Sandbox, listener: Listener) -> None:
    base = f"{sandbox.threads_api}/_sandbox"
    subscription = {"url": f"http://127.0.0.1:{listener.server_port}/hook", "app_secret": "s3cret"}
    assert requests.post(f"{base}/webhooks", json=subscription, timeout=5).json() == {"subscriptions": 1}
    ada = sandbox.world.add_account("ada", "THADA0123456789012345").token

    def post(token: str, **params: str) -> str:
        made = call(sandbox, "POST", "/me/threads", token, media_type="TEXT", **params)
        return str(call(sandbox, "POST", "/me/threads_publish", token, creation_id=made["id"])["id"])

    first = post("", text="Hello")
    reply = post(ada, text="Hi @acme", reply_to_id=first)
    call(sandbox, "DELETE", f"/{first}")
    for _ in range(5):
        assert listener.arrived.acquire(timeout=10)
    told = [json.loads(body) for _, body in listener.heard]
    assert [(item["topic"], item["values"]["field"], item["target_id"]) for item in told] == [
        ("interaction", "publish", first),
        ("interaction", "publish", reply),
        ("moderate", "replies", reply),
        ("interaction", "mentions", sandbox.user_id),
        ("moderate", "delete", first),
    ]
    assert told[2]["values"]["value"]["root_post"] == {
        "id": first,
        "owner_id": sandbox.user_id,
        "username": "acme",
    }
    assert all(b"\\/" in body for _, body in listener.heard[:4]), "slashes are escaped, as Meta does"
    for signature, body in listener.heard:
        assert signature == "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()


def test_a_url_that_does_not_answer_the_challenge_is_not_subscribed(sandbox: Sandbox) -> None:
    url = f"{sandbox.threads_api}/_sandbox/webhooks"
    for wrong in ({"url": sandbox.threads_api}, {"url": "ftp://x"}, {"url": sandbox.feed, "fields": ["likes"]}, {}):
        assert requests.post(url, json=wrong, timeout=5).status_code == 400
    assert sandbox.world.data.subscriptions == []


def test_other_people_are_made_by_a_control(sandbox: Sandbox) -> None:
    url = f"{sandbox.threads_api}/_sandbox/accounts"
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request("POST", "/_sandbox/accounts", json.dumps({"username": "ben", "scopes": ["threads_basic"]}))
    made = json.loads(connection.getresponse().read())
    assert call(sandbox, "GET", "/me", token=made["access_token"]) == {"id": made["user_id"]}
    for wrong in ({"username": "ben"}, {"username": ""}, {"username": "x", "scopes": ["threads_fly"]}, {}, []):
        assert requests.post(url, json=wrong, timeout=5).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"second_publish": "maybe"},
        {"strict": 1},
        {"strict": "true"},
        {"list_lag": "-1s"},
        {"list_lag": None},
        {"quota_code": "4"},
        {"list_lag": "3s", "locale": "tlh"},
    ],
)
def test_a_setting_that_is_none_changes_no_other_either(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    answer = requests.post(f"{sandbox.threads_api}/_sandbox/world", json=wrong, timeout=5)
    assert answer.status_code == 400
    assert vars(sandbox.world.settings) == vars(type(sandbox.world.settings)())


def test_the_description_of_the_api_has_every_route(sandbox: Sandbox) -> None:
    document = requests.get(f"{sandbox.threads_api}/_sandbox/openapi.json", timeout=5).json()
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == set(ROUTES)
    create = document["paths"]["/{user}/threads"]["post"]
    fields = create["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    assert {"text", "poll_attachment", "children"} <= set(fields)


def test_a_late_effect_shows_in_the_feed_at_its_own_time(sandbox: Sandbox) -> None:
    base = f"{sandbox.threads_api}/_sandbox"
    requests.post(f"{base}/faults", json=[{"call": "publish", "fault": "slow_effect", "seconds": 60}], timeout=5)
    made = call(sandbox, "POST", "/me/threads", media_type="TEXT", text="Late")
    headers = {"Authorization": f"Bearer {sandbox.access_token}"}
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(
            f"{sandbox.threads_api}/me/threads_publish", data={"creation_id": made["id"]}, headers=headers, timeout=0.3
        )
    assert sandbox.posts() == []
    before = sandbox.world.clock()
    requests.post(f"{base}/clock", json={"advance": "1h"}, timeout=5)
    (post,) = requests.get(f"{base}/posts", timeout=5).json()
    seconds = (sandbox.world.published()[0].published_at - before).total_seconds()
    assert (post["text"], 55 < seconds < 65) == ("Late", True)


def test_many_calls_at_once_lose_nothing(sandbox: Sandbox) -> None:
    def post(number: int) -> str:
        made = call(sandbox, "POST", "/me/threads", media_type="TEXT", text=str(number))
        return str(call(sandbox, "POST", "/me/threads_publish", creation_id=made["id"])["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(post, range(40)))
    assert len(set(ids)) == 40
    assert {item["id"] for item in sandbox.posts()} == set(ids)


def bucket(sandbox: Sandbox) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=sandbox.s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
    )


def test_an_object_is_in_the_folder_before_its_upload_is_answered(tmp_path: Path) -> None:
    with Sandbox(data=tmp_path) as sandbox:
        client = bucket(sandbox)
        for key in ("a/ü b.txt", "gone.txt"):
            client.put_object(Bucket=sandbox.bucket, Key=key, Body=key.encode(), ContentType="text/plain")
        client.delete_object(Bucket=sandbox.bucket, Key="gone.txt")
        index = json.loads((tmp_path / "s3" / "index.json").read_text("utf-8"))
        assert list(index) == ["a/ü b.txt"], "while it still runs"
        client.delete_object(Bucket=sandbox.bucket, Key="a/ü b.txt")
        client.put_object(Bucket=sandbox.bucket, Key="kept.txt", Body=b"kept", ContentType="text/plain")
    with Sandbox(data=tmp_path) as again:
        answer = requests.get(f"{again.s3_endpoint}/{again.bucket}/kept.txt", timeout=5)
        assert (answer.content, answer.headers["Content-Type"]) == (b"kept", "text/plain")
        again.reset()
        assert requests.get(f"{again.s3_endpoint}/{again.bucket}/kept.txt", timeout=5).status_code == 404


def test_everything_the_world_holds_comes_back(tmp_path: Path) -> None:
    with Sandbox(data=tmp_path / "data") as sandbox:
        sandbox.world.settings.list_lag = 3
        sandbox.world.add_account("ada", "THADA0123456789012345", followers=7)
        allow(sandbox, username="ada")
        made = call(sandbox, "POST", "/me/threads", media_type="TEXT", text="Kept", topic_tag="T")
        call(sandbox, "POST", "/me/threads_publish", creation_id=made["id"])
        call(sandbox, "GET", "/location_search", q="Berlin")
        requests.post(f"{sandbox.threads_api}/_sandbox/clock", json={"advance": "26h"}, timeout=5)
        before, code = sandbox.world.data, next(iter(sandbox.world.data.posts.values())).shortcode
    with Sandbox(data=tmp_path / "data") as again:
        assert again.world.data == before
        made = call(again, "POST", "/me/threads", media_type="TEXT", text="New")
        call(again, "POST", "/me/threads_publish", creation_id=made["id"])
        codes = [post.shortcode for post in again.world.published()]
        assert codes.count(code) == 1, "a code is never given twice"


pytest_plugins = ["pytester"]


def test_other_projects_get_a_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import requests

        def test_one(threads_sandbox):
            url, token = threads_sandbox.threads_api, threads_sandbox.access_token
            params = {"media_type": "TEXT", "text": "Hello", "auto_publish_text": "true"}
            requests.post(f"{url}/me/threads", params, headers={"Authorization": f"Bearer {token}"})
            assert threads_sandbox.posts()[0]["text"] == "Hello"

        def test_two(threads_sandbox):
            assert threads_sandbox.posts() == []
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
