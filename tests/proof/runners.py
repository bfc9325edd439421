"""Two runners on one account, step by step: who goes on is decided here, at every API call and every state write.

Each runner is a thread, but only one of them ever runs: a baton is handed over at chosen steps. So every interleaving
is made on purpose, and made again the same way.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from publisher.content.post import Post
from publisher.errors import PublisherError
from publisher.planning.state import State
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request, Response, Transport
from tests.proof.cases import as_asked
from tests.publishing.harness import WORKLOADS, Count, Scene, picture, text
from tests.state_backends.fakes import MemoryState


class Baton:
    """Who may run. `switches`: (runner, step) pairs; that runner hands over just before its step."""

    def __init__(self, switches: Sequence[tuple[int, int]]) -> None:
        self._switches = set(switches)
        self._turn = threading.Condition()
        self._holder = 0
        self._steps = [0, 0]
        self._ended = [False, False]

    @property
    def steps(self) -> tuple[int, int]:
        return self._steps[0], self._steps[1]

    def step(self, runner: int) -> None:
        """Called by a runner before each step of its own."""
        self._steps[runner] += 1
        if (runner, self._steps[runner]) in self._switches:
            self._hand_over(runner)

    def begin(self, runner: int) -> None:
        with self._turn:
            self._turn.wait_for(lambda: self._holder == runner)

    def end(self, runner: int) -> None:
        with self._turn:
            self._ended[runner] = True
            self._holder = 1 - runner
            self._turn.notify_all()

    def _hand_over(self, runner: int) -> None:
        with self._turn:
            if self._ended[1 - runner]:
                return
            self._holder = 1 - runner
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._holder == runner)


class StepTransport:
    def __init__(self, inner: Transport, step: Callable[[], None]) -> None:
        self._inner = inner
        self._step = step

    def send(self, request: Request) -> Response:
        self._step()
        return self._inner.send(request)


class StepState:
    """A backend whose every access is a step. `locked`: False for a lock that did not hold (expired, taken away)."""

    def __init__(self, inner: MemoryState, step: Callable[[], None]) -> None:
        self._inner = inner
        self._step = step

    @property
    def where(self) -> str:
        return self._inner.where

    def load(self) -> State:
        self._step()
        return self._inner.load()

    def create(self, state: State) -> State:
        return self._inner.create(state)

    def save(self, state: State, changed: tuple[str, ...]) -> State:
        self._step()
        return self._inner.save(state, changed)

    @contextmanager
    def lock(self, run: str) -> Iterator[None]:
        yield  # the lock is an optimisation: here it never held

    def left(self) -> float:
        return self._inner.left()

    def hold(self, state: State, seconds: float) -> State:
        return self._inner.hold(state, seconds)

    def unlock(self) -> str:
        return self._inner.unlock()


def session_of(scene: Scene, step: Callable[[], None], run: str) -> Session:
    plain = scene.session(StepTransport(scene.transport(), step))
    inner = MemoryState(scene.memory, account="acme", endpoint=scene.endpoint, run=run)
    facts: dict[str, Any] = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
    return Session(**{**facts, "backend": StepState(inner, step), "run": run})


def publish(scene: Scene, session: Session, posts: Sequence[Post]) -> RunReport | None:
    try:
        return carry_out(session, look(session, Desired(tuple(posts))))
    except PublisherError as error:
        scene.refused.append(error)
        return None


def change_hands(
    scene: Scene, switches: Sequence[tuple[int, int]], *, frozen_h: float = 0.0, old: Sequence[Post] | None = None
) -> Baton:
    """Both runners to their ends, handing over at `switches`.

    `frozen_h`: how long the first one is out each time, as a frozen machine is. `old`: the posts of the first one's
    tip, where the second one has a newer.
    """
    tips = (scene.posts if old is None else old, scene.posts)
    baton = Baton(switches)

    def body(runner: int) -> None:
        baton.begin(runner)
        try:
            if runner == 1 and frozen_h:
                scene.clock.sleep(frozen_h * 3600)
            publish(scene, session_of(scene, lambda: baton.step(runner), f"{runner}/1"), tips[runner])
        finally:
            baton.end(runner)

    threads = [threading.Thread(target=body, args=(runner,)) for runner in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return baton


def interleaved(
    scene: Scene, switches: Sequence[tuple[int, int]], *, frozen_h: float = 0.0, old: Sequence[Post] | None = None
) -> tuple[Count, Baton]:
    """Both runners, handing over at `switches`; then quiet runs, then the count."""
    baton = change_hands(scene, switches, frozen_h=frozen_h, old=old)
    done = scene.until_done()
    counted = scene.count() + Count(runs=0, unfinished=int(done is None))
    return as_asked(counted) if done is not None and done.exit_code == 4 else counted, baton


def steps_of(name: str, **world: Any) -> int:
    """How many steps one runner takes by itself."""
    return interleaved(Scene(WORKLOADS[name], **world), ())[1].steps[0]


def zombies(name: str, *, park: bool = False, **world: Any) -> Iterator[Count]:
    """Frozen for two hours before each step, while another runner does everything."""
    publishing = PublishingSettings(on_ambiguous="park" if park else "retry")
    for step in range(1, steps_of(name, **world) + 1):
        scene = Scene(WORKLOADS[name], publishing=publishing, **world)
        yield interleaved(scene, [(0, step)], frozen_h=2)[0]


def switches(name: str, *, every: int = 1, **world: Any) -> Iterator[Count]:
    """Two changes of hands: every pair of steps, or each `every`-th of both."""
    steps = steps_of(name, **world)
    for one in range(1, steps + 1, every):
        for two in range(1, steps + 1, every):
            yield interleaved(Scene(WORKLOADS[name], **world), [(0, one), (1, two)])[0]


def two_tips(*, every: int = 1) -> Iterator[Count]:
    """Every pair of changes of hands where a file was renamed between the two runners' tips, and lists lag.

    The memory puts one's records beside the other's, as a branch does. The video is recorded once its container is
    made, so that the other's records come along before the intent.
    """
    for live, old, new in _TIPS:
        steps = [interleaved(_with_live(live, posts), ())[1].steps[0] for posts in (old, new)]
        for one in range(1, steps[0] + 1, every):
            for two in range(1, steps[1] + 1, every):
                scene = _with_live(live, new)
                scene.memory.reapplies = True
                yield interleaved(scene, [(0, one), (1, two)], old=old)[0]


def _with_live(live: tuple[Post, ...], posts: tuple[Post, ...]) -> Scene:
    """What is `live` went out an hour ago."""
    scene = Scene(live, list_lag=120.0)
    if live:
        scene.publish()
        scene.clock.sleep(3600)
    scene.posts = posts
    return scene


_VIDEO = text("v", media=(picture("v", "video"),))
_LIVE, _MOVED = text("a", "live"), text("b", "live")  # one post, before and after its file was renamed
# What is live before, the old tip and the new one.
_TIPS: tuple[tuple[tuple[Post, ...], tuple[Post, ...], tuple[Post, ...]], ...] = (
    ((), (text("a", "words"),), (text("b", "words"),)),
    ((), (_VIDEO, text("w", "words")), (_VIDEO, text("x", "words"))),
    ((), (text("a", "words"), _VIDEO), (text("b", "words"),)),
    ((_LIVE,), (_MOVED, text("w", "words")), (_LIVE, text("w", "words"))),
    ((_LIVE,), (_MOVED, text("w", "words")), (_LIVE, text("x", "words"))),
)
