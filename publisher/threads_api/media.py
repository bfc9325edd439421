"""Published posts, read back: one, and the account's own (Meta: "Retrieve posts", "Ghost posts", "Mentions").

Source: https://developers.facebook.com/docs/threads/retrieve-and-discover-posts/retrieve-posts
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Unpack

from publisher.threads_api.call import Call, segment
from publisher.threads_api.container import StyledRange, TextAttachment, TextEntity
from publisher.threads_api.fields import ALL_FIELDS, FIELDS, Fields, spelled
from publisher.threads_api.locations import Location
from publisher.threads_api.pages import LARGEST_PAGE, IterationOptions, ListOptions, Page, list_params, pages
from publisher.threads_api.reading import Record

__all__ = ["ALL_FIELDS", "FIELDS", "Media", "MediaResource", "PollOption", "PollResult"]


@dataclass(frozen=True, slots=True)
class PollOption:
    text: str
    votes_share: float | None = None  # 0 to 1


@dataclass(frozen=True, slots=True)
class PollResult:
    options: tuple[PollOption, ...]
    total_votes: int | None = None
    expires_at: datetime | None = None  # UTC

    @classmethod
    def read(cls, record: Record) -> "PollResult":
        options = (
            (record.text(f"option_{letter}"), record.number(f"option_{letter}_votes_percentage")) for letter in "abcd"
        )
        return cls(
            options=tuple(PollOption(text, share) for text, share in options if text is not None),
            total_votes=record.integer("total_votes"),
            expires_at=record.moment("expiration_timestamp"),
        )


@dataclass(frozen=True, slots=True)
class Media:
    """A post, reply or repost as Threads reads it back. Absent values are None; unknown ones are in `extra`.

    `media_url` and `thumbnail_url` are signed links that end within days: never store them.
    """

    id: str  # "18050000000000002"
    media_type: str | None = None  # see `MediaType`: TEXT_POST, IMAGE, VIDEO, CAROUSEL_ALBUM, AUDIO, REPOST_FACADE
    text: str | None = None
    permalink: str | None = None
    shortcode: str | None = None
    timestamp: datetime | None = None  # UTC
    username: str | None = None
    children: tuple[str, ...] = ()  # media ids, in order
    carousel: tuple["Media", ...] = ()  # the same children, with what was asked of them
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
    reply_audience: str | None = None  # see `ReplyAudience`
    media_product_type: str | None = None  # THREADS
    thumbnail_url: str | None = None
    gif_url: str | None = None
    owner: str | None = None  # user id
    is_verified: bool | None = None
    profile_picture_url: str | None = None
    poll_attachment: PollResult | None = None
    is_spoiler_media: bool | None = None
    text_entities: tuple[TextEntity, ...] = ()
    text_attachment: TextAttachment | None = None
    ghost_post_status: str | None = None  # see `GhostPostStatus`
    ghost_post_expiration_timestamp: datetime | None = None  # UTC
    location_id: str | None = None
    location: Location | None = None
    allowlisted_country_codes: tuple[str, ...] = ()
    has_replies: bool | None = None
    is_reply_owned_by_me: bool | None = None
    hide_status: str | None = None  # see `HideStatus`
    reply_approval_status: str | None = None  # see `ApprovalStatus`
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, record: Record) -> "Media":
        """Raises `BadAnswer` when there is no id."""
        carousel = tuple(Media.read(child) for child in record.records("children"))
        plain: dict[str, Any] = {
            **{name: record.text(name) for name in _TEXTS},
            **{name: record.flag(name) for name in _FLAGS},
            **{name: record.reference(name) for name in _REFERENCES},
        }
        poll, location = record.record("poll_attachment"), record.record("location")
        return cls(
            **plain,
            id=record.id(),
            timestamp=record.moment("timestamp"),
            children=tuple(child.id for child in carousel),
            carousel=carousel,
            location_id=record.label("location_id"),
            poll_attachment=None if poll is None else PollResult.read(poll),
            text_entities=tuple(_entity(item) for item in record.records("text_entities")),
            text_attachment=_attachment(record.record("text_attachment")),
            ghost_post_expiration_timestamp=record.moment("ghost_post_expiration_timestamp"),
            location=None if location is None else Location.read(location),
            allowlisted_country_codes=record.texts("allowlisted_country_codes"),
            extra=record.rest(cls.__dataclass_fields__),
        )


_REFERENCES = ("replied_to", "root_post", "quoted_post", "reposted_post", "owner")
_FLAGS = ("is_reply", "is_quote_post", "is_verified", "is_spoiler_media", "has_replies", "is_reply_owned_by_me")
_TEXTS = (
    "media_type",
    "text",
    "permalink",
    "shortcode",
    "username",
    "topic_tag",
    "alt_text",
    "media_url",
    "link_attachment_url",
    "reply_audience",
    "media_product_type",
    "thumbnail_url",
    "gif_url",
    "profile_picture_url",
    "ghost_post_status",
    "hide_status",
    "reply_approval_status",
)


def _entity(record: Record) -> TextEntity:
    return TextEntity(_count(record, "offset"), _count(record, "length"), record.text("entity_type") or "SPOILER")


def _attachment(record: Record | None) -> TextAttachment | None:
    if record is None:
        return None
    styling = tuple(
        StyledRange(_count(item, "offset"), _count(item, "length"), item.texts("styling_info"))
        for item in record.records("text_with_styling_info")
    )
    return TextAttachment(record.text("plaintext") or "", record.text("link_attachment_url"), styling)


def _count(record: Record, name: str) -> int:
    """A number that Meta's own sample spells as a string."""
    text = record.label(name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class MediaResource:
    """`client.media`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def get(self, media_id: str, *, fields: Fields = FIELDS) -> Media:
        """One post; `fields=ALL_FIELDS` for all there is.

        Raises `NotFound` when it is gone, foreign, or not readable yet: seconds may pass after a publish.
        """
        return Media.read(self._call.get(f"/{segment(media_id)}", {"fields": spelled(fields)}))

    def threads(self, **options: Unpack[ListOptions]) -> Page[Media]:
        """Own top-level posts, newest first; quotes and reposts are among them, replies are not."""
        return self._page("/me/threads", list_params(FIELDS, **options))

    def all_threads(self, *, limit: int = LARGEST_PAGE, **options: Unpack[IterationOptions]) -> Iterator[Media]:
        """Every own top-level post, newest first, page by page as it is consumed."""
        return pages(lambda after: self._page("/me/threads", list_params(FIELDS, **options, limit=limit, after=after)))

    def ghost_posts(self, **options: Unpack[ListOptions]) -> Page[Media]:
        """Own posts that archive themselves after 24 hours, archived ones too."""
        return self._page("/me/ghost_posts", list_params(FIELDS, **options))

    def all_ghost_posts(self, *, limit: int = LARGEST_PAGE, **options: Unpack[IterationOptions]) -> Iterator[Media]:
        return pages(
            lambda after: self._page("/me/ghost_posts", list_params(FIELDS, **options, limit=limit, after=after))
        )

    def mentions(self, **options: Unpack[ListOptions]) -> Page[Media]:
        """Public posts that name the account. Needs `threads_manage_mentions`.

        Source: https://developers.facebook.com/docs/threads/threads-mentions
        """
        return self._page("/me/mentions", list_params(FIELDS, **options))

    def all_mentions(self, *, limit: int = LARGEST_PAGE, **options: Unpack[IterationOptions]) -> Iterator[Media]:
        return pages(lambda after: self._page("/me/mentions", list_params(FIELDS, **options, limit=limit, after=after)))

    def _page(self, path: str, params: Mapping[str, str]) -> Page[Media]:
        return Page.read(self._call.get(path, params), Media.read)
