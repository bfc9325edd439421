"""What may be taken down: both keys, nothing unsettled, within the caps and the quota, and no gap by a replacement."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from publisher.content.post import Post, Reference
from publisher.errors import PublisherError, Refused
from publisher.planning.actions import DeletePost, PublishContainer
from publisher.planning.plan import Plan
from publisher.planning.quota import Quota, Quotas
from publisher.planning.records import Phase
from publisher.planning.state import State
from publisher.planning.takedown import after_deletion, deletions, takedown_plan, takedown_refusal, unsendable
from publisher.planning.tombstones import begun, gone, reborn
from publisher.planning.verdicts import Hold, Verdict
from publisher.settings import PublishingSettings, Rules
from tests.planning.samples import NOW, only, plan, post, quote_of, record, state

CHAIN = post(thread=("two", "three"))
NEW = post(text="New words")


def taken(known: State, *files: Post, verdict: Verdict = Verdict.DELETE, quotas: Quotas | None = None) -> Plan:
    return takedown_plan(plan(*files, known=known), ["launch"], verdict, quotas)


def refused(known: State, *files: Post, verdict: Verdict = Verdict.DELETE) -> str:
    with pytest.raises(PublisherError) as caught:
        taken(known, *files, verdict=verdict)
    return caught.value.code


def left(*, deletes: int | None = None, posts: int = 250) -> Quotas:
    of_deletes = None if deletes is None else Quota(100 - deletes, 100)
    return Quotas(posts=Quota(250 - posts, 250), replies=Quota(0, 1000), deletes=of_deletes)


# --- the first key ----------------------------------------------------------------------------------------------


def test_a_chain_whose_file_is_gone_is_deleted_from_its_last_part() -> None:
    planned = only(taken(state(launch=record(CHAIN))))
    assert [action.key for action in planned.actions] == ["part-3/delete", "part-2/delete", "part-1/delete"]
    assert planned.verdict is Verdict.DELETE


def test_a_replaced_post_is_deleted_and_then_sent_anew() -> None:
    planned = only(taken(state(launch=record(post())), NEW, verdict=Verdict.REPLACE))
    assert [type(action) for action in planned.actions][::2] == [DeletePost, PublishContainer]
    after = after_deletion(planned, reborn(record(post())))
    assert [action.key for action in after.actions] == ["part-1/container", "part-1/publish"]


@pytest.mark.parametrize(
    ("verdict", "files", "code"),
    [
        (Verdict.DELETE, (post(),), "E444"),  # the file is still there
        (Verdict.REPLACE, (post(),), "E445"),  # it says nothing new
        (Verdict.REPLACE, (), "E445"),  # it is gone
    ],
)
def test_without_the_key_in_the_files_nothing_is_taken_down(
    verdict: Verdict, files: tuple[Post, ...], code: str
) -> None:
    assert refused(state(launch=record(post())), *files, verdict=verdict) == code


def test_a_name_that_no_record_bears_is_refused() -> None:
    assert refused(state()) == "E424"
    assert refused(state(), post()) == "E424", "a file alone was never live"


@pytest.mark.parametrize("phase", [Phase.INTENT, Phase.UNBOUND, Phase.PARKED])
def test_what_is_not_settled_is_not_taken_down(phase: Phase) -> None:
    assert refused(state(launch=record(post(), phase))) == "E446"


@pytest.mark.parametrize("phase", [Phase.PLANNED, Phase.DELETED, Phase.SKIPPED])
def test_where_nothing_is_live_there_is_nothing_to_take_down(phase: Phase) -> None:
    assert refused(state(launch=record(post(), phase))) == "E425"


@pytest.mark.parametrize("half", ["old words gone", "new words not out"])
def test_a_replacement_that_died_between_the_halves_goes_on(half: str) -> None:
    known = gone(begun(record(post()), 1, NOW, replacing=True), 1, replacing=True)
    if half == "new words not out":
        known = reborn(known)
    planned = only(taken(state(launch=known), NEW, verdict=Verdict.REPLACE))
    assert [type(action) for action in planned.actions][1:] == [PublishContainer]


# --- quotas and caps --------------------------------------------------------------------------------------------


def test_what_the_quota_of_deletions_cannot_take_is_held_whole() -> None:
    known = state(launch=record(CHAIN), other=record(post("other", text="Else")))
    both = takedown_plan(plan(known=known), ["launch", "other", "launch"], Verdict.DELETE, left(deletes=2))
    held, taken_down = both.posts
    assert (held.verdict, held.hold, held.actions) == (Verdict.HELD, Hold.QUOTA, ())
    assert held.reason == "needs 3 of the deletions of 24 hours; 2 are left"
    assert deletions(both) == len(taken_down.actions) == 1


def test_the_quota_of_deletions_is_counted_down_from_post_to_post() -> None:
    known = state(launch=record(CHAIN), other=record(post("other", text="Else")))
    both = takedown_plan(plan(known=known), ["launch", "other"], Verdict.DELETE, left(deletes=3))
    assert [planned.verdict for planned in both.posts] == [Verdict.DELETE, Verdict.HELD]


def test_old_words_stay_while_the_quota_has_no_room_for_the_new_ones() -> None:
    planned = only(taken(state(launch=record(post())), NEW, verdict=Verdict.REPLACE, quotas=left(posts=0)))
    assert (planned.hold, planned.actions) == (Hold.QUOTA, ())


def test_where_the_quota_of_deletions_is_not_told_it_holds_nothing() -> None:
    assert deletions(taken(state(launch=record(CHAIN)), quotas=left())) == 3


def refusal(made: Plan, *, allow_deletes: int | None = None, paused: bool = False) -> str | None:
    rules = Rules(max_deletes_per_run=2)
    error = takedown_refusal(made, rules, command="delete", allow_deletes=allow_deletes, paused=paused)
    return None if error is None else f"{error.code} {error.fix}"


def test_more_deletions_than_allowed_and_a_pause_are_refused() -> None:
    three = taken(state(launch=record(CHAIN)))
    assert refusal(three) == "E422 if all of them are meant: publisher delete --allow-deletes 3"
    assert refusal(three, allow_deletes=3) is None
    assert refusal(taken(state(launch=record(post())))) is None
    assert refusal(three, allow_deletes=3, paused=True) == "E423 unset PUBLISHER_PAUSE, then run again"


# --- a replacement leaves no gap --------------------------------------------------------------------------------


def gap(
    new: Post,
    *others: Post,
    known: State | None = None,
    ids: Sequence[str] = ("launch",),
    quotas: Quotas | None = None,
) -> str | None:
    known = known or state(launch=record(post()))
    made = takedown_plan(plan(new, *others, known=known), ids, Verdict.REPLACE, quotas)
    error = unsendable(made, Rules(), PublishingSettings())
    assert error is None or (error.code, error.exit_code) == ("E448", Refused.exit_code)
    return None if error is None else error.message


def test_old_words_stay_until_the_new_ones_can_go_out() -> None:
    assert gap(NEW) is None
    assert gap(replace(NEW, draft=True)) == "the new words of launch could not go out now: draft"
    later = gap(replace(NEW, publish_at=NOW.replace(year=2027)))
    assert later == "the new words of launch could not go out now: scheduled, due 2027-12-01 09:00 UTC"


@pytest.mark.parametrize("points", ["quote", "repost", "reply_to"])
def test_new_words_that_point_at_what_is_not_live_do_not_go_out_at_once(points: str) -> None:
    new = post(text=None if points == "repost" else "See this", **{points: quote_of("other")})
    other = post("other", text="Else")
    assert gap(new, other) == "the new words of launch could not go out now: it points at a post that is not live"
    assert gap(new, replace(other, draft=True)) == gap(new, other)
    there = record(other)
    there = there.with_part(1, replace(there.parts[0], media_id="18000000000000777"))
    assert gap(new, other, known=state(launch=record(post()), other=there)) is None


def test_new_words_that_point_anywhere_else_can_go_out() -> None:
    assert gap(post(text="See this", quote=Reference("media_id", "18"))) is None


def test_a_deletion_and_what_the_quota_holds_leave_no_gap() -> None:
    assert unsendable(taken(state(launch=record(post()))), Rules(), PublishingSettings()) is None
    assert gap(replace(NEW, draft=True), quotas=left(deletes=0)) is None


OTHER = replace(NEW, id="other", path="posts/other.yaml")
BOTH = state(launch=record(post()), other=record(OTHER))


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("other", (OTHER,)),
        ("other", (post("other", text="Changed since"),)),
        ("other", ()),
        ("b", (replace(OTHER, id="b", path="posts/b.yaml"),)),
    ],
)
def test_new_words_that_another_live_post_says_are_sent_only_as_a_repeat(name: str, files: tuple[Post, ...]) -> None:
    """Whatever became of its file: what is live says them."""
    same = f"held, says the same as {name}; allow_repeat: true sends it anyway"
    assert gap(NEW, *files, known=BOTH) == f"the new words of launch could not go out now: {same}"
    assert gap(replace(NEW, allow_repeat=True), *files, known=BOTH) is None


def test_words_that_nothing_says_any_more_are_no_repeat() -> None:
    changed, ids = post("other", text="A third"), ("launch", "other")
    assert gap(NEW, changed, known=BOTH, ids=ids) is None
    assert gap(NEW, known=state(launch=record(post()), other=gone(record(OTHER), 1))) is None
    assert gap(NEW, changed, known=BOTH, ids=ids, quotas=left(deletes=1)) is not None  # the other one stays
