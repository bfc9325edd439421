"""What a webhook of the sandbox tells is what Meta's would: the same members, and our client reads them."""

import json
from typing import Any

import pytest

from publisher.sandbox.values import Subscription
from publisher.sandbox.webhooks import FIELDS, deliveries
from publisher.threads_api import Media
from publisher.threads_api.webhooks import WebhookEvent, read_event
from tests.sandbox.worlds import Caller
from tests.threads_api.replay import WEBHOOKS


@pytest.fixture
def acme() -> Caller:
    person = Caller()
    person.world.data.subscriptions.append(Subscription("http://127.0.0.1:9/", "1", "secret", list(FIELDS)))
    return person


def told(acme: Caller, happened: str, post_id: str) -> dict[str, bytes]:
    """What is sent because of a post, by field."""
    bodies = [item.body for item in deliveries(acme.world, happened, acme.world.data.posts[post_id])]
    return {json.loads(body)["values"]["field"]: body for body in bodies}


def value(body: bytes) -> Any:
    return json.loads(body)["values"]["value"]


def metas(field: str) -> set[str]:
    """The members that Meta's value of a field has."""
    return set(value((WEBHOOKS / f"{field}.json").read_bytes()))


def read(body: bytes) -> tuple[WebhookEvent, Media]:
    event = read_event(body)
    assert isinstance(event.value, Media)
    return event, event.value


def test_a_reply_is_told_with_who_wrote_it_and_whose_post_it_answers(acme: Caller) -> None:
    ada = acme.other("ada", is_verified=True)
    reply = ada.post("Hi", reply_to_id=acme.post("Hello"))
    sent = told(acme, "publish", reply)
    assert set(value(sent["replies"])) == metas("replies")
    event, media = read(sent["replies"])
    assert (event.root_owner_id, event.root_username) == (acme.account.id, "acme")
    assert (media.username, media.is_verified) == ("ada", True)
    assert media.profile_picture_url == f"{acme.world.base_url}/@ada/picture.svg"


def test_a_mention_is_told_with_picture_gif_and_who_wrote_it(acme: Caller) -> None:
    ada = acme.other("ada", is_verified=True)
    image = ada.publish(
        ada.create(media_type="IMAGE", image_url="https://m.test/a.jpg", text="@acme", alt_text="A square")
    )
    gif = ada.post("@acme", gif_attachment='{"gif_id": "g1", "provider": "GIPHY"}')
    of_image, of_gif = (told(acme, "publish", post)["mentions"] for post in (image, gif))
    assert set(value(of_image)) | {"gif_url"} == metas("mentions")
    _, media = read(of_image)
    assert (media.alt_text, media.is_verified, media.media_product_type) == ("A square", True, "THREADS")
    assert media.profile_picture_url == f"{acme.world.base_url}/@ada/picture.svg"
    assert read(of_gif)[1].gif_url == "https://media.giphy.com/media/g1/giphy.gif"


def test_a_mention_in_a_reply_tells_what_was_answered(acme: Caller) -> None:
    first = acme.post("Hello")
    reply = acme.other("ada").post("Hi @acme", reply_to_id=first)
    _, media = read(told(acme, "publish", reply)["mentions"])
    assert (media.is_reply, media.replied_to, media.root_post) == (True, first, first)


def test_what_was_published_and_deleted_is_told_as_meta_tells_it(acme: Caller) -> None:
    post = acme.post("Hello")
    assert set(value(told(acme, "publish", post)["publish"])) == metas("publish")
    assert set(value(told(acme, "delete", post)["delete"])) == metas("delete")
