"""State on a branch of its own: durable off the runner, with a history, and no service but the git remote.

`head.json` holds everything but the posts, `posts/<yyyy-mm>/<id>.json` one record each (the month is that of its
first write). Every write is a commit on top of the one it was decided on, pushed without force: the remote refuses it
when somebody else was faster. The head names the folder of posts it belongs to, so that a file changed by hand shows.

The content branch is never used: a revert or a squash there must not take the memory of what is published with it.
"""

import json
import math
import random
import re
import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from publisher.errors import PublisherError, Refused, TryAgain
from publisher.git import REMOTE_TIMEOUT_S, Git
from publisher.planning.record_json import post_from_json, post_json
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import checked_head, head_json, sealed
from publisher.state_backends import checks
from publisher.state_backends.attempts import Attempts, apart, same_content
from publisher.state_backends.checks import Mark
from publisher.state_backends.lease import Lease, lease_from_json, lease_json
from publisher.state_backends.plumbing import StateBranch, no_state_branch

TRIES = 5
FULL = 3000  # files in one folder; GitHub advises against more
LOOKED_AT = 50  # commits, on the way back to a good one
_RECORD = re.compile(r"posts/\d{4}-\d{2}(?:-\d+)?/([^/]+)\.json")
_ATTRIBUTES = b"* -merge\n"
_README = """\
# What was published

This branch is the memory of Threads Publisher: which posts of this repository are live, and under which ids. It is
written by `publisher` alone. Do not merge it, edit it or force-push to it: what is forgotten here is published again.
"""


@dataclass(frozen=True, slots=True)
class Tip:
    """A commit of the state branch, read as far as a write needs it."""

    commit: str
    head: State  # without its posts
    lease: Lease | None
    paths: dict[str, str]  # post id -> "posts/2026-11/launch.json"


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
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        git = repository if isinstance(repository, Git) else Git(repository)
        self._branch = StateBranch(git, remote, branch)
        self._account = account
        self._endpoint = endpoint
        self._run = run
        self._lease_length = lease
        self._now = now
        self._sleep = sleep
        self._write_ids = checks.write_ids(run)
        self._attempts = Attempts()
        self._tip: Tip | None = None
        self._holding: str | None = None  # the run we hold the account for

    @property
    def where(self) -> str:
        return f"branch {self._branch.branch}"

    def check_apart(self) -> None:
        """Raises `Refused` E436 where the branch is the one that holds the posts."""
        self._branch.check_apart()

    # --- the seam -----------------------------------------------------------------------------------------------

    def load(self) -> State:
        tip = self._fetched()
        if tip is None:
            raise self._missing()
        state = self._whole(tip)
        self._trust(tip)
        return state

    def create(self, state: State) -> State:
        found = self._branch.fetch(self._pause)
        if found is not None:
            self._head_data(found)
            raise checks.exists_already(self.where)
        if self._mark_of(self._seen()) is not None:
            raise self._missing()  # there was one: beginning anew would forget what it says
        written = replace(state, serial=1, write_id=next(self._write_ids))
        first = {"README.md": _README.encode(), ".gitattributes": _ATTRIBUTES}
        commit, _ = self._commit(None, written, tuple(written.posts), None, others=first)
        error = self._branch.push(commit)
        if error is not None:
            found = self._branch.fetch(self._pause)  # an answer that was lost is no proof that nothing happened
            if found != commit:
                raise error if found is None else checks.exists_already(self.where)
        self._trust(self._read(commit))
        return written

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        base = self._base(state)
        changed = self._attempts.touched(state, changed)
        failed: PublisherError = TryAgain(f"{self.where} is written too often", code="E433", fix="run again")
        for _ in range(TRIES):
            lease = self._lease_to_write(base)
            written = replace(state, serial=base.head.serial + 1, write_id=next(self._write_ids))
            self._attempts.note(state, written, changed)
            commit, paths = self._commit(base, written, changed, lease)
            error = self._branch.push(commit)
            if error is None:
                self._trust(Tip(commit, replace(written, posts={}), lease, paths))
                return written
            found = self._fetched()  # an answer that was lost is no proof that nothing happened
            if found is None:
                raise self._missing()
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
        tip = self._fetched()
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
        tip = self._fetched()
        if tip is None:
            raise self._missing()
        if tip.lease is None:
            return "held by nobody"
        self._write_lease(tip, None)
        return f"held by {tip.lease}; taken away"

    # --- reading ------------------------------------------------------------------------------------------------

    def _fetched(self) -> Tip | None:
        """The tip as it is at the remote now, of our account and not set back; None when there is no branch."""
        seen = self._seen()  # first: another process of this clone raises it after the branch has moved
        mark = self._mark_of(seen)
        commit = self._branch.fetch(self._pause)
        if commit is None:
            return None
        tip = self._read(commit)
        checks.check_belongs(tip.head, account=self._account, endpoint=self._endpoint, where=self.where)
        if seen is not None and mark is not None:
            told = {"where": self.where, "restore": self._put_back(seen, commit), "restart": self._restart}
            checks.check_not_rewound(tip.head, mark, **told)
            if tip.head.serial > mark.serial and not self._follows(tip, mark, seen):
                raise checks.forked(tip.head, mark, **told)
        return tip

    def _follows(self, tip: Tip, mark: Mark, seen: str) -> bool:
        """Whether `tip` holds the write that was seen here; a shallow clone cannot tell, and takes it for granted.

        The write and not only its commit: a history that was cut off by hand has lost no record by that.
        """
        if self._branch.git.is_shallow() or self._branch.follows(tip.commit, seen):
            return True
        return any(self._mark_of(commit) == mark for commit in self._branch.history(tip.commit, LOOKED_AT))

    def _missing(self) -> Refused:
        where, seen = f"{self.where} of {self._branch.remote}", self._seen()
        mark = self._mark_of(seen)
        if mark is None:
            return checks.missing(where, restore=f"restore the last good commit of {self.where}")
        return checks.missing(where, mark, restore=self._put_back(seen, None), restart=self._restart)

    @property
    def _restart(self) -> str:
        return f"git update-ref -d {shlex.quote(self._branch.seen_ref)}"

    def _put_back(self, good: str | None, found: str | None) -> str:
        """How to get `good` back where `found` is. A shallow clone cannot: it lacks the commits before."""
        if good is None or self._branch.git.is_shallow():
            command = self._branch.push_over("COMMIT", found)
            return f"put {self.where} back to the last commit that publisher made: {command}"
        return self._branch.push_over(good, found)

    def _restore(self, spoilt: str) -> str:
        """How to get back the last good commit before `spoilt`: what this clone has seen may be older by far."""
        seen, good = self._seen(), self._last_good(spoilt)
        newer = seen is not None and (good is None or self._branch.follows(seen, good))
        return self._put_back(seen if newer else good, spoilt)

    def _last_good(self, spoilt: str) -> str | None:
        for commit in self._branch.history(spoilt, LOOKED_AT)[1:]:
            with suppress(PublisherError):
                tip = self._checked(commit)
                checks.check_belongs(tip.head, account=self._account, endpoint=self._endpoint, where=self.where)
                self._posts(tip)
                return commit
        return None

    def _read(self, commit: str) -> Tip:
        """Raises `Refused` when head and posts do not belong together, with the way to those that do."""
        with checks.restored_by(lambda: self._restore(commit)):
            return self._checked(commit)

    def _checked(self, commit: str) -> Tip:
        head = self._head(self._head_data(commit))
        if head.extra.get("posts_tree") != self._branch.tree_of(commit, "posts"):
            raise Refused(
                f"the posts on {self.where} are not those that its head.json was written for",
                code="E402",
                why="they were edited by hand, merged or damaged; what they say cannot be trusted",
                fix="publisher state verify",
            )
        lease = lease_from_json(head.extra.get("lease"))
        extra = {key: value for key, value in head.extra.items() if key not in ("lease", "posts_tree")}
        paths = _paths_by_id(self._branch.files(commit), where=self.where)
        return Tip(commit, replace(head, extra=extra), lease, paths)

    def _head_data(self, commit: str) -> bytes | None:
        """None for a state whose head is lost. Raises `Refused` E436 for a branch that was none: it must not be told
        how to be put back."""
        data = self._branch.content(commit, "head.json")
        ours = data is not None or self._branch.content(commit, ".gitattributes") == _ATTRIBUTES
        if not ours and self._mark_of(self._seen()) is None:
            raise no_state_branch(self._branch.branch, "it is there, and has no head.json")
        return data

    def _head(self, data: bytes | None) -> State:
        if data is None:
            raise checks.unreadable(self.where, "it has no head.json")
        where = f"{self.where}: head.json"
        return checked_head(checks.document_from(data, where=where), where=where)

    def _whole(self, tip: Tip) -> State:
        """The state with its posts."""
        with checks.restored_by(lambda: self._restore(tip.commit)):
            return replace(tip.head, posts=self._posts(tip))

    def _posts(self, tip: Tip) -> dict[str, PostRecord]:
        blobs = self._branch.files(tip.commit)
        contents = self._branch.contents(blobs[path] for path in tip.paths.values())
        posts: dict[str, PostRecord] = {}
        for post_id, path in tip.paths.items():
            where = f"{self.where}: {path}"
            posts[post_id] = post_from_json(checks.document_from(contents[blobs[path]], where=where), where=where)
        return posts

    def _trust(self, tip: Tip) -> None:
        """From now on writes are decided on this one; what is older is refused in this clone."""
        self._tip = tip
        self._branch.keep(self._branch.seen_ref, tip.commit)

    def _seen(self) -> str | None:
        """The commit of the newest state this clone has trusted."""
        return self._branch.commit_at(self._branch.seen_ref)

    def _mark_of(self, commit: str | None) -> Mark | None:
        try:
            head = self._head(self._branch.content(commit, "head.json")) if commit else None
        except PublisherError:
            return None
        return Mark(head.lineage, head.serial, head.write_id) if head else None

    # --- writing ------------------------------------------------------------------------------------------------

    def _base(self, state: State) -> Tip:
        """The tip that `state` was decided on, or one that only we have moved since."""
        tip = self._tip
        if tip is not None and tip.head.write_id == state.write_id:
            return tip
        tip = self._fetched()
        if tip is None:
            raise self._missing()
        if tip.head.write_id != state.write_id and self._attempts.ours(tip.head.write_id, state) is None:
            raise checks.overtaken(self.where, seen=checks.version(tip.head), expected=checks.version(state))
        return tip

    def _reapplied(self, state: State, changed: tuple[str, ...], base: Tip, found: Tip) -> State:
        """`state` on top of what somebody else wrote meanwhile (F48)."""
        ours = self._attempts.ours(found.head.write_id, state)
        theirs = _post_ids(self._branch.differing(base.commit, found.commit))
        there = self._whole(found)
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
    ) -> tuple[str, dict[str, str]]:
        """A commit that is not pushed yet, and where each post is kept in it."""
        changes: dict[str, bytes | None] = dict(others)
        paths = self._paths(base, written, changed)
        for post_id in changed:
            if post_id in written.posts:
                changes[paths[post_id]] = _text(post_json(written.posts[post_id]))
            elif base and post_id in base.paths:
                changes[base.paths[post_id]] = None

        def head(posts_tree: str | None) -> bytes:
            facts: dict[str, Any] = {"lease": lease_json(lease)} if lease else {}
            return _text(sealed({**head_json(written), **facts, "posts_tree": posts_tree}))

        message = _message(written, changed, self._run)
        parent = base.commit if base else None
        return self._branch.commit(parent, changes, head, message=message, at=self._now()), paths

    def _paths(self, base: Tip | None, written: State, changed: tuple[str, ...]) -> dict[str, str]:
        """Where each post is kept after a write: where it was, else in this month's folder that has room."""
        paths = dict(base.paths) if base else {}
        for post_id in changed:
            if post_id not in written.posts:
                paths.pop(post_id, None)
        new = [post_id for post_id in changed if post_id in written.posts and post_id not in paths]
        filled = Counter(path.split("/")[1] for path in paths.values()) if new else Counter()
        month = f"{self._now().astimezone(UTC):%Y-%m}"
        folders = (month if n == 1 else f"{month}-{n}" for n in count(1))
        folder = next(folders)
        for post_id in new:
            while filled[folder] >= FULL:
                folder = next(folders)
            filled[folder] += 1
            paths[post_id] = f"posts/{folder}/{quote(post_id, safe='')}.json"
        return paths

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
        commit, _ = self._commit(tip, written, (), lease)
        error = self._branch.push(commit)
        if error is not None and self._branch.fetch(self._pause) != commit:
            raise error
        self._trust(replace(tip, commit=commit, head=written, lease=lease))

    def _pause(self) -> None:
        """Not in step with whoever else is trying."""
        self._sleep(random.uniform(0.05, 0.5))  # noqa: S311  no secret


def _text(document: dict[str, Any]) -> bytes:
    """For people, too: the branch can be read on the web."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") + b"\n"


def _message(state: State, changed: tuple[str, ...], run: str) -> str:
    names = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return f"Record {names or 'the head'}\n\nserial {state.serial}, run {run}\n"


def _post_ids(paths: Iterable[str]) -> frozenset[str]:
    """Of the posts whose files are among these."""
    return frozenset(unquote(match[1]) for path in paths if (match := _RECORD.fullmatch(path)))


def _paths_by_id(files: Iterable[str], *, where: str) -> dict[str, str]:
    """Post id -> path. Raises `Refused` E401 when two files claim one post."""
    found: dict[str, str] = {}
    for path in files:
        match = _RECORD.fullmatch(path)
        if match is None:
            continue
        post_id = unquote(match[1])
        if post_id in found:
            raise checks.unreadable(where, f"{found[post_id]} and {path} are both of post {post_id}")
        found[post_id] = path
    return found
