"""A repost has no container to ask about: never twice, never by guess, and a person decides where nothing tells."""

from datetime import timedelta

import pytest

from publisher.errors import PublisherError, Refused
from publisher.planning.records import Phase
from publisher.publishing.reconcile import forget
from publisher.sandbox.faults import AFTER, BEFORE
from publisher.threads_api.messages import Request, Response
from tests.publishing.harness import Count, Deaths, Scene, finished, repost, text

POSTS = (text("a"), repost("b", "a"), text("c"))
LYING = [*({"fault": name} for name in AFTER), {"fault": "slow_effect", "seconds": 222}]
SURE = ("refuse", "not_found")  # such a call did nothing, and says so
UNSURE = [{"fault": name} for name in BEFORE if name not in SURE]


def reposts(scene: Scene) -> list[dict[str, object]]:
    return [item for item in scene.live() if item["media_type"] == "REPOST_FACADE"]


def phase(scene: Scene) -> Phase:
    return scene.memory.state().posts["b"].phase


def test_a_repost_follows_the_post_it_shows_and_is_recorded() -> None:
    scene = Scene(POSTS)
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    (shown,) = reposts(scene)
    assert shown["reposted_post"] == {"id": scene.memory.state().posts["a"].parts[0].media_id}
    assert scene.memory.state().posts["b"].parts[0].media_id == shown["id"]
    assert scene.count().clean


@pytest.mark.parametrize("lag", [0.0, 120.0])
@pytest.mark.parametrize("fault", LYING, ids=lambda fault: str(fault["fault"]))
def test_a_repost_whose_answer_was_lost_is_found_and_not_made_again(fault: dict[str, object], lag: float) -> None:
    scene = Scene(POSTS, list_lag=lag)
    scene.faulty.arm([{"call": "repost", **fault}])
    scene.publish()
    scene.faulty.arm([])
    total = finished(scene)
    assert total.clean, total
    assert len(reposts(scene)) == 1


@pytest.mark.parametrize("fault", UNSURE, ids=lambda fault: str(fault["fault"]))
def test_a_repost_that_nothing_shows_is_never_made_a_second_time_unasked(fault: dict[str, object]) -> None:
    scene = Scene(POSTS)
    scene.faulty.arm([{"call": "repost", **fault}])
    scene.publish()
    scene.faulty.arm([])
    scene.until_done()
    asked = scene.posted
    scene.publish()
    assert scene.posted == asked
    assert (len(reposts(scene)), phase(scene)) == (0, Phase.PARKED)
    assert [item["text"] for item in scene.live() if "text" in item] == ["a: some words", "c: some words"]


@pytest.mark.parametrize("fault", SURE)
def test_a_call_that_surely_did_nothing_is_made_again(fault: str) -> None:
    scene = Scene(POSTS)
    scene.faulty.arm([{"call": "repost", "fault": fault}])
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    assert len(reposts(scene)) == 1


def test_a_repost_of_what_is_not_there_fails_for_good() -> None:
    scene = Scene((repost("b", "18050000000000002"),))
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 1
    assert phase(scene) is Phase.FAILED


def test_a_repost_made_by_hand_is_not_made_again() -> None:
    scene = Scene(POSTS[:1])
    scene.publish()
    media_id = scene.memory.state().posts["a"].parts[0].media_id
    assert media_id is not None
    scene.session().client.publishing.repost(media_id)
    scene.posts = POSTS
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 4
    assert len(reposts(scene)) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_death_at_any_call_never_makes_two_reposts(after: bool) -> None:
    total, parked, at = Count(), 0, 1
    while True:
        scene = Scene(POSTS)
        deadly = Deaths(scene.transport(), at, after)
        scene.publish(deadly)
        if deadly.calls < at:
            break
        total += finished(scene, gap=timedelta(hours=1))
        parked += phase(scene) is Phase.PARKED
        assert len(reposts(scene)) <= 1
        at += 1
    print(f"killed {'after' if after else 'before'} each call: {total}, left to a person: {parked}")
    # Died between the intent and the call: nothing can tell that from a call that is still under way.
    assert parked == total.lost == (0 if after else 1)
    assert (total.duplicates, total.wrong, total.disorder, total.unfinished, total.restless) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("fault", ["killed_before", "killed_after", "not_written", "answer_lost"])
def test_a_state_write_that_fails_or_kills_never_makes_two_reposts(fault: str) -> None:
    total = Count()
    for write in range(2, 20):
        scene = Scene(POSTS)
        scene.memory.faults[write] = fault  # type: ignore[assignment]
        scene.publish()
        if scene.memory.writes < write:
            break
        total += finished(scene)
        assert len(reposts(scene)) <= 1
    assert total.runs > 0
    assert total.duplicates == total.wrong == total.disorder == total.unfinished == total.restless == 0


def parked() -> Scene:
    """A repost whose call was cut off before it reached anybody."""
    scene = Scene(POSTS)
    scene.faulty.arm([{"call": "repost", "fault": "500"}])
    scene.publish()
    scene.faulty.arm([])
    scene.until_done()
    assert phase(scene) is Phase.PARKED
    return scene


def test_a_person_who_says_that_it_is_not_live_has_it_made() -> None:
    scene = parked()
    session = scene.session()
    session.ledger.load()
    with session.backend.lock(session.run):
        forget(session, "b")
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    assert len(reposts(scene)) == 1


def test_nothing_is_forgotten_while_the_lists_cannot_be_read() -> None:
    scene = parked()
    session = scene.session()
    session.ledger.load()
    scene.faulty.arm([{"call": "posts", "fault": "500", "times": 99}])
    with pytest.raises(PublisherError) as failed:
        forget(session, "b")
    assert failed.value.exit_code == 5
    assert phase(scene) is Phase.PARKED


def test_a_person_s_word_is_not_taken_against_what_the_lists_show() -> None:
    scene = parked()
    target = scene.memory.state().posts["a"].parts[0].media_id
    assert target is not None
    session = scene.session()
    made = session.client.publishing.repost(target)
    session.ledger.load()
    with session.backend.lock(session.run), pytest.raises(Refused, match=made):
        forget(session, "b")
    assert phase(scene) is Phase.PARKED


# --- what stands in its way -------------------------------------------------------------------------------------


def test_a_repost_that_never_gets_through_is_left_to_the_next_run() -> None:
    scene = Scene(POSTS)
    scene.faulty.arm([{"call": "repost", "fault": "refuse", "times": 9}])
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, phase(scene)) == (5, Phase.PLANNED)
    scene.faulty.arm([])
    assert scene.until_done() is not None
    assert len(reposts(scene)) == 1


def test_a_repost_that_never_got_through_is_forgotten_without_a_look_at_the_lists() -> None:
    scene = Scene(POSTS)
    scene.faulty.arm([{"call": "repost", "fault": "refuse", "times": 9}])
    scene.publish()
    session = scene.session()
    session.ledger.load()
    calls = len(scene.faulty.log)
    with session.backend.lock(session.run):
        assert forget(session, "b").phase is Phase.PLANNED
    assert [entry["path"] for entry in scene.faulty.log[calls:]] == ["/me"]


def test_a_repost_of_what_failed_is_held_without_a_fault_of_its_own() -> None:
    scene = Scene(POSTS[:2])
    scene.faulty.arm([{"call": "create", "fault": "container_error", "times": 9}])
    report = scene.publish()
    assert report is not None
    assert {post.planned.id: post.outcome for post in report.posts} == {"a": "failed", "b": "held"}
    assert (report.exit_code, reposts(scene)) == (1, [])


def test_of_two_reposts_of_the_same_none_is_guessed_and_the_one_left_is_bound() -> None:
    scene = Scene(POSTS[:2])
    scene.faulty.arm([{"call": "repost", "fault": "reset_after"}])
    with_another = AnotherRepost(scene)
    report = scene.publish(with_another)
    assert report is not None
    assert (report.exit_code, phase(scene), len(reposts(scene))) == (4, Phase.UNBOUND, 2)
    scene.session().client.publishing.delete(with_another.made)
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, phase(scene)) == (0, Phase.PUBLISHED)


class AnotherRepost:
    """A person reposts the same in the app, right after the run did."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._inner = scene.transport()
        self.made = ""

    def send(self, request: Request) -> Response:
        try:
            return self._inner.send(request)
        finally:
            if request.path.endswith("/repost"):
                self.made = self._scene.world.answer(request, self._scene.token).json()["id"]


def test_a_repost_whose_file_is_gone_is_settled_all_the_same() -> None:
    scene = Scene(POSTS)
    scene.publish(Deaths(scene.transport(), 4, after=True))
    assert phase(scene) is Phase.INTENT
    scene.posts = (POSTS[0], POSTS[2])
    assert scene.publish() is not None
    assert (phase(scene), len(reposts(scene))) == (Phase.PUBLISHED, 1)
