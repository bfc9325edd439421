"""`replace`: one plan with both halves; whatever dies between them, the new words go out once and nothing returns."""

from dataclasses import replace

import pytest

from publisher.content.post import Reference
from publisher.errors import PublisherError
from publisher.planning.plan import Plan
from publisher.planning.quota import Quota, Quotas
from publisher.planning.takedown import takedown_plan, unsendable
from publisher.planning.verdicts import Hold, Verdict
from publisher.publishing.run import Desired, RunReport, carry_out, look
from publisher.publishing.takedown import carry_out_takedown, deletion_quotas
from publisher.settings import PublishingSettings, Rules
from publisher.threads_api.messages import Transport
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import Deaths, Killed, Scene, chain, picture, repost, text
from tests.publishing.test_delete import DAY, FAULTS, delete, live

CALLS = 5  # of a chain of three replaced by a text: create, three deletions, publish


def edited() -> Scene:
    """A chain of three is live for an hour; its file says something shorter now."""
    scene = Scene((chain("a", 3), text("stays")))
    assert scene.publish() is not None
    scene.clock.sleep(3600)
    scene.posts = (text("a", "new words"), scene.posts[1])
    return scene


def plan_of(scene: Scene, verdict: Verdict = Verdict.REPLACE) -> Plan:
    session = scene.session()
    return takedown_plan(look(session, Desired(scene.posts)), ["a"], verdict, deletion_quotas(session))


def replace_once(scene: Scene, transport: Transport | None = None) -> RunReport | None:
    session = scene.session(transport)
    try:
        with session.backend.lock(session.run):
            plan = look(session, Desired(scene.posts))
            plan = takedown_plan(plan, ["a"], Verdict.REPLACE, deletion_quotas(session))
            return carry_out_takedown(session, plan)
    except Killed:
        scene.memory.holder = None
    except PublisherError as error:
        scene.refused.append(error)
    return None


def assert_replaced(scene: Scene) -> None:
    """By the same command, or by the next ordinary run where only the new words were left to do.

    What died before the first deletion has changed nothing, so that an ordinary run has no reason to speak of it.
    """
    for _ in range(3):
        scene.clock.sleep(DAY)
        report = scene.publish()
        if report is not None and report.exit_code == 0 and "new words" in live(scene):
            break
        replace_once(scene)
    assert sorted(live(scene)) == ["new words", "stays: some words"]
    assert scene.memory.state().posts["a"].finished
    counted = scene.count()
    assert (counted.duplicates, counted.lost, counted.wrong, counted.restless) == (0, 0, 0, 0)


def test_the_plan_holds_the_deletions_and_the_new_words_in_one_value() -> None:
    plan = plan_of(edited())
    (post,) = plan.posts
    assert [action.key for action in post.actions] == [
        "part-3/delete", "part-2/delete", "part-1/delete", "part-1/container", "part-1/publish",
    ]  # fmt: skip
    assert plan.quota is not None
    assert {name: quota.planned for name, quota in plan.quota.items()} == {"posts": 1, "replies": 0, "deletes": 3}


def test_other_new_words_are_another_plan() -> None:
    scene = edited()
    before = plan_of(scene).digest
    scene.posts = (text("a", "still other words"), scene.posts[1])
    assert plan_of(scene).digest != before


def test_what_was_shown_is_what_the_report_tells() -> None:
    scene = edited()
    report = replace_once(scene)
    assert report is not None
    assert [(post.outcome, post.exit_code) for post in report.posts] == [("published", 0)]
    assert len(report.posts[0].planned.actions) == CALLS
    assert_replaced(scene)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_a_death_at_any_call_of_a_replacement_is_finished_later(at: int, after: bool) -> None:
    scene = edited()
    assert replace_once(scene, Deaths(scene.transport(), at, after)) is None
    assert_replaced(scene)


@pytest.mark.parametrize(("call", "nth"), [("delete", 1), ("delete", 2), ("delete", 3), ("create", 1), ("publish", 1)])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_of_a_replacement_costs_nothing(fault: str, call: str, nth: int) -> None:
    scene = edited()
    scene.faulty.arm([{"call": call, "nth": nth, "fault": fault, "seconds": 60}])
    replace_once(scene)
    assert_replaced(scene)


@pytest.mark.parametrize("verdict", [Verdict.DELETE, Verdict.REPLACE])
def test_what_is_half_taken_down_is_a_question_that_the_same_command_answers(verdict: Verdict) -> None:
    scene = edited()
    if verdict is Verdict.DELETE:
        scene.posts = scene.posts[1:]
    delete(scene, Deaths(scene.transport(), at=2, after=True), verdict)
    report = scene.publish()
    assert report is not None
    problem = next(post.problem for post in report.posts if post.planned.id == "a")
    assert (report.exit_code, problem and problem.fix) == (4, f"publisher {verdict.value} a")
    done = delete(scene, verdict=verdict)
    assert done is not None
    assert done.exit_code == 0
    again = scene.publish()
    assert again is not None
    assert again.exit_code == 0


def test_no_part_is_added_to_a_chain_that_is_half_gone() -> None:
    scene = edited()
    delete(scene, Deaths(scene.transport(), at=1, after=True), Verdict.REPLACE)
    scene.posts = (chain("a", 4), scene.posts[1])
    scene.publish()
    assert len(live(scene)) == 3


def test_a_deletion_that_took_nothing_down_is_forgotten_when_the_file_returns() -> None:
    scene = edited()
    scene.posts = (chain("a", 3), scene.posts[1])
    returned = scene.posts
    scene.posts = scene.posts[1:]
    delete(scene, Deaths(scene.transport(), at=1, after=False))
    scene.posts = returned
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0


def test_new_words_for_which_there_is_no_quota_leave_the_old_ones_alone() -> None:
    scene = edited()
    plan = look(scene.session(), Desired(scene.posts))
    full = Quotas(posts=Quota(used=250, limit=250), deletes=Quota(used=0, limit=100))
    (post,) = takedown_plan(plan, ["a"], Verdict.REPLACE, full).posts
    assert (post.hold, post.actions) == (Hold.QUOTA, ())


def test_new_words_that_quote_what_is_not_live_are_refused_before_anything_is_taken_down() -> None:
    scene = edited()
    scene.posts = (text("a", "new words", quote=Reference("post", "b")), *scene.posts[1:], text("b"))
    refused = unsendable(plan_of(scene), Rules(), PublishingSettings())
    assert refused is not None
    assert refused.code == "E448"


def test_new_words_that_another_live_post_says_are_refused_before_anything_is_taken_down() -> None:
    scene = edited()
    scene.posts = (text("a", "stays: some words"), scene.posts[1])
    refused = unsendable(plan_of(scene), Rules(), PublishingSettings())
    assert refused is not None
    assert (refused.code, refused.exit_code) == ("E448", 8)
    assert "says the same as stays; allow_repeat: true" in refused.message


@pytest.mark.parametrize("new", ["quote", "reply_to", "repost"])
def test_new_words_that_point_at_what_is_taken_down_with_them_are_refused(new: str) -> None:
    """They would be made while their target is live, and go out when it is gone."""
    scene = edited()
    pointing = text("stays", "other words", **{new: Reference("post", "a")})
    scene.posts = (scene.posts[0], repost("stays", "a") if new == "repost" else pointing)
    session = scene.session()
    plan = look(session, Desired(scene.posts))
    both = takedown_plan(plan, ["a", "stays"], Verdict.REPLACE, deletion_quotas(session))
    refused = unsendable(both, Rules(), PublishingSettings())
    assert refused is not None
    assert (refused.code, refused.exit_code) == ("E448", 8)
    assert refused.fix.endswith("then: publisher replace stays")
    alone = takedown_plan(plan, ["stays"], Verdict.REPLACE, deletion_quotas(session))
    assert unsendable(alone, Rules(), PublishingSettings()) is None


def test_a_deletion_ends_a_replacement_that_was_begun_before_it() -> None:
    scene = edited()
    replace_once(scene, Deaths(scene.transport(), 1, False))
    changed, scene.posts = scene.posts, scene.posts[1:]
    session = scene.session()
    with session.backend.lock(session.run):
        plan = takedown_plan(look(session, Desired(scene.posts)), ["a"], Verdict.DELETE, deletion_quotas(session))
        assert carry_out_takedown(session, plan).exit_code == 0
    scene.posts = changed
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 4
    assert live(scene) == ["stays: some words"]


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_a_replacement_ends_a_deletion_whose_last_answer_was_lost(parts: int) -> None:
    """What is gone already is not deleted again, and the new words follow all the same."""
    scene = Scene((chain("a", parts), text("stays")))
    scene.publish()
    scene.clock.sleep(3600)
    scene.posts = scene.posts[1:]
    delete(scene, Deaths(scene.transport(), at=parts, after=True))
    assert live(scene) == ["stays: some words"]
    scene.posts = (text("a", "new words"), *scene.posts)
    replaced = replace_once(scene)
    assert replaced is not None
    assert replaced.exit_code == 0
    assert_replaced(scene)


def test_nothing_is_replaced_beside_an_open_intent() -> None:
    """The new words would go out before what was begun (I5)."""
    scene = edited()
    scene.posts = (*scene.posts, text("begun"))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_before")]))
    assert replace_once(scene) is None
    assert (scene.refused[-1].code, scene.refused[-1].exit_code) == ("E446", 8)
    scene.publish()  # as the message says
    report = replace_once(scene)
    assert report is not None
    assert report.exit_code == 0
    assert live(scene) == ["stays: some words", "begun: some words", "new words"]


@pytest.mark.parametrize("points", ["quote", "reply_to"])
def test_a_container_that_waited_while_its_target_was_replaced_is_made_again(points: str) -> None:
    target = Reference("post", "a")
    scene = Scene((text("a", "old words"),))
    scene.publish()
    scene.clock.sleep(3600)
    pointing = text("v", media=(picture("v", "video"),), **{points: target})
    scene.posts = (scene.posts[0], pointing)
    scene.publish(NamedTrouble(scene, [("status", 1, "killed_before")]))
    assert scene.memory.state().posts["v"].parts[0].container is not None
    scene.posts = (text("a", "new words"), pointing)
    replace_once(scene)
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    new, video = scene.live()
    shown = video["quoted_post"]["id"] if points == "quote" else video["reply_to_id"]
    assert shown == new["id"]


def test_new_words_that_a_post_without_a_file_said_long_ago_go_out_once_the_old_ones_are_gone() -> None:
    """Cut short between the two: the record that begins anew is no other file's under a new name."""
    scene = Scene((text("x", "Good morning"),))
    scene.publish()
    scene.clock.sleep(60 * DAY)
    scene.posts = (text("b", "oops"),)
    scene.publish()
    scene.clock.sleep(3600)
    scene.posts = (text("b", "Good morning"),)
    session = scene.session()
    session = replace(session, stop=lambda: any(entry["method"] == "DELETE" for entry in scene.faulty.log))
    with session.backend.lock(session.run):
        plan = takedown_plan(look(session, Desired(scene.posts)), ["b"], Verdict.REPLACE, deletion_quotas(session))
        report = carry_out_takedown(session, plan)
    (problem,) = (post.problem for post in report.posts if post.problem is not None)
    assert (report.exit_code, problem.message) == (
        130,
        "the run was interrupted when the old words of b were gone and the new ones not out yet",
    )
    assert live(scene) == ["Good morning"]
    scene.publish()
    assert live(scene) == ["Good morning", "Good morning"]


def test_a_replacement_whose_file_became_invalid_is_told_as_one_and_not_as_a_deletion() -> None:
    scene = edited()
    replace_once(scene, Deaths(scene.transport(), 3, after=True))  # two of three parts are gone
    scene.clock.sleep(3600)
    session = scene.session()
    with session.backend.lock(session.run):
        report = carry_out(session, look(session, Desired(scene.posts[1:], broken=frozenset({"a"}))))
    (problem,) = (post.problem for post in report.posts if post.problem is not None)
    assert "its replacement stopped half way" in problem.message
    assert (report.exit_code, problem.fix) == (4, "mend posts/a.yaml, then: publisher replace a")
