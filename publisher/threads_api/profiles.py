"""Who the token belongs to, and public profiles (Meta: "Profiles").

Source: https://developers.facebook.com/docs/threads/threads-profiles
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from publisher.threads_api.call import Call
from publisher.threads_api.fields import PROFILE_FIELDS, Fields, spelled
from publisher.threads_api.reading import Record, unix_moment


@dataclass(frozen=True, slots=True)
class SearchedKeyword:
    query: str
    searched_at: datetime | None = None  # UTC


@dataclass(frozen=True, slots=True)
class Profile:
    """The token's own user."""

    id: str
    username: str | None = None
    name: str | None = None
    threads_profile_picture_url: str | None = None
    threads_biography: str | None = None
    is_verified: bool | None = None
    recently_searched_keywords: tuple[SearchedKeyword, ...] = ()
    is_eligible_for_geo_gating: bool | None = None
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, record: Record) -> "Profile":
        return cls(
            id=record.id(),
            **{name: record.text(name) for name in _TEXTS},
            is_verified=record.flag("is_verified"),
            recently_searched_keywords=tuple(_keyword(item) for item in record.records("recently_searched_keywords")),
            is_eligible_for_geo_gating=record.flag("is_eligible_for_geo_gating"),
            extra=record.rest(cls.__dataclass_fields__),
        )


_TEXTS = ("username", "name", "threads_profile_picture_url", "threads_biography")


def _keyword(record: Record) -> SearchedKeyword:
    milliseconds = record.number("timestamp")  # the only time in the API that is counted so
    return SearchedKeyword(record.text("query") or "", unix_moment(milliseconds / 1000 if milliseconds else None))


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """Somebody else's profile. The counts are of the last seven days, but for `follower_count`."""

    username: str | None
    name: str | None = None
    profile_picture_url: str | None = None
    biography: str | None = None
    is_verified: bool | None = None
    follower_count: int | None = None
    likes_count: int | None = None
    quotes_count: int | None = None
    replies_count: int | None = None
    reposts_count: int | None = None
    views_count: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, record: Record) -> "PublicProfile":
        texts = ("username", "name", "profile_picture_url", "biography")
        plain: dict[str, Any] = {
            **{name: record.text(name) for name in texts},
            **{name: record.integer(name) for name in cls.__dataclass_fields__ if name.endswith("_count")},
        }
        return cls(
            **plain,
            is_verified=record.flag("is_verified"),
            extra=record.rest(cls.__dataclass_fields__),
        )


class ProfilesResource:
    """`client.profiles`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def me(self, *, fields: Fields = PROFILE_FIELDS) -> Profile:
        """Whose token this is; `fields=ALL_PROFILE_FIELDS` for all there is."""
        return Profile.read(self._call.get("/me", {"fields": spelled(fields)}))

    def lookup(self, username: str) -> PublicProfile:
        """A public profile with at least 100 followers, by its exact name. Needs `threads_profile_discovery`.

        1,000 lookups a day, together with `client.search.profile_posts`.
        """
        return PublicProfile.read(self._call.get("/profile_lookup", {"username": username.removeprefix("@")}))
