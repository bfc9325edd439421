"""A state with a history, in each backend's real place, and what goes over its edge: reads, writes, bytes."""

import atexit
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.state_backends.backend import StateBackend
from publisher.state_backends.branch import BranchState
from publisher.state_backends.file import FileState
from publisher.state_backends.head import Head, head_bytes
from publisher.state_backends.objects import s3_client
from publisher.state_backends.s3 import S3State
from publisher.state_backends.shards import LARGEST_SHARD, Sealed, Shard, shard_bytes
from tests.publishing.harness import ENDPOINT, START
from tests.state_backends.places import git, repository

BACKENDS = ("file", "branch", "s3")
_NUMBERS = count(1)
_A_DAY = 70  # posts published in a day of the history
_RECENT = 150  # of them in the head: half-way between just sealed and too large
_FACTS: dict[str, Any] = {"account": "acme", "endpoint": ENDPOINT, "run": "1/1"}


@dataclass
class Cost:
    """What a run did. Bytes are those read and written by the backend, whatever it keeps them in."""

    calls: int = 0
    reads: int = 0
    writes: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
    bytes_next: int = 0  # what the next run of the same machine reads to begin with
    bytes_cached: int = 0  # the same of a fresh machine that was given the sealed archives this one has kept

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(*(getattr(self, name) - getattr(other, name) for name in Cost.__dataclass_fields__))


@dataclass
class Counted:
    """A backend, and the count of what it is asked."""

    inner: StateBackend
    cost: Cost

    @property
    def where(self) -> str:
        return self.inner.where

    def load(self) -> State:
        self.cost.reads += 1
        return self.inner.load()

    def create(self, state: State) -> State:
        return self.inner.create(state)

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        self.cost.writes += 1
        return self.inner.save(state, changed)

    def lock(self, run: str) -> Any:
        return self.inner.lock(run)

    def left(self) -> float:
        return self.inner.left()

    def hold(self, state: State, seconds: float) -> State:
        kept = self.inner.hold(state, seconds)
        self.cost.writes += kept.serial != state.serial  # a lock that is a part of the state is renewed by a write
        return kept

    def unlock(self) -> str:
        return self.inner.unlock()


def history(posts: int) -> State:
    """An account on which `posts` are live, the newest one a day ago."""
    return State(
        lineage="history",
        account="acme",
        endpoint=ENDPOINT,
        posts={f"old-{number:06}": _published(number) for number in range(posts)},
    )


def _published(number: int) -> PostRecord:
    when = START - timedelta(days=1 + number / _A_DAY)
    part = PartRecord(
        phase=Phase.PUBLISHED,
        fingerprint=f"{number:064x}",
        container=f"180{number:014}",
        attempt=1,
        attempt_at=when,
        watermark=(f"179{number:014}",),
        media_id=f"178{number:014}",
        permalink=f"https://www.threads.net/@acme/post/{number:011}",
        published_at=when,
    )
    return PostRecord(path=f"posts/old-{number:06}.yaml", kind="text", fingerprint=f"{number:064x}", parts=(part,))


@cache
def _made(name: str, posts: int) -> Path:
    """A place with `history(posts)`, made once; every run gets a copy of its own."""
    folder = Path(tempfile.mkdtemp(prefix="history-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if name == "file":
        FileState(folder / "publisher-state.json", **_FACTS).create(history(posts))
    elif name == "branch":
        _, clone = repository(folder)
        BranchState(clone, **_FACTS).create(history(posts))
    else:
        for number, (key, body, metadata) in enumerate(_objects(history(posts))):
            (folder / f"{number}.body").write_bytes(body)
            (folder / f"{number}.json").write_text(json.dumps([key, metadata]))
    return folder


def _objects(state: State) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """What years of writing leave in a bucket, written at once: key, body, metadata."""
    state = replace(state, serial=1, write_id="history")
    posts = list(state.posts.items())
    recent, old = dict(posts[:_RECENT]), posts[_RECENT:][::-1]
    shards = []
    for number, begin in enumerate(range(0, len(old), LARGEST_SHARD)):
        archive = dict(old[begin : begin + LARGEST_SHARD])
        body, sha256 = shard_bytes(state, archive)
        shards.append(Shard(f"2025-01-{number}", sha256, len(archive)))
        yield shards[-1].key, body, {}
    head = head_bytes(Head(replace(state, posts={}), recent, Sealed(tuple(shards))))
    yield "head.json", head, {}
    yield "journal/1.json", head, {"lineage": state.lineage, "write-id": state.write_id}


@contextmanager
def opened(name: str, posts: int, cost: Cost) -> Iterator[Counted]:
    """`history(posts)` in a backend of its own; from now on its traffic adds to `cost`."""
    with tempfile.TemporaryDirectory() as folder, _OPEN[name](Path(folder), posts, cost) as backend:
        yield Counted(backend, cost)


@contextmanager
def _file(folder: Path, posts: int, cost: Cost) -> Iterator[StateBackend]:
    """This process reads and writes nothing else meanwhile, so the kernel's count is the file's."""
    shutil.copytree(_made("file", posts), folder, dirs_exist_ok=True)
    read, written = _kernel_count()
    yield FileState(folder / "publisher-state.json", **_FACTS)
    after_read, after_written = _kernel_count()
    cost.bytes_read, cost.bytes_written = after_read - read, after_written - written
    FileState(folder / "publisher-state.json", **_FACTS).load()
    cost.bytes_next = cost.bytes_cached = _kernel_count()[0] - after_read  # it has no archives


def _kernel_count() -> tuple[int, int]:
    facts = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(facts["rchar"]), int(facts["wchar"])


@contextmanager
def _branch(folder: Path, posts: int, cost: Cost) -> Iterator[StateBackend]:
    """What is counted is the packed size of what was pushed, and of what a shallow runner fetches to begin with."""
    shutil.copytree(_made("branch", posts), folder, dirs_exist_ok=True)
    bare, clone = folder / "remote.git", folder / "clone"
    git(clone, "remote", "set-url", "origin", bare.as_uri())
    begin = git(bare, "rev-parse", "publisher-state").decode().strip()
    cost.bytes_read = _packed(bare, begin)
    yield BranchState(clone, **_FACTS)
    cost.bytes_written = _packed(bare, "publisher-state", f"^{begin}")
    cost.bytes_next = 0  # it has pushed them itself; else what others have pushed since
    tree = git(bare, "rev-parse", "publisher-state^{tree}").decode().strip()
    cost.bytes_cached = _packed(bare, tree)  # git's objects are in no archive: all is fetched again


def _packed(bare: Path, *commits: str) -> int:
    return int(git(bare, "rev-list", "--objects", "--disk-usage", *commits))


@contextmanager
def _s3(folder: Path, posts: int, cost: Cost) -> Iterator[StateBackend]:
    made = _made("s3", posts)
    with _bucket() as (client, bucket):
        for facts in made.glob("*.json"):
            key, metadata = json.loads(facts.read_text())
            body = facts.with_suffix(".body").read_bytes()
            client.put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata)

        def sent(request: Any, **_: Any) -> None:
            cost.bytes_written += int(request.headers.get("Content-Length") or 0)

        def answered(parsed: Any, **_: Any) -> None:
            cost.bytes_read += int(parsed.get("ContentLength") or 0)

        def load(archives: Path) -> int:
            before = cost.bytes_read
            S3State(client, bucket, cache=archives, **_FACTS).load()
            loaded, cost.bytes_read = cost.bytes_read - before, before
            return loaded

        client.meta.events.register("before-send.s3", sent)
        client.meta.events.register("after-call.s3.GetObject", answered)
        yield S3State(client, bucket, cache=folder / "archives", **_FACTS)
        if (folder / "archives").is_dir():
            shutil.copytree(folder / "archives", folder / "fresh")
        cost.bytes_next = load(folder / "archives")
        cost.bytes_cached = load(folder / "fresh")


@contextmanager
def _bucket() -> Iterator[tuple[Any, str]]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark"}
    try:
        with patch.dict(os.environ, keys):
            client = s3_client(region="us-east-1", endpoint_url=f"http://{host}:{port}")
            bucket = f"state-{next(_NUMBERS)}"  # moto keeps what an earlier server of this process was given
            client.create_bucket(Bucket=bucket)
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            yield client, bucket
    finally:
        server.stop()


_OPEN = {"file": _file, "branch": _branch, "s3": _s3}
