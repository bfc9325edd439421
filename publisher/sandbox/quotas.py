"""Use of the moving windows (docs/threads.md, Quotas). Pure."""

from datetime import datetime, timedelta

from publisher.sandbox.answers import quota_reached
from publisher.sandbox.values import Data, Spent

DAY = timedelta(hours=24)
QUOTAS = {"posts": 250, "replies": 1000, "deletes": 100, "locations": 500, "searches": 2200, "profiles": 1000}
_HOURLY = {"oembed": 1000}


def used(data: Data, kind: str, user_id: str, now: datetime) -> int:
    """Use within the window; deleting a post gives nothing back."""
    since = now - (timedelta(hours=1) if kind in _HOURLY else DAY)
    if kind not in ("posts", "replies", "deletes"):
        return sum(item.kind == kind and item.user_id == user_id and item.at > since for item in data.spent)
    mine = [post for post in data.posts.values() if post.user_id == user_id and post.parent is None]
    if kind == "deletes":
        return sum(post.deleted_at is not None and post.deleted_at > since for post in mine)
    return sum(post.published_at > since and (post.reply_to is not None) == (kind == "replies") for post in mine)


def check(data: Data, kind: str, user_id: str, now: datetime) -> None:
    """Raise the refusal of an exhausted quota."""
    if used(data, kind, user_id, now) >= (QUOTAS | _HOURLY)[kind]:
        raise quota_reached(data.settings.quota_code)


def spend(data: Data, kind: str, user_id: str, now: datetime) -> None:
    """Count a call that leaves no post behind; what no window reaches any more is forgotten."""
    data.spent = [item for item in data.spent if item.at > now - DAY]
    data.spent.append(Spent(kind, user_id, now))
