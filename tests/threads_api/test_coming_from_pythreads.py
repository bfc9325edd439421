"""The faults found in PyThreads 0.2.1, by their numbers: ours is free of each. See docs/client/pythreads.md."""

import inspect
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest

from publisher.threads_api import (
    ApiError,
    BadAnswer,
    Configuration,
    Credentials,
    InvalidParameter,
    MediaMetric,
    MediaType,
    PublishResult,
    ReplyControl,
    Request,
    RequestsTransport,
    Response,
    ThreadsClient,
    UserMetric,
)
from publisher.threads_api.auth import AUTHORIZE_URL, Auth
from publisher.threads_api.publishing import ContainerStatus, PublishingLimits, PublishingResource
from tests.threads_api.coverage.table import of_the_client
from tests.threads_api.loopback import http, loopback
from tests.threads_api.replay import Canned, refused, said

TOKEN = "THQcanary4711.never|to-be-seen"
ID = {"id": "18000000000000001"}


def sent(answer: Any = None) -> tuple[ThreadsClient, list[Request]]:
    canned = Canned([said(ID if answer is None else answer)])
    return ThreadsClient(canned), canned.sent


def test_p1_p2_importing_works_in_an_empty_environment_and_reads_none_of_it() -> None:
    script = "import publisher.threads_api"
    subprocess.run([sys.executable, "-I", "-c", script], env={}, check=True, cwd="/")
    assert "version" in inspect.signature(ThreadsClient.connect).parameters


def test_p3_the_token_is_in_no_url() -> None:
    with loopback(http(b'{"id":"17841405793187218"}')) as server:
        ThreadsClient(RequestsTransport(Credentials(TOKEN), server.url)).profiles.me()
    assert TOKEN not in server.received[0].decode().splitlines()[0]


def test_p4_an_answer_that_is_no_json_does_not_show_the_token() -> None:
    with (
        loopback(http(f"<html>{TOKEN}</html>".encode(), "502 Bad Gateway")) as server,
        pytest.raises(BadAnswer) as caught,
    ):
        ThreadsClient(RequestsTransport(Credentials(TOKEN), server.url)).media.get("18000000000000001")
    assert "canary" not in f"{caught.value}{vars(caught.value)}"


@pytest.mark.parametrize("status", [200, 400, 500])
def test_p5_p6_an_error_is_never_taken_for_data(status: int) -> None:
    answer = Response(status, refused(100, 33).body)
    for call in (
        lambda client: client.publishing.status("18000000000000001"),
        lambda client: client.media.get("18000000000000001"),
        lambda client: client.media.threads(),
        lambda client: client.profiles.me(),
        lambda client: client.insights.media("18000000000000001"),
    ):
        with pytest.raises(ApiError):
            call(ThreadsClient(Canned([answer])))


def test_p6_a_new_error_name_of_a_container_is_kept() -> None:
    client, _ = sent({"id": "18000000000000001", "status": "MELTED", "error_message": "TOO_HOT"})
    assert client.publishing.status("18000000000000001") == ContainerStatus("18000000000000001", "MELTED", "TOO_HOT")


def test_p7_a_container_of_nothing_is_refused_and_a_media_type_is_always_sent() -> None:
    client, requests = sent()
    with pytest.raises(InvalidParameter):
        client.publishing.create_container()
    assert requests == []
    client.publishing.create_container(children=["1", "2"])
    assert requests[0].params["media_type"] == MediaType.CAROUSEL


def test_p8_booleans_are_lower_case() -> None:
    client, requests = sent({"success": True})
    client.replies.hide("18000000000000001", False)
    assert requests[0].params == {"hide": "false"}


def test_p9_a_post_is_a_body_and_a_long_text_fits() -> None:
    from publisher.threads_api import TextAttachment

    with loopback(http(b'{"id":"18000000000000001"}')) as server:
        client = ThreadsClient(RequestsTransport(Credentials(TOKEN), server.url))
        client.publishing.create_container(text="é" * 500, text_attachment=TextAttachment("日" * 10_000))
    first, _, rest = server.received[0].partition(b"\r\n")
    assert first == b"POST /v1.0/me/threads HTTP/1.1"
    assert len(rest) > 90_000


def test_p10_insights_are_asked_by_metric() -> None:
    client, requests = sent({"data": []})
    client.insights.media("18000000000000001", ("likes",))
    assert requests[0].params == {"metric": "likes"}


def test_p11_a_limit_of_zero_is_sent_and_a_time_is_sent_in_seconds() -> None:
    client, requests = sent({"data": []})
    client.media.threads(limit=0, since=datetime(2026, 4, 22, 8, 23, tzinfo=UTC))
    assert (requests[0].params["limit"], requests[0].params["since"]) == ("0", "1776846180")


def test_p12_what_is_documented_is_what_comes_back() -> None:
    assert get_type_hints(PublishingResource.publish)["return"] is PublishResult
    assert get_type_hints(Auth.refresh)["return"] is Credentials


@pytest.mark.parametrize("spelling", ["2024-06-23T18:25:43.511Z", "2024-06-23T18:25:43.511+00:00"])
def test_p13_both_spellings_of_an_end_are_read(spelling: str) -> None:
    text = (
        f'{{"user_id": "1", "scopes": [], "short_lived": false, "access_token": "{TOKEN}", "expiration": "{spelling}"}}'
    )
    assert Credentials.from_json(text).expiration == datetime(2024, 6, 23, 18, 25, 43, 511000, UTC)


def test_p14_container_and_post_are_two_ids() -> None:
    client, _ = sent({"id": "18050000000000002"})
    result = client.publishing.publish("18000000000000001")
    assert (result.container_id, result.media_id) == ("18000000000000001", "18050000000000002")


def test_p15_twenty_children_five_reply_controls_and_threads_com() -> None:
    client, _ = sent()
    client.publishing.create_container(children=[str(number) for number in range(20)])
    assert len(ReplyControl) == 5
    assert AUTHORIZE_URL.startswith("https://www.threads.com/")


# What PyThreads has no call or parameter for.
MISSING_THERE = {
    "POST /{user}/threads": (
        *("alt_text", "link_attachment", "topic_tag", "poll_attachment", "quote_post_id", "gif_attachment"),
        *("text_entities", "is_spoiler_media", "text_attachment", "is_ghost_post", "location_id", "auto_publish_text"),
        *("allowlisted_country_codes", "enable_reply_approvals", "crossreshare_to_ig", "crossreshare_to_ig_dark_mode"),
    ),
    **dict.fromkeys(("POST /{id}/repost", "DELETE /{id}", "GET /{user}/replies", "GET /{user}/mentions"), ()),
    **dict.fromkeys(("GET /{user}/ghost_posts", "GET /{id}/pending_replies", "POST /{id}/manage_pending_reply"), ()),
    **dict.fromkeys(("GET /keyword_search", "GET /profile_lookup", "GET /profile_posts", "GET /location_search"), ()),
    **dict.fromkeys(("GET /oembed", "GET /debug_token", "GET /oauth/access_token"), ()),
}


@pytest.mark.parametrize("endpoint", MISSING_THERE)
def test_p16_what_was_missing_is_sent(endpoint: str) -> None:
    assert set(MISSING_THERE[endpoint]) <= of_the_client()[endpoint]


def test_p16_the_metrics_and_quotas_that_were_missing_are_known() -> None:
    assert {"clicks"} <= set(UserMetric)
    assert {"shares"} <= set(MediaMetric)
    assert {"posts", "replies", "deletes", "locations"} <= {field.name for field in fields(PublishingLimits)}


def test_p17_no_public_method_returns_something_untyped() -> None:
    client = ThreadsClient(Canned([said(ID)]))
    for resource in vars(client).values():
        for name, method in inspect.getmembers(resource, inspect.ismethod):
            if not name.startswith("_"):
                assert get_type_hints(method)["return"] not in (Any, dict, object), name


FOREIGN = """
from datetime import datetime
from publisher.threads_api import (
    Attachment, Auth, Configuration, Credentials, Media, Poll, RequestsTransport, ThreadsClient
)

with ThreadsClient.connect(Credentials("THQ12345678")) as client:
    reveal_type(client.post("Hello", [Attachment("https://h/a.jpg")], poll_attachment=Poll(("a", "b"))).media_id)
    reveal_type([post.timestamp for post in client.media.all_threads(since=0)])
    reveal_type(client.publishing.limits().posts)
    reveal_type(client.insights.demographics("country"))
    reveal_type(next(client.replies.all_conversation("1")).poll_attachment)
    reveal_type(Auth(RequestsTransport(None), Configuration("1", "2", "3")).authorization_url())
    client.post("Hello", txet="no such option")
    client.media.threads(limit="ten")
"""


@pytest.mark.slow
def test_p17_types_flow_into_a_foreign_script_and_its_mistakes_are_found(tmp_path: Any) -> None:
    script = tmp_path / "foreign.py"
    script.write_text(FOREIGN)
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file", "", str(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    revealed = [line.split('"')[1] for line in run.stdout.splitlines() if "Revealed type" in line]
    assert len(revealed) == 6, run.stdout + run.stderr
    assert not [kind for kind in revealed if "Any" in kind]
    errors = [line for line in run.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 2, run.stdout
    assert "txet" in errors[0]
    assert "limit" in errors[1]
    assert Configuration("1", "2", "3").scopes_str() == "threads_basic,threads_content_publish"
