"""A branch used as a store: fetched, read, extended by a commit and pushed, without a work tree, index or checkout.

What is written goes to the repository's object store and to the remote. Two references of our own keep what was
fetched and what was trusted last: `refs/publisher/tip/<branch>` and `refs/publisher/seen/<branch>`.
"""

import re
import secrets
import shlex
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from publisher.errors import InvalidContent, PublisherError, Refused, TryAgain
from publisher.git import LOCAL_TIMEOUT_S, REMOTE_TIMEOUT_S, Answer, Git, environment, no_git, remote_failure

LARGEST_FILE = 10_000_000  # bytes; a record has about 600
_AUTHOR = "threads-publisher <publisher@localhost>"

# Another process of this machine holds a lock file of git's for a moment.
_BUSY = re.compile(r"cannot lock ref|[Uu]nable to create '.*\.lock'|shallow file has changed")
# Somebody else's push came between: git has several words for it.
_OVERTAKEN = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|incorrect old value|already exists"
)


@dataclass(frozen=True, slots=True)
class StateBranch:
    """`branch` at `remote`, seen from the repository of `git`."""

    git: Git
    remote: str
    branch: str

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.branch}"

    @property
    def tip_ref(self) -> str:
        return f"refs/publisher/tip/{self.branch}"

    @property
    def seen_ref(self) -> str:
        return f"refs/publisher/seen/{self.branch}"

    def check_apart(self) -> None:
        """Raises `Refused` E436 for the branch that is checked out, and for the remote's main one where it is known."""
        for at, to, what in (
            ("HEAD", self.ref, "the branch that is checked out here"),
            (f"refs/remotes/{self.remote}/HEAD", f"refs/remotes/{self.remote}/{self.branch}", "the main branch"),
        ):
            if self.git.run("symbolic-ref", "--quiet", at).text == to:
                raise no_state_branch(self.branch, f"it is {what}")

    # --- reading ------------------------------------------------------------------------------------------------

    def fetch(self, pause: Callable[[], None]) -> str | None:
        """The newest commit of the branch, with all that belongs to it; None when there is no such branch.

        Raises `TryAgain` when the remote cannot be reached and `NotAllowed` when it does not let us.
        """
        # A runner's clone has one commit and needs no more of this branch; a full clone must not be made shallow.
        depth = ("--depth=1",) if self.git.is_shallow() else ()
        # A partial clone would ask for each record by itself, and without the token.
        options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-filter")
        for _ in range(5):
            answer = self.git.run(
                *("fetch", *options, *depth, "--", self.remote, f"+{self.ref}:{self.tip_ref}"),
                timeout_s=REMOTE_TIMEOUT_S,
                remote=True,
            )
            if answer.code == 0:
                return self.commit_at(self.tip_ref)
            if "couldn't find remote ref" in answer.err:
                return None
            if not _BUSY.search(answer.err):
                break
            pause()
        raise self._failure(answer)

    def commit_at(self, ref: str) -> str | None:
        answer = self.git.run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        return answer.text if answer.code == 0 else None

    def history(self, commit: str, most: int) -> list[str]:
        """`commit` and those before it, newest first, `most` at most; what a shallow clone lacks is not among them."""
        return self.git.ask("rev-list", f"--max-count={most}", commit).decode().split()

    def follows(self, commit: str, earlier: str) -> bool:
        """Whether `earlier` is in the history of `commit`; True as well where that cannot be told."""
        return self.git.run("merge-base", "--is-ancestor", earlier, commit).code != 1

    def folders(self, commit: str) -> dict[str, str]:
        """The folders at the top of a commit: name -> object id."""
        listed = self.git.ask("ls-tree", "-d", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape")
        entries = (entry.partition("\t") for entry in listed.split("\0")[:-1])
        return {name: facts.split()[2] for facts, _, name in entries}

    def content(self, commit: str, path: str) -> bytes | None:
        """One file of a commit; None when the commit has no such file. Raises when it cannot be read, which is no proof
        of that."""
        answer = self.git.run("cat-file", "blob", f"{commit}:{path}")
        if answer.code == 0:
            return answer.out
        if b" blob " in self.git.ask("ls-tree", "--full-tree", commit, "--", path):
            raise self.git.local_failure(answer)
        return None

    def files(self, commit: str) -> dict[str, str]:
        """Path -> object id of every file. Raises `Refused` E401 for a file that is no record by its size or mode."""
        found: dict[str, str] = {}
        listed = self.git.ask("ls-tree", "-r", "-l", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape")
        for entry in listed.split("\0")[:-1]:
            facts, _, path = entry.partition("\t")
            mode, kind, blob, size = facts.split()
            if kind != "blob" or mode not in ("100644", "100755") or int(size) > LARGEST_FILE:
                raise Refused(
                    f"branch {self.branch} holds what is no record: {path} ({kind}, mode {mode}, {size} bytes)",
                    code="E401",
                    why="only publisher writes to this branch; what else is there shows that it is not the right one",
                    fix=f"name the right branch in state.path, or restore the last good commit of {self.branch}",
                )
            found[path] = blob
        return found

    def contents(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Object id -> bytes, all in one call."""
        wanted = list(dict.fromkeys(blobs))
        out = memoryview(self.git.ask("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in wanted).encode()))
        found: dict[str, bytes] = {}
        at = 0
        for blob in wanted:
            end = bytes(out[at : at + 200]).index(b"\n") + at
            fields = bytes(out[at:end]).split()
            if len(fields) != 3:
                raise Refused(
                    f"object {blob} of branch {self.branch} is missing", code="E430", fix="git fetch, git fsck"
                )
            start, size = end + 1, int(fields[2])
            found[blob] = bytes(out[start : start + size])
            at = start + size + 1
        return found

    # --- writing ------------------------------------------------------------------------------------------------

    def commit(
        self,
        parent: str | None,
        changes: Mapping[str, bytes | None],
        head: Callable[[Mapping[str, str]], bytes],
        *,
        folders: Sequence[str],
        message: str,
        at: datetime,
    ) -> str:
        """A commit on top of `parent` in the object store; its id. Nothing refers to it until it is pushed.

        `changes`: path -> new bytes, or None to remove. `head` gets the ids of those of `folders` that there will be,
        and gives `head.json`. One process whatever the number of changes, and no cost for what does not change.
        """
        opening = [
            f"commit refs/publisher/new/{secrets.token_hex(8)}\nmark :1\n".encode(),
            f"committer {_AUTHOR} {int(at.timestamp())} +0000\n".encode(),
            _data(message.encode("utf-8", "replace")),
            f"from {parent}\n".encode() if parent else b"",
            *(_change(path, content) for path, content in changes.items()),
            *(b'ls "%s"\n' % folder.encode() for folder in folders),
        ]
        ref = opening[0].split(b"\n")[0].removeprefix(b"commit ")
        with tempfile.TemporaryFile() as complaints:
            process = self._fast_import(complaints)
            watch = threading.Timer(LOCAL_TIMEOUT_S, process.kill)
            watch.start()
            commit = ""
            try:
                with suppress(BrokenPipeError), process:  # it ends early when it fails, and says why on its stderr
                    commit = _converse(process.stdin, process.stdout, opening, len(folders), head, ref)
            finally:
                watch.cancel()
            complaints.seek(0)
            err = complaints.read().decode("utf-8", "replace")
            if process.returncode != 0 or not re.fullmatch(r"[0-9a-f]{40,64}", commit):
                raise self.git.local_failure(Answer(process.returncode, b"", err))
            return commit

    def _fast_import(self, complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                self.git.command(["fast-import", "--quiet", "--date-format=raw-permissive"]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment(self.git.environ),
                start_new_session=True,
            )
        except FileNotFoundError:
            raise no_git() from None

    def push(self, commit: str) -> PublisherError | None:
        """Make `commit` the tip of the branch, if the tip is what it is built on; None when that is acknowledged.

        Otherwise what went wrong, not raised: an answer that was lost is no proof that nothing happened, so the
        caller looks first. `TryAgain` E433: somebody else was faster.
        """
        answer = self.git.run(
            *("push", "--porcelain", "--no-verify", "--", self.remote, f"{commit}:{self.ref}"),
            timeout_s=REMOTE_TIMEOUT_S,
            remote=True,
        )
        if answer.code == 0:
            return None
        # "!", what was pushed to where, and the reason, with tabs between: only the reason is one.
        reasons = (line.split("\t")[-1] for line in answer.text.splitlines() if line.startswith("!"))
        reason = next(reasons, "")
        if _OVERTAKEN.search(reason):
            return TryAgain(f"branch {self.branch} has moved meanwhile", code="E433", fix="run again")
        return self._failure(Answer(answer.code, answer.out, f"{answer.err}\n{reason}"))

    def push_over(self, commit: str, found: str | None) -> str:
        """The command by which a person puts `commit` where `found` is, or where nothing is (None).

        It does nothing once the branch has moved: what a run, or another person, has written by then is not lost.
        """
        lease = shlex.quote(f"--force-with-lease={self.ref}:{found or ''}")
        return f"git push {lease} {self.remote} {shlex.quote(f'{commit}:{self.ref}')}"

    def keep(self, ref: str, commit: str) -> None:
        """Point one of our own references at `commit`; its failure costs a safeguard, not the state."""
        self.git.run("update-ref", ref, commit)

    def _failure(self, answer: Answer) -> PublisherError:
        if "invalid refspec" in answer.err:
            return InvalidContent(
                f'"{self.branch}" is no name for a branch', code="E434", fix="give state.path the name of a branch"
            )
        return remote_failure(answer, self.git.remote_url(self.remote) or f'remote "{self.remote}"')


def no_state_branch(branch: str, seen: str) -> Refused:
    return Refused(
        f"branch {branch} is none for a state: {seen}",
        code="E436",
        why="content is merged, squashed and reverted; what is recorded must not go with it",
        fix="name a branch that holds nothing else: state: {backend: branch, path: publisher-state} in publisher.yaml",
    )


def _converse(
    stdin: IO[bytes] | None,
    stdout: IO[bytes] | None,
    opening: list[bytes],
    asked: int,
    head: Callable[[Mapping[str, str]], bytes],
    ref: bytes,
) -> str:
    """Tell fast-import the commit; `head.json` comes last, because it names the folders that precede it, of which
    `opening` has asked for so many."""
    assert stdin is not None
    assert stdout is not None
    stdin.writelines(opening)
    stdin.flush()
    listed = [stdout.readline().decode().split() for _ in range(asked)]  # "040000 tree <id>\tposts" or "missing posts"
    stdin.write(_change("head.json", head({line[3]: line[2] for line in listed if len(line) == 4})))
    stdin.write(b"get-mark :1\n")
    stdin.flush()
    commit = stdout.readline().decode().strip()
    # The reference existed only because the command wants one; zeros, as many as an id has here, take it away.
    stdin.write(b"reset " + ref + b"\nfrom " + b"0" * len(commit) + b"\n\n")
    stdin.close()
    return commit


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _change(path: str, content: bytes | None) -> bytes:
    if content is None:
        return f"D {path}\n".encode()
    return f"M 100644 inline {path}\n".encode() + _data(content)
