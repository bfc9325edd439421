"""Published posts, read back: one medium, and the account's own posts (Meta: "Retrieve posts")."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from publisher.threads_api.call import Call
from publisher.threads_api.pages import Page, pages

FIELDS = (
    "id,media_product_type,media_type,media_url,thumbnail_url,permalink,shortcode,username,text,timestamp,"
    "children{id,media_type,media_url,alt_text},is_quote_post,quoted_post,reposted_post,alt_text,link_attachment_url,"
    "topic_tag,has_replies,is_reply,replied_to,root_post,reply_audience"
)
# The lists of replies know the same fields; clients ask for the superset with success (threads-api: reading).


@dataclass(frozen=True, slots=True)
class Media:
    """A post, reply or repost as Threads reads it back. Absent values are None; unknown ones are in `extra`."""

    id: str  # "18050000000000002"
    media_type: str | None = None  # TEXT_POST, IMAGE, VIDEO, CAROUSEL_ALBUM, AUDIO, REPOST_FACADE
    text: str | None = None
    permalink: str | None = None
    shortcode: str | None = None
    timestamp: datetime | None = None  # UTC
    username: str | None = None
    children: tuple[str, ...] = ()  # media ids, in order
    is_reply: bool | None = None
    replied_to: str | None = None
    root_post: str | None = None
    is_quote_post: bool | None = None
    quoted_post: str | None = None
    reposted_post: str | None = None
    topic_tag: str | None = None
    alt_text: str | None = None
    media_url: str | None = None
    link_attachment_url: str | None = None
    reply_audience: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Media":
        known: dict[str, Any] = {name: document[name] for name in _PLAIN if document.get(name) is not None}
        nested: dict[str, Any] = {name: _id(document.get(name)) for name in _NESTED}
        children = document.get("children") or {}
        listed = children.get("data", ()) if isinstance(children, Mapping) else children
        return cls(
            **known,
            **nested,
            id=str(document["id"]),
            timestamp=read_time(document.get("timestamp")),
            children=tuple(str(child["id"]) for child in listed),
            extra={key: value for key, value in document.items() if key not in cls.__dataclass_fields__},
        )


_NESTED = ("replied_to", "root_post", "quoted_post", "reposted_post")
_PLAIN = tuple(
    name for name in Media.__dataclass_fields__ if name not in (*_NESTED, "id", "timestamp", "children", "extra")
)


def read_time(text: str | None) -> datetime | None:
    """ "2026-04-22T08:23:00+0000" as a time; None stays None."""
    return None if text is None else datetime.fromisoformat(text)


def _id(value: Any) -> str | None:
    return str(value["id"]) if isinstance(value, Mapping) and "id" in value else None


class MediaResource:
    def __init__(self, call: Call) -> None:
        self._call = call

    def get(self, media_id: str, *, fields: str = FIELDS) -> Media:
        """One post. Raises `NotFound` when it is gone, foreign, or not readable yet."""
        return Media.read(self._call.get(f"/{media_id}", {"fields": fields}))

    def threads(self, *, limit: int = 25, after: str | None = None, fields: str = FIELDS) -> Page[Media]:
        """Own top-level posts, newest first; replies are not among them. `limit` at most 100."""
        params = {"fields": fields, "limit": str(limit), **({"after": after} if after else {})}
        return Page.read(self._call.get("/me/threads", params), Media.read)

    def all_threads(self, *, limit: int = 100) -> Iterator[Media]:
        """Every own top-level post, newest first, page by page as it is consumed."""
        return pages(lambda after: self.threads(limit=limit, after=after))
