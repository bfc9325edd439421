"""State stores that fail: at every call that a backend makes to its disk, its remote or its bucket, in every way.

Real backends in real places (a folder, a bare repository, moto's S3 in this process), the sandbox's world, virtual
time. A run is disturbed at the n-th call; then runs follow until all is done, and it is counted as in other sweeps.
"""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from publisher.errors import PublisherError
from publisher.git import Answer, Git
from publisher.planning.records import Phase
from publisher.planning.state import State
from publisher.publishing.run import RunReport, Session
from publisher.state_backends.backend import StateBackend
from publisher.state_backends.branch import BranchState
from publisher.state_backends.durable import OS, Durable
from publisher.state_backends.file import FileState
from publisher.state_backends.s3 import S3State
from publisher.threads_api.messages import Transport
from tests.publishing.harness import ENDPOINT, WORKLOADS, Count, Killed, Scene, count
from tests.state_backends.faulty import URL, answer
from tests.state_backends.places import NOON, record, repository

# What happens at the call: refused, done but not answered, forbidden, death; what else depends on the store. Nobody
# overtakes a file, whose lock is the operating system's; 409 and 412 are answers to conditional writes alone.
_ANY = ("before", "after", "forbidden", "killed_before", "killed_after")
KINDS = {
    "file": (*_ANY, "torn"),
    "branch": (*_ANY, "foreign"),
    "s3": (*_ANY, "foreign", "own_412", "409", "slow_down"),
}
SEALING = {"branch, all sealed": KINDS["branch"], "s3, all sealed": KINDS["s3"]}  # what is finished, at the next write


@dataclass
class StoreTrouble:
    """Fails at the n-th call to the store, once; a process that died there makes no further call."""

    at: int = 0
    kind: str = "before"
    calls: int = 0
    dead: bool = False
    overtake: Callable[[], None] = lambda: None

    def around(self, call: Callable[[], Any], failures: "Failures", *, half: Callable[[], Any] | None = None) -> Any:
        if self.dead:
            raise Killed
        self.calls += 1
        if self.calls != self.at:
            return call()
        match self.kind:
            case "before":
                return failures.refused()
            case "forbidden":
                return failures.forbidden()
            case "foreign":
                self.overtake()
                return call()
            case "torn" if half is not None:
                half()
                return failures.lost()
            case "own_412" | "409" | "slow_down" as kind if kind in failures.others:
                if kind == "own_412":
                    call()
                return failures.others[kind]()
            case "killed_before":
                self.dead = True
                raise Killed
            case "killed_after":
                call()
                self.dead = True
                raise Killed
        call()
        return failures.lost()


@dataclass(frozen=True)
class Failures:
    """How a store of this sort says no: each raises, or gives back what git answers."""

    refused: Callable[[], Any]
    lost: Callable[[], Any]
    forbidden: Callable[[], Any]
    others: Mapping[str, Callable[[], Any]] = field(default_factory=dict)


def _raising(make: Callable[[], Exception]) -> Callable[[], Any]:
    def raising() -> Any:
        raise make()

    return raising


DISK = Failures(
    _raising(lambda: OSError(errno.ENOSPC, "No space left on device")),
    _raising(lambda: OSError(errno.EIO, "Input/output error")),
    _raising(lambda: OSError(errno.EACCES, "Permission denied")),
)
REMOTE = Failures(
    lambda: Answer(128, b"", "fatal: Could not read from remote repository."),
    lambda: Answer(1, b"", "fatal: the remote end hung up unexpectedly"),
    lambda: Answer(128, b"", "fatal: Authentication failed for 'origin'"),
)
BUCKET = Failures(
    _raising(lambda: EndpointConnectionError(endpoint_url=URL)),
    _raising(lambda: ReadTimeoutError(endpoint_url=URL)),
    _raising(answer(403, "AccessDenied")),
)
WRITING = replace(
    BUCKET,
    others={
        "own_412": _raising(answer(412, "PreconditionFailed")),
        "409": _raising(answer(409, "ConditionalRequestConflict")),
        "slow_down": _raising(answer(503, "SlowDown")),
    },
)


@dataclass
class TroubledDisk(OS):
    trouble: StoreTrouble

    def write(self, handle: int, data: bytes) -> None:
        half = partial(os.write, handle, data[: len(data) // 2])
        self.trouble.around(partial(super().write, handle, data), DISK, half=half)

    def fsync(self, handle: int) -> None:
        self.trouble.around(partial(super().fsync, handle), DISK)

    def replace(self, source: Path, target: Path) -> None:
        self.trouble.around(partial(super().replace, source, target), DISK)


@dataclass(frozen=True)
class TroubledGit(Git):
    """Only calls over the network fail: the others are this machine's own."""

    trouble: StoreTrouble = field(default_factory=StoreTrouble)

    def run(self, *arguments: str, **options: Any) -> Answer:
        call = partial(Git.run, self, *arguments, **options)
        if not options.get("remote"):
            return call()
        answered: Answer = self.trouble.around(call, REMOTE)
        return answered


@dataclass
class TroubledS3:
    client: Any
    trouble: StoreTrouble

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call = getattr(self.client, operation)
        failures = WRITING if operation == "put_object" else BUCKET
        return lambda **arguments: self.trouble.around(partial(call, **arguments), failures)


class StoreScene(Scene):
    """A scene whose state is in a real backend. `open_at(run, trouble)` opens it."""

    def __init__(self, name: str, open_at: Callable[[str, StoreTrouble], StateBackend]) -> None:
        self._open_at = open_at
        self._runs = 0
        self.trouble = StoreTrouble()
        super().__init__(WORKLOADS[name])

    def backend(self) -> StateBackend:  # type: ignore[override]
        """A later attempt of the same job each time, which need not wait for the lease of a dead one."""
        self._runs += 1
        return self._open_at(f"1/{self._runs}", self.trouble)

    def session(self, transport: Transport | None = None) -> Session:
        plain = super().session(transport)
        facts = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
        return Session(**{**facts, "run": f"1/{self._runs}"})

    def overtake(self) -> None:
        """Another run records a post of its own."""
        theirs = self._open_at("2/1", StoreTrouble())
        state = theirs.load()
        theirs.save(state.with_post("theirs", record()), ("theirs",))

    def state(self) -> State:
        return self._open_at("0/1", StoreTrouble()).load()

    def counted(self) -> Count:
        """What came of it; after that, one more run neither calls nor writes."""
        state = self.state()
        total = count(self.posts, self.live(), state)
        posted = self.posted
        self.publish()
        restless = self.posted != posted or self.state().serial != state.serial
        return total + Count(runs=0, restless=int(restless))


@contextmanager
def opened(backend: str) -> Iterator[Callable[[str, StoreTrouble], StateBackend]]:
    """A fresh place of this sort; gives back how it is opened."""
    folder = Path(tempfile.mkdtemp(prefix="stores-"))
    facts: dict[str, Any] = {"account": "acme", "endpoint": ENDPOINT}
    try:
        if backend == "file":
            path = folder / "publisher-state.json"
            yield lambda run, trouble: FileState(path, run=run, disk=Durable(TroubledDisk(trouble)), **facts)
        elif backend in ("branch", "branch, all sealed"):
            facts |= {} if backend == "branch" else {"most_files": 0}
            _, clone = repository(folder)
            facts |= {"now": lambda: NOON, "sleep": lambda _: None}
            yield lambda run, trouble: BranchState(TroubledGit(clone, trouble=trouble), run=run, **facts)
        else:
            facts |= {"bucket": "state", "prefix": "threads", "sleep": lambda _: None}
            facts |= {} if backend == "s3" else {"largest_head": 0}
            with _bucket() as client:
                yield lambda run, trouble: S3State(cast("Any", TroubledS3(client, trouble)), run=run, **facts)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _bucket() -> Iterator[Any]:
    """moto in this process: no socket, and every call of botocore all the same."""
    from moto import mock_aws

    from publisher.state_backends.objects import s3_client

    with mock_aws():
        client = s3_client(region="us-east-1", endpoint_url=None)
        client.create_bucket(Bucket="state")
        client.put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Enabled"})
        yield client


def disturbed(backend: str, name: str, at: int, kind: str) -> Count:
    """One run that fails at the store's call `at`, then quiet ones."""
    with opened(backend) as open_at:
        scene = StoreScene(name, open_at)
        scene.trouble = StoreTrouble(at, kind, overtake=scene.overtake)
        report = scene.publish()
        unsafe = _unsafe(scene, report)
        scene.trouble = StoreTrouble()
        done = scene.until_done()
        return scene.counted() + Count(runs=0, unfinished=int(done is None), wrong=unsafe)


def _unsafe(scene: StoreScene, report: RunReport | None) -> int:
    """A stop without a way out, or a post that went out although its intent is on no record."""
    stopped: PublisherError | None = scene.refused[-1] if scene.refused else None
    if report is not None:
        stopped = report.stopped_by
    nameless = stopped is not None and (stopped.exit_code not in (5, 6, 7, 8) or not stopped.fix)
    begun = [
        part for record in scene.state().posts.values() for part in record.parts if part.phase is not Phase.PLANNED
    ]
    return int(nameless) + int(len(begun) < len(scene.live()))


def calls_of(backend: str, name: str) -> int:
    """How many calls one run makes to its store when nothing fails."""
    with opened(backend) as open_at:
        scene = StoreScene(name, open_at)
        scene.trouble = StoreTrouble()
        scene.publish()
        return scene.trouble.calls


def sweep(backend: str, name: str, *, every: int = 1) -> Iterator[tuple[Count, str]]:
    """Every kind at every call, or each `every`-th of them; with a line that names it where it is not clean."""
    cases = [(at, kind) for at in range(1, calls_of(backend, name) + 1) for kind in {**KINDS, **SEALING}[backend]]
    for at, kind in cases[::every]:
        counted = disturbed(backend, name, at, kind)
        line = json.dumps({"store": backend, "workload": name, "call": at, "kind": kind})
        yield counted, "" if counted.clean else f"{line}  {counted}"


def again(line: str) -> Count:
    """One case, from the line that it printed."""
    facts = json.loads(line)
    return disturbed(facts["store"], facts["workload"], facts["call"], facts["kind"])


def swept(backend: str, name: str, every: int) -> tuple[Count, list[str]]:
    found = list(sweep(backend, name, every=every))
    return sum((counted for counted, _ in found), Count()), [line for _, line in found if line]
