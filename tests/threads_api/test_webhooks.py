"""Webhooks: only what Meta signed, and read whole."""

import json
from datetime import UTC, datetime

import pytest

from publisher.threads_api import BadAnswer, BadSignature, Media
from publisher.threads_api.webhooks import DeletedPost, challenge, event_json, event_of, read_event, signature, verify
from tests.threads_api.replay import WEBHOOKS

SECRET, OTHER = "app-secret-canary", "meta-app-secret-canary"
WHEN = datetime(2024, 8, 7, 10, 33, 16, tzinfo=UTC)


def payload(name: str) -> bytes:
    return event_json(json.loads((WEBHOOKS / f"{name}.json").read_text()))


@pytest.mark.parametrize("name", ["publish", "replies", "mentions", "delete"])
@pytest.mark.parametrize("signed_with", [SECRET, OTHER])
def test_an_event_that_one_of_the_apps_secrets_signed_is_read(name: str, signed_with: str) -> None:
    body = payload(name)
    event = event_of(body, signature(body, signed_with), (SECRET, OTHER))
    assert (event.field, event.app_id, event.subscription_id) == (name, "123456", "234567")
    assert event.time == datetime(2024, 8, 9, 18, 7, 57, tzinfo=UTC)


def test_the_values_are_typed() -> None:
    reply, mention = read_event(payload("replies")).value, read_event(payload("mentions")).value
    assert isinstance(reply, Media)
    assert (reply.root_post, reply.replied_to, reply.shortcode, reply.timestamp) == ("123456", "567890", "Pq", WHEN)
    assert isinstance(mention, Media)
    assert (mention.alt_text, mention.media_type, mention.is_reply) == ("A cat", "IMAGE", False)
    assert (mention.gif_url, mention.is_verified) == ("https://media.giphy.com/g.gif", True)
    for told in (reply, mention):
        assert told.profile_picture_url == "https://scontent.cdninstagram.com/p.jpg"
    assert read_event(payload("delete")).value == DeletedPost(
        "8901237", "123456", "u", datetime(2024, 8, 7, 11, 33, 16, tzinfo=UTC), WHEN
    )


def test_whose_post_was_answered_is_told() -> None:
    replies, mentions = read_event(payload("replies")), read_event(payload("mentions"))
    assert (replies.root_owner_id, replies.root_username) == ("123456", "v")
    assert (mentions.root_owner_id, mentions.root_username) == (None, None)


@pytest.mark.parametrize(
    "header",
    [None, "", "sha256=", "sha1=abc", signature(b"other", SECRET), signature(payload("publish"), "wrong"),
     signature(payload("publish"), SECRET).removeprefix("sha256="), "sha256=é"],
    ids=range(8),
)  # fmt: skip
def test_anything_else_is_refused(header: str | None) -> None:
    with pytest.raises(BadSignature) as caught:
        event_of(payload("publish"), header, (SECRET, OTHER))
    assert "canary" not in str(caught.value)


def test_it_is_the_bytes_that_are_signed_not_their_meaning() -> None:
    body = payload("publish")
    respelled = json.dumps(json.loads(body)).encode()
    with pytest.raises(BadSignature):
        verify(respelled, signature(body, SECRET), (SECRET,))


def test_no_secret_signs_nothing() -> None:
    body = payload("publish")
    for secrets in ((), ("",)):
        with pytest.raises(BadSignature):
            verify(body, signature(body, ""), secrets)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"values": {"field": "publish"}}',
        b'{"values": {"value": {}}}',
        b'{"values": {"field": "publish", "value": {"id": "x"}}}',
    ],
)
def test_a_signed_event_of_another_shape_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        event_of(body, signature(body, SECRET), (SECRET,))


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": "ours"}, "1158"),
        ({"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": "theirs"}, None),
        ({"hub.mode": "unsubscribe", "hub.challenge": "1158", "hub.verify_token": "ours"}, None),
        ({"hub.challenge": "1158"}, None),
        ({}, None),
    ],
)
def test_the_handshake_is_answered_for_our_own_token_only(query: dict[str, str], answer: str | None) -> None:
    assert challenge(query, "ours") == answer
