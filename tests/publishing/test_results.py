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
    doubtful = "publisher reconcile --adopt launch=MEDIA_ID   or   publisher reconcile"
    assert fix(record(post(), Phase.PARKED), post()) == f"{doubtful} --forget launch"
    assert fix(record(post(), Phase.UNBOUND), post()) == f"{doubtful} --abandon launch"  # it is live: never forgotten


def test_what_is_in_doubt_and_has_no_file_any_more_is_adopted_or_abandoned() -> None:
    """To forget it would send it."""
    doubtful = "publisher reconcile --adopt launch=MEDIA_ID   or   publisher reconcile"
    assert fix(record(post(), Phase.PARKED)) == f"{doubtful} --abandon launch"
    (broken,) = report_of(
        plan(known=state(launch=record(post(), Phase.PARKED)), broken=frozenset({"launch"})), Applied(()), state()
    ).posts
    assert broken.problem is not None
    assert broken.problem.fix == f"{doubtful} --forget launch"


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


CUT_SHORT = [{"interrupted": True}, {"stopped_by": TryAgain("no answer", code="E706")}]


@pytest.mark.parametrize("end", CUT_SHORT)
def test_an_attempt_in_doubt_is_told_as_unknown_when_the_run_is_cut_short(end: dict[str, object]) -> None:
    begun = record(CHAIN, Phase.PUBLISHED, Phase.INTENT)
    (planned,) = plan(CHAIN).posts  # a new post, of which the run has begun the second part
    told = result(begun, CHAIN, applied=Applied((Journey.start(planned, commit=None),), **end))  # type: ignore[arg-type]
    assert (told.outcome, told.exit_code) == ("unknown", 5)
    assert told.problem is not None
    assert told.problem.code == "E701"
    assert told.problem.message.startswith("unknown outcome for launch#2: the run ")
    assert "publisher reconcile" in told.problem.fix


@pytest.mark.parametrize("end", CUT_SHORT)
def test_what_is_live_and_not_found_stays_unknown_when_the_run_did_not_look_again(end: dict[str, object]) -> None:
    unbound = record(post(), Phase.UNBOUND)
    (planned,) = plan(post(), known=state(launch=unbound)).posts
    told = result(unbound, post(), applied=Applied((Journey.start(planned, commit=None),), **end))  # type: ignore[arg-type]
    assert (told.outcome, told.exit_code) == ("unknown", 4)


def test_of_a_renamed_post_what_was_in_doubt_under_its_old_name_is_still_so() -> None:
    old = state(old=record(post(), Phase.INTENT))
    made = plan(post(), known=old)
    (planned,) = made.posts
    applied = Applied((Journey.start(planned, commit=None),), stopped_by=TryAgain("no answer", code="E706"))
    (told,) = report_of(made, applied, old).posts
    assert (told.outcome, told.problem and told.problem.code) == ("unknown", "E701")
