"""The state on a branch, read: fetched, held against what was seen before, and the way back where it is spoilt."""

import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from publisher.errors import PublisherError, Refused
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import checked_head
from publisher.state_backends import checks
from publisher.state_backends.branch_layout import Tip, belong_together, posts_of, tip_of, wanted
from publisher.state_backends.checks import Mark
from publisher.state_backends.plumbing import StateBranch, no_state_branch
from publisher.state_backends.shards import Contents, Shard, shard_posts

ATTRIBUTES = b"* -merge\n"
LOOKED_AT = 50  # commits, on the way back to a good one


class BranchReader:
    """Reads the state of `account`; `contents` is what was seen of the archives' posts."""

    def __init__(self, branch: StateBranch, *, account: str, endpoint: str, pause: Callable[[], None]) -> None:
        self.branch = branch
        self.contents = Contents()
        self._account = account
        self._endpoint = endpoint
        self._pause = pause

    @property
    def where(self) -> str:
        return f"branch {self.branch.branch}"

    def fetched(self) -> Tip | None:
        """The tip as it is at the remote now, of our account and not set back; None when there is no branch."""
        seen = self.seen()  # first: another process of this clone raises it after the branch has moved
        mark = self.mark_of(seen)
        commit = self.branch.fetch(self._pause)
        if commit is None:
            return None
        tip = self.read(commit)
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
        if self.branch.git.is_shallow() or self.branch.follows(tip.commit, seen):
            return True
        return any(self.mark_of(commit) == mark for commit in self.branch.history(tip.commit, LOOKED_AT))

    def missing(self) -> Refused:
        where, seen = f"{self.where} of {self.branch.remote}", self.seen()
        mark = self.mark_of(seen)
        if mark is None:
            return checks.missing(where, restore=f"restore the last good commit of {self.where}")
        return checks.missing(where, mark, restore=self._put_back(seen, None), restart=self._restart)

    @property
    def _restart(self) -> str:
        return f"git update-ref -d {shlex.quote(self.branch.seen_ref)}"

    def _put_back(self, good: str | None, found: str | None) -> str:
        """How to get `good` back where `found` is. A shallow clone cannot: it lacks the commits before."""
        if good is None or self.branch.git.is_shallow():
            command = self.branch.push_over("COMMIT", found)
            return f"put {self.where} back to the last commit that publisher made: {command}"
        return self.branch.push_over(good, found)

    def _restore(self, spoilt: str) -> str:
        """How to get back the last good commit before `spoilt`: what this clone has seen may be older by far."""
        seen, good = self.seen(), self._last_good(spoilt)
        newer = seen is not None and (good is None or self.branch.follows(seen, good))
        return self._put_back(seen if newer else good, spoilt)

    def _last_good(self, spoilt: str) -> str | None:
        for commit in self.branch.history(spoilt, LOOKED_AT)[1:]:
            with suppress(PublisherError):
                tip = self._checked(commit)
                checks.check_belongs(tip.head, account=self._account, endpoint=self._endpoint, where=self.where)
                self.posts(tip)
                return commit
        return None

    def read(self, commit: str) -> Tip:
        """Raises `Refused` when head and posts do not belong together, with the way to those that do."""
        with checks.restored_by(lambda: self._restore(commit)):
            return self._checked(commit)

    def _checked(self, commit: str) -> Tip:
        head = self._head(self.head_data(commit))
        if not belong_together(head, self.branch.folders(commit)):
            raise Refused(
                f"the posts on {self.where} are not those that its head.json was written for",
                code="E402",
                why="they were edited by hand, merged or damaged; what they say cannot be trusted",
                fix="publisher state verify",
            )
        return tip_of(commit, head, self.branch.files(commit), where=self.where)

    def head_data(self, commit: str) -> bytes | None:
        """None for a state whose head is lost. Raises `Refused` E436 for a branch that was none: it must not be told
        how to be put back."""
        data = self.branch.content(commit, "head.json")
        ours = data is not None or self.branch.content(commit, ".gitattributes") == ATTRIBUTES
        if not ours and self.mark_of(self.seen()) is None:
            raise no_state_branch(self.branch.branch, "it is there, and has no head.json")
        return data

    def _head(self, data: bytes | None) -> State:
        if data is None:
            raise checks.unreadable(self.where, "it has no head.json")
        where = f"{self.where}: head.json"
        return checked_head(checks.document_from(data, where=where), where=where)

    def whole(self, tip: Tip) -> State:
        """The state with its posts."""
        with checks.restored_by(lambda: self._restore(tip.commit)):
            return replace(tip.head, posts=self.posts(tip))

    def posts(self, tip: Tip) -> dict[str, PostRecord]:
        blobs = self.branch.files(tip.commit)
        contents = self.branch.contents(wanted(tip, blobs, where=self.where))
        return posts_of(tip, blobs, contents, self.contents, where=self.where)

    def archive(self, tip: Tip, shard: Shard) -> Mapping[str, PostRecord]:
        """The posts of one archive."""
        where = f"{self.where}: {shard.key}"
        with checks.restored_by(lambda: self._restore(tip.commit)):
            data = self.branch.content(tip.commit, shard.key)
            if data is None:
                raise checks.unreadable(where, "it is missing, and the head lists it")
            return shard_posts(data, shard, tip.head, where=where)

    # --- what was seen ------------------------------------------------------------------------------------------

    def seen(self) -> str | None:
        """The commit of the newest state this clone has trusted."""
        return self.branch.commit_at(self.branch.seen_ref)

    def mark_of(self, commit: str | None) -> Mark | None:
        try:
            head = self._head(self.branch.content(commit, "head.json")) if commit else None
        except PublisherError:
            return None
        return Mark(head.lineage, head.serial, head.write_id) if head else None
