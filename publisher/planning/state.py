"""What is known to have been done: the state of one account, as a value.

Pure. Backends move it to and from durable places; only `publishing` and the `state` commands make new ones.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from publisher.planning.history import History, points_at, renamed
from publisher.planning.overlay import overlay
from publisher.planning.records import PostRecord


@dataclass(frozen=True, slots=True)
class State:
    """All records of one account. `serial` rises by one with each write."""

    lineage: str  # random, made by `state init`; another lineage is another history
    account: str
    endpoint: str  # base URL of the API: ids of a sandbox mean nothing on the real one
    serial: int = 0
    write_id: str = ""
    user_id: str | None = None  # recorded by the first publish
    posts: Mapping[str, PostRecord] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def amended(self, changes: Mapping[str, PostRecord | None]) -> "State":
        """With these records in the place of those of the same ids, or after them; None takes one out."""
        posts = self.posts
        return replace(self, posts=(posts if isinstance(posts, History) else overlay(posts)).amended(changes))

    def with_post(self, post_id: str, record: PostRecord) -> "State":
        return self.amended({post_id: record})

    def without(self, post_id: str) -> "State":
        return self.amended({post_id: None})

    def moved(self, old: str, new: str, path: str) -> "State":
        """The record of `old` under its new id; its place in the order of posts is kept."""
        return self.renamed({old: (new, path)})

    def renamed(self, names: Mapping[str, tuple[str, str]]) -> "State":
        """Records under new ids, and with new paths, all at once: old id -> new id and path. Places are kept.

        What was known of a new id, and does not itself get another one, goes: nothing of that was ever begun, and its
        file says what the old one said.
        """
        posts = self.posts
        records = {old: (new, replace(posts[old], path=path)) for old, (new, path) in names.items()}
        return replace(self, posts=posts.renamed(records) if isinstance(posts, History) else renamed(posts, records))

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """Of each post its id and what it said, without making records of them."""
        if isinstance(self.posts, History):
            return self.posts.fingerprints()
        return ((post_id, record.fingerprint) for post_id, record in self.posts.items())

    def chains(self) -> Iterator[tuple[str, PostRecord]]:
        """Id and record of every post of several parts."""
        if isinstance(self.posts, History):
            return self.posts.chains()
        return ((post_id, record) for post_id, record in self.posts.items() if len(record.parts) > 1)

    def pointing_at(self, names: Set[str]) -> Iterator[str]:
        """The ids of what points at one of these posts."""
        if isinstance(self.posts, History):
            return self.posts.pointing_at(names)
        return (post_id for post_id, record in self.posts.items() if points_at(record, names))

    def at_rest(self, post_id: str) -> bool:
        """`PostRecord.at_rest`, without making a record."""
        return self.posts.at_rest(post_id) if isinstance(self.posts, History) else self.posts[post_id].at_rest

    def opens(self, post_ids: Iterable[str]) -> bool:
        """Whether a call that cannot be undone may follow a write of these."""
        return any(self.posts[post_id].opens for post_id in post_ids if post_id in self.posts)

    def bound_ids(self) -> frozenset[str]:
        """Every media id that belongs to a known part, or to what a post was before it was replaced."""
        records = self.posts.values()
        replaced = (str(media_id) for record in records for media_id in record.extra.get("replaced", ()))
        live = (part.media_id for record in records for part in record.parts if part.media_id is not None)
        return frozenset((*live, *replaced))
