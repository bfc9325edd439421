"""Every call, against its fixture: what is sent is what Meta documents, and what comes back is read whole."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from publisher.threads_api import (
    ALL_FIELDS,
    ALL_PROFILE_FIELDS,
    Location,
    Media,
    Poll,
    PollOption,
    PollResult,
    Quota,
    StyledRange,
    TextAttachment,
    TextEntity,
    ThreadsClient,
)
from publisher.threads_api.fields import LOCATION
from tests.threads_api.replay import Replay, names

CAROUSEL, TEXT, REPOST, REPLY = "18050000000000002", "18050000000000004", "18050000000000003", "18050000000000007"
RESOURCES = ("publishing", "media", "replies", "profiles", "insights", "search", "locations", "oembed")
EARLIER, LATER = datetime.fromtimestamp(1776800000, UTC), 1776900000


def _time(day: int, hour: int = 8) -> datetime:
    return datetime(2026, 4, day, hour, 23, tzinfo=UTC)


def _ids(found: Any) -> list[str]:
    return [item.id for item in found]


def _container(client: ThreadsClient) -> str:
    return client.publishing.create_container(
        text="The ending is here",
        reply_control="followers_only",
        topic_tag="Space Films",
        poll_attachment=Poll(("Tea", "Coffee")),
        text_entities=[TextEntity.covering("ending", "The ending is here")],
        enable_reply_approvals=True,
        allowlisted_country_codes=("US", "CA"),
        location_id="123456",
        crossreshare_to_ig=False,
        quote_post_id=None,
    )


# The call, and what is to be seen of its result.
CALLS: dict[str, tuple[Callable[[ThreadsClient], Any], Any]] = {
    "publishing.create": (
        lambda client: client.publishing.create({"media_type": "TEXT", "text": "Hello"}),
        "18000000000000001",
    ),
    "publishing.create_container": (_container, "18000000000000002"),
    "publishing.create_carousel_container": (
        lambda client: client.publishing.create_carousel_container(
            ["18000000000000011", "18000000000000012"], text="Two", is_spoiler_media=True
        ),
        "18000000000000003",
    ),
    "publishing.status": (
        lambda client: client.publishing.status("18000000000000002").error_message,
        "FAILED_DOWNLOADING_VIDEO",
    ),
    "publishing.publish": (
        lambda client: (
            client.publishing.publish("18000000000000003").media_id,
            client.publishing.publish("18000000000000003").crossreshare_to_ig_status,
        ),
        (CAROUSEL, "SUCCESS"),
    ),
    "publishing.repost": (lambda client: client.publishing.repost(CAROUSEL), REPOST),
    "publishing.delete": (lambda client: client.publishing.delete(CAROUSEL), CAROUSEL),
    "publishing.limits": (
        lambda client: [
            getattr(client.publishing.limits(locations=True), name)
            for name in ("posts", "replies", "deletes", "locations")
        ],
        [Quota(4, 250, 86400), Quota(1, 1000, 86400), None, Quota(0, 500, 86400)],
    ),
    "media.get": (
        lambda client: client.media.get(CAROUSEL),
        Media(
            id=CAROUSEL,
            media_product_type="THREADS",
            media_type="CAROUSEL_ALBUM",
            permalink="https://www.threads.com/@acme/post/DXbVXtqE2sj",
            shortcode="DXbVXtqE2sj",
            username="acme",
            text="Two pictures",
            timestamp=_time(22),
            children=("18011111111111111", "18022222222222222"),
            carousel=(
                Media(
                    id="18011111111111111",
                    media_type="IMAGE",
                    media_url="https://scontent.cdninstagram.com/a.webp",
                    alt_text="A chart",
                ),
                Media(
                    id="18022222222222222",
                    media_type="VIDEO",
                    media_url="https://scontent.cdninstagram.com/b.mp4",
                ),
            ),
            is_quote_post=True,
            quoted_post="18030000000000001",
            has_replies=False,
            is_reply=False,
            reply_audience="EVERYONE",
            extra={"reaction_summary": {"new": 1}},
        ),
    ),
    "media.threads": (
        lambda client: _ids(client.media.threads(limit=2, since=EARLIER, until=LATER)),
        [CAROUSEL, TEXT],
    ),
    "media.all_threads": (lambda client: _ids(client.media.all_threads(limit=2)), [CAROUSEL, TEXT, REPOST]),
    "media.ghost_posts": (
        lambda client: [
            (post.ghost_post_status, post.ghost_post_expiration_timestamp)
            for post in client.media.ghost_posts(
                fields=("id", "text", "ghost_post_status", "ghost_post_expiration_timestamp")
            )
        ],
        [("ARCHIVED", _time(22))],
    ),
    "media.all_ghost_posts": (lambda client: _ids(client.media.all_ghost_posts()), ["18050000000000005"]),
    "media.mentions": (lambda client: _ids(client.media.mentions(before="QVFIUbefore")), ["18050000000000006"]),
    "media.all_mentions": (lambda client: _ids(client.media.all_mentions()), ["18050000000000006"]),
    "replies.mine": (lambda client: [item.replied_to for item in client.replies.mine(limit=25)], [TEXT]),
    "replies.all_mine": (lambda client: _ids(client.replies.all_mine()), [REPLY]),
    "replies.of": (lambda client: [item.root_post for item in client.replies.of(TEXT, reverse=False)], [TEXT]),
    "replies.all_of": (lambda client: _ids(client.replies.all_of(TEXT)), [REPLY]),
    "replies.conversation": (
        lambda client: _ids(client.replies.conversation(TEXT, reverse=True, limit=5, after="QVFIUafter")),
        [REPLY],
    ),
    "replies.all_conversation": (lambda client: _ids(client.replies.all_conversation(TEXT)), [REPLY]),
    "replies.pending": (
        lambda client: [item.reply_approval_status for item in client.replies.pending(TEXT, approval_status="pending")],
        ["pending"],
    ),
    "replies.all_pending": (
        lambda client: [item.reply_approval_status for item in client.replies.all_pending(TEXT)],
        ["ignored"],
    ),
    "replies.hide": (lambda client: client.replies.hide(REPLY), True),
    "replies.approve": (lambda client: client.replies.approve(REPLY, False), True),
    "profiles.me": (
        lambda client: (client.profiles.me().id, client.profiles.me().is_verified),
        ("17841405793187218", True),
    ),
    "profiles.lookup": (
        lambda client: (client.profiles.lookup("@meta").follower_count, client.profiles.lookup("meta").views_count),
        (100000, 5000),
    ),
    "search.keyword": (
        lambda client: [
            (item.id, item.media_type)
            for item in client.search.keyword(
                "anvil",
                search_type="RECENT",
                search_mode="TAG",
                media_type="IMAGE",
                author_username="@meta",
                limit=10,
            )
        ],
        [("18050000000000008", "TEXT")],
    ),
    "search.profile_posts": (lambda client: _ids(client.search.profile_posts("meta")), ["18050000000000006"]),
    "search.all_profile_posts": (lambda client: _ids(client.search.all_profile_posts("@meta")), ["18050000000000006"]),
    "locations.search": (
        lambda client: [
            (place.id, place.postal_code)
            for place in client.locations.search("Menlo", latitude=37.45, longitude=-122.18)
        ],
        [("987654321098765432", "94025")],
    ),
    "locations.get": (lambda client: client.locations.get("987").city, "Menlo Park"),
    "insights.media": (
        lambda client: [(item.name, item.value, item.period) for item in client.insights.media(CAROUSEL)],
        [("likes", 100, "lifetime")],
    ),
    "insights.user": (
        lambda client: [
            (item.name, item.value, [(v.value, v.link_url) for v in item.values])
            for item in client.insights.user(("views", "likes", "clicks"), since=1776800000, until=1776900000)
        ],
        [("views", None, [(10, None), (20, None)]), ("likes", 7, []), ("clicks", 3, [(3, "https://example.com/")])],
    ),
    "insights.demographics": (
        lambda client: {value.group: value.value for value in client.insights.demographics("country").values},
        {("US",): 12, ("DE",): 5},
    ),
    "oembed.get": (
        lambda client: client.oembed.get("https://www.threads.com/@acme/post/DXbVXtqE2sj", maxwidth=400).width,
        400,
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_sends_what_meta_documents_and_reads_the_answer(call: str) -> None:
    make, expected = CALLS[call]
    assert make(ThreadsClient(Replay(call))) == expected


def test_every_method_of_every_resource_has_its_fixture() -> None:
    client = ThreadsClient(Replay(""))
    methods = {
        f"{resource}.{name}"
        for resource in RESOURCES
        for name, _ in inspect.getmembers(getattr(client, resource), inspect.ismethod)
        if not name.startswith("_")
    }
    assert methods == set(CALLS)
    assert methods <= set(names())


def test_all_that_a_post_can_have_is_read() -> None:
    post = ThreadsClient(Replay("media.get")).media.get("18050000000000009", fields=f"{ALL_FIELDS},{LOCATION}")
    assert post.poll_attachment == PollResult((PollOption("Tea", 0.25), PollOption("Coffee", 0.75)), 8, _time(23))
    assert post.text_entities == (TextEntity(11, 6),)
    assert post.text_attachment == TextAttachment(
        "Long body", "https://example.com/long", (StyledRange(0, 4, ("bold", "italic")),)
    )
    assert post.location == Location("987", "Menlo Park", None, "Menlo Park", "US", 37.45, -122.18, "94025", extra={})
    assert (post.owner, post.replied_to, post.root_post) == (
        "17841405793187218",
        "18050000000000001",
        "18050000000000000",
    )
    assert post.allowlisted_country_codes == ("US", "CA")
    unread = {name for name in Media.__dataclass_fields__ if getattr(post, name) in (None, (), {})}
    assert unread == {
        "alt_text",
        "carousel",
        "children",
        "extra",
        "is_quote_post",
        "media_url",
        "permalink",
        "quoted_post",
        "reply_approval_status",
        "reposted_post",
        "shortcode",
        "thumbnail_url",
    }


def test_all_that_a_profile_can_have_is_read() -> None:
    me = ThreadsClient(Replay("profiles.me")).profiles.me(fields=ALL_PROFILE_FIELDS)
    (searched,) = me.recently_searched_keywords
    assert (searched.query, searched.searched_at) == ("anvil", datetime(2025, 1, 1, 5, tzinfo=UTC))
    assert me.is_eligible_for_geo_gating is True


def test_a_page_tells_its_neighbours_and_nothing_keeps_the_url_with_the_token() -> None:
    page = ThreadsClient(Replay("media.all_threads")).media.threads(limit=2)
    assert (page.before, page.after, len(page)) == ("QVFIUbefore", "QVFIUafter", 2)
    assert "THQ_NEVER" not in repr(page)
