"""Taking down: only what was named, in the right order, through deaths and lost answers, and never posted again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.errors import PublisherError
from publisher.planning.actions import DeletePost
from publisher.planning.quota import Quota, Quotas
from publisher.planning.records import Phase
from publisher.planning.takedown import takedown_plan
from publisher.planning.verdicts import Verdict
from publisher.publishing.run import Desired, RunReport, look
from publisher.publishing.takedown import deletion_quotas, take_down
from publisher.sandbox.routes import published_json
from publisher.threads_api.messages import Transport
from tests.publishing.harness import Deaths, Killed, Scene, chain, text
from tests.publishing.test_setbacks import Answering, error

FAULTS = (
    *("refuse", "reset", "500", "503", "429", "not_found", "token_expired"),
    *("reset_after", "500_after", "10_after", "429_after", "garbage_after", "slow_effect"),
)
DAY = 86_400


def published() -> Scene:
    """A chain of three and a post that stays; an hour has passed, and the chain's file is gone."""
    scene = Scene((chain("a", 3), text("stays")))
    assert scene.publish() is not None
    scene.clock.sleep(3600)
    scene.posts = scene.posts[1:]
    return scene


def delete(scene: Scene, transport: Transport | None = None, verdict: Verdict = Verdict.DELETE) -> RunReport | None:
    session = scene.session(transport)
    try:
        with session.backend.lock(session.run):
            plan = look(session, Desired(scene.posts))
            return take_down(session, takedown_plan(plan, ["a"], verdict, deletion_quotas(session)))
    except Killed:
        scene.memory.holder = None
    except PublisherError as error:
        scene.refused.append(error)
    return None


def live(scene: Scene) -> list[str]:
    return [item["text"] for item in published_json(scene.faulty)]


def assert_gone(scene: Scene) -> None:
    """Taken down as recorded, nothing else touched, and nothing comes back: file gone or file returned."""
    assert live(scene) == ["stays: some words"]
    assert {part.phase for part in scene.memory.state().posts["a"].parts} == {Phase.DELETED}
    for posts in (scene.posts, (chain("a", 3), *scene.posts)):
        scene.posts = posts
        scene.publish()
        assert live(scene) == ["stays: some words"]


def test_a_chain_is_taken_down_from_its_last_part_to_its_first() -> None:
    scene = published()
    ids = [part.media_id for part in scene.memory.state().posts["a"].parts]
    report = delete(scene)
    assert report is not None
    assert (report.exit_code, report.posts[0].outcome) == (0, "deleted")
    calls = [entry["path"].split("/")[-1] for entry in scene.faulty.log if entry["method"] == "DELETE"]
    assert calls == list(reversed(ids))
    assert_gone(scene)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_death_at_any_deletion_is_finished_by_the_next_run(at: int, after: bool) -> None:
    scene = published()
    assert delete(scene, Deaths(scene.transport(), at, after)) is None
    report = delete(scene)
    assert report is not None
    assert report.exit_code == 0
    assert_gone(scene)


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_deletion_takes_down_nothing_else_and_is_finished_by_the_next_run(fault: str, nth: int) -> None:
    scene = published()
    scene.faulty.arm([{"call": "delete", "nth": nth, "fault": fault, "seconds": 60}])
    report = delete(scene)
    assert "stays: some words" in live(scene)
    if report is None or report.exit_code:
        scene.clock.sleep(DAY)
        report = delete(scene)
    assert report is not None
    assert report.exit_code == 0
    assert_gone(scene)


@pytest.mark.parametrize(("verdict", "command"), [(Verdict.DELETE, "delete"), (Verdict.REPLACE, "replace")])
def test_a_lost_deletion_of_what_is_new_is_in_doubt_and_repeated_later(verdict: Verdict, command: str) -> None:
    """Threads finds no more what was taken down, and not yet what was published just now."""
    scene = Scene((chain("a", 3), text("stays")))
    assert scene.publish() is not None
    words = () if verdict is Verdict.DELETE else (text("a", "new words"),)
    scene.posts = (*words, *scene.posts[1:])
    scene.faulty.arm([{"call": "delete", "fault": "500_after"}])
    report = delete(scene, verdict=verdict)
    assert report is not None
    (told,) = (post for post in report.posts if post.planned.id == "a")
    assert (report.exit_code, told.outcome) == (5, "unknown")
    assert told.problem is not None
    assert (told.problem.code, told.problem.fix) == ("E706", f"wait 5 min, then: publisher {command} a")
    scene.clock.sleep(301)
    report = delete(scene, verdict=verdict)
    assert report is not None
    assert report.exit_code == 0
    assert live(scene) == ["stays: some words"]


def test_a_post_whose_file_is_there_is_not_deleted() -> None:
    scene = published()
    scene.posts = (chain("a", 3), *scene.posts)
    assert delete(scene) is None
    assert [error.code for error in scene.refused] == ["E444"]
    assert len(live(scene)) == 4


def test_a_replaced_post_goes_out_once_under_the_same_id_whatever_dies() -> None:
    for at in range(1, 4):
        for after in (False, True):
            scene = published()
            scene.posts = (text("a", "new words"), *scene.posts)
            delete(scene, Deaths(scene.transport(), at, after), Verdict.REPLACE)
            report = delete(scene, verdict=Verdict.REPLACE)
            assert report is not None
            assert report.exit_code == 0
            for _ in range(2):
                scene.publish()
            assert live(scene) == ["stays: some words", "new words"]


def test_a_replacement_that_died_before_its_new_words_went_out_is_taken_up_by_the_same_command() -> None:
    scene = published()
    scene.posts = (text("a", "new words"), *scene.posts)
    for _ in range(2):
        report = delete(scene, verdict=Verdict.REPLACE)
        assert report is not None
        assert report.exit_code == 0
    assert scene.publish() is not None
    assert live(scene) == ["stays: some words", "new words"]


# --- what stops a deletion, and what does not -------------------------------------------------------------------


def outcome(report: RunReport | None) -> tuple[str, int]:
    assert report is not None
    return report.posts[0].outcome, report.exit_code


def test_a_deletion_that_gets_no_answer_is_tried_three_times_and_left_to_the_next_run() -> None:
    scene = published()
    scene.faulty.arm([{"call": "delete", "fault": "500", "times": 9}])
    assert outcome(delete(scene)) == ("unknown", 5)
    assert sum(entry["method"] == "DELETE" for entry in scene.faulty.log) == 3
    scene.faulty.arm([])
    assert outcome(delete(scene)) == ("deleted", 0)
    assert_gone(scene)


def test_a_deletion_that_is_refused_is_not_tried_again() -> None:
    scene = published()
    trouble = Answering(scene.transport(), lambda request: request.method == "DELETE", error(100))
    assert outcome(delete(scene, trouble)) == ("failed", 1)
    assert trouble.met == 1
    assert len(live(scene)) == 4


def test_a_post_of_a_moment_ago_is_not_believed_to_be_gone_because_it_cannot_be_read() -> None:
    scene = Scene((chain("a", 3), text("stays")), read_lag=60.0)
    scene.publish()
    scene.posts = scene.posts[1:]
    scene.faulty.arm([{"call": "delete", "fault": "500", "times": 9}])
    assert outcome(delete(scene)) == ("unknown", 5)
    assert {part.phase for part in scene.memory.state().posts["a"].parts} == {Phase.PUBLISHED}


def test_a_question_that_fails_is_no_evidence_that_a_post_is_gone() -> None:
    scene = published()
    scene.faulty.arm(
        [{"call": "delete", "fault": "500_after", "times": 9}, {"call": "media", "fault": "500", "times": 99}]
    )
    assert outcome(delete(scene)) == ("unknown", 5)
    scene.faulty.arm([])
    assert outcome(delete(scene)) == ("deleted", 0)
    assert_gone(scene)


def stopping_after(questions: int) -> Callable[[], bool]:
    asked = iter(range(questions + 1))
    return lambda: next(asked, questions) >= questions


def interrupted(scene: Scene, after: int) -> RunReport:
    """A deletion that is interrupted at the question after so many."""
    session = replace(scene.session(), stop=stopping_after(after))
    with session.backend.lock(session.run):
        plan = look(session, Desired(scene.posts))
        return take_down(session, takedown_plan(plan, ["a"], Verdict.DELETE, deletion_quotas(session)))


def test_an_interrupt_before_a_post_leaves_it_as_it_is() -> None:
    scene = published()
    report = interrupted(scene, 0)
    assert (report.interrupted, report.exit_code) == (True, 130)
    assert len(live(scene)) == 4


def test_an_interrupt_ends_the_tries_of_a_deletion_that_gets_no_answer() -> None:
    scene = published()
    scene.faulty.arm([{"call": "delete", "fault": "500", "times": 9}])
    interrupted(scene, 1)
    assert sum(entry["method"] == "DELETE" for entry in scene.faulty.log) == 1


def stopping_once(scene: Scene, deletions: int) -> Callable[[], bool]:
    """Ctrl-C while so many deletions have been called for."""
    return lambda: sum(entry["method"] == "DELETE" for entry in scene.faulty.log) >= deletions


@pytest.mark.parametrize("deletions", [1, 2])
def test_an_interrupt_ends_a_chain_after_the_part_in_hand_and_the_next_deletion_goes_on(deletions: int) -> None:
    scene = published()
    session = replace(scene.session(), stop=stopping_once(scene, deletions))
    with session.backend.lock(session.run):
        plan = look(session, Desired(scene.posts))
        report = take_down(session, takedown_plan(plan, ["a"], Verdict.DELETE, deletion_quotas(session)))
    assert (report.interrupted, report.exit_code) == (True, 130)
    (told,) = (post for post in report.posts if post.planned.id == "a")
    assert told.problem is not None
    assert (told.outcome, told.problem.code, told.problem.fix) == ("held", "E713", "publisher delete a")
    assert told.problem.message == f"the run was interrupted; {deletions} of 3 parts of a are gone"
    assert len(live(scene)) == 4 - deletions
    assert outcome(delete(scene)) == ("deleted", 0)
    assert_gone(scene)


def test_an_interrupt_amid_the_last_deletion_leaves_nothing_to_go_on_with() -> None:
    scene = published()
    session = replace(scene.session(), stop=stopping_once(scene, 3))
    with session.backend.lock(session.run):
        plan = look(session, Desired(scene.posts))
        report = take_down(session, takedown_plan(plan, ["a"], Verdict.DELETE, deletion_quotas(session)))
    assert (report.interrupted, *outcome(report)) == (False, "deleted", 0)
    assert_gone(scene)


def test_an_interrupt_in_the_wait_for_the_next_try_ends_the_tries() -> None:
    scene = published()
    scene.faulty.arm([{"call": "delete", "fault": "500", "times": 9}])
    asleep = scene.clock.now() + timedelta(seconds=1)
    session = replace(scene.session(), stop=lambda: scene.clock.now() > asleep)
    with session.backend.lock(session.run):
        plan = look(session, Desired(scene.posts))
        report = take_down(session, takedown_plan(plan, ["a"], Verdict.DELETE, deletion_quotas(session)))
    assert (report.interrupted, report.posts[0].outcome, report.exit_code) == (True, "unknown", 130)
    assert sum(entry["method"] == "DELETE" for entry in scene.faulty.log) == 1


def test_a_post_that_the_quota_holds_is_left_as_it_is() -> None:
    scene = published()
    session = scene.session()
    with session.backend.lock(session.run):
        plan = look(session, Desired(scene.posts))
        short = Quotas(deletes=Quota(100, 100))
        assert outcome(take_down(session, takedown_plan(plan, ["a"], Verdict.DELETE, short))) == ("held", 5)
    assert len(live(scene)) == 4


def test_a_quota_that_cannot_be_asked_for_takes_nothing_down() -> None:
    scene = published()
    scene.faulty.arm([{"call": "quota", "fault": "500", "times": 99}])
    assert delete(scene) is None
    assert [error.exit_code for error in scene.refused] == [5]
    assert len(live(scene)) == 4


def test_an_id_that_is_not_on_record_is_never_deleted() -> None:
    scene = published()
    session = scene.session()
    plan = takedown_plan(look(session, Desired(scene.posts)), ["a"], Verdict.DELETE)
    foreign = replace(plan.posts[0], actions=(DeletePost("part-1/delete", "18000000000000009"),))
    with session.backend.lock(session.run), pytest.raises(AssertionError, match="no record"):
        take_down(session, replace(plan, posts=(foreign,)))
    assert len(live(scene)) == 4
