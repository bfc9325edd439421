"""State in an S3 bucket: compare-and-set on the head, a journal of all heads, sealed archives, a lock with a lease.

    <prefix>/head.json              what is open and recent; replaced under If-Match
    <prefix>/archive/2026-11.json   sealed; one that grows takes a new name
    <prefix>/journal/412.json       a copy of every head: one after the newest shows that the head was set back
    <prefix>/lock.json              who publishes, until when, by the server's clock

The bucket is private and versioned, and not the one for media. The head is written first and its copy after it: the
other way round, a crash between the two would look like a head set back.
"""

import random
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import PublisherError, Refused, TryAgain
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.attempts import Attempts, same_content
from publisher.state_backends.head import LARGEST_HEAD, Head, HeadBytes, head_from_bytes
from publisher.state_backends.objects import Conflict, Object, Objects
from publisher.state_backends.s3_archives import Archives
from publisher.state_backends.s3_copies import Copies
from publisher.state_backends.s3_lock import TRIES, LeasedLock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Kept:
    """A head and the ETag it has in the bucket."""

    head: Head
    etag: str


class S3State:
    """The state of `account` under s3://`bucket`/`prefix`. `run` names this run in write ids: "9123/1".

    `versioned`: refuse a bucket that does not keep older versions (other dialects of S3 may not know them). `trusted`:
    conditional writes are known to be honoured there; else each run tries them on its own lock. `cache` is a folder
    for archives, each by its hash.
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
        largest_head: int = LARGEST_HEAD,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        folder = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._objects = Objects(client, bucket, folder, owner, self._pause)
        self._account = account
        self._endpoint = endpoint
        self._versioned = versioned
        self._trusted = trusted
        self._archives = Archives(self._objects, cache, largest_head)
        self._copies = Copies(self._objects, self.where)
        self._lock = LeasedLock(self._objects, self.where, lease, serial=self._serial, monotonic=monotonic)
        self._write_ids = checks.write_ids(run)
        self._attempts = Attempts()
        self._bytes = HeadBytes()
        self._kept: Kept | None = None

    @property
    def where(self) -> str:
        return f"{self._objects.where}head.json"

    # --- the seam -----------------------------------------------------------------------------------------------

    def load(self) -> State:
        kept = self._newest()
        whole = kept.head.whole(self._archives.of(kept.head))
        self._kept = kept
        return whole

    def create(self, state: State) -> State:
        if self._read() is not None:
            raise checks.exists_already(self.where)
        if self._copies.there():
            raise self._copies.missing()  # the journal of a state that is lost: begin elsewhere, or restore it
        written = replace(state, serial=1, write_id=next(self._write_ids))
        head = self._archives.sealed(Head(replace(written, posts={}), dict(written.posts)), self._bytes, keep=())
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
                self._lock.renew()
                # At most one copy may be missing, the newest head's: by that a head that is not ours is told.
                if not self._copies.has(base.head.state) and not self._copied(base.head):
                    raise failed
                head = base.head.written(written, changed, self._archives.may_hold(base.head))
                head = self._archives.sealed(head, self._bytes, keep=changed)
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
                raise self._copies.missing()
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
                raise self._copies.missing()
            checks.check_belongs(kept.head.state, account=self._account, endpoint=self._endpoint, where=self.where)
            doubt = self._copies.doubt(kept.head.state)
            if doubt is None:
                return kept
            if doubted == kept.etag:
                raise doubt
            doubted = kept.etag  # or somebody wrote between our two questions: look once more

    def _read(self) -> Kept | None:
        found, _ = self._objects.get("head.json")
        if found is None:
            return None
        with checks.restored_by(self._copies.restore):
            return Kept(head_from_bytes(found.body, where=self.where), found.etag)

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
            raise self._copies.missing()
        there = kept.head.state
        if there.write_id != state.write_id and self._attempts.ours(there.write_id, state) is None:
            raise checks.overtaken(self.where, seen=checks.version(there), expected=checks.version(state))
        return kept

    # --- writing ------------------------------------------------------------------------------------------------

    def _keep(self, kept: Kept) -> None:
        """From now on writes are decided on this head; leave its copy in the journal.

        The head is kept without it, too: then the next write leaves it first.
        """
        self._kept = kept
        self._copied(kept.head)

    def _copied(self, head: Head) -> bool:
        return self._copies.leave(head.state, self._bytes.of(head))

    def _serial(self) -> int | None:
        return self._kept.head.state.serial if self._kept else None

    def _pause(self) -> None:
        """Not in step with whoever else is trying."""
        self._sleep(random.uniform(0.05, 0.5))  # noqa: S311  no secret

    # --- the lock -----------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        self._lock.acquire(run)
        try:
            if not self._trusted:
                self._lock.try_conditions()
            yield
        finally:
            self._lock.release()

    def left(self) -> float:
        return self._lock.left()

    def hold(self, state: State, seconds: float) -> State:
        if self.left() >= seconds:
            return state
        self._lock.at_least(seconds)
        for _ in range(TRIES):
            with suppress(TryAgain):
                self._lock.renew(at_once=True)
                # Another run may have taken the lock over, written, and given it back: the head tells.
                self._kept = None
                self._kept = self._base(state)
                if self.left() >= seconds:
                    return state
            self._pause()
        raise TryAgain(f"the lock of {self.where} could not be renewed", code="E441", fix="run again")

    def unlock(self) -> str:
        return self._lock.take_away()
