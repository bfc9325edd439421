"""One page of a list: newest first, with cursors (threads-api: 6.1). Pure."""

import base64
from datetime import UTC, datetime
from typing import Any

from publisher.sandbox import fields
from publisher.sandbox.answers import invalid
from publisher.sandbox.values import Post


def page(posts: list[Post], params: dict[str, str], view: fields.View) -> dict[str, Any]:
    limit = _limit(params.get("limit"))
    if params.get("before") and params.get("after"):
        raise invalid("Params before and after are mutually exclusive")
    posts = _within(posts, params)
    start = 0
    ids = [post.id for post in posts]
    if params.get("after"):
        start = _position(params["after"], ids) + 1
    elif params.get("before"):
        end = _position(params["before"], ids)
        start = max(0, end - limit)
        posts = posts[:end]
    chosen = posts[start : start + limit]
    document: dict[str, Any] = {"data": [fields.read(post, params.get("fields", "id"), view) for post in chosen]}
    if chosen:
        cursors = {"before": _cursor(chosen[0].id), "after": _cursor(chosen[-1].id)}
        document["paging"] = {"cursors": cursors}
    return document


def _limit(value: str | None) -> int:
    if value is None:
        return 25
    if not (value.isascii() and value.isdigit()):
        raise invalid("Param limit must be a non-negative number")
    return min(int(value[:6]), 100)


def _within(posts: list[Post], params: dict[str, str]) -> list[Post]:
    if params.get("since"):
        since = _time(params["since"], "since")
        posts = [post for post in posts if post.published_at >= since]
    if params.get("until"):
        until = _time(params["until"], "until")
        posts = [post for post in posts if post.published_at <= until]
    return posts


def _time(value: str, name: str) -> datetime:
    try:
        if value.isascii() and value.isdigit():
            return datetime.fromtimestamp(int(value), UTC)
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise invalid(f"Param {name} is not a valid time") from None


def _cursor(post_id: str) -> str:
    return base64.urlsafe_b64encode(post_id.encode()).decode().rstrip("=")


def _position(cursor: str, ids: list[str]) -> int:
    try:
        post_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return ids.index(post_id)
    except ValueError:
        raise invalid("Invalid cursor") from None
