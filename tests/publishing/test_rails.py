"""Safety rails that need a whole run: the circuit breaker, the quota's moving window."""

from dataclasses import dataclass

import pytest

from publisher.planning.records import Phase
from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import WORKLOADS, Scene, text
from tests.publishing.test_setbacks import error

DAY = 86_400


@dataclass
class Restricting:
    """Says of the `nth` publish call that the account is restricted, whether it has acted on it or not."""

    inner: Transport
    answer: Response
    acted: bool
    nth: int = 1
    met: int = 0

    def send(self, request: Request) -> Response:
        if not request.path.endswith("/threads_publish"):
            return self.inner.send(request)
        self.met += 1
        if self.met != self.nth:
            return self.inner.send(request)
        if self.acted:
            self.inner.send(request)
        return self.answer


@pytest.mark.parametrize("acted", [False, True])
@pytest.mark.parametrize(("code", "subcode"), [(4, 2207051), (368, None), (1, 4279013)])
def test_no_other_post_is_attempted_once_meta_restricts_the_account(
    code: int, subcode: int | None, acted: bool
) -> None:
    scene = Scene(WORKLOADS["batch-25"])
    transport = Restricting(scene.transport(), error(code, subcode), acted, nth=3)
    report = scene.publish(transport)
    assert report is not None
    assert report.exit_code == 6
    assert transport.met == 3, "nothing was offered for publishing after the restriction"
    assert len(scene.live()) == 2 + acted
    assert scene.until_done() is not None
    assert len(scene.live()) == 25
    assert scene.count().clean


def test_posts_beyond_the_quota_wait_for_the_window_to_move_and_keep_their_order() -> None:
    scene = Scene([text(f"p{number:03}") for number in range(253)])
    first = scene.publish()
    assert first is not None
    assert first.exit_code == 5
    assert len(scene.live()) == 250
    assert [post.planned.id for post in first.posts if post.outcome == "held"] == ["p250", "p251", "p252"]
    again = scene.publish()  # another run, the same window
    assert again is not None
    assert again.exit_code == 5
    assert len(scene.live()) == 250
    scene.clock.sleep(DAY)
    last = scene.publish()
    assert last is not None
    assert last.exit_code == 0
    assert [item["text"].split(":")[0] for item in scene.live()] == [post.id for post in scene.posts]


def test_a_token_of_another_user_than_the_one_on_record_sends_nothing() -> None:
    scene = Scene((text("a"),))
    scene.publish()
    scene.posts += (text("b"),)
    scene.token = scene.world.add_account("other", "THSCENE9876543210").token
    posted = scene.posted
    assert scene.publish() is None
    assert [error.code for error in scene.refused] == ["E603"]
    assert scene.posted == posted


def test_what_failed_and_was_changed_into_another_post_is_held_as_its_twin() -> None:
    """A post that failed has a record, and yet was never sent: its words may be live under another id by now."""
    fails = [{"call": "create", "nth": nth, "fault": "container_error"} for nth in (1, 2)]
    scene = Scene((text("a", "too much for Threads"),))
    scene.faulty.arm(fails)
    scene.publish()
    scene.faulty.arm([])
    scene.posts = (*scene.posts, text("b", "good words"))
    scene.publish()
    scene.posts = (text("a", "good words"), text("b", "good words"))
    report = scene.publish()
    assert report is not None
    assert [post.problem.code for post in report.posts if post.problem] == ["E716"]
    assert [post["text"] for post in scene.live()] == ["good words"]


@pytest.mark.parametrize("phase", [Phase.PARKED, Phase.UNBOUND])
def test_what_says_the_same_as_a_post_that_may_be_live_is_held(phase: Phase) -> None:
    """Its outcome is not known, and the lists do not show it: a copy of its file could be its second post."""
    policy = PublishingSettings(on_ambiguous="park" if phase is Phase.PARKED else "retry")
    scene = Scene((text("a", "words"),), publishing=policy, list_lag=90_000.0)
    fault = "slow_effect" if phase is Phase.PARKED else "reset_after"
    scene.faulty.arm([{"call": "publish", "fault": fault, "seconds": 900}])
    scene.publish()
    scene.faulty.arm([])
    assert scene.memory.state().posts["a"].phase is phase
    scene.posts += (text("b", "words"),)
    report = scene.publish()
    assert report is not None
    assert [post.problem.code for post in report.posts if post.problem and post.planned.id == "b"] == ["E716"]
    scene.clock.sleep(3600)
    scene.faulty.catch_up()
    assert len(scene.live()) == 1
