"""One page of a list, with cursors (docs/threads.md, Reading). Pure."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from publisher.sandbox import fields
from publisher.sandbox.answers import invalid
from publisher.sandbox.values import Post

EARLIEST = datetime.fromtimestamp(1688540400, UTC)  # no Threads before
_MOMENTS = {"now": timedelta(0), "today": timedelta(0), "yesterday": timedelta(days=1)}


def page(
    posts: list[Post], params: dict[str, str], view: fields.View, path: str, *, falling: bool = True
) -> dict[str, Any]:
    """`posts` in the order of the list, newest first or not `falling`; a cursor outlives the post that it names."""
    limit = limit_of(params)
    before, after = _cursor(params.get("before")), _cursor(params.get("after"))
    if before and after:
        raise invalid("Params before and after are mutually exclusive")
    posts = within(posts, params, view.now)
    if after:
        posts = [post for post in posts if (post.id < after if falling else post.id > after)]
    if before:
        posts = [post for post in posts if (post.id > before if falling else post.id < before)]
    chosen = (posts[-limit:] if limit else []) if before else posts[:limit]
    wanted = params.get("fields", "")
    document: dict[str, Any] = {"data": [fields.read(post, wanted, view) for post in chosen]}
    if chosen:
        document["paging"] = {"cursors": {"before": _encoded(chosen[0].id), "after": _encoded(chosen[-1].id)}}
        if chosen[-1] is not posts[-1]:
            further = {**params, "after": _encoded(chosen[-1].id)}
            further.pop("before", None)
            document["paging"]["next"] = f"{view.api_url}/v1.0{path}?{urlencode(further)}"
    return document


def limit_of(params: dict[str, str]) -> int:
    value = params.get("limit", "25")
    if not (value.isascii() and value.isdigit()):
        raise invalid("Param limit must be a non-negative number")
    return min(int(value[:6]), 100)


def within(posts: list[Post], params: dict[str, str], now: datetime, *, earliest: datetime = EARLIEST) -> list[Post]:
    """Those of the time that `since` and `until` ask for."""
    since, until = window(params, now, earliest=earliest)
    if since is not None:
        posts = [post for post in posts if post.published_at >= since]
    if until is not None:
        posts = [post for post in posts if post.published_at <= until]
    return posts


def window(
    params: dict[str, str], now: datetime, *, earliest: datetime = EARLIEST
) -> tuple[datetime | None, datetime | None]:
    since = moment(params["since"], "since", now) if params.get("since") else None
    until = moment(params["until"], "until", now) if params.get("until") else None
    if since is not None and since < earliest:
        raise invalid(f"Param since must be at least {int(earliest.timestamp())}")
    if until is not None and until > now + timedelta(seconds=1):
        raise invalid("Param until must not be in the future")
    if since is not None and until is not None and since >= until:
        raise invalid("Param since must be less than until")
    return since, until


def moment(value: str, name: str, now: datetime) -> datetime:
    """Unix seconds, ISO 8601, or one of a few words that strtotime() knows."""
    try:
        if value in _MOMENTS:
            found = now - _MOMENTS[value]
            return found if value == "now" else found.replace(hour=0, minute=0, second=0, microsecond=0)
        if value.isascii() and value.isdigit():
            return datetime.fromtimestamp(int(value), UTC)
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise invalid(f"Param {name} is not a valid time") from None


def _encoded(post_id: str) -> str:
    return base64.urlsafe_b64encode(post_id.encode()).decode().rstrip("=")


def _cursor(value: str | None) -> str | None:
    """The id that a cursor stands for."""
    if not value:
        return None
    try:
        post_id = base64.urlsafe_b64decode(value.encode("ascii") + b"=" * (-len(value) % 4)).decode("ascii")
    except ValueError:
        raise invalid("Invalid cursor") from None
    if len(post_id) != 17 or not post_id.isdigit():
        raise invalid("Invalid cursor")
    return post_id
