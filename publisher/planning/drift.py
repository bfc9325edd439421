"""What the world did to posts of ours since they went out: taken down, changed, or unknown to the record. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from publisher.content.post import Post
from publisher.planning.records import Phase
from publisher.planning.state import State


@dataclass(frozen=True, slots=True)
class Seen:
    """One live post as Threads reads it back, without its words."""

    media_id: str
    text_sha256: str | None  # as in the record
    reply_audience: str | None = None  # "EVERYONE"; None: not told
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between the record and the account."""

    what: Literal["gone", "changed", "audience", "unrecorded"]
    media_id: str
    post: str | None = None  # None: no record knows it
    part: int | None = None
    permalink: str | None = None


def drifts(
    state: State, posts: Mapping[str, Post], seen: Mapping[str, Seen], gone: frozenset[str], newest: Iterable[str]
) -> tuple[Drift, ...]:
    """In the order of the record; what no record knows comes last.

    `seen`: by media id. `gone`: ids that Threads cannot read any more. `newest`: ids of the account's own lists.
    """
    found: list[Drift] = []
    for post_id, record in state.posts.items():
        post = posts.get(post_id)
        for index, part in enumerate(record.parts, start=1):
            if part.phase is not Phase.PUBLISHED or part.media_id is None:
                continue
            live = seen.get(part.media_id)
            if part.media_id in gone:
                found.append(Drift("gone", part.media_id, post_id, index, part.permalink))
            if live is None:
                continue
            if part.text_sha256 is not None and live.text_sha256 != part.text_sha256:
                found.append(Drift("changed", part.media_id, post_id, index, live.permalink))
            same = post is not None and post.fingerprint == record.fingerprint and index <= len(post.parts)
            wanted = post.parts[index - 1].reply_control if post is not None and same else None
            if wanted is not None and live.reply_audience not in (None, wanted.upper()):
                found.append(Drift("audience", part.media_id, post_id, index, live.permalink))
    bound = state.bound_ids()
    unknown = (media_id for media_id in dict.fromkeys(newest) if media_id not in bound)
    return (*found, *(Drift("unrecorded", media_id, permalink=seen[media_id].permalink) for media_id in unknown))
