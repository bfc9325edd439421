"""The archives of a state in S3: what is finished, sealed for good, so that the head stays small."""

import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

from publisher.errors import Refused
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.head import Head, HeadBytes, to_seal, without
from publisher.state_backends.objects import Conflict, Objects
from publisher.state_backends.shards import Contents, Shard, shard_bytes, shard_posts

_AT_ONCE = 8  # fetched in parallel


class Archives:
    """`cache` is a folder for them: they never change."""

    def __init__(self, objects: Objects, cache: Path | None, largest_head: int) -> None:
        self._objects = objects
        self._largest_head = largest_head
        self._cache = cache
        self._contents = Contents()

    def of(self, head: Head) -> list[dict[str, PostRecord]]:
        """The posts of each shard that the head lists, in its order."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(lambda shard: self._read(shard, head.state), head.sealed.shards))
        for shard, posts in zip(head.sealed.shards, found, strict=True):
            self._contents.learn(shard, posts)
        return found

    def may_hold(self, head: Head) -> Callable[[str], bool]:
        """Whether a shard that the head lists may hold a post of that id."""
        return self._contents.may_hold(head.sealed)

    def sealed(self, head: Head, texts: HeadBytes, keep: tuple[str, ...]) -> Head:
        """The head, with what is finished moved into archives while it is too large; nothing of `keep` is moved."""
        while moved := to_seal(head, len(texts.of(head)), keep, self._largest_head):
            sealed, posts = head.sealed.growing(moved, head.state, partial(self._read, state=head.state))
            shard = self._seal(head, posts)
            for grown in head.sealed.shards[len(sealed.shards) :]:
                self._let_go(grown)
            self._contents.learn(shard, posts)
            head = without(head, moved, sealed.with_shard(shard))
        return head

    # --- inside -------------------------------------------------------------------------------------------------

    def _read(self, shard: Shard, state: State) -> dict[str, PostRecord]:
        """The posts of a shard, from the cache when it has them whole."""
        cached = self._cached(shard)
        if cached is not None:
            with suppress(OSError, Refused):
                return shard_posts(cached.read_bytes(), shard, state, where=str(cached))
        where = f"{self._objects.where}{shard.key}"
        found, _ = self._objects.get(shard.key)
        if found is None:
            raise checks.unreadable(where, "it is missing, and the head lists it")
        posts = shard_posts(found.body, shard, state, where=where)
        self._cache_it(shard, found.body)
        return posts

    def _cached(self, shard: Shard) -> Path | None:
        return self._cache / f"{shard.sha256}.json" if self._cache else None

    def _cache_it(self, shard: Shard, body: bytes) -> None:
        if (cached := self._cached(shard)) is not None:
            fresh = cached.with_suffix(f".{random.randrange(10**9)}.part")  # noqa: S311  no secret
            with suppress(OSError):
                cached.parent.mkdir(parents=True, exist_ok=True)
                fresh.write_bytes(body)
                fresh.replace(cached)

    def _let_go(self, shard: Shard) -> None:
        """One that has grown into another is not read again from here."""
        if (cached := self._cached(shard)) is not None:
            with suppress(OSError):
                cached.unlink()

    def _seal(self, head: Head, posts: dict[str, PostRecord]) -> Shard:
        """Write a shard under a name of this month that no head has listed. One that a dead run has left is used."""
        body, sha256 = shard_bytes(head.state, posts)
        month = f"{datetime.now(UTC):%Y-%m}"
        last = re.fullmatch(rf"{month}(?:-(\d+))?", head.sealed.shards[-1].name) if head.sealed.shards else None
        numbers = count(int(last[1] or 1) + 1 if last else 1)
        names = (month if n == 1 else f"{month}-{n}" for n in numbers)
        shards = (Shard(name, sha256, len(posts)) for name in names)
        shard = next(shard for shard in shards if self._is_there(shard, body))
        self._cache_it(shard, body)
        return shard

    def _is_there(self, shard: Shard, body: bytes) -> bool:
        """Put the shard; False when the name holds something else."""
        try:
            self._objects.put(shard.key, body, replacing=None)
        except Conflict:
            found, _ = self._objects.get(shard.key)
            return found is not None and found.body == body
        return True
