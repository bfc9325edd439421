"""Insights of posts and of the account: counts that are real where the world knows them, else
numbers that are the same in every run."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from publisher.sandbox import chance, lists
from publisher.sandbox.answers import invalid, no_object
from publisher.sandbox.fields import time_text
from publisher.sandbox.route import Route, UserCall
from publisher.sandbox.values import Post

if TYPE_CHECKING:
    from publisher.sandbox.world import World

EARLIEST = datetime.fromtimestamp(1712991600, UTC)
_DAY = timedelta(days=1)
MEDIA_METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
_TOTALS = ("likes", "replies", "reposts", "quotes")
USER_METRICS = ("views", *_TOTALS, "clicks", "followers_count", "follower_demographics")
BREAKDOWNS = {
    "country": ("US", "DE", "JP", "BR", "IN"),
    "city": ("New York, New York", "Berlin, Berlin", "Tokyo, Tokyo", "São Paulo, São Paulo (state)"),
    "age": ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"),
    "gender": ("F", "M", "U"),
}


def of_media(world: "World", call: UserCall) -> dict[str, Any]:
    metrics = _metrics(call, MEDIA_METRICS)
    post = world.readable(call.subject)
    if post is None or post.user_id != call.account.id:
        raise no_object(call.subject)
    if post.media_type == "REPOST_FACADE":
        return {"data": []}
    return {
        "data": [
            {
                "name": name,
                "period": "lifetime",
                "values": [{"value": _count(world, post, name, call.now)}],
                "title": name.title(),
                "description": f"The number of {name} of your post.",
                "id": f"{post.id}/insights/{name}/lifetime",
            }
            for name in metrics
        ]
    }


def _count(world: "World", post: Post, metric: str, now: datetime) -> int:
    """Replies, quotes and reposts as they are; the rest grows over a day."""
    others = world.published()
    match metric:
        case "replies":
            return sum((item.root if post.reply_to is None else item.reply_to) == post.id for item in others)
        case "quotes":
            return sum(item.quote == post.id for item in others)
        case "reposts":
            return sum(item.reposted == post.id for item in others)
    most = chance.number(f"{post.id}/{metric}", {"views": 2000, "likes": 90, "shares": 12}[metric])
    return round(most * min(1.0, (now - post.published_at) / _DAY))


def of_user(world: "World", call: UserCall) -> dict[str, Any]:
    metrics = _metrics(call, USER_METRICS)
    bounded = bool(call.params.get("since") or call.params.get("until"))
    if bounded and {"followers_count", "follower_demographics"} & set(metrics):
        raise invalid("Params since and until do not go with followers_count and follower_demographics")
    since, until = lists.window(call.params, call.now, earliest=EARLIEST)
    until = until or call.now
    if (since or EARLIEST) >= until:
        raise invalid("Param since must be less than until")
    since = since or max(EARLIEST, (until - _DAY).replace(hour=0, minute=0, second=0, microsecond=0))
    mine = [post for post in world.published() if post.user_id == call.account.id]
    within = [post for post in mine if since <= post.published_at <= until]
    data = [
        {
            "name": name,
            "period": "day",
            "title": name.replace("_", " ").title(),
            "description": f"The {name.replace('_', ' ')} of your profile.",
            "id": f"{call.account.id}/insights/{name}/day",
            **_value(world, call, name, within, since, until),
        }
        for name in metrics
    ]
    return {"data": data, "paging": _windows(world, call, since, until)}


def _value(
    world: "World", call: UserCall, metric: str, posts: list[Post], since: datetime, until: datetime
) -> dict[str, Any]:
    account = call.account
    match metric:
        case "views":
            days = _days(since, until)
            return {
                "values": [
                    {"value": chance.number(f"{account.id}/views/{day.date()}", 500), "end_time": time_text(day)}
                    for day in days
                ]
            }
        case "clicks":
            links = sorted({post.params["link_attachment"] for post in posts if "link_attachment" in post.params})
            return {"link_total_values": [{"value": chance.number(link, 40), "link_url": link} for link in links]}
        case "followers_count":
            return {"total_value": {"value": account.followers}}
        case "follower_demographics":
            return {"total_value": {"breakdowns": [_breakdown(call)]}}
    return {"total_value": {"value": sum(_count(world, post, metric, call.now) for post in posts)}}


def _breakdown(call: UserCall) -> dict[str, Any]:
    """Followers by one dimension; the shares add up."""
    name = call.params.get("breakdown", "")
    if name not in BREAKDOWNS:
        raise invalid(f"Param breakdown must be one of {{{', '.join(BREAKDOWNS)}}}")
    if call.account.followers < 100:
        raise invalid("follower_demographics needs at least 100 followers")
    parts = BREAKDOWNS[name]
    weights = [1 + chance.number(f"{call.account.id}/{name}/{part}", 100) for part in parts]
    counts = [call.account.followers * weight // sum(weights) for weight in weights]
    counts[0] += call.account.followers - sum(counts)
    results = [{"dimension_values": [part], "value": count} for part, count in zip(parts, counts, strict=True)]
    return {"dimension_keys": [name], "results": results}


def _days(since: datetime, until: datetime) -> Iterable[datetime]:
    """08:00 UTC of each day, as the documented sample has it; two years at most."""
    first = since.replace(hour=8, minute=0, second=0, microsecond=0)
    count = min(731, max(1, (until - since).days + 1))
    return [first + number * _DAY for number in range(count)]


def _windows(world: "World", call: UserCall, since: datetime, until: datetime) -> dict[str, str]:
    """The spans of the same length before and after."""
    # In seconds: a clock that was moved far may have neighbours that no calendar holds.
    first, last = int(since.timestamp()), int(until.timestamp())
    length = last - first
    base = f"{world.api_url}/v1.0{call.path}"

    def link(start: int, end: int) -> str:
        return f"{base}?{urlencode({**call.params, 'since': str(start), 'until': str(end)})}"

    return {"previous": link(first - length, first), "next": link(last, last + length)}


def _metrics(call: UserCall, known: tuple[str, ...]) -> list[str]:
    names = [name.strip() for name in call.params.get("metric", "").split(",") if name.strip()]
    if not names:
        raise invalid("The parameter metric is required")
    if any(name not in known for name in names):
        raise invalid(f"Param metric must be one of {{{', '.join(known)}}}")
    return list(dict.fromkeys(names))


_SCOPE = ("threads_manage_insights",)
ROUTES = (
    Route("GET", "/{id}/insights", of_media, _SCOPE, ("metric",)),
    Route("GET", "/{user}/threads_insights", of_user, _SCOPE, ("metric", "since", "until", "breakdown")),
)
