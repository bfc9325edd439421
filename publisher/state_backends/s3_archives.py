"""The archives of a state in S3: what is finished, sealed for good, so that the head stays small."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from publisher.errors import Refused
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.head import Head, HeadBytes, Shard, shard_bytes, shard_posts, to_seal, without
from publisher.state_backends.objects import Conflict, Objects

_AT_ONCE = 8  # fetched in parallel


class Archives:
    """`cache` is a folder for them: they never change."""

    def __init__(self, objects: Objects, cache: Path | None) -> None:
        self._objects = objects
        self._cache = cache
        self._ids: dict[Shard, frozenset[str]] = {}  # of the posts in each shard that was read or written here

    def of(self, head: Head) -> list[dict[str, PostRecord]]:
        """The posts of each shard that the head lists, in its order."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(lambda shard: self._read(shard, head.state), head.shards))
        self._ids.update({shard: frozenset(posts) for shard, posts in zip(head.shards, found, strict=True)})
        return found

    def may_hold(self, head: Head) -> Callable[[str], bool]:
        """Whether a shard that the head lists may hold a post of that id; one that was not seen here may hold any."""
        known = [self._ids.get(shard) for shard in head.shards]
        return lambda post_id: any(ids is None or post_id in ids for ids in known)

    def sealed(self, head: Head, texts: HeadBytes, keep: tuple[str, ...]) -> Head:
        """The head, with what is finished moved into archives while it is too large; nothing of `keep` is moved."""
        while moved := to_seal(head, len(texts.of(head)), keep):
            shard = self._seal(head, moved)
            self._ids[shard] = frozenset(moved)
            head = without(head, shard, moved)
        return head

    # --- inside -------------------------------------------------------------------------------------------------

    def _read(self, shard: Shard, state: State) -> dict[str, PostRecord]:
        """The posts of a shard, from the cache when it has them whole."""
        cached = self._cache / f"{shard.sha256}.json" if self._cache else None
        if cached is not None:
            with suppress(OSError, Refused):
                return shard_posts(cached.read_bytes(), shard, state, where=str(cached))
        where = f"{self._objects.where}{shard.key}"
        found, _ = self._objects.get(shard.key)
        if found is None:
            raise checks.unreadable(where, "it is missing, and the head lists it")
        posts = shard_posts(found.body, shard, state, where=where)
        if cached is not None:
            fresh = cached.with_suffix(f".{random.randrange(10**9)}.part")  # noqa: S311  no secret
            with suppress(OSError):
                cached.parent.mkdir(parents=True, exist_ok=True)
                fresh.write_bytes(found.body)
                fresh.replace(cached)
        return posts

    def _seal(self, head: Head, posts: dict[str, PostRecord]) -> Shard:
        """Write a shard under the first free name of this month. One that a dead run has left is used as it is."""
        body, sha256 = shard_bytes(head.state, posts)
        month = f"{datetime.now(UTC):%Y-%m}"
        listed = {shard.name for shard in head.shards}
        names = (month if n == 1 else f"{month}-{n}" for n in count(1))
        free = (Shard(name, sha256, len(posts)) for name in names if name not in listed)
        return next(shard for shard in free if self._is_there(shard, body))

    def _is_there(self, shard: Shard, body: bytes) -> bool:
        """Put the shard; False when the name holds something else."""
        try:
            self._objects.put(shard.key, body, replacing=None)
        except Conflict:
            found, _ = self._objects.get(shard.key)
            return found is not None and found.body == body
        return True
