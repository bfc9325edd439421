"""Several posts by one write of intents and one of receipts: the same zeros, a fraction of the writes."""

from typing import Any

import pytest

from publisher.planning.records import Phase
from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from publisher.settings import PublishingSettings
from tests.proof.runners import interleaved
from tests.publishing.harness import Count, Deaths, Scene, chain, finished, picture, text
from tests.publishing.test_delete import FAULTS
from tests.publishing.test_setbacks import Answering, creating, error

BATCH = tuple(text(f"p{number}") for number in range(6))
CALLS = 2 * len(BATCH)  # a container and a publish call each


class Grouped(Scene):
    """Every run of it writes for up to four posts at a time."""

    group = 4


def run(scene: Scene, **facts: Any) -> RunReport:
    plain = scene.session()
    usual = {name: getattr(plain, name) for name in Session.__dataclass_fields__ if name != "ledger"}
    session = Session(**{**usual, **facts})
    return carry_out(session, look(session, Desired(scene.posts)))


def writes_of(scene: Scene) -> int:
    before = scene.memory.writes
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    return scene.memory.writes - before


def test_six_posts_take_four_writes_and_one_look_at_the_lists_a_group() -> None:
    scene = Grouped(BATCH)
    assert writes_of(scene) == 1 + 4 + 1  # whose account it is, intents and receipts of 4 and of 2, permalinks
    listed = [entry for entry in scene.faulty.log if entry["path"].endswith("/threads") and entry["method"] == "GET"]
    assert len(listed) == 2 + 1
    assert finished(scene).clean


def test_a_chain_and_posts_of_the_same_words_keep_writes_of_their_own() -> None:
    same = (text("a", "same words", media=(picture("a"),)), text("b", "same words", media=(picture("b", "video"),)))
    scene = Grouped((*same, chain("c", 2), text("d"), text("e")))
    assert writes_of(scene) == 1 + 1 + 2 + 2 + 4 + 2 + 1  # the first 1: a video's container is worth a write


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_a_death_at_any_call_of_a_group_costs_nothing(at: int, after: bool) -> None:
    scene = Grouped(BATCH)
    assert scene.publish(Deaths(scene.transport(), at, after)) is None
    assert finished(scene).clean


@pytest.mark.parametrize("fault", ["not_written", "answer_lost", "killed_before", "killed_after"])
@pytest.mark.parametrize("write", range(2, 9))
def test_a_fault_at_any_write_of_a_group_costs_nothing(write: int, fault: Any) -> None:
    scene = Grouped(BATCH)
    scene.memory.faults[write] = fault
    scene.publish()
    assert finished(scene).clean


@pytest.mark.parametrize("model", [{}, {"second_publish": "same"}, {"list_lag": 120.0}, {"publish_lag": 90.0}], ids=str)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("nth", [1, 2, 4, 5])
def test_a_lie_about_any_publish_call_of_a_group_costs_nothing(nth: int, fault: str, model: dict[str, Any]) -> None:
    scene = Grouped(BATCH, **model)
    scene.faulty.arm([{"call": "publish", "nth": nth, "fault": fault, "seconds": 222}])
    scene.publish()
    scene.faulty.arm([])
    assert finished(scene).clean


@pytest.mark.parametrize("at", range(7, 11))
def test_a_death_amid_a_group_keeps_the_order_with_a_lie_in_the_run_after_it(at: int) -> None:
    scene = Grouped(BATCH)
    scene.publish(Deaths(scene.transport(), at, False))
    scene.faulty.arm([{"call": "publish", "fault": "500"}])
    scene.clock.sleep(3600)
    scene.publish()
    scene.faulty.arm([])
    assert finished(scene).clean


def test_only_the_doubt_itself_stays_open() -> None:
    scene = Grouped(BATCH, publishing=PublishingSettings(on_ambiguous="park"))
    scene.faulty.arm([{"call": "publish", "nth": 2, "fault": "reset"}])
    scene.publish()
    phases = [record.phase for record in scene.memory.state().posts.values()]
    assert phases == [Phase.PUBLISHED, Phase.PARKED, *4 * [Phase.PUBLISHED]] or phases[2:4] == 2 * [Phase.PREPARED]
    assert Phase.INTENT not in phases


@pytest.mark.parametrize("steps", range(2, 40))
def test_an_interrupt_amid_a_group_records_what_is_live_and_takes_the_rest_back(steps: int) -> None:
    scene = Grouped(BATCH)
    asked = iter(range(steps))
    report = run(scene, stop=lambda: next(asked, None) is None)
    if report.exit_code == 130:
        live = {item["id"] for item in scene.live()}
        assert live == {
            part.media_id for post in scene.memory.state().posts.values() for part in post.parts if part.media_id
        }
        assert all(record.phase is not Phase.INTENT for record in scene.memory.state().posts.values())
    assert finished(scene).clean


def test_a_post_that_is_live_already_ends_the_group_before_it() -> None:
    scene = Grouped(BATCH)
    stranger = Grouped((text("other", BATCH[2].parts[0].text),))
    stranger.world, stranger.faulty, stranger.clock, stranger.token = (
        scene.world,
        scene.faulty,
        scene.clock,
        scene.token,
    )
    assert stranger.publish() is not None
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 4
    outcomes = {post.planned.id: post.outcome for post in report.posts}
    assert outcomes == {post.id: "held" if post.id == "p2" else "published" for post in BATCH}


def test_a_post_that_has_failed_does_not_part_those_around_it() -> None:
    scene = Grouped(BATCH)
    report = scene.publish(Answering(scene.transport(), creating, error(100), times=1, after=1))
    assert report is not None
    assert [post.outcome for post in report.posts] == ["published", "failed", *4 * ["published"]]
    assert scene.memory.writes == 1 + 1 + 1 + 4 + 1  # begun, whose account, the failure, groups of 4 and 1, permalinks


def test_a_runner_frozen_before_any_step_of_a_group_posts_nothing_twice() -> None:
    steps = interleaved(Grouped(BATCH), ())[1].steps[0]
    total = sum((interleaved(Grouped(BATCH), [(0, step)], frozen_h=2)[0] for step in range(1, steps + 1)), Count())
    assert total.runs == steps
    assert total.clean


def test_two_runners_that_change_hands_amid_groups_post_nothing_twice() -> None:
    steps = interleaved(Grouped(BATCH), ())[1].steps[0]
    pairs = [(one, two) for one in range(1, steps + 1, 3) for two in range(2, steps + 1, 4)]
    total = sum((interleaved(Grouped(BATCH), [(0, one), (1, two)])[0] for one, two in pairs), Count())
    assert total.runs == len(pairs)
    assert total.clean


def test_videos_whose_containers_are_made_at_the_same_time_share_the_write_that_keeps_them() -> None:
    names = ("v", "vv", "vvv", "vvvv")  # each length is another picture
    scene = Grouped(tuple(text(name, media=(picture(name, "video"),)) for name in names))
    assert writes_of(scene) == 1 + 1 + 2 + 1  # whose account it is, four containers, intents and receipts, permalinks


def test_a_late_effect_behind_slow_answers_of_the_same_group_settles_from_its_own_call() -> None:
    scene = Grouped(BATCH, second_publish="duplicate")
    slow = [{"call": "publish", "nth": nth, "fault": "slow", "seconds": 222} for nth in (1, 2, 3)]
    scene.faulty.arm([*slow, {"call": "publish", "nth": 4, "fault": "slow_effect", "seconds": 580}])
    scene.publish()
    scene.faulty.arm([])
    assert finished(scene).clean
