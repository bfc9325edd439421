"""The archives of a state in S3: what is finished, so that the head stays small; only the last one still grows."""

import hashlib
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from publisher.errors import Refused, TryAgain
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.head import Head, HeadBytes, to_seal, without
from publisher.state_backends.objects import Conflict, Objects
from publisher.state_backends.shards import Contents, Growth, Shard, names_in, shard_posts

_AT_ONCE = 8  # fetched in parallel


class Archives:
    """`cache` is a folder for those that were read or written, each by its hash; several accounts may share it."""

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
        self._tidy(head)
        return found

    def may_hold(self, head: Head) -> Callable[[str], bool]:
        """Whether a shard that the head lists may hold a post of that id."""
        return self._contents.may_hold(head.sealed)

    def sealed(self, head: Head, texts: HeadBytes, keep: tuple[str, ...]) -> Head:
        """The head, with what is finished moved into archives while it is too large; nothing of `keep` is moved."""
        for moved in to_seal(head, len(texts.of(head)), keep, self._largest_head):
            growth = head.sealed.growing(moved, head.state, partial(self._read, state=head.state))
            shard = self._put(head, growth)
            head = without(head, moved, growth.after(shard, self._contents))
            self._tidy(head)
        return head

    # --- inside -------------------------------------------------------------------------------------------------

    def _read(self, shard: Shard, state: State) -> dict[str, PostRecord]:
        """The posts of a shard, from the cache when it has them whole."""
        cached = self._cached(shard, state)
        if cached is not None:
            with suppress(OSError, Refused):
                return shard_posts(cached.read_bytes(), shard, state, where=str(cached))
        where = f"{self._objects.where}{shard.key}"
        found, _ = self._objects.get(shard.key)
        if found is None:
            raise checks.unreadable(where, "it is missing, and the head lists it")
        posts = shard_posts(found.body, shard, state, where=where)
        self._remember(shard, state, found.body)
        return posts

    def _put(self, head: Head, growth: Growth) -> Shard:
        """Write a shard under a name of this month that no head has listed. One that a dead run has left is used."""
        month = f"{datetime.now(UTC):%Y-%m}"
        last = re.fullmatch(rf"{month}(?:-(\d+))?", head.sealed.shards[-1].name) if head.sealed.shards else None
        shards = (growth.named(name) for name in names_in(month, int(last[1] or 1) + 1 if last else 1))
        shard = next(shard for shard in shards if self._is_there(shard, growth.body))
        self._remember(shard, head.state, growth.body)
        return shard

    def _is_there(self, shard: Shard, body: bytes) -> bool:
        """Put the shard; False when the name holds something else."""
        try:
            self._objects.put(shard.key, body, replacing=None)
        except Conflict:
            found, _ = self._objects.get(shard.key)
            if found is None:  # an answer for the moment: another name would get the same one
                raise TryAgain(
                    f"{self._objects.where}{shard.key} could not be written", code="E441", fix="run again"
                ) from None
            return found.body == body
        return True

    # --- the cache ----------------------------------------------------------------------------------------------

    def _cached(self, shard: Shard, state: State) -> Path | None:
        return self._cache / f"{_prefix(state)}{shard.sha256}.json" if self._cache else None

    def _remember(self, shard: Shard, state: State, body: bytes) -> None:
        cached = self._cached(shard, state)
        if cached is None:
            return
        fresh = cached.with_suffix(f".{random.randrange(10**9)}.part")  # noqa: S311  no secret
        try:
            cached.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(body)
            fresh.replace(cached)
        except OSError:  # it only saves a download
            with suppress(OSError):
                fresh.unlink(missing_ok=True)

    def _tidy(self, head: Head) -> None:
        """Let go of what this account's newest head does not list any more: it has grown into another."""
        if self._cache is None:
            return
        listed = {self._cached(shard, head.state) for shard in head.sealed.shards}
        with suppress(OSError):
            for cached in self._cache.glob(f"{_prefix(head.state)}*.json"):
                if cached not in listed:
                    cached.unlink()


def _prefix(state: State) -> str:
    """Of the names of one account's files."""
    return f"{hashlib.sha256(state.lineage.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}-"
