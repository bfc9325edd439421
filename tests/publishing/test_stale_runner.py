"""A runner that was overtaken: it lost a race, and sees nothing that a person would have to settle."""

import pytest

from publisher.publishing.run import Desired, RunReport, Session, carry_out, look
from tests.publishing.harness import WORKLOADS, Scene, text


def overtaken(scene: Scene, stale: Session) -> RunReport:
    """`stale` plans, another run publishes everything, then `stale` carries its plan out."""
    plan = look(stale, Desired(scene.posts))
    winner = scene.session()
    won = carry_out(winner, look(winner, Desired(scene.posts)))
    assert won.exit_code == 0
    return carry_out(stale, plan)


@pytest.mark.parametrize("name", ["text", "image", "chain-2", "mix"])
def test_a_runner_that_meets_the_winners_post_has_lost_a_race_and_asks_nobody(name: str) -> None:
    scene = Scene((text("first"),))
    scene.publish()  # whose account it is, is on record: the stale run has nothing to write before its first intent
    scene.posts += WORKLOADS[name]
    live = sum(len(post.parts) for post in scene.posts)
    report = overtaken(scene, scene.session())
    assert report.exit_code == 7
    assert report.stopped_by is not None
    assert report.stopped_by.code == "E702"
    assert len(scene.live()) == live


def test_a_live_post_that_no_record_knows_is_still_a_question_to_a_person() -> None:
    scene = Scene((text("a"),))
    scene.publish()
    scene.memory.forget_mark()
    scene.memory.set_back(3)
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 4
    assert [post.problem.code for post in report.posts if post.problem] == ["E707"]
