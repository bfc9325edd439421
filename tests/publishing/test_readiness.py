"""`replace` takes nothing down before the new words are ready to go out, and nothing of that is written meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.content.post import Post
from publisher.errors import Refused
from publisher.planning.records import Phase
from publisher.planning.takedown import takedown_plan
from publisher.planning.verdicts import Verdict
from publisher.publishing.run import Desired, RunReport, Session, look
from publisher.publishing.takedown import carry_out_takedown, deletion_quotas
from publisher.state_backends import checks
from publisher.threads_api.messages import Request
from tests.publishing.harness import Deaths, Killed, Scene, chain, picture, repost, text
from tests.publishing.test_delete import live
from tests.publishing.test_leases import Noting
from tests.publishing.test_reconcile import by_hand
from tests.publishing.test_setbacks import Answering, BadShelf, a_status, asking_the_status, error

OLD = ["a: part 1", "a: part 2", "stays: some words"]
NO_BUCKET = Refused("a file of the repository needs a bucket, and none is configured", code="E504")
VIDEO = text("a", "new words", media=(picture("a", "video"),))
PARTS = chain("a", 2, picture_in=2).parts
CHAIN = replace(VIDEO, parts=(replace(PARTS[0], text="new words"), replace(PARTS[1], text="more new words")))


def edited(*new: Post) -> Scene:
    """A chain of two and a post that stays are live for an hour; the chain's file says `new` by now."""
    scene = Scene((chain("a", 2), text("stays")))
    assert scene.publish() is not None
    scene.clock.sleep(3600)
    scene.posts = (*(new or (text("a", "new words"),)), scene.posts[1])
    return scene


def replaced(scene: Scene, session: Session | None = None, ids: tuple[str, ...] = ("a",)) -> RunReport:
    session = session or scene.session()
    with session.backend.lock(session.run):
        plan = takedown_plan(look(session, Desired(scene.posts)), ids, Verdict.REPLACE, deletion_quotas(session))
        return carry_out_takedown(session, plan)


def told(report: RunReport, post_id: str = "a") -> tuple[str, str | None, int]:
    result = next(post for post in report.posts if post.planned.id == post_id)
    return result.outcome, result.problem.code if result.problem is not None else None, report.exit_code


def calls(scene: Scene, method: str) -> int:
    return sum(entry["method"] == method for entry in scene.faulty.log)


def assert_untouched(scene: Scene, before: object) -> None:
    """Live as it was, and recorded as it was."""
    assert sorted(live(scene)) == OLD
    assert scene.memory.state().posts["a"] == before
    assert calls(scene, "DELETE") == 0


# --- what cannot go out -----------------------------------------------------------------------------------------


def test_new_words_whose_picture_cannot_be_put_anywhere_take_nothing_down() -> None:
    scene = edited(text("a", "new words", media=(picture("a"),)))
    before = scene.memory.state().posts["a"]
    report = replaced(scene, replace(scene.session(), shelf=BadShelf(NO_BUCKET)))
    assert report.stopped_by is NO_BUCKET
    assert told(report) == ("held", "E713", 8)
    assert_untouched(scene, before)
    assert told(replaced(scene)) == ("published", None, 0)


def test_new_words_that_are_live_already_take_nothing_down() -> None:
    scene = edited()
    before, twin = scene.memory.state().posts["a"], by_hand(scene, "new words")
    report = replaced(scene)
    assert told(report) == ("held", "E707", 4)
    problem = report.posts[0].problem
    assert problem is not None
    assert problem.fix == f"change posts/a.yaml, or take {twin} down in the app; then: publisher replace a"
    scene.world.answer(Request("DELETE", f"/{twin}", {}), scene.token)
    assert_untouched(scene, before)
    assert told(replaced(scene)) == ("published", None, 0)


def test_new_words_that_threads_refuses_take_nothing_down_and_are_not_recorded_as_failed() -> None:
    scene = edited(VIDEO)
    before = scene.memory.state().posts["a"]
    broken = Answering(scene.transport(), asking_the_status, a_status("ERROR", "INVALID_ASPEC_RATIO"))
    assert told(replaced(scene, scene.session(broken))) == ("failed", "E705", 1)
    assert_untouched(scene, before)
    assert told(replaced(scene)) == ("published", None, 0)


def test_what_could_go_out_is_left_alone_beside_what_cannot() -> None:
    scene = edited(text("a", "new words", media=(picture("a"),)))
    scene.posts = (scene.posts[0], text("stays", "other words"))
    before = scene.memory.state().posts["a"]
    by_hand(scene, "other words")
    report = replaced(scene, ids=("a", "stays"))
    assert told(report) == ("held", "E713", 4)
    assert told(report, "stays") == ("held", "E707", 4)
    assert sorted(live(scene)[:3]) == OLD
    assert scene.memory.state().posts["a"] == before


def test_a_lease_that_ran_out_while_the_new_words_were_made_ready_takes_nothing_down() -> None:
    scene = edited()
    before = scene.memory.state().posts["a"]
    scene.memory.now, scene.memory.lease = scene.clock.now, timedelta(seconds=60)
    scene.memory.unrenewable = checks.held("memory", "run 9/1")
    assert told(replaced(scene)) == ("held", "E713", 7)
    assert_untouched(scene, before)


def test_an_interrupt_while_the_new_words_are_made_ready_takes_nothing_down() -> None:
    scene = edited()
    before = scene.memory.state().posts["a"]
    made = calls(scene, "POST")
    report = replaced(scene, replace(scene.session(), stop=lambda: calls(scene, "POST") > made))
    assert (report.interrupted, *told(report)) == (True, "held", "E713", 130)
    assert_untouched(scene, before)


# --- what can ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("new", [text("a", "new words"), VIDEO, CHAIN], ids=["text", "video", "chain"])
def test_what_was_made_ready_is_what_goes_out(new: Post) -> None:
    scene = edited(new)
    scene.faulty.log.clear()
    assert told(replaced(scene)) == ("published", None, 0)
    made = [entry["path"].split("/")[-1] for entry in scene.faulty.log if entry["method"] != "GET"]
    ids = [part.media_id for part in scene.memory.state().posts["a"].parts]
    assert [name for name in made if name.startswith("threads")] == ["threads", "threads_publish"] * len(new.parts)
    assert made[0] == "threads"
    assert live(scene)[1:] == [part.text for part in new.parts]
    assert [item["id"] for item in scene.live()][1:] == ids


def test_a_repost_needs_no_container_to_be_ready() -> None:
    scene = edited(repost("a", "stays"))
    assert told(replaced(scene)) == ("published", None, 0)
    assert [item["media_type"] for item in scene.live()] == ["TEXT_POST", "REPOST_FACADE"]


def test_new_words_whose_old_ones_are_gone_are_sent_like_any_other() -> None:
    scene = edited()
    with pytest.raises(Killed):
        replaced(scene, scene.session(Deaths(scene.transport(), 3, after=True)))
    scene.memory.holder = None
    scene.clock.sleep(3600)
    by_hand(scene, "new words")
    assert told(replaced(scene)) == ("held", "E707", 4)
    assert live(scene) == ["stays: some words", "new words"]


@pytest.mark.parametrize("new", [text("a", "new words"), VIDEO, CHAIN], ids=["text", "video", "chain"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_no_record_that_binds_old_words_ever_holds_a_container_of_the_new(at: int, after: bool, new: Post) -> None:
    scene = edited(new)
    known = {part.container for part in scene.memory.state().posts["a"].parts}

    def look_at_the_record(_: object) -> None:
        parts = scene.memory.state().posts["a"].parts
        if any(part.phase in (Phase.PUBLISHED, Phase.DELETED) and part.container in known for part in parts):
            assert {part.container for part in parts} == known

    watched = Noting(scene.transport(), look_at_the_record)
    try:
        replaced(scene, scene.session(Deaths(watched, at, after)))
    except Killed:
        scene.memory.holder = None
    for _ in range(3):
        scene.clock.sleep(3600)
        report = scene.publish(watched)
        if report is not None and report.exit_code == 0 and "new words" in live(scene):
            break
        replaced(scene, scene.session(watched))
    assert sorted(live(scene)) == sorted(["stays: some words", *(str(part.text) for part in new.parts)])
    counted = scene.count()
    assert (counted.duplicates, counted.lost, counted.wrong, counted.restless) == (0, 0, 0, 0)


def test_a_container_that_died_while_the_old_words_were_deleted_is_made_again() -> None:
    scene = edited(VIDEO)
    gone = Answering(scene.transport(), asking_the_status, error(24, 4279009), times=1, after=1)
    assert told(replaced(scene, scene.session(gone)))[0] == "published"
    assert live(scene) == ["stays: some words", "new words"]


@pytest.mark.parametrize("deletions", [1, 2])
def test_an_interrupt_amid_the_deletions_is_gone_on_with_by_the_same_command(deletions: int) -> None:
    scene = edited()
    report = replaced(scene, replace(scene.session(), stop=lambda: calls(scene, "DELETE") >= deletions))
    assert (report.interrupted, *told(report)) == (True, "held", "E713", 130)
    assert len(live(scene)) == 3 - deletions
    assert told(replaced(scene)) == ("published", None, 0)
    assert live(scene) == ["stays: some words", "new words"]
