"""The table of what an attempt came to: status x matches, row by row as the protocol has it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.publishing.resolve import (
    AskAgain,
    AttemptAgain,
    Bind,
    ComeBack,
    Decision,
    LeaveUnbound,
    Park,
    Seen,
    StartAnew,
    Status,
    forgotten,
    resolve,
)
from publisher.publishing.waiting import Pace
from publisher.settings import PublishingSettings

PACE = Pace.of(PublishingSettings())
PARK = Pace.of(PublishingSettings(on_ambiguous="park"))
FRESH = Seen(
    status=Status.FINISHED,
    matches=(),
    since_attempt=timedelta(seconds=5),
    since_published=timedelta(0),
    since_asking=timedelta(0),
    attempts=1,
    attempts_now=1,
    certain=False,
)
SETTLED = replace(FRESH, since_attempt=timedelta(seconds=600))
EVERY = list(Status)


@pytest.mark.parametrize("status", EVERY)
def test_one_match_is_it_whatever_the_container_says(status: Status) -> None:
    assert resolve(replace(FRESH, status=status, matches=("1",)), PACE) == Bind("1")


@pytest.mark.parametrize("status", EVERY)
def test_two_matches_are_never_guessed_between(status: Status) -> None:
    assert resolve(replace(SETTLED, status=status, matches=("1", "2")), PACE) == LeaveUnbound(("1", "2"))


@pytest.mark.parametrize(
    ("seen", "decision"),
    [
        (replace(FRESH, status=Status.PUBLISHED), AskAgain(timedelta(seconds=60))),
        (replace(FRESH, status=Status.PUBLISHED, since_published=timedelta(seconds=360)), LeaveUnbound()),
        (FRESH, AskAgain(timedelta(seconds=60))),
        (replace(FRESH, since_attempt=timedelta(seconds=590)), AskAgain(timedelta(seconds=10))),
        (SETTLED, AttemptAgain()),
        (replace(SETTLED, attempts=3, attempts_now=3), ComeBack("Threads took none of 3 attempts")),
        (replace(FRESH, status=Status.IN_PROGRESS), AskAgain(timedelta(seconds=60))),
        (replace(FRESH, status=Status.OTHER), AskAgain(timedelta(seconds=60))),
        (replace(FRESH, status=Status.ERROR), AskAgain(timedelta(seconds=60))),
        (replace(SETTLED, status=Status.ERROR), StartAnew()),
        (replace(SETTLED, status=Status.EXPIRED), StartAnew()),
        (replace(FRESH, status=Status.GONE), AskAgain(timedelta(seconds=60))),
        (replace(FRESH, status=Status.GONE, attempts=0), StartAnew()),
    ],
)
def test_without_a_match_the_container_and_time_decide(seen: Seen, decision: Decision) -> None:
    assert resolve(seen, PACE) == decision


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.OTHER])
def test_work_without_end_is_left_to_the_next_run(status: Status) -> None:
    seen = replace(FRESH, status=status, since_asking=timedelta(minutes=5))
    assert isinstance(resolve(seen, PACE), ComeBack)


def test_a_container_that_vanished_after_an_attempt_is_left_to_a_person() -> None:
    assert isinstance(resolve(replace(SETTLED, status=Status.GONE), PACE), Park)


def test_under_park_no_doubtful_attempt_is_repeated() -> None:
    assert isinstance(resolve(SETTLED, PARK), Park)


def test_not_found_yet_is_no_doubt_so_the_same_container_goes_again_after_a_moment() -> None:
    not_yet = replace(FRESH, certain=True)
    assert resolve(not_yet, PACE) == AskAgain(timedelta(seconds=25))
    assert resolve(replace(not_yet, since_attempt=timedelta(seconds=30)), PARK) == AttemptAgain()


@pytest.mark.parametrize("status", EVERY)
@pytest.mark.parametrize("pace", [PACE, PARK])
def test_no_second_container_and_no_second_attempt_before_the_first_has_settled(status: Status, pace: Pace) -> None:
    assert not isinstance(resolve(replace(FRESH, status=status), pace), AttemptAgain | StartAnew)


@pytest.mark.parametrize("pace", [PACE, PARK])
@pytest.mark.parametrize(
    ("seen", "decision"),
    [
        (SETTLED, AttemptAgain()),
        (replace(SETTLED, status=Status.GONE), StartAnew()),
        (replace(SETTLED, status=Status.ERROR), StartAnew()),
        (replace(SETTLED, status=Status.EXPIRED), StartAnew()),
        (replace(SETTLED, status=Status.GONE, matches=("1",)), Bind("1")),
    ],
)
def test_a_person_s_word_decides_what_is_left_to_a_person(pace: Pace, seen: Seen, decision: Decision) -> None:
    assert forgotten(seen, pace) == decision


@pytest.mark.parametrize("status", EVERY)
@pytest.mark.parametrize("pace", [PACE, PARK])
def test_a_person_s_word_shortens_no_time(status: Status, pace: Pace) -> None:
    assert isinstance(forgotten(replace(FRESH, status=status), pace), AskAgain)
