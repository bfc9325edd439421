"""Records that are finished, sealed in parts of which a head lists name and checksum. Pure.

Most of a long history is never looked at again. What a write touches stays small when that lies in a few large parts
beside what is open and recent.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from publisher.errors import Refused
from publisher.planning.record_json import post_from_json, post_json, short_json
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import FORMAT_VERSION, checksum, checksum_as_written, sealed_bytes
from publisher.state_backends import checks

LARGEST_SHARD = 2000  # posts; about 1 MB
LARGEST_BYTES = 2_000_000  # of a shard: a record has about 600, one of a long chain a hundred times that
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
    ) -> "Growth":
        """What is to be sealed so that `moved` is: the last shard with it while that may grow, else it alone.

        Thousands of posts share a shard so, however few of them leave a head at once.
        """
        last = self.shards[-1] if self.shards else None
        if last is not None and last.posts + len(moved) <= LARGEST_SHARD:
            held = read(last)
            posts = {post_id: record for post_id, record in held.items() if post_id not in self.dropped} | dict(moved)
            body, sha256 = shard_bytes(state, posts)
            if len(body) <= LARGEST_BYTES:
                return Growth(replace(self, shards=self.shards[:-1]), last, posts, body, sha256)
        return Growth(self, None, dict(moved), *shard_bytes(state, moved))


@dataclass(frozen=True, slots=True)
class Growth:
    """A shard that is to be written, and what stays listed before it."""

    before: Sealed
    replaced: Shard | None  # that has grown into this one
    posts: Mapping[str, PostRecord]
    body: bytes
    sha256: str

    def named(self, name: str) -> Shard:
        return Shard(name, self.sha256, len(self.posts))

    def after(self, shard: Shard, seen: "Contents") -> Sealed:
        """What is listed once it is written as `shard`; what has gone from the last copy of it is not remembered."""
        seen.learn(shard, self.posts)
        sealed = replace(self.before, shards=(*self.before.shards, shard))
        may_hold = seen.may_hold(sealed)
        return replace(sealed, dropped=frozenset(post_id for post_id in sealed.dropped if may_hold(post_id)))


NOTHING_SEALED = Sealed()


def names_in(month: str, start: int = 1) -> Iterator[str]:
    """Of the shards of a month, in their order: "2026-11", "2026-11-2" and so on, from the `start`-th one."""
    return (month if number == 1 else f"{month}-{number}" for number in count(start))


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


def leaving(
    posts: Mapping[str, PostRecord], keep: Iterable[str], *, goal: int, weight: Callable[[int], int]
) -> list[dict[str, PostRecord]]:
    """What to seal so that `goal` is gone, the longest finished first and nothing of `keep`, in parts that fit a shard.

    `weight` of a record, by its bytes, is what goes with it. Nothing is sealed where it would be less than half of the
    goal: the rest is open, and each post that is finished would rewrite a shard.
    """
    kept = frozenset(keep)
    finished = [post_id for post_id, record in posts.items() if record.finished and post_id not in kept]
    parts: list[dict[str, PostRecord]] = [{}]
    reached = size = 0
    for post_id in sorted(finished, key=lambda key: _finished_at(posts[key])):
        if reached >= goal:
            break
        taken = len(_compact(post_json(posts[post_id]))) + len(post_id) + 4
        if parts[-1] and (len(parts[-1]) == LARGEST_SHARD or size + taken > LARGEST_BYTES):
            parts.append({})
            size = 0
        parts[-1][post_id] = posts[post_id]
        size += taken
        reached += weight(taken)
    return parts if parts[0] and 2 * reached >= goal else []


def listed(sealed: Sealed) -> list[list[Any]]:
    return [[shard.name, shard.sha256, shard.posts] for shard in sealed.shards]


def sealed_from_json(document: Mapping[str, Any]) -> Sealed:
    """From the keys `archives` and `dropped` of a head. Raises `TypeError` or `ValueError` for what is no such list."""
    shards = tuple(Shard(name, sha256, posts) for name, sha256, posts in _list(document, "archives"))
    for shard in shards:
        named = isinstance(shard.name, str) and isinstance(shard.sha256, str)
        if not named or type(shard.posts) is not int or shard.posts < 0:
            raise TypeError(f'"archives" lists what is no archive: {shard.name}')
    dropped = _list(document, "dropped")
    if not all(isinstance(post_id, str) for post_id in dropped):
        raise TypeError('"dropped" lists what is no post')
    return Sealed(shards, frozenset(dropped))


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key, [])
    if not isinstance(value, list):
        raise TypeError(f'"{key}" is no list')
    return value


def shard_bytes(state: State, posts: Mapping[str, PostRecord]) -> tuple[bytes, str]:
    """A shard and its checksum."""
    document = {
        "format_version": FORMAT_VERSION,
        "lineage": state.lineage,
        "account": state.account,
        "posts": {key: short_json(record) for key, record in posts.items()},
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
            why="only publisher writes it, and a head with it: it was edited, damaged or replaced",
            fix="restore the version that the head lists, then: publisher state verify",
        )
    return {key: post_from_json(value, where=f"{where}: {key}") for key, value in document["posts"].items()}


def _sum(document: Mapping[str, Any], data: bytes) -> str:
    return checksum_as_written(data) or checksum(document)


def _finished_at(record: PostRecord) -> datetime:
    return max((part.published_at or _LONG_AGO for part in record.parts), default=_LONG_AGO)


def _compact(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
