"""The `git` program, called so that nothing surprising happens: no hooks, no questions, no credentials in sight.

Arguments are lists, never shell text; hooks of the repository are ignored; nothing waits for a person; every call has
a time limit; messages are English whatever the locale, because they are read here. A token for github.com comes from
the environment and goes to git through the environment, never through an argument or a URL.
"""

import base64
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from publisher.errors import LostRace, NotAllowed, PublisherError, Refused, TryAgain

LOCAL_TIMEOUT_S = 120.0
REMOTE_TIMEOUT_S = 180.0

_SETTINGS = (
    "core.hooksPath=/dev/null",  # what is checked out must not run, least of all where the secrets are
    "core.fsmonitor=false",
    "core.filesRefLockTimeout=5000",
    "core.packedRefsTimeout=5000",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.recurseSubmodules=no",
    "protocol.ext.allow=never",
)

# A variable left by a hook that called us would point git at another repository; the tracing ones print headers.
_DROPPED = re.compile(
    r"GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX"
    r"|QUARANTINE_PATH|CEILING_DIRECTORIES|CURL_VERBOSE|TRACE.*)"
)

_GITHUB = re.compile(r"(https://([^/@]*@)?|ssh://([^/@]*@)?|([^/@:]*@)?)(ssh\.|www\.)?github\.com(:\d+)?[/:].*")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call of git came to."""

    code: int
    out: bytes
    err: str  # without credentials

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "surrogateescape").strip()


@dataclass(frozen=True, slots=True)
class Git:
    """The repository that `folder` lies in. `environ` is the environment of the run, token included."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)

    # --- calling ------------------------------------------------------------------------------------------------

    def run(
        self, *arguments: str, stdin: bytes = b"", timeout_s: float = LOCAL_TIMEOUT_S, remote: bool = False
    ) -> Answer:
        """Call git and give back what it said; a code other than 0 is the caller's to judge.

        `remote`: the call goes over the network, so it gets the token. Raises `TryAgain` E431 when the time is up and
        `Refused` E430 when there is no git.
        """
        environ = environment(self.environ, with_token=remote)
        try:
            process = subprocess.Popen(
                self.command(arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environ,
                start_new_session=True,  # no terminal to ask questions on, and Ctrl-C is ours to answer
            )
        except FileNotFoundError:
            raise no_git() from None
        with process:
            try:
                out, err = process.communicate(stdin, timeout=timeout_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # and what it has started: a push must not go on alone
                raise TryAgain(
                    f"git {arguments[0]} did not end within {timeout_s:.0f} s", code="E431", fix="run again"
                ) from None
        return Answer(process.returncode, out, redacted(err.decode("utf-8", "replace"), environ))

    def command(self, arguments: Sequence[str]) -> list[str]:
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        return ["git", "-C", str(self.folder), "--no-replace-objects", *settings, *arguments]

    def ask(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What a call within this repository prints. Raises `Refused` E430 when it fails."""
        answer = self.run(*arguments, stdin=stdin)
        if answer.code != 0:
            raise self.local_failure(answer)
        return answer.out

    def ask_remote(self, *arguments: str) -> bytes:
        """What a call to another repository prints. Raises `NotAllowed` or `TryAgain` when it fails."""
        answer = self.run(*arguments, timeout_s=REMOTE_TIMEOUT_S, remote=True)
        if answer.code != 0:
            raise remote_failure(answer, self.remote_name(arguments))
        return answer.out

    # --- what the checkout is -------------------------------------------------------------------------------------

    def head(self) -> str | None:
        """The commit that is checked out; None before the first one."""
        answer = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if answer.code == 0:
            return answer.text
        self._check_repository()
        return None

    def current_branch(self) -> str | None:
        """ "main"; None when a commit, not a branch, is checked out."""
        answer = self.run("symbolic-ref", "--quiet", "--short", "HEAD")
        if answer.code == 0:
            return answer.text
        self._check_repository()
        return None

    def is_repository(self) -> bool:
        return self.run("rev-parse", "--git-dir").code == 0

    def is_shallow(self) -> bool:
        return self.run("rev-parse", "--is-shallow-repository").text == "true"

    def commit_of(self, path: Path) -> str | None:
        """The commit that last changed `path`; None when none is known. In a shallow clone its oldest commit."""
        answer = self.run("log", "-1", "--format=%H", "--", str(path.absolute()))
        return answer.text or None if answer.code == 0 else None

    # --- the other repository -----------------------------------------------------------------------------------

    def remote_url(self, remote: str = "origin") -> str | None:
        """Where `remote` is, without credentials; None when there is no such remote."""
        answer = self.run("remote", "get-url", remote)
        return redacted(answer.text, self.environ) if answer.code == 0 else None

    def remote_is_github(self, remote: str = "origin") -> bool:
        url = self.remote_url(remote)
        return url is not None and _GITHUB.fullmatch(url) is not None

    def tip_of(self, remote: str, branch: str) -> str | None:
        """The newest commit of `branch` at `remote`, asked for now; None when it has no such branch."""
        ref = f"refs/heads/{branch}"
        for line in self.ask_remote("ls-remote", "--", remote, ref).decode("utf-8", "replace").splitlines():
            commit, _, name = line.partition("\t")
            if name == ref:
                return commit
        return None

    def default_branch(self, remote: str = "origin") -> str | None:
        """The branch that `remote` shows first; None when it does not say."""
        said = self.ask_remote("ls-remote", "--symref", "--", remote, "HEAD").decode("utf-8", "replace")
        found = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", said, re.MULTILINE)
        return found[1] if found else None

    def branch_to_follow(self, remote: str = "origin") -> str | None:
        """Whose tip the checkout should be: the current branch, else what GitHub says, else the remote's default."""
        return self.current_branch() or self.environ.get("GITHUB_REF_NAME") or self.default_branch(remote)

    def is_tip(self, remote: str = "origin") -> bool:
        """Whether what is checked out is the newest commit of its branch at `remote`."""
        branch = self.branch_to_follow(remote)
        return branch is not None and self.head() is not None and self.head() == self.tip_of(remote, branch)

    def require_tip(self, remote: str = "origin") -> None:
        """Raises `LostRace` E703 for a checkout that is not the newest commit of its branch (a job run again)."""
        branch = self.branch_to_follow(remote)
        here = self.head()
        tip = self.tip_of(remote, branch) if branch else None
        if here is not None and here == tip:
            return
        newest = f"the tip of {branch} at {remote} is {tip[:12]}" if tip else f"{remote} has no branch {branch}"
        raise LostRace(
            f"this checkout is not the newest one: {(here or 'no commit')[:12]} is checked out, {newest}",
            code="E703",
            why="an older checkout lacks what was merged since: posts changed, removed or renamed",
            fix=f"check out {branch or 'the branch'} as it is at {remote}, then run again",
        )

    # --- failures -------------------------------------------------------------------------------------------------

    def remote_name(self, arguments: Sequence[str]) -> str:
        """For messages: the remote's URL without credentials, when one of the arguments is a remote."""
        names = (self.remote_url(word) for word in arguments[1:] if re.fullmatch(r"[\w./-]+", word))
        return next((url for url in names if url is not None), "the remote repository")

    def _check_repository(self) -> None:
        answer = self.run("rev-parse", "--git-dir")
        if answer.code != 0:
            raise self.local_failure(answer)

    def local_failure(self, answer: Answer) -> PublisherError:
        if "dubious ownership" in answer.err:
            return Refused(
                f"git does not trust {self.folder}: it belongs to another user",
                code="E430",
                fix=f"git config --global --add safe.directory {self.folder}",
            )
        if "not a git repository" in answer.err:
            return Refused(
                f"{self.folder} is in no git repository", code="E430", fix="run inside the clone, or: git init"
            )
        said = _last_line(answer.err)
        if "promisor remote" in answer.err:
            return Refused(
                f"this clone lacks what is needed, and could not get it: {said}",
                code="E430",
                fix="use a clone that was made without --filter; in a workflow, actions/checkout without filter:",
            )
        if re.search(r"No space left|Input/output error|Disk quota", answer.err):
            return TryAgain(f"git could not write: {said}", code="E411", fix="free some space, then run again")
        if re.search(r"Permission denied|Read-only file system|insufficient permission", answer.err):
            return NotAllowed(
                f"git may not write: {said}", code="E410", fix=f"let this user write to {self.folder}/.git"
            )
        return Refused(f"git failed: {said}", code="E430", fix="git fsck, then run again")


def no_git() -> Refused:
    return Refused("there is no program git here", code="E430", fix="install git 2.30 or newer, then run again")


_DENIED = re.compile(
    r"(HTTP|returned error:) (401|403)\b|Authentication failed|Permission denied|Permission to .* denied"
    r"|could not read (Username|Password)|Invalid username or|Repository not found|repository '.*' not found"
    r"|access denied|not authorized|insufficient permission|hook declined|protected branch|GH006|GH013"
    r"|[Rr]epository rule violations|denied by|deny updating|prohibited|terminal prompts disabled"
    r"|Host key verification failed",
    re.IGNORECASE,
)


def remote_failure(answer: Answer, remote: str) -> PublisherError:
    """What the other side said, as something a person can act on."""
    said = _last_line(answer.err)
    # The address is no reason, whatever words are in it.
    address = rf"\b[a-z+]+://[^\s']*|(?<!\w){re.escape(remote)}(?!\w)"
    if _DENIED.search(re.sub(address, "", answer.err)):
        return NotAllowed(
            f"{remote} does not let us: {said}",
            code="E432",
            fix="give the job `permissions: contents: write` and GITHUB_TOKEN; on a desk, check that git push works",
        )
    return TryAgain(
        f"{remote} cannot be reached: {said}",
        code="E431",
        fix="check the network, and the address: git remote -v; then run again",
    )


def _last_line(text: str) -> str:
    """The line of git's that says most: the first `fatal:`, `error:` or rejected one, else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"(fatal|error|remote: (fatal|error)|! \[)", line)]
    return (telling or lines[-1:] or ["no reason given"])[0][:500]


def redacted(text: str, environ: Mapping[str, str]) -> str:
    """`text` without user names and passwords in URLs, and without the token in any form git knows it by."""
    text = re.sub(r"(?<=://)[^/\s@]*@", "", text)
    token = environ.get("GITHUB_TOKEN", "").strip()
    for secret in (token, _basic(token)) if token else ():
        text = text.replace(secret, "***")
    return text


def _basic(token: str) -> str:
    return base64.b64encode(f"x-access-token:{token}".encode()).decode()


def environment(environ: Mapping[str, str], *, with_token: bool = False) -> dict[str, str]:
    """The environment that git runs in."""
    clean = {key: value for key, value in environ.items() if not _DROPPED.fullmatch(key)}
    clean |= {"LC_ALL": "C", "LANGUAGE": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    token = clean.get("GITHUB_TOKEN", "").strip()
    if with_token and token:
        # An empty value first: a header that the checkout has left in the configuration would be sent as well, and
        # GitHub refuses two. https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpextraHeader
        key = "http.https://github.com/.extraHeader"
        n = int(clean.get("GIT_CONFIG_COUNT", "0") or 0)
        for value in ("", f"AUTHORIZATION: basic {_basic(token)}"):
            clean |= {f"GIT_CONFIG_KEY_{n}": key, f"GIT_CONFIG_VALUE_{n}": value}
            n += 1
        clean["GIT_CONFIG_COUNT"] = str(n)
    if not with_token:
        clean.pop("GITHUB_TOKEN", None)
    return clean
