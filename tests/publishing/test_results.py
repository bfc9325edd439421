"""What a run came to, post by post, with the command that goes on where one stopped."""

from dataclasses import replace

import pytest

from publisher.content.post import Post
from publisher.errors import TryAgain
from publisher.planning.records import Phase, PostRecord
from publisher.planning.tombstones import begun, gone
from publisher.publishing.apply import Applied
from publisher.publishing.journey import Journey
from publisher.publishing.results import PostResult, report_of
from tests.planning.samples import NOW, plan, post, record, state

CHAIN = post(thread=("two",))


def result(known: PostRecord | None, *files: Post, applied: Applied | None = None) -> PostResult:
    """That of `launch`, of a run that sent nothing."""
    on_record = state(launch=known) if known is not None else state()
    made = plan(*files, known=on_record)
    (only,) = report_of(made, applied or Applied(()), on_record).posts
    return only


def fix(known: PostRecord, *files: Post) -> str:
    told = result(known, *files)
    assert told.problem is not None
    assert (told.exit_code, told.problem.code) == (4, "E715")
    return told.problem.fix


def test_a_deletion_that_stopped_half_way_is_gone_on_with_by_what_the_file_says() -> None:
    half = gone(record(CHAIN), 2)
    assert fix(half) == "publisher delete launch"
    assert fix(half, CHAIN) == "remove posts/launch.yaml, then: publisher delete launch"
    assert fix(half, post(text="New words")) == "publisher replace launch"


def test_old_words_that_are_gone_are_followed_by_the_new_ones() -> None:
    replaced = gone(begun(record(post()), 1, NOW, replacing=True), 1, replacing=True)
    assert fix(replaced, post(text="New words")) == "publisher replace launch"


def test_a_chain_that_stopped_is_resumed_or_abandoned_and_a_post_adopted_or_forgotten() -> None:
    parked = record(CHAIN, Phase.PUBLISHED, Phase.PARKED)
    assert fix(parked, CHAIN) == "publisher reconcile --resume launch   or   publisher reconcile --abandon launch"
    assert fix(record(post(), Phase.UNBOUND), post()).startswith("publisher reconcile --adopt launch=MEDIA_ID   or")


def test_of_a_chain_the_part_in_doubt_is_named() -> None:
    doubtful = record(CHAIN, Phase.PUBLISHED, Phase.PARKED)
    doubtful = doubtful.with_part(2, replace(doubtful.parts[1], attempt=1))
    told = "publisher reconcile --adopt launch#2=MEDIA_ID   or   publisher reconcile --forget launch#2"
    assert fix(doubtful, CHAIN) == told


def test_what_is_live_of_a_post_is_told_by_part() -> None:
    linked = record(CHAIN)
    linked = linked.with_part(1, replace(linked.parts[0], permalink="https://www.threads.com/t/1"))
    told = result(linked, CHAIN)
    assert (told.outcome, len(told.media_ids), told.permalinks) == ("unchanged", 2, ("https://www.threads.com/t/1",))


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ({"interrupted": True}, "the run was interrupted before it was reached"),
        ({"stopped_by": TryAgain("no answer", code="E706")}, "the run stopped before it was reached"),
    ],
)
def test_a_post_that_the_run_did_not_reach_is_held_and_says_why(end: dict[str, object], why: str) -> None:
    (planned,) = plan(post()).posts
    told = result(None, post(), applied=Applied((Journey.start(planned, commit=None),), **end))  # type: ignore[arg-type]
    assert (told.outcome, told.exit_code) == ("held", 0)
    assert told.problem is not None
    assert told.problem.message == why
