"""Before a publish call the account must be ours longer than the call may take (docs/protocol.md, Invariants: I12)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from publisher.errors import PublisherError, TryAgain
from publisher.planning.records import Phase
from publisher.settings import PublishingSettings
from publisher.state_backends import checks
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import Deaths, Scene, finished, repost, text

BATCH = tuple(text(f"p{number}") for number in range(6))
TAKEN = checks.held("memory", "run 9/1")
UNREACHABLE = TryAgain("memory could not be reached", code="E411")


class Noting:
    """Tells of each call before it is made."""

    def __init__(self, inner: Transport, note: Callable[[Request], None]) -> None:
        self._inner = inner
        self._note = note

    def send(self, request: Request) -> Response:
        self._note(request)
        return self._inner.send(request)


def leased(group: int, minutes: float = 5.75) -> Scene:
    scene = Scene(BATCH)
    scene.group = group
    scene.memory.now, scene.memory.lease = scene.clock.now, timedelta(minutes=minutes)
    return scene


def publish_calls(scene: Scene) -> int:
    return sum(entry["path"].endswith("/threads_publish") for entry in scene.faulty.log)


@pytest.mark.parametrize("group", [1, 4])
def test_a_lease_that_would_run_out_amid_a_call_is_renewed_before_it(group: int) -> None:
    scene = leased(group)
    assert scene.publish() is not None
    assert scene.memory.renewed > 1
    assert finished(scene).clean


def test_a_lease_that_lasts_is_left_alone() -> None:
    scene = leased(1, minutes=600)
    assert scene.publish() is not None
    assert scene.memory.renewed == 1


@pytest.mark.parametrize("group", [1, 4])
@pytest.mark.parametrize("why", [TAKEN, UNREACHABLE], ids=["taken", "unreachable"])
def test_a_lease_that_cannot_be_renewed_ends_the_run_with_exit_7_and_nothing_sent(
    group: int, why: PublisherError
) -> None:
    scene = leased(group)
    scene.memory.unrenewable = why
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 7
    assert publish_calls(scene) == 0
    scene.memory.unrenewable = None
    assert finished(scene).clean


def test_what_went_live_before_the_lease_was_lost_is_on_record() -> None:
    scene = leased(4, minutes=9)
    scene.memory.unrenewable = TAKEN
    scene.faulty.arm([{"call": "publish", "nth": 1, "fault": "slow", "seconds": 5}])
    scene.memory.lease = timedelta(seconds=30 + 330 + 3)  # a container's wait, and then enough for one call
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, publish_calls(scene)) == (7, 1)
    phases = [record.phase for record in scene.memory.state().posts.values()]
    assert phases == [Phase.PUBLISHED, *3 * [Phase.PREPARED]]
    scene.memory.unrenewable = None
    assert finished(scene).clean


def test_intents_that_grew_old_while_the_lease_was_renewed_are_taken_back() -> None:
    """A call long after its intent would look settled before it is."""
    scene = leased(4)
    scene.memory.lease = timedelta(seconds=30 + 330 + 3)  # as above: the second call needs more
    scene.memory.slow = lambda: scene.clock.sleep(400)
    scene.faulty.arm([{"call": "publish", "nth": 1, "fault": "slow", "seconds": 5}])
    ages: list[float] = []

    def note(request: Request) -> None:
        if request.path.endswith("/threads_publish"):
            parts = [record.parts[0] for record in scene.memory.state().posts.values()]
            begun = [part.attempt_at for part in parts if part.phase is Phase.INTENT and part.attempt_at is not None]
            ages.append((scene.clock.now() - min(begun)).total_seconds())

    report = scene.publish(Noting(scene.transport(), note))
    assert report is not None
    assert report.exit_code == 0
    assert max(ages) < 10
    assert scene.memory.renewed > 1
    assert finished(scene).clean


def test_a_lease_that_just_suffices_when_it_is_looked_at_suffices_a_moment_later_too() -> None:
    """Time goes on between looking at the lease and asserting that it lasts (I12)."""
    for just in range(60):
        ticks = count()
        scene = leased(1)
        scene.posts = (text("a"),)
        scene.memory.now = lambda ticks=ticks, scene=scene: scene.clock.now() + timedelta(milliseconds=next(ticks))
        scene.memory.lease = timedelta(seconds=30 + 330, milliseconds=just)
        assert scene.publish() is not None


def test_a_call_that_was_not_made_is_nothing_to_ask_a_person_about() -> None:
    scene = leased(1)
    scene.publishing = PublishingSettings(on_ambiguous="park")
    scene.memory.unrenewable = UNREACHABLE
    scene.publish()
    assert [record.phase for record in scene.memory.state().posts.values()] == [Phase.PREPARED]
    scene.memory.unrenewable = None
    counted = finished(scene)
    assert counted.clean
    assert counted.asked == 0
    assert all(report.exit_code != 4 for report in scene.reports)


def test_an_attempt_after_another_one_stays_in_doubt_when_its_call_is_not_made() -> None:
    scene = leased(1)
    scene.posts = (text("a"),)
    scene.publish(Deaths(scene.transport(), at=2, after=False))
    scene.memory.unrenewable = UNREACHABLE
    scene.clock.sleep(3600)
    scene.memory.lease = timedelta(seconds=60)
    scene.publish()
    (part,) = scene.memory.state().posts["a"].parts
    assert (part.phase, part.attempt) == (Phase.INTENT, 2)
    scene.memory.unrenewable, scene.memory.lease = None, timedelta(hours=1)
    assert finished(scene).clean


def test_a_repost_is_not_sent_either() -> None:
    scene = leased(1)
    scene.posts = (text("a"),)
    scene.publish()
    scene.posts = (text("a"), repost("r", "a"))
    scene.memory.lease, scene.memory.unrenewable = timedelta(seconds=60), TAKEN
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 7
    assert not any(entry["path"].endswith("/repost") for entry in scene.faulty.log)
    scene.memory.unrenewable, scene.memory.lease = None, timedelta(hours=1)
    scene.clock.sleep(3600)
    again = scene.publish()
    assert again is not None
    assert again.exit_code == 0  # nobody is asked what became of a call that was not made
    assert finished(scene).clean
