"""Small sweeps with names: each is the one that must notice when a certain safeguard is gone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from publisher.planning.records import Phase
from publisher.planning.state import State
from publisher.publishing import reconcile
from publisher.publishing.run import Desired, Session, carry_out, look
from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request, Response, Transport
from tests.proof import cases, runners, wipes
from tests.proof.cases import Case, NamedTrouble
from tests.proof.people import say
from tests.publishing.harness import WORKLOADS, Count, Scene, finished, text


def add(found: Iterator[Count]) -> Count:
    """Up to the first that is not clean."""
    total = Count()
    for item in found:
        total += item
        if not total.clean:
            break
    return total


def counts(items: Iterator[Case], *, may_ask: bool = False) -> Iterator[Count]:
    """`may_ask`: a person's decision is what these cases come to; elsewhere a question is a fault."""
    for case in items:
        try:
            counted, _ = cases.run(case)
            yield counted if may_ask else counted + Count(unfinished=counted.asked)
        except (AssertionError, StopIteration, RuntimeError, ValueError, KeyError):
            yield Count(runs=1, wrong=1)  # an invariant kept as an assertion has fired


def at_calls(workload: str, world: str, *kinds: str, gap_h: float = 1.0) -> Iterator[Case]:
    for call in range(1, cases.calls_of(workload, world, 1) + 1):
        for kind in kinds:
            yield Case(workload, world, ((call, kind),), gap_h=gap_h)


class ByHand:
    """Loses the answer of the first publish, and lets the account's owner post the same words by hand meanwhile."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._inner: Transport = scene.transport()
        self._done = False

    def send(self, request: Request) -> Response:
        if self._done or not request.path.endswith("/threads_publish"):
            return self._inner.send(request)
        self._done = True
        self._scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
        try:
            return self._inner.send(request)
        finally:
            words = {"media_type": "TEXT", "text": self._scene.posts[0].parts[0].text or ""}
            made = self._inner.send(Request("POST", "/me/threads", words)).json()["id"]
            self._inner.send(Request("POST", "/me/threads_publish", {"creation_id": made}))


def by_hand() -> Iterator[Count]:
    """Two posts could be it: it is left to a person, never guessed."""
    scene = Scene(WORKLOADS["text"])
    scene.publish(ByHand(scene))
    scene.until_done()
    yield Count(runs=1, wrong=_bound_to_another(scene))


def same_words() -> Iterator[Count]:
    """Two posts that say the same, as their authors allow; the answer about one of them is lost, and lists lag."""
    one = replace(WORKLOADS["text"][0], allow_repeat=True)
    for fault in ("reset_after", "500_after", "slow_effect"):
        for nth in (1, 2):
            scene = Scene((one, replace(one, id="b", path="posts/b.yaml")), list_lag=120.0)
            scene.faulty.arm([{"call": "publish", "nth": nth, "fault": fault, "seconds": 222}])
            scene.publish()
            scene.faulty.arm([])
            done = scene.until_done()
            stuck = done is None or done.exit_code != 0
            yield Count(runs=1, wrong=_bound_to_another(scene), unfinished=int(stuck))


def given_up() -> Iterator[Count]:
    """A post is parked, another one says the same later, its answer is lost, and a person has the first one sent."""
    one = WORKLOADS["text"][0]
    for lag in (0.0, 7200.0):
        scene = Scene((one,), publishing=PublishingSettings(on_ambiguous="park"))
        scene.publish(NamedTrouble(scene, [("publish", 1, "killed_before")]))
        scene.clock.sleep(3600)
        scene.publish()
        later = replace(one, id="b", path="posts/b.yaml", allow_repeat=True, publish_at=scene.clock.now())
        scene.posts, scene.world.settings.list_lag = (one, later), lag
        scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
        scene.clock.sleep(720)
        scene.publish()
        say(scene, lambda session: reconcile.forget(session, "a"))
        scene.clock.sleep(3 * 3600)
        done = scene.until_done()
        stuck = done is None or done.exit_code != 0
        yield Count(runs=1, wrong=_bound_to_another(scene), unfinished=int(stuck), lost=2 - len(scene.live()))


def late_in_groups() -> Iterator[Count]:
    """In a group of four, answers that come late, and behind them a call that acts later than it is waited for."""
    posts = tuple(text(f"p{number}") for number in range(6))
    for last in range(1, 5):
        scene = Scene(posts, second_publish="duplicate")
        scene.group = 4
        slow = [("publish", nth, "slow") for nth in range(1, last)]
        scene.publish(NamedTrouble(scene, [*slow, ("publish", last, "late_effect")]))
        yield finished(scene)


def slow_intents() -> Iterator[Count]:
    """Writing the first intent takes minutes, and its call acts later than it is waited for."""
    for seconds in (50, 150, 400):
        for group in (1, 4):
            scene = Scene((text("a"), text("b")), second_publish="duplicate")
            scene.group = group
            session = scene.session(NamedTrouble(scene, [("publish", 1, "late_effect")]))
            slowly(scene, session, iter((seconds,)))
            with session.backend.lock("1/1"):
                carry_out(session, look(session, Desired(scene.posts)))
            yield finished(scene)


def slowly(scene: Scene, session: Session, lengths: Iterator[float]) -> None:
    """Let each write of an intent take so many seconds, and no time once these are used up."""
    save = session.backend.save

    def saving(state: State, changed: tuple[str, ...]) -> State:
        if any(part.phase is Phase.INTENT for record in state.posts.values() for part in record.parts):
            scene.clock.sleep(next(lengths, 0))
        return save(state, changed)

    session.backend.save = saving  # type: ignore[method-assign]


class Watched:
    """Counts publish calls that the account was not surely ours for."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._inner: Transport = scene.transport()
        self.unheld = 0

    def send(self, request: Request) -> Response:
        if request.path.endswith("/threads_publish"):
            left = self._scene.memory.leased_until - self._scene.clock.now()
            self.unheld += left < 1.1 * self._scene.publishing.publish_timeout
        return self._inner.send(request)


def leases_run_out() -> Iterator[Count]:
    """A lease of some minutes, answers that take minutes, with writes of one and of four."""
    for group in (1, 4):
        scene = Scene(tuple(text(f"p{number}") for number in range(6)))
        scene.group = group
        scene.memory.now, scene.memory.lease = scene.clock.now, timedelta(minutes=6)
        scene.faulty.arm([{"call": "publish", "nth": nth, "fault": "slow", "seconds": 222} for nth in (1, 2, 3)])
        watched = Watched(scene)
        try:
            scene.publish(watched)
        except AssertionError:
            yield Count(runs=1, wrong=1)  # the invariant has fired
            continue
        yield finished(scene) + Count(runs=0, wrong=watched.unheld)


def _bound_to_another(scene: Scene) -> int:
    """Ids on record that are not what their container became."""
    became = {post.id: post.container_id for post in scene.world.published()}
    parts = [part for record in scene.memory.state().posts.values() for part in record.parts]
    return sum(part.media_id is not None and became.get(part.media_id) != part.container for part in parts)


SWEEPS: dict[str, Callable[[], Count]] = {
    "one fault": lambda: add(counts(cases.singles(("text", "chain-2", "mix"), ("plain",), every=5))),
    "deaths": lambda: add(counts(at_calls("mix", "plain", "killed_before", "killed_after"))),
    "lies": lambda: add(counts(at_calls("chain-2", "plain", "reset", "reset_after", "500_after", "429_after"))),
    "lies, evil world": lambda: add(counts(at_calls("text", "duplicate", "reset_after", "500_after", "10_after"))),
    "lies, lists lag": lambda: add(counts(at_calls("chain-2", "lag", "reset_after", "killed_after"))),
    "late effects": lambda: add(counts(at_calls("chain-2", "lag", "late_effect"))),
    "late effects, evil world": lambda: add(counts(at_calls("text", "duplicate", "late_effect"))),
    "late effects, groups": lambda: add(late_in_groups()),
    "intents written slowly": lambda: add(slow_intents()),
    "the lease runs out": lambda: add(leases_run_out()),
    "vanished, lists lag": lambda: add(
        counts(at_calls("text", "forgetful-lag", "reset_after", gap_h=26), may_ask=True)
    ),
    "posted by hand": lambda: add(by_hand()),
    "the same words": lambda: add(same_words()),
    "given up, lists lag": lambda: add(given_up()),
    "two runners": lambda: add(runners.switches("mix", every=3)),
    "two tips": lambda: add(runners.two_tips(every=3)),
    "wiped, set back": lambda: add(wipes.all_wipes(("text", "mix"))),
    "open intents": lambda: add(counts(at_calls("mix", "plain", "reset", "slow_effect", "429"))),
}
