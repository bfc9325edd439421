"""How long 100 posts take on a virtual clock, against the least that Threads' rules allow.

An account publishes one post after another, and a container waits 30 s before it may be asked about. So no schedule is
shorter than the sum of the serial sections (newest posts, intent, publish call, receipt) after the first container is
ready; nor than the longest chain, whose parts wait for each other. Both are computed from the latencies drawn.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from publisher.content.post import Post
from publisher.planning.state import State
from publisher.publishing.run import Desired, Session, carry_out, look
from publisher.publishing.tools import Answer, Call
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import Scene, VirtualClock, carousel, chain, picture, text
from tests.state_backends.fakes import MemoryState

READY_S = 30.0
STATE_S = 0.06  # one conditional write to S3
_LATENCY_S = {"publish": (0.3, 0.5), "create": (0.15, 0.35), "read": (0.08, 0.22)}


@dataclass
class Slow:
    """The sandbox's world, as far away as Threads is: each call takes a time drawn by a seed."""

    inner: Transport
    scene: Scene
    chance: random.Random
    serial_s: float = 0.0
    first_create_s: float = 0.0
    publishes: int = 0

    def send(self, request: Request) -> Response:
        kind = _kind(request)
        seconds = self.chance.uniform(*_LATENCY_S[kind])
        self.scene.clock.sleep(seconds)
        if kind == "publish":
            self.publishes += 1
        if kind == "publish" or (request.path.endswith(("/threads", "/replies")) and request.method == "GET"):
            self.serial_s += seconds
        if kind == "create" and not self.first_create_s:
            self.first_create_s = seconds
        return self.inner.send(request)


@dataclass
class SlowState:
    """A state whose every write takes as long as one to S3."""

    inner: MemoryState
    scene: Scene
    where: str = field(default="memory")

    def load(self) -> State:
        return self.inner.load()

    def create(self, state: State) -> State:
        return self.inner.create(state)

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        self.scene.clock.sleep(STATE_S)
        return self.inner.save(state, changed)

    def lock(self, run: str) -> Any:
        return self.inner.lock(run)

    def left(self) -> float:
        return self.inner.left()

    def hold(self, state: State, seconds: float) -> State:
        return self.inner.hold(state, seconds)

    def unlock(self) -> str:
        return self.inner.unlock()


def overlapping(clock: VirtualClock) -> Callable[[Sequence[Call]], list[Answer]]:
    """Several calls at a time, in virtual time: each begins now, and all are over when the longest is."""

    def together(calls: Sequence[Call]) -> list[Answer]:
        began, over, answers = clock.moment, clock.moment, []
        for call in calls:
            clock.moment = began
            answers.append(call())
            over = max(over, clock.moment)
        clock.moment = over
        return answers

    return together


def ratio_of(posts: Sequence[Post], seed: int) -> tuple[float, float, float]:
    """Time taken over the bound, and both in seconds."""
    scene = Scene(posts)
    slow = Slow(scene.transport(), scene, random.Random(seed))
    plain = scene.session(slow)
    facts: dict[str, Any] = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
    changed = {"backend": SlowState(scene.backend(), scene), "together": overlapping(scene.clock)}
    session = Session(**{**facts, **changed})
    plan = look(session, Desired(tuple(posts)))
    began, slow.serial_s = scene.clock.now(), 0.0
    report = carry_out(session, plan)
    if report.exit_code:
        raise AssertionError(f"not all was published: exit {report.exit_code}")
    took = (scene.clock.now() - began).total_seconds()
    serial = slow.serial_s + slow.publishes * 2 * STATE_S
    longest = max(len(post.parts) for post in posts)
    bound = max(slow.first_create_s + READY_S + serial, longest * (READY_S + serial / slow.publishes))
    return took / bound, took, bound


def schedules(seed: int = 20261126) -> Iterator[tuple[str, float, str]]:
    """Name, ratio, and what it is a ratio of."""
    workloads = {
        "P13 100 single posts / lower bound": [text(f"p{number:03}") for number in range(100)],
        "P14 100 posts of all kinds, chains / lower bound": [_of_all_kinds(number) for number in range(100)],
    }
    for name, posts in workloads.items():
        ratio, took, bound = ratio_of(posts, seed)
        yield name, ratio, f"{took:.0f} s / {bound:.0f} s"


def _of_all_kinds(number: int) -> Post:
    name = f"p{number:03}"
    match number % 6:
        case 0:
            return text(name, media=(picture(name),))
        case 1:
            return text(name, media=(picture(name, "video"),))
        case 2:
            return carousel(name, 3)
        case 3:
            return chain(name, 2 + number % 3)
        case _:
            return text(name)


def _kind(request: Request) -> str:
    if request.method == "GET":
        return "read"
    return "publish" if request.path.endswith("/threads_publish") else "create"
