"""What comes next, straight from the pure functions: for states that a run only meets after somebody else's crash."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from publisher.errors import TryAgain
from publisher.planning.actions import CreateContainer, UploadMedia
from publisher.planning.plan import PlannedPost
from publisher.planning.records import PartRecord, Phase
from publisher.publishing import preparing, reposting, steps
from publisher.publishing.journey import Journey, Look, Sight, Work
from publisher.publishing.problem import Problem
from publisher.publishing.resolve import Status
from publisher.publishing.setback import setback
from publisher.publishing.tools import at_once
from publisher.publishing.waiting import TRIES, Pace
from publisher.settings import PublishingSettings
from publisher.threads_api.errors import NoAnswer
from tests.planning.samples import plan, post
from tests.publishing.harness import START

PACE = Pace.of(PublishingSettings())
(PLANNED,) = plan(post()).posts
MADE = PartRecord(Phase.PREPARED, "f", container="17", container_at=START)
UPLOAD = UploadMedia("part-1/media-1", "posts/cat.jpg", "0" * 64, "image")
CREATE = CreateContainer("part-1/container", "TEXT")
REFUSED = Problem("E704", "no")


class Alone:
    """A run of this one post."""

    def turn(self, journey: Journey) -> bool:
        return True

    def foremost(self, journey: Journey) -> bool:
        return True

    def live_id(self, post_id: str) -> str | None:
        return None

    def under_way(self, post_id: str) -> bool:
        return False


def journey(part: PartRecord, *, planned: PlannedPost = PLANNED) -> Journey:
    begun = Journey.start(planned, commit=None)
    return replace(begun, record=replace(begun.record, parts=(part,)))


def after(part: PartRecord, *, seconds: float = 0) -> steps.Step:
    return steps.next_step(journey(part), START + timedelta(seconds=seconds), PACE, Alone())


def test_a_parked_part_waits_for_a_person_whoever_asks() -> None:
    step = after(replace(MADE, phase=Phase.PARKED, attempt=1))
    assert isinstance(step, steps.Leave)
    assert step.problem is not None
    assert (step.outcome, step.problem.code, step.problem.exit_code) == ("unknown", "E715", 4)


def test_a_container_is_asked_about_once_it_may_be_ready_and_at_once_where_its_age_is_not_known() -> None:
    assert after(MADE, seconds=10) == steps.Wait(START + timedelta(seconds=30))
    assert after(MADE, seconds=30) == steps.LookAt("17")
    assert after(replace(MADE, container_at=None)) == steps.LookAt("17")


def test_an_intent_always_names_its_container() -> None:
    with pytest.raises(AssertionError, match="I2"):
        after(PartRecord(Phase.INTENT, "f", attempt=1, attempt_at=START))


def test_a_repost_whose_file_is_gone_before_it_was_tried_is_left_out() -> None:
    gone = replace(journey(PartRecord(Phase.PLANNED, "f", media_type="REPOST")), post=None, actions=())
    assert reposting.next_step(gone, START, PACE, Alone()) == steps.Leave("skipped")


def test_what_has_neither_a_file_nor_a_record_is_no_journey() -> None:
    with pytest.raises(ValueError, match="neither a file nor a record"):
        Journey.start(replace(PLANNED, post=None, record=None), commit=None)


# --- calls ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "doing"),
    [
        (steps.Upload(UPLOAD), "launch: uploading"),
        (steps.Create(CREATE), "launch: making the container"),
        (steps.Create(replace(CREATE, key="part-2/offer")), "launch: offering it to Threads"),
        (steps.LookAt("17"), "launch: asking for the container's status"),
        (steps.ReadLists(None), "launch: reading the account's posts"),
    ],
)
def test_a_call_that_fails_again_and_again_says_what_it_was_for(
    step: steps.Upload | steps.Create | steps.LookAt | steps.ReadLists, doing: str
) -> None:
    tired = replace(journey(MADE), work=Work(tries=TRIES - 1))
    follows = setback(tired, step, NoAnswer("reset"), START, PACE)
    assert isinstance(follows, steps.Leave)
    assert follows.problem is not None
    assert (follows.problem.message, follows.problem.exit_code) == (f"{doing}: reset", 5)


def test_an_answer_to_another_question_is_no_answer() -> None:
    with pytest.raises(AssertionError, match=r"LookAt.*was answered with str"):
        preparing.answered(journey(MADE), steps.LookAt("17"), {}, "17", START, PACE)


def test_a_bucket_that_is_slow_is_no_verdict_on_the_post() -> None:
    follows = preparing.answered(journey(MADE), steps.Upload(UPLOAD), {}, TryAgain("slow", code="E341"), START, PACE)
    assert isinstance(follows, Journey)
    assert follows.work.tries == 1


def test_several_calls_are_under_way_at_a_time_and_answer_in_their_order() -> None:
    both = Barrier(2)

    def call(answer: str) -> str:
        both.wait(timeout=60)  # breaks unless the other one is under way as well
        return answer

    assert at_once([lambda: call("a"), lambda: call("b")]) == ["a", "b"]
    assert at_once([lambda: "alone"]) == ["alone"]


@pytest.mark.parametrize(("minutes", "step"), [(4, steps.Intend()), (5, steps.ReadLists(back_to=None))])
def test_lists_that_were_read_a_while_ago_are_read_again_before_an_intent(minutes: int, step: steps.Step) -> None:
    ready = journey(MADE).with_work(look=Look(Status.FINISHED, START), sight=Sight((), (), START))
    assert steps.next_step(ready, START + timedelta(minutes=minutes), PACE, Alone()) == step
