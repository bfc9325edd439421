"""A post as Threads reads it back: the fields asked for, absent values left out (docs/threads.md, Reading). Pure."""

# ruff: noqa: ARG005  (every reader of the table takes the same two values)

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.sandbox import attachments, chance
from publisher.sandbox.answers import invalid
from publisher.sandbox.locations import LOCATIONS
from publisher.sandbox.text import tag_of
from publisher.sandbox.values import Account, Data, Post

GHOST_LIFE = timedelta(hours=24)
POLL_LIFE = timedelta(hours=24)

_FIELD = re.compile(r"([^,{}\s]+)\s*(?:\{([^{}]*)\}\s*)?(?:,[\s,]*|$)")

Reader = Callable[[Post, "View"], Any]


class View:
    """What reading a post needs beside the post. `viewer`: whose token asks; None sees everything."""

    def __init__(
        self, data: Data, base_url: str, now: datetime, *, viewer: str | None = None, api_url: str | None = None
    ) -> None:
        self.data = data
        self.base_url = base_url  # of the feed: media copies and permalinks live there
        self.api_url = api_url or base_url
        self.now = now
        self.viewer = viewer

    def account(self, post: Post) -> Account:
        return self.data.accounts[post.user_id]

    def owns(self, post: Post) -> bool:
        return self.viewer in (None, post.user_id)

    def permalink(self, post: Post) -> str:
        return f"{self.base_url}/@{self.account(post).username}/post/{post.shortcode}"

    def blob_url(self, sha256: str) -> str:
        return f"{self.base_url}/_media/{sha256}"

    def has_replies(self, post: Post) -> bool:
        return any(
            item.reply_to == post.id and item.deleted_at is None and item.approval is None
            for item in self.data.posts.values()
        )


def time_text(moment: datetime) -> str:
    """ "2026-04-22T08:23:00+0000"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _ref(post_id: str | None) -> dict[str, str] | None:
    return {"id": post_id} if post_id else None


def _children(post: Post, view: View) -> dict[str, Any] | None:  # noqa: ARG001  (a Reader)
    if post.media_type != "CAROUSEL_ALBUM":
        return None
    return {"data": [{"id": child} for child in post.children]}


def _gif(post: Post, view: View) -> str | None:  # noqa: ARG001  (a Reader)
    gif = attachments.parsed(post.params, "gif_attachment")
    return f"https://media.giphy.com/media/{gif['gif_id']}/giphy.gif" if gif else None


def _poll(post: Post, view: View) -> dict[str, Any] | None:
    """The options, and votes that grow while the poll is open and are the same in every run."""
    options = attachments.poll(post.params)
    if options is None:
        return None
    open_for = min(1.0, (view.now - post.published_at) / POLL_LIFE)
    votes = {key: round(open_for * chance.number(f"{post.id}/{key}", 60)) for key in options}
    total = sum(votes.values())
    shares = {f"{key}_votes_percentage": round(count / total, 4) if total else 0.0 for key, count in votes.items()}
    closes = time_text(post.published_at + POLL_LIFE)
    return {**options, **shares, "total_votes": total, "expiration_timestamp": closes}


def _spoilers(post: Post, view: View) -> dict[str, Any] | None:  # noqa: ARG001  (a Reader)
    found = attachments.spoilers(post.params)
    return {"data": found} if found else None


def _ghost_status(post: Post, view: View) -> str | None:
    if not post.is_ghost:
        return None
    return "ACTIVE" if view.now < post.published_at + GHOST_LIFE else "ARCHIVED"


def _countries(post: Post, view: View) -> list[str] | None:  # noqa: ARG001  (a Reader)
    named = post.params.get("allowlisted_country_codes")
    return [code.strip().upper() for code in named.split(",")] if named else None


def _audience(post: Post, view: View) -> str | None:
    return post.params.get("reply_control", "everyone").upper() if view.owns(post) else None


READERS: dict[str, Reader] = {
    "id": lambda post, view: post.id,
    "media_product_type": lambda post, view: "THREADS",
    "media_type": lambda post, view: post.media_type,
    "media_url": lambda post, view: view.blob_url(post.media.sha256) if post.media else None,
    "thumbnail_url": lambda post, view: (
        view.blob_url(post.media.sha256) if post.media and post.media_type == "VIDEO" else None
    ),
    "gif_url": _gif,
    "permalink": lambda post, view: view.permalink(post),
    "shortcode": lambda post, view: post.shortcode,
    "owner": lambda post, view: _ref(post.user_id) if view.owns(post) and not post.reply_to else None,
    "username": lambda post, view: view.account(post).username,
    "is_verified": lambda post, view: view.account(post).is_verified,
    "profile_picture_url": lambda post, view: f"{view.base_url}/@{view.account(post).username}/picture.svg",
    "text": lambda post, view: post.text,
    "timestamp": lambda post, view: time_text(post.published_at),
    "children": _children,
    "is_quote_post": lambda post, view: post.quote is not None,
    "quoted_post": lambda post, view: _ref(post.quote),
    "reposted_post": lambda post, view: _ref(post.reposted),
    "alt_text": lambda post, view: post.params.get("alt_text"),
    "link_attachment_url": lambda post, view: post.params.get("link_attachment"),
    "poll_attachment": _poll,
    "topic_tag": lambda post, view: tag_of(post.params),
    "is_spoiler_media": lambda post, view: True if "is_spoiler_media" in post.params else None,
    "text_entities": _spoilers,
    "text_attachment": lambda post, view: attachments.parsed(post.params, "text_attachment"),
    "ghost_post_status": _ghost_status,
    "ghost_post_expiration_timestamp": lambda post, view: (
        time_text(post.published_at + GHOST_LIFE) if post.is_ghost else None
    ),
    "location_id": lambda post, view: post.params.get("location_id"),
    "location": lambda post, view: LOCATIONS.get(post.params.get("location_id", "")),
    "allowlisted_country_codes": _countries,
    "has_replies": lambda post, view: view.has_replies(post),
    "is_reply": lambda post, view: post.reply_to is not None,
    "is_reply_owned_by_me": lambda post, view: view.owns(post) if post.reply_to else None,
    "root_post": lambda post, view: _ref(post.root),
    "replied_to": lambda post, view: _ref(post.reply_to),
    "hide_status": lambda post, view: post.hide_status if post.reply_to else None,
    "reply_audience": _audience,
    "reply_approval_status": lambda post, view: post.approval,
}
_POSTS = ("quoted_post", "reposted_post", "root_post", "replied_to")


def read(post: Post, wanted: str, view: View) -> dict[str, Any]:
    """The post with the fields named in `wanted` ("id,text,children{id,alt_text}"); `id` always."""
    found: dict[str, Any] = {}
    for name, nested in split(wanted or "id"):
        if name not in READERS:
            raise nonexisting(name)
        value = READERS[name](post, view)
        if value is not None:
            found[name] = _within(name, value, nested, view) if nested else value
    return {**found, "id": post.id}


def _within(name: str, value: Any, nested: str, view: View) -> Any:
    """A value with only the members that are asked for; posts inside a post are read as posts."""
    if name == "children":
        return {"data": [read(view.data.posts[item["id"]], nested, view) for item in value["data"]]}
    if name in _POSTS:
        inner = view.data.posts.get(value["id"])
        return read(inner, nested, view) if inner is not None and inner.deleted_at is None else value
    if isinstance(value, dict):
        return {key: value[key] for key, _ in split(nested) if key in value}
    return value


def select(known: Mapping[str, Any], wanted: str, default: str) -> dict[str, Any]:
    """Members of `known` by name; those without value are left out. Unknown names are refused."""
    names = [name for name, _ in split(wanted or default)]
    if unknown := next((name for name in names if name not in known), None):
        raise nonexisting(unknown)
    return {name: known[name] for name in names if known[name] is not None}


def nonexisting(name: str) -> Exception:
    return invalid(f"Tried accessing nonexisting field ({name})")


def split(wanted: str) -> list[tuple[str, str]]:
    """ "a,b{c,d}" -> [("a", ""), ("b", "c,d")]. Whatever cannot be read is one strange name."""
    found, at, text = [], 0, wanted.strip(", \t\r\n")
    while at < len(text):
        field = _FIELD.match(text, at)
        if field is None:
            return [(wanted[:80], "")]
        found.append((field[1], field[2] or ""))
        at = field.end()
    return found or [(wanted[:80], "")]
