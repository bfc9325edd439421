"""What a plan makes of posts that were begun and not finished: failed half way, taken down half way, file gone."""

from dataclasses import replace
from typing import Any

import pytest

from publisher.planning.actions import PublishContainer, Ref, Repost
from publisher.planning.plan import PlannedPost
from publisher.planning.records import TAKEN_DOWN, Phase, PostRecord
from publisher.planning.tombstones import REPLACING, begun, gone
from publisher.planning.verdicts import Hold, Verdict
from tests.planning.samples import NOW, only, plan, post, record, state

CHAIN = post(thread=("two", "three"))
HALF_GONE = gone(record(CHAIN), 3)


def judged(known: PostRecord, *files: Any) -> PlannedPost:
    return only(plan(*files, known=state(launch=known)))


# --- failed half way --------------------------------------------------------------------------------------------


def test_a_chain_that_failed_half_way_waits_until_its_file_changes() -> None:
    failed = record(CHAIN, Phase.PUBLISHED, Phase.FAILED, Phase.PLANNED)
    failed = failed.with_part(2, replace(failed.parts[1], error="E704 100/7"))
    held = judged(failed, CHAIN)
    assert (held.verdict, held.hold, held.reason) == (Verdict.HELD, Hold.FAILED, "failed: E704 100/7")
    mended = judged(failed, post(thread=("two, mended", "three")))
    assert mended.verdict is Verdict.RESUME
    assert [action.key for action in mended.actions if isinstance(action, PublishContainer)] == [
        "part-2/publish",
        "part-3/publish",
    ]


# --- the file is gone -------------------------------------------------------------------------------------------


def test_of_a_chain_whose_file_is_gone_only_the_open_attempt_is_settled() -> None:
    planned = judged(record(CHAIN, Phase.PUBLISHED, Phase.INTENT, Phase.PLANNED))
    assert planned.actions == (PublishContainer("part-2/publish", Ref("part-2/container")),)


def test_an_open_repost_is_settled_when_its_file_is_gone() -> None:
    known = record(post(), Phase.INTENT)
    known = known.with_part(1, replace(known.parts[0], media_type="REPOST", repost="18"))
    assert judged(known).actions == (Repost("part-1/publish", "18"),)


@pytest.mark.parametrize("phase", [Phase.UNBOUND, Phase.PARKED])
def test_what_only_a_person_can_decide_stays_a_question_when_its_file_is_gone(phase: Phase) -> None:
    planned = judged(record(post(), phase))
    assert (planned.verdict, planned.hold) == (Verdict.UNKNOWN, Hold.PERSON)


# --- taken down half way ----------------------------------------------------------------------------------------


def test_a_deletion_that_stopped_half_way_asks_a_person_with_and_without_its_file() -> None:
    for files in ((), (CHAIN,)):
        planned = judged(HALF_GONE, *files)
        assert (planned.verdict, planned.hold, planned.actions) == (Verdict.UNKNOWN, Hold.PERSON, ())
        assert planned.reason == "its deletion stopped half way; 1 of 3 surely gone"


def test_a_replacement_that_stopped_half_way_is_called_so() -> None:
    planned = judged(begun(HALF_GONE, 2, NOW, replacing=True), post(text="New words"))
    assert planned.reason == "its replacement stopped half way; 1 of 3 surely gone"


def test_old_words_that_are_gone_wait_for_the_same_command_and_not_for_publish() -> None:
    replaced = gone(begun(record(post()), 1, NOW, replacing=True), 1, replacing=True)
    planned = judged(replaced, post(text="New words"))
    assert planned.reason == "its replacement stopped half way; 1 of 1 surely gone"
    assert replaced.extra[REPLACING]


def test_a_deletion_that_took_nothing_is_forgotten_once_the_file_is_back() -> None:
    marked = begun(record(post()), 1, NOW, replacing=False)
    assert TAKEN_DOWN in marked.parts[0].extra
    assert judged(marked, post()).verdict is Verdict.UNCHANGED
    assert judged(marked, post(text="Other words")).verdict is Verdict.UNKNOWN


def test_with_the_last_live_part_what_was_never_sent_of_it_never_will_be() -> None:
    half_sent = gone(record(CHAIN, Phase.PUBLISHED, Phase.PLANNED, Phase.PLANNED), 1)
    assert [part.phase for part in half_sent.parts] == [Phase.DELETED, Phase.SKIPPED, Phase.SKIPPED]
    assert judged(half_sent, CHAIN).verdict is Verdict.UNCHANGED


# --- the file lost parts since ----------------------------------------------------------------------------------


def test_a_chain_that_ends_where_its_file_ends_now_is_as_it_should_be() -> None:
    half = record(CHAIN, Phase.PUBLISHED, Phase.PLANNED, Phase.PLANNED)
    assert (judged(half, post()).verdict, judged(half, post()).actions) == (Verdict.UNCHANGED, ())


def test_a_chain_that_was_cut_and_changed_at_once_may_have_been_merged_and_asks() -> None:
    half = record(CHAIN, Phase.PUBLISHED, Phase.PLANNED, Phase.PLANNED)
    assert judged(half, post(text="Other words")).hold is Hold.PERSON


def test_a_part_that_was_attempted_is_settled_though_the_file_lost_it() -> None:
    planned = judged(record(CHAIN, Phase.PUBLISHED, Phase.INTENT, Phase.PLANNED), post())
    assert planned.verdict is Verdict.RESUME
    assert planned.actions == (PublishContainer("part-2/publish", Ref("part-2/container")),)


def test_a_part_that_went_out_as_it_was_begun_is_told_from_what_the_file_says_now() -> None:
    sent = replace(record(post()), fingerprint=post(text="New words").fingerprint)
    assert judged(sent, post(text="New words")).verdict is Verdict.EDITED
