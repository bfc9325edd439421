"""Records that are finished, sealed in parts of which a head lists name and checksum. Pure.

Most of a long history is never looked at again. What a write touches stays small when that lies in a few large parts
beside what is open and recent.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from publisher.errors import Refused
from publisher.planning.record_json import post_from_json, post_json
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import FORMAT_VERSION, checksum, checksum_as_written, sealed_bytes
from publisher.state_backends import checks

LARGEST_SHARD = 2000  # posts; about 1 MB
LARGEST_BYTES = 2_000_000  # of a shard that grows: a record has about 600, one of a long chain a hundred times that
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shard:
    """A sealed part, listed in the head."""

    name: str  # "2026-11"; "2026-11-2" when a month has more than one
    sha256: str
    posts: int

    @property
    def key(self) -> str:
        return f"archive/{self.name}.json"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a head lists of what is sealed. Later shards override earlier ones, and what is not sealed all of them.

    `dropped` names posts that a shard may still hold and that were moved or removed since.
    """

    shards: tuple[Shard, ...] = ()
    dropped: frozenset[str] = frozenset()

    def whole(self, archives: Iterable[Mapping[str, PostRecord]], posts: Mapping[str, PostRecord]) -> dict[str, Any]:
        """All posts; `archives` are the contents of the shards, in their order, and `posts` is what is not sealed."""
        whole: dict[str, PostRecord] = {}
        for archive in archives:
            whole.update(archive)
        for post_id in self.dropped:
            whole.pop(post_id, None)
        whole.update(posts)
        return whole

    def written(self, changed: Iterable[str], posts: Collection[str], may_hold: Callable[[str], bool]) -> "Sealed":
        """After a write that changed these; `posts` are all there are after it."""
        changed = frozenset(changed)
        here = {post_id for post_id in changed if post_id in posts}
        gone = {post_id for post_id in changed - here if may_hold(post_id)}
        return self if not gone and self.dropped.isdisjoint(here) else replace(self, dropped=self.dropped - here | gone)

    def growing(
        self, moved: Mapping[str, PostRecord], state: State, read: Callable[[Shard], Mapping[str, PostRecord]]
    ) -> tuple["Sealed", dict[str, PostRecord]]:
        """What is to be sealed so that `moved` is, and what stays listed before it: the last shard grows while it may.

        A hundred thousand posts are fifty shards so, however few of them leave a head at once.
        """
        last = self.shards[-1] if self.shards else None
        if last is not None and last.posts + len(moved) <= LARGEST_SHARD:
            held = {post_id: record for post_id, record in read(last).items() if post_id not in self.dropped}
            grown = {**held, **moved}
            if len(shard_bytes(state, grown)[0]) <= LARGEST_BYTES:
                return replace(self, shards=self.shards[:-1]), grown
        return self, dict(moved)

    def with_shard(self, shard: Shard) -> "Sealed":
        return replace(self, shards=(*self.shards, shard))


NOTHING_SEALED = Sealed()


class Contents:
    """Which posts are in which shard, as far as one backend object has seen."""

    def __init__(self) -> None:
        self._ids: dict[Shard, frozenset[str]] = {}

    def learn(self, shard: Shard, posts: Iterable[str]) -> None:
        self._ids[shard] = frozenset(posts)

    def may_hold(self, sealed: Sealed) -> Callable[[str], bool]:
        """Whether a shard that is listed may hold a post of that id; one that was not seen may hold any."""
        known = [self._ids.get(shard) for shard in sealed.shards]
        return lambda post_id: any(ids is None or post_id in ids for ids in known)


def longest_finished(posts: Mapping[str, PostRecord], keep: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Of what may be sealed, the longest finished first: id, and bytes of its record; nothing of `keep`."""
    kept = frozenset(keep)
    finished = [post_id for post_id, record in posts.items() if record.finished and post_id not in kept]
    for post_id in sorted(finished, key=lambda key: _finished_at(posts[key])):
        yield post_id, len(_compact(post_json(posts[post_id]))) + len(post_id) + 4


def listed(sealed: Sealed) -> list[list[Any]]:
    return [[shard.name, shard.sha256, shard.posts] for shard in sealed.shards]


def sealed_from_json(document: Mapping[str, Any]) -> Sealed:
    """From the keys `archives` and `dropped` of a head. Raises `TypeError` or `ValueError` for what is no such list."""
    shards = tuple(Shard(str(name), str(sha256), int(n)) for name, sha256, n in document.get("archives", []))
    return Sealed(shards, frozenset(str(post_id) for post_id in document.get("dropped", [])))


def shard_bytes(state: State, posts: Mapping[str, PostRecord]) -> tuple[bytes, str]:
    """A shard and its checksum. Keys that say nothing are left out: most of a published record is null."""
    document = {
        "format_version": FORMAT_VERSION,
        "lineage": state.lineage,
        "account": state.account,
        "posts": {key: _spare(post_json(record)) for key, record in posts.items()},
    }
    data = sealed_bytes(document)
    return data, _sum(document, data)


def shard_posts(data: bytes, shard: Shard, state: State, *, where: str) -> dict[str, PostRecord]:
    """Raises `Refused` E402 when the bytes are not those that the head lists."""
    document = checks.document_from(data, where=where)
    if (
        not isinstance(document, dict)
        or document.get("lineage") != state.lineage
        or _sum(document, data) != shard.sha256
    ):
        raise Refused(
            f"{where} is not what the head lists",
            code="E402",
            why="a sealed part never changes: it was edited, damaged or replaced",
            fix="restore its first version, then: publisher state verify",
        )
    return {key: post_from_json(value, where=f"{where}: {key}") for key, value in document["posts"].items()}


def _sum(document: Mapping[str, Any], data: bytes) -> str:
    return checksum_as_written(data) or checksum(document)


def _spare(record: dict[str, Any]) -> dict[str, Any]:
    parts = [{key: value for key, value in part.items() if value not in (None, [], 0)} for part in record["parts"]]
    return {**record, "parts": parts}


def _finished_at(record: PostRecord) -> datetime:
    return max((part.published_at or _LONG_AGO for part in record.parts), default=_LONG_AGO)


def _compact(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
