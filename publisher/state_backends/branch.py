"""State on a branch of its own: durable off the runner, with a history, and no service but the git remote.

Every write is a commit on top of the one it was decided on, pushed without force: the remote refuses it when somebody
else was faster. What lies where in a commit is `branch_layout`'s; the head names the folders of records it belongs to,
so that a file changed by hand shows.

The content branch is never used: a revert or a squash there must not take the memory of what is published with it.
"""

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from publisher.errors import PublisherError, TryAgain
from publisher.git import REMOTE_TIMEOUT_S, Git
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.attempts import Attempts, apart, same_content
from publisher.state_backends.branch_layout import FOLDERS, MOST_FILES, Tip, head_text, laid_out, message
from publisher.state_backends.branch_reading import ATTRIBUTES, BranchReader
from publisher.state_backends.lease import Lease
from publisher.state_backends.plumbing import StateBranch

TRIES = 5
_README = """\
# What was published

This branch is the memory of Threads Publisher: which posts of this repository are live, and under which ids. It is
written by `publisher` alone. Do not merge it, edit it or force-push to it: what is forgotten here is published again.
"""


class BranchState:
    """The state of `account` on `branch` at `remote`, through the clone at `repository`."""

    def __init__(
        self,
        repository: Path | Git,
        branch: str = "publisher-state",
        *,
        account: str,
        endpoint: str,
        run: str,
        remote: str = "origin",
        lease: timedelta = timedelta(minutes=30),
        most_files: int = MOST_FILES,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        git = repository if isinstance(repository, Git) else Git(repository)
        self._branch = StateBranch(git, remote, branch)
        self._reader = BranchReader(self._branch, account=account, endpoint=endpoint, pause=self._pause)
        self._run = run
        self._lease_length = lease
        self._most_files = most_files
        self._now = now
        self._sleep = sleep
        self._write_ids = checks.write_ids(run)
        self._attempts = Attempts()
        self._tip: Tip | None = None
        self._holding: str | None = None  # the run we hold the account for

    @property
    def where(self) -> str:
        return self._reader.where

    def check_apart(self) -> None:
        """Raises `Refused` E436 where the branch is the one that holds the posts."""
        self._branch.check_apart()

    # --- the seam -----------------------------------------------------------------------------------------------

    def load(self) -> State:
        tip = self._reader.fetched()
        if tip is None:
            raise self._reader.missing()
        state = self._reader.whole(tip)
        self._trust(tip)
        return state

    def create(self, state: State) -> State:
        found = self._branch.fetch(self._pause)
        if found is not None:
            self._reader.head_data(found)
            raise checks.exists_already(self.where)
        if self._reader.mark_of(self._reader.seen()) is not None:
            raise self._reader.missing()  # there was one: beginning anew would forget what it says
        written = replace(state, serial=1, write_id=next(self._write_ids))
        first = {"README.md": _README.encode(), ".gitattributes": ATTRIBUTES}
        commit = self._commit(None, written, tuple(written.posts), None, others=first).commit
        error = self._branch.push(commit)
        if error is not None:
            found = self._branch.fetch(self._pause)  # an answer that was lost is no proof that nothing happened
            if found != commit:
                raise error if found is None else checks.exists_already(self.where)
        self._trust(self._reader.read(commit))
        return written

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        base = self._base(state)
        changed = self._attempts.touched(state, changed)
        failed: PublisherError = TryAgain(f"{self.where} is written too often", code="E433", fix="run again")
        for _ in range(TRIES):
            lease = self._lease_to_write(base)
            written = replace(state, serial=base.head.serial + 1, write_id=next(self._write_ids))
            self._attempts.note(state, written, changed)
            tip = self._commit(base, written, changed, lease)
            error = self._branch.push(tip.commit)
            if error is None:
                self._trust(tip)
                return written
            found = self._reader.fetched()  # an answer that was lost is no proof that nothing happened
            if found is None:
                raise self._reader.missing()
            kept = self._attempts.ours(found.head.write_id, state)
            if kept is not None and same_content(kept, state):
                self._trust(found)
                return kept
            failed = error
            if found.commit != base.commit:
                state, base = self._reapplied(state, changed, base, found), found
            elif not isinstance(error, TryAgain):
                raise error
            self._pause()
        raise failed

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        """Refuses at once when another run's lease stands; our own travels with the first write.

        So a run that finds nothing to do writes nothing. Two runs that start together both get this far, and the
        first write decides: the other's is rejected, and it reads our lease.
        """
        tip = self._reader.fetched()
        if tip is not None and tip.lease is not None and tip.lease.blocks(run, self._now()):
            raise checks.held(self.where, str(tip.lease))
        self._holding = run
        try:
            yield
        finally:
            self._holding = None
            self._release(run)

    def left(self) -> float:
        if self._holding is None:
            return math.inf
        lease = self._tip.lease if self._tip is not None else None
        ours = lease is not None and lease.owner == self._holding
        return (lease.expires - self._now()).total_seconds() if lease is not None and ours else 0.0

    def hold(self, state: State, seconds: float) -> State:
        """The lease stands in the head, so renewing it is a write. It counts from before its push."""
        if self.left() >= seconds:
            return state
        self._lease_length = max(self._lease_length, timedelta(seconds=seconds + REMOTE_TIMEOUT_S))
        kept = self.save(state, ())
        if not same_content(kept, state):  # we changed nothing, so somebody else did
            raise checks.overtaken(self.where, seen=checks.version(kept), expected=checks.version(state))
        if self.left() < seconds:
            raise TryAgain(f"pushing to {self.where} took too long", code="E431", fix="run again")
        return kept

    def unlock(self) -> str:
        tip = self._reader.fetched()
        if tip is None:
            raise self._reader.missing()
        if tip.lease is None:
            return "held by nobody"
        self._write_lease(tip, None)
        return f"held by {tip.lease}; taken away"

    # --- writing ------------------------------------------------------------------------------------------------

    def _trust(self, tip: Tip) -> None:
        """From now on writes are decided on this one; what is older is refused in this clone."""
        self._tip = tip
        self._branch.keep(self._branch.seen_ref, tip.commit)

    def _base(self, state: State) -> Tip:
        """The tip that `state` was decided on, or one that only we have moved since."""
        tip = self._tip
        if tip is not None and tip.head.write_id == state.write_id:
            return tip
        tip = self._reader.fetched()
        if tip is None:
            raise self._reader.missing()
        if tip.head.write_id != state.write_id and self._attempts.ours(tip.head.write_id, state) is None:
            raise checks.overtaken(self.where, seen=checks.version(tip.head), expected=checks.version(state))
        return tip

    def _reapplied(self, state: State, changed: tuple[str, ...], base: Tip, found: Tip) -> State:
        """`state` on top of what somebody else wrote meanwhile (F48)."""
        ours = self._attempts.ours(found.head.write_id, state)
        before, there = self._reader.posts(base), self._reader.whole(found)
        theirs = frozenset(key for key in {*before, *there.posts} if before.get(key) != there.posts.get(key))
        if ours is None and not (apart(state, changed, there, theirs) and same_content(found.head, base.head)):
            raise checks.overtaken(self.where, seen=checks.version(found.head), expected=checks.version(base.head))
        changes = {post_id: state.posts.get(post_id) for post_id in changed}
        return replace(state, posts=there.amended(changes).posts)

    def _commit(
        self,
        base: Tip | None,
        written: State,
        changed: tuple[str, ...],
        lease: Lease | None,
        *,
        others: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Tip:
        """What the branch will be, in a commit that is not pushed yet."""
        layout = laid_out(
            base,
            written,
            changed,
            keep=changed if base else (),
            month=f"{self._now().astimezone(UTC):%Y-%m}",
            most_files=self._most_files,
            seen=self._reader.contents,
            read=lambda shard: self._reader.archive(base, shard) if base else {},
        )
        commit = self._branch.commit(
            base.commit if base else None,
            {**others, **layout.files},
            lambda folders: head_text(written, lease, layout.sealed, folders),
            folders=FOLDERS,
            message=message(written, changed, self._run),
            at=self._now(),
        )
        return Tip(commit, replace(written, posts={}), lease, layout.paths, layout.sealed)

    # --- the lease ----------------------------------------------------------------------------------------------

    def _lease_to_write(self, base: Tip) -> Lease | None:
        """Ours, renewed; without a lock of ours, whatever is there. Raises `LostRace` when another run took over."""
        if self._holding is None:
            return base.lease
        now = self._now()
        if base.lease is not None and base.lease.blocks(self._holding, now):
            raise checks.held(self.where, str(base.lease))
        if base.lease is not None and base.lease.owner == self._holding:
            return base.lease.renewed(now, self._lease_length)
        return Lease(self._holding, now, now + self._lease_length)

    def _release(self, run: str) -> None:
        tip = self._tip
        if tip is None or tip.lease is None or tip.lease.owner != run:
            return
        try:
            self._write_lease(tip, None)
        except PublisherError:
            return  # it frees itself in time, and a run that lost it has nothing to give back

    def _write_lease(self, tip: Tip, lease: Lease | None) -> None:
        written = replace(tip.head, serial=tip.head.serial + 1, write_id=next(self._write_ids))
        self._attempts.note(tip.head, written, ())
        unlocked = self._commit(tip, written, (), lease)
        error = self._branch.push(unlocked.commit)
        if error is not None and self._branch.fetch(self._pause) != unlocked.commit:
            raise error
        self._trust(unlocked)

    def _pause(self) -> None:
        """Not in step with whoever else is trying."""
        self._sleep(random.uniform(0.05, 0.5))  # noqa: S311  no secret
