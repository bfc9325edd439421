"""State in an S3 bucket: compare-and-set on the head, a journal of all heads, sealed archives, a lock with a lease.

    <prefix>/head.json              what is open and recent; replaced under If-Match
    <prefix>/archive/2026-11.json   sealed for good
    <prefix>/journal/412.json       a copy of every head: one after the newest shows that the head was set back
    <prefix>/lock.json              who publishes, until when, by the server's clock

The bucket is private and versioned, and not the one for media. The head is written first and its copy after it: the
other way round, a crash between the two would look like a head set back.
"""

import json
import math
import random
import re
import shlex
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import PublisherError, Refused, TryAgain
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.attempts import Attempts, same_content
from publisher.state_backends.head import (
    Head,
    HeadBytes,
    Shard,
    head_from_bytes,
    shard_bytes,
    shard_posts,
    to_seal,
    without,
)
from publisher.state_backends.lease import Lease, lease_from_json, lease_json
from publisher.state_backends.objects import Conflict, Object, Objects, unconditional

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TRIES = 5
_SPARE_S = 60  # asked for beyond what is needed: answers take their time, and begin the count
_COPY = re.compile(r"journal/([1-9][0-9]{0,17})\.json")
_AT_ONCE = 8  # archives fetched in parallel


@dataclass(frozen=True, slots=True)
class Kept:
    """A head and the ETag it has in the bucket."""

    head: Head
    etag: str


class S3State:
    """The state of `account` under s3://`bucket`/`prefix`. `run` names this run in write ids: "9123/1".

    `versioned`: refuse a bucket that does not keep older versions (other dialects of S3 may not know them). `trusted`:
    conditional writes are known to be honoured there; else each run tries them on its own lock. `cache` is a folder
    for archives, which never change.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        prefix: str = "",
        *,
        account: str,
        endpoint: str,
        run: str,
        owner: str | None = None,
        lease: timedelta = timedelta(minutes=30),
        versioned: bool = True,
        trusted: bool = True,
        cache: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._monotonic = monotonic
        folder = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._objects = Objects(client, bucket, folder, owner, self._pause)
        self._account = account
        self._endpoint = endpoint
        self._lease_length = lease
        self._versioned = versioned
        self._trusted = trusted
        self._cache = cache
        self._write_ids = checks.write_ids(run)
        self._attempts = Attempts()
        self._bytes = HeadBytes()
        self._kept: Kept | None = None
        self._copied = ""  # the write id of the last head whose copy is known to be in the journal
        self._lease: Lease | None = None  # while we hold it
        self._lease_etag = ""
        self._renew_at = 0.0  # seconds of the monotonic clock
        self._ours_until = 0.0  # the same

    @property
    def where(self) -> str:
        return f"{self._objects.where}head.json"

    # --- the seam -----------------------------------------------------------------------------------------------

    def load(self) -> State:
        kept = self._newest()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            archives = list(pool.map(lambda shard: self._archive(shard, kept.head.state), kept.head.shards))
        self._kept = kept
        return kept.head.whole(archives)

    def create(self, state: State) -> State:
        if self._read() is not None:
            raise checks.exists_already(self.where)
        if self._objects.any_under("journal/"):
            raise self._missing()  # the journal of a state that is lost: begin elsewhere, or restore it
        written = replace(state, serial=1, write_id=next(self._write_ids))
        head = self._sealed(Head(replace(written, posts={}), dict(written.posts)), keep=())
        error: PublisherError | None = None
        try:
            put = self._objects.put("head.json", self._bytes.of(head), replacing=None)
            self._check_versioned(put)
            etag = put.etag
        except (Conflict, TryAgain) as failure:
            error = failure if isinstance(failure, TryAgain) else None
            found = self._read()
            if found is None:
                raise error or TryAgain(f"{self.where} could not be written", code="E441", fix="run again") from None
            if found.head.state.write_id != written.write_id:
                raise checks.exists_already(self.where) from None
            etag = found.etag
        self._keep(Kept(head, etag))
        return written

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        base = self._base(state)
        changed = self._attempts.touched(state, changed)
        failed = TryAgain(f"{self.where} could not be written", code="E441", fix="run again")
        for attempt in range(TRIES):
            if attempt:
                self._pause()
            written = replace(state, serial=base.head.state.serial + 1, write_id=next(self._write_ids))
            self._attempts.note(state, written, changed)
            try:
                self._renew()
                # At most one copy may be missing, the newest head's: by that a head that is not ours is told.
                if base.head.state.write_id != self._copied and not self._copy_kept(base.head):
                    raise failed
                head = self._sealed(base.head.written(written, changed), keep=changed)
                put = self._objects.put("head.json", self._bytes.of(head), replacing=base.etag)
                self._check_versioned(put)
                self._keep(Kept(head, put.etag))
                return written
            except Conflict:
                pass
            except TryAgain as failure:
                failed = failure
            found = self._read()  # an answer that was lost is no proof that nothing happened
            if found is None:
                raise self._missing()
            kept = self._attempts.ours(found.head.state.write_id, state)
            if kept is not None and same_content(kept, state):
                self._keep(found)
                return kept
            if found.etag != base.etag and kept is None:
                raise checks.overtaken(
                    self.where, seen=checks.version(found.head.state), expected=checks.version(base.head.state)
                )
            base = found
        raise failed

    # --- reading ------------------------------------------------------------------------------------------------

    def _newest(self) -> Kept:
        """The head, of our account and not set back."""
        doubted = None
        while True:
            kept = self._read()
            if kept is None:
                raise self._missing()
            checks.check_belongs(kept.head.state, account=self._account, endpoint=self._endpoint, where=self.where)
            doubt = self._doubt(kept.head.state)
            if doubt is None:
                return kept
            if doubted == kept.etag:
                raise doubt
            doubted = kept.etag  # or somebody wrote between our two questions: look once more

    def _read(self) -> Kept | None:
        found, _ = self._objects.get("head.json")
        if found is None:
            return None
        with checks.restored_by(self._restore):
            return Kept(head_from_bytes(found.body, where=self.where), found.etag)

    def _restore(self) -> str:
        """How a person gets the newest copy back. Asked only for a refusal, as the journal is listed for it."""
        try:
            newest = self._last_copy()
        except PublisherError:
            return f"put the newest copy under {self._objects.where}journal/ back as head.json"
        if newest is None:
            return f"restore an older version of {self.where}"
        copy = shlex.quote(f"{self._objects.where}{_copy(newest)}")
        return f"put the newest copy back: aws s3 cp {copy} {shlex.quote(self.where)}"

    def _last_copy(self) -> int | None:
        """The highest serial in the journal; None for an empty one. One call for each thousand of copies."""
        found = (_COPY.fullmatch(key) for key in self._objects.under("journal/"))
        return max((int(match[1]) for match in found if match), default=None)

    def _check_versioned(self, put: Object) -> None:
        """Only the answer to a write says it for sure; the write itself does no harm, and nothing goes live after."""
        if self._versioned and not put.versioned:
            raise Refused(
                f"bucket {self._objects.bucket} keeps no older versions",
                code="E443",
                why="a state that is overwritten or deleted by mistake could not be restored",
                fix=f"aws s3api put-bucket-versioning --bucket {shlex.quote(self._objects.bucket)} "
                "--versioning-configuration Status=Enabled",
            )

    def _base(self, state: State) -> Kept:
        """The head that `state` was decided on, or one that only we have put there since."""
        kept = self._kept
        if kept is not None and kept.head.state.write_id == state.write_id:
            return kept
        kept = self._read()
        if kept is None:
            raise self._missing()
        there = kept.head.state
        if there.write_id != state.write_id and self._attempts.ours(there.write_id, state) is None:
            raise checks.overtaken(self.where, seen=checks.version(there), expected=checks.version(state))
        return kept

    def _archive(self, shard: Shard, state: State) -> dict[str, PostRecord]:
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

    def _doubt(self, state: State) -> Refused | None:
        """A copy after ours, or another one at our serial, says that this head is not the newest."""
        with ThreadPoolExecutor(2) as pool:
            ours, later = pool.map(lambda n: self._objects.head(_copy(n)), (state.serial, state.serial + 1))
        if ours is not None and ours.metadata.get("lineage") != state.lineage:
            return self._foreign(state, ours)
        if later is not None or (ours is not None and ours.metadata.get("write-id") != state.write_id):
            return self._set_back(state)
        if ours is None:
            return self._unheard_of(state)
        self._copied = state.write_id
        return None

    def _unheard_of(self, state: State) -> Refused | None:
        """A head without a copy: its writer died before it, or the head comes from elsewhere."""
        before = self._objects.head(_copy(state.serial - 1))
        if before is not None and before.metadata.get("lineage") == state.lineage:
            return None
        newest = self._last_copy()
        if newest is None:
            return None  # copies may be kept for a time only
        copy = self._objects.head(_copy(newest))
        if copy is not None and copy.metadata.get("lineage") != state.lineage:
            return self._foreign(state, copy)
        if newest > state.serial:
            return self._set_back(state)
        there = shlex.quote(f"{self._objects.where}{_copy(state.serial)}")
        facts = shlex.quote(f"lineage={state.lineage},write-id={state.write_id}")
        return Refused(
            f"{self.where} has serial {state.serial}; its journal ends at serial {newest}",
            code="E408",
            why="each write leaves its copy there, so this head was written elsewhere: what it does not know of would "
            "be posted again",
            fix=f"{self._restore()}; or, if this head is meant: aws s3 cp {shlex.quote(self.where)} {there} "
            f"--metadata-directive REPLACE --metadata {facts}, then: publisher reconcile",
        )

    def _foreign(self, state: State, copy: Object) -> Refused:
        return Refused(
            f"{self.where} has lineage {state.lineage[:8]}; its journal is of lineage "
            f"{copy.metadata.get('lineage', 'unknown')[:8]}",
            code="E408",
            why="it is another history, in which other posts are published",
            fix=f"{self._restore()}; or use another state.path",
        )

    def _set_back(self, state: State) -> Refused:
        return Refused(
            f"{self.where} was set back: it has serial {state.serial}, and its journal goes on",
            code="E404",
            why="what was published in between would be posted again",
            fix=self._restore(),
        )

    def _missing(self) -> Refused:
        if not self._objects.any_under("journal/"):
            return checks.missing(self.where)
        return Refused(
            f"there is no state at {self.where}, but its journal is there",
            code="E400",
            why="a missing state is not an empty one: everything published so far would be posted again",
            fix=self._restore(),
        )

    # --- writing ------------------------------------------------------------------------------------------------

    def _sealed(self, head: Head, keep: tuple[str, ...]) -> Head:
        """The head, with what is finished moved into archives while it is too large."""
        while moved := to_seal(head, len(self._bytes.of(head)), keep):
            head = without(head, self._seal(head, moved), moved)
        return head

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

    def _keep(self, kept: Kept) -> None:
        """From now on writes are decided on this head; leave its copy in the journal.

        The head is kept without it, too: then the next write leaves it first.
        """
        self._kept = kept
        self._copy_kept(kept.head)

    def _copy_kept(self, head: Head) -> bool:
        """Leave the copy of a head in the journal; False when it is not known to be there."""
        state = head.state
        metadata = {"lineage": state.lineage, "write-id": state.write_id}
        try:
            self._objects.put(_copy(state.serial), self._bytes.of(head), replacing=None, metadata=metadata)
        except Conflict:
            found = self._objects.head(_copy(state.serial))
            if found is None:
                return False
            if found.metadata.get("write-id") != state.write_id:
                raise self._set_back(state) from None
        except TryAgain:
            return False
        self._copied = state.write_id
        return True

    def _pause(self) -> None:
        """Not in step with whoever else is trying."""
        self._sleep(random.uniform(0.05, 0.5))  # noqa: S311  no secret

    # --- the lock -----------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        self._lease, self._lease_etag = self._acquired(run)
        try:
            if not self._trusted:
                self._try_conditions(self._lease)
            yield
        finally:
            self._lease = None
            with suppress(PublisherError, Conflict):  # it frees itself in time
                self._objects.delete("lock.json", etag=self._lease_etag)

    def left(self) -> float:
        return math.inf if self._lease is None else self._ours_until - self._monotonic()

    def hold(self, state: State, seconds: float) -> State:
        if self.left() >= seconds:
            return state
        self._lease_length = max(self._lease_length, timedelta(seconds=seconds + _SPARE_S))
        for _ in range(TRIES):
            with suppress(TryAgain):
                self._renew(at_once=True)
                # Another run may have taken the lock over, written, and given it back: the head tells.
                self._kept = None
                self._kept = self._base(state)
                if self.left() >= seconds:
                    return state
            self._pause()
        raise TryAgain(f"the lock of {self.where} could not be renewed", code="E441", fix="run again")

    def unlock(self) -> str:
        found, _ = self._objects.get("lock.json")
        if found is None:
            return "held by nobody"
        lease = lease_from_json(checks.note_from(found.body))
        try:
            self._objects.delete("lock.json", etag=found.etag)
        except Conflict:
            raise checks.held(self.where, "somebody has taken or renewed it this moment") from None
        return f"held by {lease or 'nobody we can name'}; taken away"

    def _acquired(self, run: str) -> tuple[Lease, str]:
        for _ in range(TRIES):
            begun = self._monotonic()
            found, now = self._objects.get("lock.json")
            now = now or datetime.now(UTC)
            theirs = lease_from_json(checks.note_from(found.body)) if found else None
            if theirs is not None and theirs.blocks(run, now):
                raise checks.held(self.where, str(theirs))
            lease = Lease(run, now, now + self._lease_length)
            with suppress(Conflict, TryAgain):
                return lease, self._put_lease(lease, found.etag if found else None, begun)
            self._pause()  # taken this moment, or an answer that was lost: look again
        raise TryAgain(f"the lock of {self.where} could not be taken", code="E441", fix="run again")

    def _try_conditions(self, lease: Lease) -> None:
        """Raises `Refused` E449 when a lock that is there can be written as if it were absent, or another one."""
        for condition, wrong in (("If-None-Match: *", None), ("If-Match", f'"{"0" * 32}"')):
            with suppress(Conflict):
                for _ in range(2):  # once is no proof: somebody may have taken our lock away this moment
                    self._lease_etag = self._put_lease(lease, wrong, self._monotonic())
                raise unconditional(
                    f"{self.where}: this S3 ignores {condition}; where it is not met, 412 is to be answered"
                )

    def _renew(self, *, at_once: bool = False) -> None:
        """Half way through the lease, or at once, begin it anew. Raises `LostRace` E700 when it was taken over."""
        if self._lease is None or (self._monotonic() < self._renew_at and not at_once):
            return
        begun = self._monotonic()
        found, now = self._objects.get("lock.json")
        now = now or datetime.now(UTC)
        theirs = lease_from_json(checks.note_from(found.body)) if found else None
        if theirs is not None and theirs.blocks(self._lease.owner, now):
            raise checks.held(self.where, str(theirs))
        lease = self._lease.renewed(now, self._lease_length)
        with suppress(Conflict, TryAgain):  # taken away or taken over this moment: the head decides
            self._lease_etag = self._put_lease(lease, found.etag if found else None, begun)

    def _put_lease(self, lease: Lease, replacing: str | None, begun: float) -> str:
        """`begun`: before the server was asked for the time that the lease counts from, so that we never end later."""
        serial = self._kept.head.state.serial if self._kept else None
        body = json.dumps({**lease_json(lease), "serial": serial}).encode()
        self._renew_at = self._monotonic() + self._lease_length.total_seconds() / 2
        etag = self._objects.put("lock.json", body, replacing=replacing).etag
        self._ours_until = begun + self._lease_length.total_seconds()
        return etag


def _copy(serial: int) -> str:
    return f"journal/{serial}.json"
