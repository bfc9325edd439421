"""What is rewritten with each write, and what is sealed for good: the layout of a state in objects.

Pure. The head holds what is open and what was published lately, and lists the sealed shards; so a write costs the same
in year three as on day one. Later shards, and the head, override earlier ones; `dropped` names posts that a shard
still holds and that were moved or removed since.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from publisher.errors import Refused
from publisher.planning.record_json import post_from_json, post_json
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import (
    FORMAT_VERSION,
    checked_head,
    checksum,
    checksum_as_written,
    compact,
    head_json,
    member_text,
    object_text,
    sealed_bytes,
    sealed_members,
)
from publisher.state_backends import checks

LARGEST_HEAD = 300_000  # bytes
LARGEST_SHARD = 2000  # posts; about 1 MB
_OURS = ("archives", "dropped", "posts")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shard:
    """A sealed object, listed in the head."""

    name: str  # "archive/2026-11.json"; "archive/2026-11-2.json" when a month has more than one
    sha256: str
    posts: int

    @property
    def key(self) -> str:
        return f"archive/{self.name}.json"


@dataclass(frozen=True, slots=True)
class Head:
    """The head as a value. `state` is without its posts; `posts` are those not sealed."""

    state: State
    posts: Mapping[str, PostRecord]
    shards: tuple[Shard, ...] = ()
    dropped: frozenset[str] = frozenset()

    def written(self, state: State, changed: Iterable[str], sealed: Callable[[str], bool]) -> "Head":
        """The head that takes this one's place when `state` does, which differs in the posts `changed`.

        `sealed`: whether a shard may hold a post of that id.
        """
        posts, dropped = dict(self.posts), set(self.dropped)
        for post_id in changed:
            if post_id in state.posts:
                posts[post_id] = state.posts[post_id]
                dropped.discard(post_id)
            else:
                posts.pop(post_id, None)
                if sealed(post_id):
                    dropped.add(post_id)
        return Head(replace(state, posts={}), posts, self.shards, frozenset(dropped))

    def whole(self, archives: Iterable[Mapping[str, PostRecord]]) -> State:
        """The state with all its posts; `archives` are the contents of the shards, in their order."""
        posts: dict[str, PostRecord] = {}
        for archive in archives:
            posts.update(archive)
        for post_id in self.dropped:
            posts.pop(post_id, None)
        return replace(self.state, posts={**posts, **self.posts})


class HeadBytes:
    """Heads as bytes, one after the other, as one backend object writes them: each differs little from the last.

    A record is made into text once, and the text is kept while the head holds that very record; so is the list of
    shards. All of these are values, so the same object says the same. The last head's bytes are kept whole: they are
    measured, written and copied to the journal.
    """

    def __init__(self) -> None:
        self._members: dict[str, tuple[PostRecord, bytes]] = {}  # post id -> its record, and both as text
        self._archives: tuple[tuple[Shard, ...], bytes] = ((), compact([]))
        self._last: tuple[Head, bytes] | None = None

    def of(self, head: Head) -> bytes:
        if self._last is not None and self._last[0] is head:
            return self._last[1]
        if self._archives[0] is not head.shards:
            listed = [[shard.name, shard.sha256, shard.posts] for shard in head.shards]
            self._archives = head.shards, compact(listed)
        self._members = {post_id: (record, self._member(post_id, record)) for post_id, record in head.posts.items()}
        members = {
            **{key: compact(value) for key, value in head_json(head.state).items()},
            "archives": self._archives[1],
            "dropped": compact(sorted(head.dropped)),
            "posts": object_text(self._members[post_id][1] for post_id in sorted(self._members)),
        }
        data = sealed_members(members)
        self._last = head, data
        return data

    def _member(self, post_id: str, record: PostRecord) -> bytes:
        kept = self._members.get(post_id)
        if kept is not None and kept[0] is record:
            return kept[1]
        return member_text(post_id, compact(post_json(record)))


def head_bytes(head: Head) -> bytes:
    return HeadBytes().of(head)


def head_from_bytes(data: bytes, *, where: str) -> Head:
    """Raises `Refused` for what is no whole, unaltered head of a format we know."""
    document = checks.document_from(data, where=where)
    state = checked_head(document, where=where, known=checksum_as_written(data))
    try:
        shards = tuple(Shard(str(name), str(sha256), int(n)) for name, sha256, n in document.get("archives", []))
        dropped = frozenset(str(post_id) for post_id in document.get("dropped", []))
        posts = {str(key): post_from_json(value, where=f"{where}: {key}") for key, value in document["posts"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise checks.unreadable(where, str(error)) from None
    extra = {key: value for key, value in state.extra.items() if key not in _OURS}
    return Head(replace(state, extra=extra), posts, shards, dropped)


# --- sealing ----------------------------------------------------------------------------------------------------


def to_seal(head: Head, size: int, keep: Iterable[str]) -> dict[str, PostRecord]:
    """What to move into a shard so that a head of `size` bytes is half as large as it may be; empty when it fits.

    Only what is finished, the longest finished first, and nothing of `keep`.
    """
    if size <= LARGEST_HEAD:
        return {}
    kept = frozenset(keep)
    finished = {key: record for key, record in head.posts.items() if record.finished and key not in kept}
    chosen: dict[str, PostRecord] = {}
    for post_id in sorted(finished, key=lambda key: _finished_at(finished[key])):
        if size <= LARGEST_HEAD // 2 or len(chosen) == LARGEST_SHARD:
            break
        chosen[post_id] = finished[post_id]
        size -= len(_compact(post_json(finished[post_id]))) + len(post_id) + 4
    return chosen


def without(head: Head, shard: Shard, moved: Iterable[str]) -> Head:
    """The head after `moved` have gone into `shard`."""
    gone = frozenset(moved)
    posts = {key: record for key, record in head.posts.items() if key not in gone}
    return replace(head, posts=posts, shards=(*head.shards, shard))


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
