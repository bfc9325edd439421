"""A post as Threads reads it back: the fields asked for, absent values left out (threads-api: 6.2). Pure."""

# ruff: noqa: ARG005  (every reader of the table takes the same two values)

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from publisher.sandbox import rules
from publisher.sandbox.answers import Refusal
from publisher.sandbox.values import Account, Data, Post

_AUDIENCE = {
    "everyone": "EVERYONE",
    "accounts_you_follow": "ACCOUNTS_YOU_FOLLOW",
    "mentioned_only": "MENTIONED_ONLY",
    "parent_post_author_only": "PARENT_POST_AUTHOR_ONLY",
    "followers_only": "FOLLOWERS_ONLY",
}

Reader = Callable[[Post, "View"], Any]


class View:
    """What reading a post needs beside the post."""

    def __init__(self, data: Data, base_url: str, now: datetime) -> None:
        self.data = data
        self.base_url = base_url  # of the feed: media copies and permalinks live there
        self.now = now

    def account(self, post: Post) -> Account:
        return self.data.accounts[post.user_id]

    def permalink(self, post: Post) -> str:
        return f"{self.base_url}/@{self.account(post).username}/post/{post.shortcode}"

    def blob_url(self, sha256: str) -> str:
        return f"{self.base_url}/_media/{sha256}"

    def has_replies(self, post: Post) -> bool:
        return any(item.reply_to == post.id and item.deleted_at is None for item in self.data.posts.values())


def time_text(moment: datetime) -> str:
    """ "2026-04-22T08:23:00+0000"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _ref(post_id: str | None) -> dict[str, str] | None:
    return {"id": post_id} if post_id else None


def _children(post: Post, view: View) -> dict[str, Any] | None:  # noqa: ARG001  (a Reader)
    if post.media_type != "CAROUSEL_ALBUM":
        return None
    return {"data": [{"id": child} for child in post.children]}


READERS: dict[str, Reader] = {
    "id": lambda post, view: post.id,
    "media_product_type": lambda post, view: "THREADS",
    "media_type": lambda post, view: post.media_type,
    "media_url": lambda post, view: view.blob_url(post.media.sha256) if post.media else None,
    "thumbnail_url": lambda post, view: (
        view.blob_url(post.media.sha256) if post.media and post.media_type == "VIDEO" else None
    ),
    "gif_url": lambda post, view: None,
    "permalink": lambda post, view: view.permalink(post),
    "shortcode": lambda post, view: post.shortcode,
    "owner": lambda post, view: None if post.reply_to else {"id": post.user_id},
    "username": lambda post, view: view.account(post).username,
    "is_verified": lambda post, view: False,
    "profile_picture_url": lambda post, view: None,
    "text": lambda post, view: post.text,
    "timestamp": lambda post, view: time_text(post.published_at),
    "children": _children,
    "is_quote_post": lambda post, view: post.quote is not None,
    "quoted_post": lambda post, view: _ref(post.quote),
    "reposted_post": lambda post, view: _ref(post.reposted),
    "alt_text": lambda post, view: post.params.get("alt_text") or None,
    "link_attachment_url": lambda post, view: post.params.get("link_attachment") or None,
    "poll_attachment": lambda post, view: rules.poll(post.params),
    "topic_tag": lambda post, view: rules.tag_of(post.params),
    "is_spoiler_media": lambda post, view: True if post.params.get("is_spoiler_media") == "true" else None,
    "text_entities": lambda post, view: None,
    "text_attachment": lambda post, view: None,
    "ghost_post_status": lambda post, view: None,
    "ghost_post_expiration_timestamp": lambda post, view: None,
    "location_id": lambda post, view: post.params.get("location_id") or None,
    "location": lambda post, view: None,
    "allowlisted_country_codes": lambda post, view: (
        post.params["allowlisted_country_codes"].split(",") if post.params.get("allowlisted_country_codes") else None
    ),
    "has_replies": lambda post, view: view.has_replies(post),
    "is_reply": lambda post, view: post.reply_to is not None,
    "is_reply_owned_by_me": lambda post, view: True if post.reply_to else None,
    "root_post": lambda post, view: _ref(post.root),
    "replied_to": lambda post, view: _ref(post.reply_to),
    "hide_status": lambda post, view: post.hide_status if post.reply_to else None,
    "reply_audience": lambda post, view: _AUDIENCE[post.params.get("reply_control") or "everyone"],
}


def read(post: Post, wanted: str, view: View) -> dict[str, Any]:
    """The post with the fields named in `wanted` ("id,text,children{id,alt_text}"); `id` always."""
    found: dict[str, Any] = {}
    for name, nested in split(wanted or "id"):
        if name not in READERS:
            raise Refusal(f"Tried accessing nonexisting field ({name})", 100, status=500, type="THApiException")
        value = READERS[name](post, view)
        if name == "children" and value is not None and nested:
            value = {"data": [read(view.data.posts[item["id"]], nested, view) for item in value["data"]]}
        if value is not None:
            found[name] = value
    return {**found, "id": post.id}


def split(wanted: str) -> list[tuple[str, str]]:
    """ "a,b{c,d}" -> [("a", ""), ("b", "c,d")]. Whatever cannot be read is one strange name."""
    found = re.findall(r"\s*([^,{}\s]+)\s*(?:\{([^{}]*)\})?\s*(?:,|$)", wanted)
    return found or [(wanted[:80], "")]
