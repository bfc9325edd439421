"""One field of a document each: pictures, link card, poll, attached text, and the small facts around a post. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from publisher.sandbox.feed import text
from publisher.sandbox.feed.values import Attached, Card, Choice, Note, Poll, Shown

Document = Mapping[str, Any]
_AUDIENCE = {
    "ACCOUNTS_YOU_FOLLOW": "Profiles it follows can reply",
    "MENTIONED_ONLY": "Mentioned profiles can reply",
    "PARENT_POST_AUTHOR_ONLY": "Only the author can reply",
    "FOLLOWERS_ONLY": "Followers can reply",
}
_APPROVAL = {"pending": Note("waiting", "Waits for approval"), "ignored": Note("hidden", "Approval was declined")}
_OPTIONS = ("option_a", "option_b", "option_c", "option_d")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def media(post: Document) -> tuple[Shown, ...]:
    """The post's own medium, or its children's. A spoiler on a carousel covers every child.

    Addresses lose their host: the page's policy lets in its own origin only, by whatever name it was opened.
    """
    children = post.get("children")
    listed = children.get("data") if isinstance(children, Mapping) else None
    items = [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    return tuple(
        Shown(
            str(item.get("media_type", "IMAGE")),
            urlsplit(str(item["media_url"])).path,
            item.get("alt_text") or None,
            veiled=bool(post.get("is_spoiler_media") or item.get("is_spoiler_media")),
        )
        for item in (items or [post])
        if item.get("media_url")
    )


def card(url: object) -> Card | None:
    """The card of a link that a browser may be sent to."""
    address = text.web_address(url)
    return Card(address, urlsplit(address).hostname or "") if address else None


def poll(found: object, now: datetime) -> Poll | None:
    if not isinstance(found, Mapping):
        return None
    shares = {key: _share(found.get(f"{key}_votes_percentage")) for key in _OPTIONS if found.get(key)}
    if not shares:
        return None
    most = max(shares.values())
    choices = tuple(Choice(str(found[key]), round(100 * share), 0 < share == most) for key, share in shares.items())
    votes = found.get("total_votes") or 0
    closes = moment(found.get("expiration_timestamp"))
    facts = [f"{votes} vote{'' if votes == 1 else 's'}"]
    if closes is not None:
        facts.append(f"closes in {left(closes - now)}" if closes > now else "closed")
    return Poll(choices, " · ".join(facts))


def _share(value: object) -> float:
    """0.0 to 1.0; what is no number counts as nothing."""
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else 0.0


def attached(found: object) -> Attached | None:
    plain = found.get("plaintext") if isinstance(found, Mapping) else None
    if not isinstance(plain, str) or not isinstance(found, Mapping):
        return None
    marks = text.style_marks(plain, found.get("text_with_styling_info"))
    return Attached(text.runs(plain, marks), len(plain), card(found.get("link_attachment_url")))


def details(post: Document, now: datetime) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
    """What stands above the text, and what below."""
    return tuple(_head(post, now)), tuple(_foot(post))


def _head(post: Document, now: datetime) -> Iterator[Note]:
    if post.get("ghost_post_status"):
        ends = moment(post.get("ghost_post_expiration_timestamp"))
        lives = ends is not None and ends > now and post["ghost_post_status"] != "ARCHIVED"
        yield Note("ghost", f"Ghost post, {left(ends - now)} left" if ends and lives else "Ghost post, archived")
    if (waiting := _APPROVAL.get(str(post.get("reply_approval_status")))) is not None:
        yield waiting


def _foot(post: Document) -> Iterator[Note]:
    location = post.get("location")
    if isinstance(location, Mapping) and location.get("name"):
        city = location.get("city")
        yield Note(
            "place", f"{location['name']}, {city}" if city and city not in location["name"] else location["name"]
        )
    elif post.get("location_id"):
        yield Note("place", f"Location {post['location_id']}")
    if post.get("allowlisted_country_codes"):
        yield Note("countries", f"Shown in {', '.join(map(str, post['allowlisted_country_codes']))} only")
    if (audience := _AUDIENCE.get(str(post.get("reply_audience")))) is not None:
        yield Note("audience", audience)


def moment(value: object) -> datetime | None:
    """A time as the API writes it, "2026-04-22T08:23:00+0000"; None for anything else."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def left(span: timedelta) -> str:
    """ "23 h", "5 min", "under a minute"; whole units, rounded down."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 60:
        return f"{minutes // 60} h"
    return f"{minutes} min" if minutes else "under a minute"


def spell(when: datetime) -> str:
    """ "1 Dec 2026, 09:00 UTC", without asking the machine for its language."""
    when = when.astimezone(UTC)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"
