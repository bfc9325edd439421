"""A case: a workload in a world, and what goes wrong in it. One line of text, so that a failure can be run again."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import WORKLOADS, Count, Killed, Scene

# Four models of what Meta leaves open, and of how late it tells the truth.
WORLDS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "same": {"second_publish": "same"},
    "duplicate": {"second_publish": "duplicate"},
    "lag": {"list_lag": 120.0},
    "forgetful": {"forget_after": 0.0},
    "forgetful-lag": {"forget_after": 0.0, "list_lag": 7200.0},
}
GROUPED, GROUP = ("batch-6", "mix"), 4  # as on a branch, where a write takes seconds
MODELS = ("plain", "same", "duplicate", "lag")

# Nothing happened, it happened, it happens later, and the machine dies: 19 ways to fail at one call.
FAULTS = (
    "refuse",
    "reset",
    "500",
    "503",
    "429",
    "not_found",
    "token_expired",
    "reset_after",
    "500_after",
    "10_after",
    "429_after",
    "garbage_after",
    "container_error",
    "slow",
    "slow_effect",
    "late_effect",
    "killed_before",
    "killed_after",
    "clock_jump",
)
# As it was seen in production, and what `settle` is there for: later than the client waits.
_SECONDS = {"slow": 222.0, "slow_effect": 222.0, "late_effect": 500.0}
_DEATHS = ("killed_before", "killed_after")


@dataclass(frozen=True)
class Case:
    """`faults`: (call, kind) pairs; calls are counted from 1 over all runs of the scene."""

    workload: str
    world: str = "plain"
    faults: tuple[tuple[int, str], ...] = ()
    gap_h: float = 1.0  # between runs
    park: bool = False
    group: int = 1  # posts whose intents share a write, as a slow backend has it

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, line: str) -> "Case":
        facts = json.loads(line)
        facts["faults"] = tuple((int(call), str(kind)) for call, kind in facts["faults"])
        return cls(**facts)


class Trouble:
    """A transport that fails at given calls, whichever they are, over all runs of a scene."""

    def __init__(self, scene: Scene, faults: Sequence[tuple[int, str]]) -> None:
        self._scene = scene
        self._faults = dict(faults)
        self._inner: Transport = scene.transport()
        self.calls = 0
        self.met = 0

    def send(self, request: Request) -> Response:
        self.calls += 1
        kind = self._kind(request)
        if kind is None:
            return self._inner.send(request)
        self.met += 1
        if kind == "killed_before":
            raise Killed
        if kind == "clock_jump":
            self._scene.clock.sleep(3 * 3600)
            return self._inner.send(request)
        if kind == "killed_after":
            self._inner.send(request)
            raise Killed
        named = "slow_effect" if kind == "late_effect" else kind
        self._scene.faulty.arm([{"call": "any", "fault": named, "seconds": _SECONDS.get(kind, 0)}])
        try:
            return self._inner.send(request)
        finally:
            self._scene.faulty.faults.clear()

    def _kind(self, request: Request) -> str | None:
        """What goes wrong with this call."""
        return self._faults.get(self.calls)


class NamedTrouble(Trouble):
    """Fails at the n-th call of a name, as the sandbox names them ("publish", "any"): (name, n, kind) each."""

    def __init__(self, scene: Scene, faults: Sequence[tuple[str, int, str]]) -> None:
        super().__init__(scene, ())
        self._named = {(name, nth): kind for name, nth, kind in faults}
        self._seen: Counter[str] = Counter()

    def _kind(self, request: Request) -> str | None:
        names = (self._scene.faulty.call_of(request), "any")
        self._seen.update(names)
        kinds = (self._named.get((name, self._seen[name])) for name in names)
        return next((kind for kind in kinds if kind is not None), None)


def run(case: Case) -> tuple[Count, int]:
    """What the case came to, and how many of its faults were met."""
    publishing = PublishingSettings(on_ambiguous="park" if case.park else "retry")
    scene = Scene(WORKLOADS[case.workload], publishing=publishing, **WORLDS[case.world])
    scene.group = case.group
    trouble = Trouble(scene, case.faults)
    scene.publish(trouble)
    done = None
    # Every fault may cost a run; after the last one, two more must be enough.
    for _ in range(len(case.faults) + 2):
        scene.clock.sleep(timedelta(hours=case.gap_h).total_seconds())
        met, report = trouble.met, scene.publish(trouble)
        if report is not None and report.exit_code in (0, 4) and trouble.met == met:
            done = report
            break
    counted = scene.count() + Count(runs=0, unfinished=int(done is None))
    return as_asked(counted) if done is not None and done.exit_code == 4 else counted, trouble.met


def as_asked(counted: Count) -> Count:
    """What a person was asked about is neither lost nor unrecorded; what was posted must be right all the same."""
    return replace(counted, lost=0, unrecorded=0, asked=1)


@cache
def calls_of(workload: str, world: str, group: int) -> int:
    """How many calls the workload takes when nothing fails."""
    scene = Scene(WORKLOADS[workload], **WORLDS[world])
    scene.group = group
    trouble = Trouble(scene, ())
    scene.publish(trouble)
    return trouble.calls


def singles(workloads: Sequence[str], worlds: Sequence[str], *, every: int = 1, group: int = 1) -> Iterator[Case]:
    """One fault of each kind at each call; `every` n-th only, for a sample."""
    number = 0
    for workload in workloads:
        for world in worlds:
            for call in range(1, calls_of(workload, world, group) + 1):
                for kind in FAULTS:
                    number += 1
                    if number % every == 0:
                        yield Case(workload, world, ((call, kind),), group=group)


def doubles(
    workloads: Sequence[str], worlds: Sequence[str], *, number: int, seed: int, group: int = 1
) -> Iterator[Case]:
    """`number` pairs of faults, drawn by `seed`; the second one up to 20 calls after the workload's own."""
    chance = random.Random(seed)
    for _ in range(number):
        workload, world = chance.choice(workloads), chance.choice(worlds)
        calls = calls_of(workload, world, group)
        one = chance.randint(1, calls)
        two = chance.randint(one + 1, calls + 20)
        kinds = chance.choice(FAULTS), chance.choice(FAULTS)
        # Media that Threads cannot use twice are refused for good, and rightly (F7): that is told, not lost.
        while kinds == ("container_error", "container_error"):
            kinds = chance.choice(FAULTS), chance.choice(FAULTS)
        yield Case(workload, world, ((one, kinds[0]), (two, kinds[1])), group=group)
