"""Each call of the client once with everything it takes, against a transport that only writes down what is sent."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from publisher.threads_api import (
    Auth,
    Configuration,
    Credentials,
    Gif,
    Poll,
    Request,
    Response,
    TextAttachment,
    TextEntity,
    ThreadsClient,
    ThreadsError,
)

ID = "18050000000000002"
SPAN: Any = {"fields": "id", "since": 1776800000, "until": 1776900000, "limit": 5}
EDGE: Any = {"fields": "id", "reverse": False}
TEXT: Any = {
    "text": "Hello",
    "reply_to_id": ID,
    "reply_control": "everyone",
    "allowlisted_country_codes": ("US",),
    "quote_post_id": ID,
    "topic_tag": "Films",
    "text_entities": [TextEntity(0, 2)],
    "enable_reply_approvals": True,
    "crossreshare_to_ig": True,
    "location_id": "123",
}

Method = Callable[[ThreadsClient], Any]

CALLS: tuple[Method, ...] = (
    lambda client: client.publishing.create_container(**TEXT),
    lambda client: client.publishing.create_container(text="a", poll_attachment=Poll(("a", "b"))),
    lambda client: client.publishing.create_container(text="a", link_attachment="https://acme.dev/"),
    lambda client: client.publishing.create_container(text="a", text_attachment=TextAttachment("b")),
    lambda client: client.publishing.create_container(text="a", gif_attachment=Gif("g")),
    lambda client: client.publishing.create_container(text="a", is_ghost_post=True),
    lambda client: client.publishing.create_container(text="a", auto_publish_text=True),
    lambda client: client.publishing.create_container(text="a", crossreshare_to_ig_dark_mode=True),
    lambda client: client.publishing.create_container(
        image_url="https://acme.dev/a.jpg", alt_text="A", is_carousel_item=True
    ),
    lambda client: client.publishing.create_container(video_url="https://acme.dev/a.mp4", is_spoiler_media=True),
    lambda client: client.publishing.create_container(children=["1", "2"]),
    lambda client: client.publishing.publish(ID),
    lambda client: client.publishing.status(ID),
    lambda client: client.publishing.repost(ID),
    lambda client: client.publishing.delete(ID),
    lambda client: client.publishing.limits(),
    lambda client: client.media.get(ID),
    *(
        lambda client, list_=list_, cursor=cursor: list_(client)(**SPAN, **{cursor: "QVFI"})
        for list_ in (
            lambda client: client.media.threads,
            lambda client: client.media.ghost_posts,
            lambda client: client.media.mentions,
            lambda client: client.replies.mine,
            lambda client: lambda **options: client.search.profile_posts("acme", **options),
        )
        for cursor in ("before", "after")
    ),
    *(
        lambda client, edge=edge, cursor=cursor: edge(client)(ID, **EDGE, **{cursor: "QVFI"})
        for edge in (
            lambda client: client.replies.of,
            lambda client: client.replies.conversation,
            lambda client: lambda media_id, **more: client.replies.pending(media_id, approval_status="pending", **more),
        )
        for cursor in ("before", "after")
    ),
    lambda client: client.replies.hide(ID),
    lambda client: client.replies.approve(ID),
    lambda client: client.profiles.me(fields="id"),
    lambda client: client.profiles.lookup("acme"),
    lambda client: client.search.keyword(
        "tea", search_type="TOP", search_mode="TAG", media_type="TEXT", author_username="acme", **SPAN
    ),
    lambda client: client.locations.search("Berlin"),
    lambda client: client.locations.search(latitude=52.5, longitude=13.4),
    lambda client: client.insights.media(ID),
    lambda client: client.insights.user(since=1776800000, until=1776900000),
    lambda client: client.insights.demographics("country"),
    lambda client: client.oembed.get("https://www.threads.com/@acme/post/DXbVXtqE2sj", maxwidth=400),
)

APP = Configuration("1000000000000001", "app-secret-0001", "https://acme.dev/back/")
NOW = datetime(2026, 4, 22, tzinfo=UTC)
TOKEN = Credentials("THQ-a-token-0001", short_lived=True)
LONG_LIVED = Credentials("THQ-a-token-0002")

TOKEN_CALLS: tuple[Callable[[Auth], Any], ...] = (
    lambda auth: auth.exchange_code("AQB-a-code-0001"),
    lambda auth: auth.exchange_long_lived(TOKEN),
    lambda auth: auth.refresh(LONG_LIVED),
    lambda auth: auth.app_token(),
    lambda auth: auth.debug_token(TOKEN, caller=LONG_LIVED),
)


@dataclass
class Notebook:
    """Implements `Transport`: whatever is sent is written down, and answered with no more than an id."""

    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        return Response(200, f'{{"id": "{ID}", "data": []}}'.encode())


def requests_of_the_client() -> list[Request]:
    """All that the client can send. The answers are none that it can read, and need not be."""
    notebook = Notebook()
    client, auth = ThreadsClient(notebook), Auth(notebook, APP, now=lambda: NOW)
    for call in CALLS:
        with contextlib.suppress(ThreadsError):
            call(client)
    for token_call in TOKEN_CALLS:
        with contextlib.suppress(ThreadsError):
            token_call(auth)
    return notebook.sent
