"""Where each backend keeps a state in tests: a place that can be opened by many runs, wiped, set back and spoiled."""

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.state_json import sealed
from publisher.state_backends.backend import StateBackend
from publisher.state_backends.branch import BranchState
from publisher.state_backends.branch_layout import MOST_FILES
from publisher.state_backends.file import FileState
from publisher.state_backends.head import LARGEST_HEAD
from publisher.state_backends.s3 import S3State
from tests.state_backends.fakes import Memory, MemoryState

ENDPOINT = "https://graph.threads.net"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BEGUN = State(lineage="6f0c2b1a", account="acme", endpoint=ENDPOINT)


def record(text: str = "fingerprint", phase: Phase = Phase.PUBLISHED) -> PostRecord:
    """A post of one part, as a run leaves it; other words are another live post."""
    part = PartRecord(
        phase=phase,
        fingerprint=text,
        container="18079098539304490",
        attempt=1,
        attempt_at=NOON,
        media_id=f"1788{crc32(text.encode()):010}" if phase is Phase.PUBLISHED else None,
    )
    return PostRecord(path="posts/launch.yaml", kind="text", fingerprint=text, parts=(part,))


class Place(Protocol):
    """One state, wherever it is."""

    def open(self, run: str = "1/1", *, account: str = "acme", endpoint: str = ENDPOINT) -> StateBackend: ...

    def wipe(self) -> None: ...

    def forget(self) -> None:
        """What the message asks of who begins anew on purpose where a state was lost."""

    def set_back(self) -> None:
        """Be as before the last write."""

    def edit(self, **facts: Any) -> None:
        """Change keys of the head by hand; the checksum follows."""

    def spoil(self) -> None:
        """Change the state by hand; the checksum does not follow."""


@dataclass
class MemoryPlace:
    memory: Memory

    def open(self, run: str = "1/1", *, account: str = "acme", endpoint: str = ENDPOINT) -> StateBackend:
        return MemoryState(self.memory, account=account, endpoint=endpoint, run=run)

    def wipe(self) -> None:
        self.memory.wipe()

    def forget(self) -> None:
        pass  # nothing is kept beside it

    def set_back(self) -> None:
        self.memory.set_back()

    def edit(self, **facts: Any) -> None:
        assert self.memory.document is not None
        self.memory.document = json.dumps(sealed({**json.loads(self.memory.document), **facts}))

    def spoil(self) -> None:
        assert self.memory.document is not None
        self.memory.document = self.memory.document.replace("published", "planned")


@dataclass
class FilePlace:
    path: Path
    small: int

    def open(self, run: str = "1/1", *, account: str = "acme", endpoint: str = ENDPOINT) -> StateBackend:
        return FileState(self.path, account=account, endpoint=endpoint, run=run, small=self.small)

    @property
    def journal(self) -> Path:
        return self.path.with_name(f"{self.path.name}.journal")

    def wipe(self) -> None:
        self.path.unlink()
        self.journal.unlink(missing_ok=True)

    def forget(self) -> None:
        (self.path.parent / ".publisher" / f"{self.path.name}.mark.json").unlink()

    def set_back(self) -> None:
        """One write back, whichever of the two files it is in."""
        if self.journal.exists():
            self.journal.write_bytes(b"".join(self.journal.read_bytes().splitlines(keepends=True)[:-1]))
            return
        document = json.loads(self.path.read_bytes())
        self.edit(serial=document["serial"] - 1)

    def edit(self, **facts: Any) -> None:
        self._folded()
        self.path.write_text(json.dumps(sealed({**json.loads(self.path.read_bytes()), **facts})))

    def spoil(self) -> None:
        self._folded()
        self.path.write_text(self.path.read_text().replace("published", "planned"))

    def _folded(self) -> None:
        if self.journal.exists():
            ours = self.open()
            with ours.lock("0/1"):
                ours.load()


@dataclass
class BranchPlace:
    """A bare repository and a clone of it, as shallow as a runner's."""

    bare: Path
    clone: Path
    branch: str = "publisher-state"
    most_files: int = MOST_FILES

    def open(self, run: str = "1/1", *, account: str = "acme", endpoint: str = ENDPOINT) -> BranchState:
        return BranchState(
            self.clone,
            self.branch,
            account=account,
            endpoint=endpoint,
            run=run,
            most_files=self.most_files,
            now=lambda: NOON,
            sleep=lambda _: None,
        )

    def wipe(self) -> None:
        git(self.bare, "update-ref", "-d", f"refs/heads/{self.branch}")

    def forget(self) -> None:
        git(self.clone, "update-ref", "-d", self.open()._branch.seen_ref)

    def set_back(self) -> None:
        git(self.bare, "update-ref", f"refs/heads/{self.branch}", f"refs/heads/{self.branch}~1")

    def edit(self, **facts: Any) -> None:
        head = json.loads(git(self.bare, "cat-file", "blob", f"{self.branch}:head.json"))
        self.replace("head.json", json.dumps(sealed({**head, **facts})).encode())

    def spoil(self) -> None:
        listed = git(self.bare, "ls-tree", "-r", "--name-only", self.branch, "posts/", "archive/")
        for path in listed.decode().splitlines():
            self.replace(
                path, git(self.bare, "cat-file", "blob", f"{self.branch}:{path}").replace(b"published", b"planned")
            )

    def replace(self, path: str, content: bytes) -> None:
        """What somebody does who edits the branch on the web."""
        told = (
            b"commit refs/heads/%s\ncommitter A <a@example.org> 1700000000 +0000\ndata 4\nedit\nfrom refs/heads/%s^0\n"
        )
        name = self.branch.encode()
        change = b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)
        git(self.bare, "fast-import", "--quiet", stdin=told % (name, name) + change)


@dataclass
class S3Place:
    """A prefix in a versioned bucket."""

    client: Any
    bucket: str
    prefix: str = "threads/acme"
    largest_head: int = LARGEST_HEAD

    def open(self, run: str = "1/1", *, account: str = "acme", endpoint: str = ENDPOINT, **more: Any) -> S3State:
        return S3State(
            self.client,
            self.bucket,
            self.prefix,
            account=account,
            endpoint=endpoint,
            run=run,
            **{"sleep": lambda _: None, "largest_head": self.largest_head, **more},
        )

    def wipe(self) -> None:
        for key in self.listed():
            self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}")

    def forget(self) -> None:
        pass  # its journal was wiped with it

    def set_back(self) -> None:
        """Restore the version before the newest, as a console offers it."""
        serial = json.loads(self.read("head.json"))["serial"]
        self.write("head.json", self.read(f"journal/{serial - 1}.json"))

    def edit(self, **facts: Any) -> None:
        self.write("head.json", json.dumps(sealed({**json.loads(self.read("head.json")), **facts})).encode())

    def spoil(self) -> None:
        self.write("head.json", self.read("head.json").replace(b"published", b"planned"))

    def listed(self) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=self.bucket, Prefix=f"{self.prefix}/")
        return [found["Key"].removeprefix(f"{self.prefix}/") for found in listed.get("Contents", [])]

    def read(self, key: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}")["Body"].read()
        return content

    def write(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}", Body=content)


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Git as a person calls it."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def repository(folder: Path) -> tuple[Path, Path]:
    """A bare repository with one commit on main, and a clone of it as a runner has it: shallow, one branch."""
    bare, author = folder / "remote.git", folder / "author"
    author.mkdir(parents=True)
    git(author, "init", "-q")
    (author / "posts").mkdir()
    (author / "posts" / "launch.yaml").write_text("text: We are live.\n")
    git(author, "add", ".")
    git(author, "commit", "-q", "-m", "First post")
    git(author, "clone", "-q", "--bare", str(author), str(bare))
    return bare, clone(bare, folder / "clone")


def clone(bare: Path, folder: Path, *, shallow: bool = True) -> Path:
    depth = ("--depth=1", "--branch=main", "--single-branch") if shallow else ()
    git(bare, "clone", "-q", *depth, bare.as_uri(), str(folder))
    return folder
