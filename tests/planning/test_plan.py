"""A plan says what is to become of each post, in which order, and why the rest waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.content.post import Post, Reference
from publisher.planning.actions import CreateContainer, PublishContainer, Ref, UploadMedia
from publisher.planning.plan import PlanInput, make_plan
from publisher.planning.quota import Quota, Quotas
from publisher.planning.record_json import time_text
from publisher.planning.records import RESUMED, Phase
from publisher.planning.safety import refusal
from publisher.planning.verdicts import Hold, Verdict, span
from publisher.settings import AccountSettings, Rules
from tests.planning.samples import EMPTY, NOW, only, picture, plan, post, quote_of, record, state

HOUR = timedelta(hours=1)


# --- verdicts ---------------------------------------------------------------------------------------------------


def test_a_new_post_is_created() -> None:
    planned = only(plan(post()))
    assert planned.verdict is Verdict.CREATE
    assert [type(action) for action in planned.actions] == [CreateContainer, PublishContainer]


def test_a_published_post_is_unchanged() -> None:
    planned = only(plan(post(), known=state(launch=record(post()))))
    assert (planned.verdict, planned.actions) == (Verdict.UNCHANGED, ())


def test_a_post_changed_after_publication_is_edited_and_nothing_is_sent() -> None:
    planned = only(plan(post(text="Acme 2.1 is out"), known=state(launch=record(post()))))
    assert (planned.verdict, planned.actions) == (Verdict.EDITED, ())


def test_a_renamed_post_is_moved_and_never_sent_again() -> None:
    made = plan(post("renamed"), known=state(launch=record(post())))
    assert [(planned.id, planned.verdict, planned.moved_from) for planned in made.posts] == [
        ("renamed", Verdict.MOVED, "launch")
    ]
    assert not made.pending


@pytest.mark.parametrize("phase", [Phase.PUBLISHED, Phase.SKIPPED, Phase.DELETED])
def test_a_post_that_repeats_on_purpose_what_is_done_with_is_sent_and_no_move(phase: Phase) -> None:
    known = state(ny2026=record(post(), phase))
    again = post("ny2027", allow_repeat=True, publish_at=NOW - timedelta(minutes=1))
    planned = only(plan(again, known=known), "ny2027")
    assert (planned.verdict, planned.moved_from) == (Verdict.CREATE, None)
    assert planned.pending
    undated = only(plan(post("ny2027", allow_repeat=True), known=known), "ny2027")
    assert (undated.verdict, "to repeat it, write it into a new file" in undated.reason) == (Verdict.MOVED, True)
    assert only(plan(post("ny2027"), known=known), "ny2027").verdict is Verdict.MOVED


def test_a_renamed_post_that_may_repeat_others_is_still_moved_by_when_it_was_due() -> None:
    due = NOW - timedelta(hours=2)
    known = state(old=record(post(), at=due + timedelta(minutes=5)))
    planned = only(plan(post("new", allow_repeat=True, publish_at=due), known=known), "new")
    assert (planned.verdict, planned.moved_from) == (Verdict.MOVED, "old")


def test_what_is_in_doubt_is_settled_under_its_new_name_although_it_may_be_repeated() -> None:
    known = state(old=record(post(), Phase.INTENT), older=record(post()))
    planned = only(plan(post("new", allow_repeat=True), known=known), "new")
    assert (planned.verdict, planned.moved_from) == (Verdict.RESUME, "old")


def test_two_files_with_the_same_words_are_renamed_both() -> None:
    made = plan(post("c"), post("d"), known=state(a=record(post()), b=record(post())))
    assert {planned.id: planned.moved_from for planned in made.posts} == {"c": "a", "d": "b"}
    assert not made.pending


def test_a_chain_renamed_half_way_goes_on_under_its_new_name() -> None:
    chain = post("new", thread=("two", "three"))
    known = state(old=record(chain, Phase.PUBLISHED, Phase.PLANNED, Phase.PLANNED))
    planned = only(plan(chain, known=known), "new")
    assert (planned.verdict, planned.moved_from) == (Verdict.RESUME, "old")
    assert [action.key for action in planned.actions if isinstance(action, PublishContainer)] == [
        "part-2/publish",
        "part-3/publish",
    ]


def test_a_post_whose_file_is_gone_is_removed_and_nothing_is_sent() -> None:
    made = plan(known=state(launch=record(post())))
    (planned,) = made.everything
    assert (planned.verdict, planned.actions) == (Verdict.REMOVED, ())
    assert made.summary == {"removed": 1}


def test_an_open_attempt_is_settled_even_when_its_file_is_gone() -> None:
    planned = only(plan(known=state(launch=record(post(), Phase.INTENT))))
    assert planned.verdict is Verdict.RESUME
    assert [action.key for action in planned.actions] == ["part-1/publish"]


@pytest.mark.parametrize(
    ("phase", "verdict", "actions"),
    [
        (Phase.PUBLISHED, Verdict.UNCHANGED, 0),
        (Phase.FAILED, Verdict.HELD, 0),
        (Phase.PARKED, Verdict.UNKNOWN, 0),
        (Phase.INTENT, Verdict.RESUME, 1),  # settled, as if the file were gone
    ],
)
def test_a_broken_file_is_not_a_removed_one_and_its_record_is_shown(
    phase: Phase, verdict: Verdict, actions: int
) -> None:
    planned = only(plan(known=state(launch=record(post(), phase)), broken=frozenset({"launch"})))
    assert (planned.verdict, len(planned.actions), planned.broken) == (verdict, actions, True)
    assert "removed" not in planned.reason


def test_a_broken_file_of_another_account_with_the_same_id_changes_nothing() -> None:
    planned = only(plan(post(), known=state(launch=record(post())), broken=frozenset({"launch"})))
    assert (planned.verdict, planned.broken) == (Verdict.UNCHANGED, False)


def test_a_draft_is_never_sent() -> None:
    assert only(plan(post(draft=True))).verdict is Verdict.DRAFT


@pytest.mark.parametrize(
    ("due_in", "verdict", "sends"),
    [
        (HOUR, Verdict.SCHEDULED, False),
        (timedelta(0), Verdict.CREATE, True),
        (-HOUR, Verdict.CREATE, True),
        (-24 * HOUR, Verdict.CREATE, True),
        (-25 * HOUR, Verdict.LATE, False),
    ],
)
def test_publish_at_means_not_before_and_not_much_later(due_in: timedelta, verdict: Verdict, sends: bool) -> None:
    planned = only(plan(post(publish_at=NOW + due_in)))
    assert (planned.verdict, planned.pending) == (verdict, sends)


@pytest.mark.parametrize(
    ("if_late", "hold", "sends"), [("hold", Hold.PERSON, False), ("publish", None, True), ("skip", None, False)]
)
def test_what_is_late_is_decided_by_if_late(if_late: str, hold: Hold | None, sends: bool) -> None:
    planned = only(plan(post(publish_at=NOW - 48 * HOUR, if_late=if_late)))
    assert (planned.verdict, planned.hold, planned.pending) == (Verdict.LATE, hold, sends)


def test_after_publish_by_a_post_is_expired() -> None:
    late = post(publish_at=NOW - 2 * HOUR, publish_by=NOW - HOUR)
    assert only(plan(late)).verdict is Verdict.EXPIRED


def test_the_same_words_within_thirty_days_are_held_for_a_person() -> None:
    twin = post("twin")
    planned = only(plan(post(), twin, known=state(launch=record(post()))), "twin")
    assert (planned.verdict, planned.hold) == (Verdict.HELD, Hold.PERSON)


@pytest.mark.parametrize(
    ("twin", "age"),
    [(post("twin", allow_repeat=True), HOUR), (post("twin"), timedelta(days=31)), (post("twin", text="Else"), HOUR)],
)
def test_other_words_an_older_twin_or_leave_to_repeat_are_sent(twin: Post, age: timedelta) -> None:
    known = state(launch=record(post(), at=NOW - age))
    assert only(plan(post(), twin, known=known), "twin").verdict is Verdict.CREATE


def test_of_two_new_posts_with_the_same_words_the_first_goes_out_and_the_other_is_held() -> None:
    planned = plan(post("a"), post("b"), post("c", text="Else"))
    assert [(each.id, each.verdict, each.hold) for each in planned.posts] == [
        ("a", Verdict.CREATE, None),
        ("b", Verdict.HELD, Hold.PERSON),
        ("c", Verdict.CREATE, None),
    ]
    assert only(planned, "b").reason == "says the same as a; allow_repeat: true sends it anyway"


def test_what_was_begun_goes_before_a_new_post_with_the_same_words() -> None:
    planned = plan(post("new"), post("old"), known=state(old=record(post("old"), Phase.INTENT)))
    assert (only(planned, "old").verdict, only(planned, "new").verdict) == (Verdict.RESUME, Verdict.HELD)


def test_leave_to_repeat_holds_in_one_plan_too() -> None:
    planned = plan(post("one"), post("two", allow_repeat=True))
    assert {each.verdict for each in planned.posts} == {Verdict.CREATE}


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (post("target", draft=True), "waits until target is live; that is draft"),
        (
            post("target", publish_at=NOW + HOUR),
            f"waits until target is live; that is scheduled: due {(NOW + HOUR):%Y-%m-%d %H:%M} UTC",
        ),
        (
            post("target", publish_by=NOW - HOUR),
            "waits until target is live; that is expired: was to go out by"
            f" {(NOW - HOUR):%Y-%m-%d %H:%M} UTC; never sent",
        ),
    ],
)
def test_a_post_that_waits_tells_what_for_and_why_that_is_not_live(target: Post, why: str) -> None:
    quoting = post("quoting", text="Look", quote=Reference("post", "target"))
    assert only(plan(quoting, target), "quoting").reason == why


@pytest.mark.parametrize(("broken", "why"), [({"target"}, ", whose file is not valid"), (set(), "")])
def test_a_post_that_waits_for_what_is_no_post_says_so(broken: set[str], why: str) -> None:
    quoting = post("quoting", text="Look", quote=Reference("post", "target"))
    held = only(plan(quoting, broken=frozenset(broken)), "quoting")
    assert held.reason == f"waits until target is live{why}"


def test_a_failed_post_waits_until_its_file_changes() -> None:
    failed = record(post(), Phase.FAILED)
    held = only(plan(post(), known=state(launch=failed)))
    assert (held.verdict, held.hold) == (Verdict.HELD, Hold.FAILED)
    assert only(plan(post(text="Mended"), known=state(launch=failed))).verdict is Verdict.CREATE


@pytest.mark.parametrize("phase", [Phase.UNBOUND, Phase.PARKED])
def test_what_only_a_person_can_decide_is_unknown(phase: Phase) -> None:
    planned = only(plan(post(), known=state(launch=record(post(), phase))))
    assert (planned.verdict, planned.hold, planned.actions) == (Verdict.UNKNOWN, Hold.PERSON, ())


def test_a_chain_goes_on_after_the_part_that_is_live() -> None:
    chain = post(thread=("two", "three"))
    planned = only(plan(chain, known=state(launch=record(chain, Phase.PUBLISHED, Phase.PLANNED, Phase.PLANNED))))
    assert planned.verdict is Verdict.RESUME
    assert planned.actions[0] == CreateContainer(
        "part-2/container", "TEXT", params=(("text", "two"),), reply_to=Ref("part-1/publish")
    )


def test_a_chain_that_stopped_long_ago_asks_a_person() -> None:
    chain = post(thread=("two",))
    old = record(chain, Phase.PUBLISHED, Phase.PLANNED, at=NOW - 7 * HOUR)
    assert only(plan(chain, known=state(launch=old))).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (time_text(NOW - HOUR), Verdict.RESUME),
        (time_text(NOW - 7 * HOUR), Verdict.UNKNOWN),
        ("2026-12-01T09:00:00", Verdict.UNKNOWN),
        (True, Verdict.UNKNOWN),
    ],
)
def test_a_chain_that_a_person_resumed_goes_on_for_as_long_as_one_that_was_live_then(
    said: object, verdict: Verdict
) -> None:
    """A word without a time, or without a zone, is none."""
    chain = post(thread=("two",))
    old = record(chain, Phase.PUBLISHED, Phase.PLANNED, at=NOW - 48 * HOUR)
    resumed = old.with_part(2, replace(old.parts[1], extra={RESUMED: said}))
    assert only(plan(chain, known=state(launch=resumed))).verdict is verdict


@pytest.mark.parametrize("phase", [Phase.PLANNED, Phase.FAILED])
def test_a_file_that_says_wait_is_not_told_of_what_failed(phase: Phase) -> None:
    known = state(launch=record(post(), phase))
    assert only(plan(replace(post(), draft=True), known=known)).verdict is Verdict.DRAFT
    later = replace(post(), publish_at=NOW + HOUR)
    assert only(plan(later, known=known)).verdict is Verdict.SCHEDULED


def test_the_rest_of_a_chain_that_became_a_draft_waits_and_what_was_begun_is_settled() -> None:
    chain = replace(post(thread=("two",)), draft=True)
    half = only(plan(chain, known=state(launch=record(chain, Phase.PUBLISHED, Phase.PLANNED))))
    assert (half.verdict, half.hold, half.actions) == (Verdict.DRAFT, None, ())
    begun = only(plan(chain, known=state(launch=record(chain, Phase.PUBLISHED, Phase.INTENT))))
    assert begun.verdict is Verdict.RESUME
    assert [action.key for action in begun.actions] == ["part-2/publish"]


@pytest.mark.parametrize("phase", [Phase.SKIPPED, Phase.DELETED])
def test_baseline_and_tombstones_are_never_sent(phase: Phase) -> None:
    known = state(launch=record(post(), phase))
    assert only(plan(post(), known=known)).verdict is Verdict.UNCHANGED
    changed = only(plan(post(text="New words"), known=known))
    assert changed.verdict is (Verdict.UNCHANGED if phase is Phase.SKIPPED else Verdict.HELD)
    assert changed.actions == ()


# --- references and order ---------------------------------------------------------------------------------------


def test_a_quote_comes_after_what_it_quotes_whatever_the_names() -> None:
    made = plan(post("a", quote=quote_of("z"), text="See this"), post("z"))
    assert [planned.id for planned in made.posts] == ["z", "a"]
    create = made.posts[1].actions[0]
    assert isinstance(create, CreateContainer)
    assert create.quote == Ref("part-1/publish", post="z")


def test_a_quote_of_a_live_post_has_its_media_id() -> None:
    made = plan(post("a", quote=quote_of("launch"), text="See"), post(), known=state(launch=record(post())))
    create = only(made, "a").actions[0]
    assert isinstance(create, CreateContainer)
    assert create.quote == "18000000000000100"


def test_a_quote_of_what_is_not_going_out_is_held_without_a_fault() -> None:
    made = plan(post("a", quote=quote_of("launch"), text="See"), post(draft=True))
    assert (only(made, "a").verdict, only(made, "a").hold) == (Verdict.HELD, Hold.OTHER_POST)


def test_holding_is_passed_on_along_a_line_of_quotes() -> None:
    line = [post("a", draft=True), post("b", quote=quote_of("a"), text="b"), post("c", quote=quote_of("b"), text="c")]
    made = plan(*reversed(line))
    assert [planned.verdict for planned in made.posts] == [Verdict.DRAFT, Verdict.HELD, Verdict.HELD]


def test_a_line_of_a_thousand_quotes_is_put_in_order() -> None:
    line = [post(f"p{n:04}", text=str(n), quote=quote_of(f"p{n + 1:04}") if n < 999 else None) for n in range(1000)]
    made = plan(*line, rules=Rules(max_new_per_run=1000))
    assert [planned.id for planned in made.posts] == [f"p{n:04}" for n in reversed(range(1000))]


@pytest.mark.parametrize(
    ("permalinks", "verdict"),
    [(None, Verdict.CREATE), ({"https://t/p": "1800"}, Verdict.CREATE), ({"https://t/p": None}, Verdict.HELD)],
)
def test_a_permalink_that_was_not_found_holds_the_post(permalinks: dict[str, str | None], verdict: Verdict) -> None:
    made = plan(post(reply_to=Reference("permalink", "https://t/p")), permalinks=permalinks)
    assert only(made).verdict is verdict


def test_due_posts_go_by_time_then_path() -> None:
    made = plan(
        post("b", text="b"),
        post("c", text="c", publish_at=NOW - HOUR),
        post("d", text="d", publish_at=NOW - 2 * HOUR),
        post("a", text="a"),
    )
    assert [planned.id for planned in made.posts] == ["a", "b", "d", "c"]


# --- actions ----------------------------------------------------------------------------------------------------


def test_a_picture_is_uploaded_then_made_then_published() -> None:
    planned = only(plan(post(media=(picture(),), topic="Open Source", reply_control="followers_only")))
    upload, create, publish = planned.actions
    assert upload == UploadMedia("part-1/media-1", "posts/cat.jpg", picture().sha256 or "", "image")
    assert create == CreateContainer(
        "part-1/container",
        "IMAGE",
        params=(
            ("text", "Acme 2.0 is out"),
            ("topic_tag", "Open Source"),
            ("reply_control", "followers_only"),
            ("alt_text", "A cat.jpg"),
        ),
        media=Ref("part-1/media-1"),
    )
    assert publish == PublishContainer("part-1/publish", Ref("part-1/container"))


def test_a_carousel_has_its_children_before_the_parent() -> None:
    remote = picture("x", file=None, url="https://media.acme.dev/x.mp4", kind="video", sha256=None)
    planned = only(plan(post(media=(picture("a.jpg"), remote))))
    assert [action.key for action in planned.actions] == [
        "part-1/media-1",
        "part-1/child-1",
        "part-1/child-2",
        "part-1/container",
        "part-1/publish",
    ]
    child, parent = planned.actions[2], planned.actions[3]
    assert isinstance(child, CreateContainer)
    assert isinstance(parent, CreateContainer)
    assert (child.media_type, child.media) == ("VIDEO", "https://media.acme.dev/x.mp4")
    assert parent.children == (Ref("part-1/child-1"), Ref("part-1/child-2"))


def test_defaults_count_in_the_actions_and_not_in_the_fingerprint() -> None:
    account = AccountSettings("acme", defaults=(("reply_control", "mentioned_only"),))
    with_defaults = plan(post(thread=("two",)))
    made = make_plan(PlanInput(posts=(post(thread=("two",)),), state=EMPTY, now=NOW, account=account))
    first, second = (action for action in only(made).actions if isinstance(action, CreateContainer))
    assert ("reply_control", "mentioned_only") in first.params
    assert not second.params[1:], "a reply keeps the control of its root"
    assert only(made).fingerprint == only(with_defaults).fingerprint
    assert made.digest != with_defaults.digest


def test_a_begun_part_is_finished_as_it_was_begun_and_later_ones_as_they_are_now() -> None:
    was = post(thread=("two", "three"))
    known = state(launch=record(was, Phase.INTENT, Phase.PLANNED, Phase.PLANNED))
    for now, text in (
        (post(text="Other words", thread=("two", "three")), "three"),
        (post(thread=("two", "three, mended")), "three, mended"),
    ):
        planned = only(plan(now, known=known))
        assert planned.actions[0] == PublishContainer("part-1/publish", Ref("part-1/container"))
        third = planned.actions[3]
        assert isinstance(third, CreateContainer)
        assert third.params == (("text", text),)


# --- quotas, digest, safety -------------------------------------------------------------------------------------


def quotas(posts: int, replies: int) -> Quotas:
    return Quotas(posts=Quota(250 - posts, 250), replies=Quota(1000 - replies, 1000))


def test_the_quota_is_given_in_order_and_chains_whole() -> None:
    made = plan(post("a", thread=("two", "three")), post("b", text="b"), post("c", text="c"), quotas=quotas(2, 1))
    assert [(planned.id, planned.verdict) for planned in made.posts] == [
        ("a", Verdict.HELD),
        ("b", Verdict.CREATE),
        ("c", Verdict.CREATE),
    ]
    assert only(made, "a").hold is Hold.QUOTA


def test_once_the_posts_are_used_up_nothing_overtakes() -> None:
    made = plan(post("a", text="a"), post("b", text="b"), post("c", text="c"), quotas=quotas(1, 1000))
    assert [planned.verdict for planned in made.posts] == [Verdict.CREATE, Verdict.HELD, Verdict.HELD]


def test_a_quote_of_what_the_quota_held_is_held_with_it() -> None:
    made = plan(post("a", text="a"), post("b", quote=quote_of("a"), text="b"), quotas=quotas(0, 0))
    assert [planned.hold for planned in made.posts] == [Hold.QUOTA, Hold.OTHER_POST]


def test_the_quota_shows_use_limit_and_what_is_planned() -> None:
    made = plan(post("a", thread=("two", "three")), post("b", text="b"), quotas=quotas(100, 100))
    assert made.quota == {"posts": Quota(150, 250, 2), "replies": Quota(900, 1000, 2)}
    assert plan(post()).quota is None, "offline nothing is asked"


def test_equal_deeds_have_equal_digests_and_other_deeds_others() -> None:
    assert plan(post()).digest == plan(post(note="for reviewers")).digest
    assert plan(post()).digest != plan(post(text="Else")).digest
    assert plan(post()).digest != plan(post(), post("b", text="b")).digest


def test_more_new_posts_than_allowed_are_refused_by_name_and_number() -> None:
    made = plan(*(post(f"p{n}", text=str(n)) for n in range(21)))
    error = refusal(made, Rules())
    assert error is not None
    assert error.exit_code == 8
    assert "publisher publish --allow-new 21" in error.fix
    assert refusal(made, Rules(), allow_new=21) is None


def test_only_the_reviewed_plan_is_carried_out() -> None:
    made = plan(post())
    assert refusal(made, Rules(), plan_digest=made.digest) is None
    changed = refusal(made, Rules(), plan_digest="0" * 64)
    assert changed is not None
    assert changed.exit_code == 8


def test_a_pause_refuses_everything() -> None:
    error = refusal(plan(post()), Rules(), paused=True)
    assert error is not None
    assert error.exit_code == 8


def test_posts_not_named_on_the_command_line_are_left_alone() -> None:
    made = plan(post("a", text="a"), post("b", text="b"), only=frozenset({"b"}))
    assert [planned.id for planned in made.pending] == ["b"]


def test_the_summary_counts_verdicts() -> None:
    made = plan(post(), post("b", draft=True), post("c", text="c"), known=state(launch=record(post())))
    assert made.summary == {"create": 1, "draft": 1, "unchanged": 1}


@pytest.mark.parametrize(("length", "words"), [(40, "40 s"), (300, "5 min"), (7200, "2 h"), (94_200, "26 h 10 min")])
def test_a_length_of_time_is_written_for_people(length: int, words: str) -> None:
    assert span(timedelta(seconds=length)) == words
