"""What a person says about an open outcome: adopted, forgotten, resumed, abandoned, or refused with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.content.post import Part, Post, Reference
from publisher.errors import NeedsPerson, PublisherError, Refused, TryAgain
from publisher.planning import tombstones
from publisher.planning.beginning import begin
from publisher.planning.records import Phase, PostRecord
from publisher.publishing.match import text_hash
from publisher.publishing.reconcile import abandon, adopt, forget, parse_target, resume, settle_open
from publisher.publishing.run import Desired, Session
from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request, Response, Transport
from tests.publishing.harness import ENDPOINT, WORKLOADS, Deaths, Scene, picture, repost, text

LIVE = Phase.PUBLISHED


def ready(scene: Scene) -> Session:
    """A session that has read the state."""
    session = scene.session()
    session.ledger.load()
    return session


def posted_by_hand(scene: Scene) -> str:
    return by_hand(scene, "posted by hand")


def by_hand(scene: Scene, text: str, **more: str) -> str:
    """The media id of a post that the account's owner made in the app."""
    words = {"media_type": "TEXT", "text": text, **more}
    made = scene.world.answer(Request("POST", "/me/threads", words), scene.token).json()["id"]
    answer = scene.world.answer(Request("POST", "/me/threads_publish", {"creation_id": made}), scene.token)
    media_id: str = answer.json()["id"]
    return media_id


def left_open(workload: str = "text", *, calls: int = 2, after: bool = True) -> Scene:
    """A run that died at the publish call: after its effect, or before it."""
    scene = Scene(WORKLOADS[workload])
    scene.publish(Deaths(scene.transport(), calls, after=after))
    return scene


def stopped(scene: Scene, phase: Phase = Phase.PARKED) -> PostRecord:
    """Make the first open part be in `phase`."""
    session = ready(scene)
    record = session.ledger.state.posts["a"]
    index = next(number for number, part in enumerate(record.parts, 1) if not part.phase.finished)
    session.ledger.keep("a", record.with_part(index, replace(record.parts[index - 1], phase=phase)))
    return session.ledger.state.posts["a"]


# --- adopt ------------------------------------------------------------------------------------------------------


def test_an_adopted_post_is_recorded_as_live_and_not_sent_again() -> None:
    scene = left_open()
    (live,) = scene.world.published()
    record = adopt(ready(scene), Desired(scene.posts), "a", live.id)
    assert (record.parts[0].phase, record.parts[0].media_id) == (LIVE, live.id)
    assert record.parts[0].container is not None
    assert scene.publish() is not None
    assert len(scene.world.published()) == 1


def test_a_post_that_no_record_knows_is_adopted_as_its_file_describes_it() -> None:
    scene = Scene(WORKLOADS["chain-2"])
    first = by_hand(scene, "a:  part 1")
    second = by_hand(scene, "a: part 2", reply_to_id=first)
    for target, media_id in (("a", first), ("a#2", second)):
        record = adopt(ready(scene), Desired(scene.posts), target, media_id)
    assert [part.media_id for part in record.parts] == [first, second]
    assert all(part.extra["adopted_at"] for part in record.parts)
    assert scene.publish() is not None
    assert len(scene.world.published()) == 2


def refused_to_adopt(scene: Scene, target: str, media_id: str) -> Refused:
    before = scene.memory.document
    with pytest.raises(Refused) as refused:
        adopt(ready(scene), Desired(scene.posts), target, media_id)
    assert scene.memory.document == before
    return refused.value


def test_a_later_part_is_not_adopted_before_the_earlier_ones_are_live() -> None:
    scene = Scene(WORKLOADS["chain-5"])
    first = by_hand(scene, "a: part 1")
    third = by_hand(scene, "a: part 3", reply_to_id=first)
    error = refused_to_adopt(scene, "a#3", third)
    assert (error.code, error.fix) == ("E450", "publisher reconcile --adopt a#1=MEDIA_ID   first, if it is live")
    adopt(ready(scene), Desired(scene.posts), "a", first)
    assert "a#2=MEDIA_ID" in refused_to_adopt(scene, "a#3", third).fix


@pytest.mark.parametrize("parent", [None, "another"])
def test_a_later_part_is_not_adopted_from_under_another_post(parent: str | None) -> None:
    scene = Scene(WORKLOADS["chain-2"])
    adopt(ready(scene), Desired(scene.posts), "a", by_hand(scene, "a: part 1"))
    more = {} if parent is None else {"reply_to_id": by_hand(scene, parent)}
    assert refused_to_adopt(scene, "a#2", by_hand(scene, "a: part 2", **more)).code == "E450"


def answering(reference: Reference | None) -> tuple[Scene, str]:
    """One post that says what it answers, and the id of a post that is live."""
    scene = Scene((Post("a", "posts/a.yaml", "acme", (Part(index=1, text="Thanks", reply_to=reference),)),))
    return scene, by_hand(scene, "a question")


def test_a_reply_is_not_adopted_for_a_post_that_answers_nothing() -> None:
    scene, question = answering(None)
    assert refused_to_adopt(scene, "a", by_hand(scene, "Thanks", reply_to_id=question)).code == "E450"


def test_a_reply_is_adopted_where_its_file_says_what_it_answers() -> None:
    scene, question = answering(Reference("permalink", "https://www.threads.com/@acme/post/DXbVXtqE2sj"))
    assert refused_to_adopt(scene, "a", by_hand(scene, "Thanks")).code == "E450"
    record = adopt(ready(scene), Desired(scene.posts), "a", by_hand(scene, "Thanks", reply_to_id=question))
    assert record.phase is LIVE


@pytest.mark.parametrize("kind", ["media_id", "post"])
def test_a_reply_to_another_post_than_its_file_says_is_not_adopted(kind: str) -> None:
    scene = Scene(())
    asked, other = by_hand(scene, "b: a question"), by_hand(scene, "another one")
    reference = Reference(kind, asked if kind == "media_id" else "b")  # type: ignore[arg-type]
    answer = Post("a", "posts/a.yaml", "acme", (Part(index=1, text="Thanks", reply_to=reference),))
    scene.posts = (answer, text("b", "b: a question"))
    adopt(ready(scene), Desired(scene.posts), "b", asked)
    assert refused_to_adopt(scene, "a", by_hand(scene, "Thanks", reply_to_id=other)).code == "E450"
    assert adopt(ready(scene), Desired(scene.posts), "a", by_hand(scene, "Thanks", reply_to_id=asked)).phase is LIVE


def test_a_first_part_in_doubt_answers_what_its_container_was_told() -> None:
    scene, question = answering(None)
    scene.posts = (replace(scene.posts[0], parts=(replace(scene.posts[0].parts[0], reply_to=media(question)),)),)
    scene.publish(Deaths(scene.transport(), 2, after=True))
    scene.posts = ()  # the file is gone since
    live = scene.world.published()[-1]
    assert live.reply_to == question
    assert adopt(ready(scene), Desired(()), "a", live.id).phase is LIVE


def media(media_id: str) -> Reference:
    return Reference("media_id", media_id)


@pytest.mark.parametrize(
    ("post", "says"),
    [
        (text("a", "Other words"), "its words are others"),
        (text("a", "posted by hand", media=(picture("a"),)), "it is of another kind"),
        (repost("a", "18050000000000002"), "it is no repost"),
    ],
)
def test_what_says_something_else_is_adopted_only_with_its_id_confirmed(post: Post, says: str) -> None:
    scene = Scene((post,))
    media_id = posted_by_hand(scene)
    error = refused_to_adopt(scene, "a", media_id)
    assert error.code == "E451"
    assert says in error.message
    assert error.fix.endswith(f"publisher reconcile --adopt a={media_id} --confirm {media_id}")
    assert adopt(ready(scene), Desired(scene.posts), "a", media_id, confirmed=[media_id]).phase is LIVE
    assert scene.publish() is not None
    assert len(scene.world.published()) == 1


def test_a_repost_made_by_hand_is_adopted() -> None:
    scene = Scene(())
    shown = posted_by_hand(scene)
    scene.posts = (repost("a", shown),)
    again = scene.session().client.publishing.repost(shown)
    assert adopt(ready(scene), Desired(scene.posts), "a", again).phase is LIVE


# --- what was finished ------------------------------------------------------------------------------------------


def test_what_was_abandoned_and_turned_out_to_be_live_is_adopted() -> None:
    scene = Scene(WORKLOADS["text"], list_lag=9e6)
    scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
    scene.publish()
    abandon(ready(scene), "a")
    (live,) = scene.world.published()
    (part,) = adopt(ready(scene), Desired(scene.posts), "a", live.id).parts
    assert (part.phase, part.media_id) == (LIVE, live.id)
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, [post.outcome for post in report.posts]) == (0, ["unchanged"])
    assert len(scene.world.published()) == 1


def baseline(workload: str) -> Scene:
    """Present when the state was begun."""
    scene = Scene(WORKLOADS[workload])
    session = ready(scene)
    begun = begin("acme", ENDPOINT, lineage="x", skipped=scene.posts)
    session.ledger.keep_all(begun.posts)
    return scene


def test_what_was_there_before_the_state_is_adopted_as_its_file_says() -> None:
    scene = baseline("text")
    media_id = by_hand(scene, "a: some words")
    (part,) = adopt(ready(scene), Desired(scene.posts), "a", media_id).parts
    assert (part.phase, part.media_id, part.text_sha256) == (LIVE, media_id, text_hash("a: some words"))
    report = scene.publish()
    assert report is not None
    assert [post.outcome for post in report.posts] == ["unchanged"]


def test_a_later_part_that_was_there_before_comes_after_the_first() -> None:
    scene = baseline("chain-2")
    first = by_hand(scene, "a: part 1")
    second = by_hand(scene, "a: part 2", reply_to_id=first)
    assert refused_to_adopt(scene, "a#2", second).code == "E450"


def test_without_its_file_nothing_tells_what_a_skipped_post_says() -> None:
    scene = baseline("text")
    media_id = by_hand(scene, "a: some words")
    with pytest.raises(Refused) as refused:
        adopt(ready(scene), Desired(()), "a", media_id)
    assert refused.value.code == "E451"


def test_a_tombstone_stays() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    session = ready(scene)
    session.ledger.keep("a", tombstones.begun(session.ledger.state.posts["a"], 1, scene.clock.now(), replacing=False))
    session.ledger.keep("a", tombstones.gone(session.ledger.state.posts["a"], 1))
    error = refused_to_adopt(scene, "a", posted_by_hand(scene))
    assert (error.code, error.exit_code) == ("E425", 8)
    assert "was taken down" in error.message


@pytest.mark.parametrize(("target", "code"), [("nobody", "E424"), ("a#2", "E424")])
def test_what_does_not_exist_cannot_be_adopted(target: str, code: str) -> None:
    scene = Scene(WORKLOADS["text"])
    with pytest.raises(PublisherError) as refused:
        adopt(ready(scene), Desired(scene.posts), target, posted_by_hand(scene))
    assert refused.value.code == code


def test_a_media_id_that_threads_does_not_know_is_for_a_person() -> None:
    scene = Scene(WORKLOADS["text"])
    with pytest.raises(NeedsPerson) as refused:
        adopt(ready(scene), Desired(scene.posts), "a", "18099999999999999")
    assert refused.value.code == "E426"


@pytest.mark.parametrize("media_id", ["me", "../me", "", "https://www.threads.com/@acme/post/DXbVXtqE2sj", "١٢٣٤٥"])
def test_what_is_no_media_id_is_not_even_asked_for(media_id: str) -> None:
    scene = Scene(WORKLOADS["text"])
    with pytest.raises(PublisherError) as refused:
        adopt(ready(scene), Desired(scene.posts), "a", media_id)
    assert refused.value.code == "E426"
    assert scene.faulty.log == []


class AnothersPost:
    """The sandbox hides what others posted; Threads shows it to some tokens, with its author."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    def send(self, request: Request) -> Response:
        answer = self._inner.send(request)
        if not request.path.endswith("/me"):
            return replace(answer, body=answer.body.replace(b'"acme"', b'"somebody"'))
        return answer


def test_somebody_elses_post_is_not_adopted() -> None:
    scene = Scene(WORKLOADS["text"])
    media_id = posted_by_hand(scene)
    session = scene.session(AnothersPost(scene.transport()))
    session.ledger.load()
    with pytest.raises(Refused) as refused:
        adopt(session, Desired(scene.posts), "a", media_id)
    assert refused.value.code == "E427"


def test_one_live_post_is_not_recorded_for_two_parts() -> None:
    scene = Scene(WORKLOADS["chain-2"])
    scene.publish()
    first = scene.world.published()[0].id
    with pytest.raises(Refused) as refused:
        adopt(ready(scene), Desired(scene.posts), "a#2", first)
    assert refused.value.code == "E425"


def test_a_part_that_is_recorded_keeps_its_id() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    with pytest.raises(Refused) as refused:
        adopt(ready(scene), Desired(scene.posts), "a", posted_by_hand(scene))
    assert refused.value.code == "E425"


@pytest.mark.parametrize("call", ["me", "media"])
def test_threads_being_out_of_order_is_no_verdict_on_the_id(call: str) -> None:
    scene = Scene(WORKLOADS["text"])
    session = ready(scene)
    scene.faulty.arm([{"call": call, "fault": "500", "times": 99}])
    with pytest.raises(PublisherError) as failed:
        adopt(session, Desired(scene.posts), "a", "18099999999999999")
    assert failed.value.exit_code == 5


# --- forget -----------------------------------------------------------------------------------------------------


SETTLE = timedelta(seconds=600)
DAY = timedelta(hours=26)  # containers expire


def later(scene: Scene, after: timedelta = SETTLE) -> Scene:
    scene.clock.sleep(after.total_seconds())
    return scene


def made(scene: Scene) -> int:
    """How many containers were asked for."""
    return sum(call["method"] == "POST" and call["path"].endswith("/threads") for call in scene.faulty.log)


def test_a_forgotten_attempt_is_made_again_with_the_container_that_could_still_go_live() -> None:
    scene = later(left_open(after=False))
    container = scene.memory.state().posts["a"].parts[0].container
    (part,) = forget(ready(scene), "a").parts
    assert (part.phase, part.container, part.dismissed) == (Phase.INTENT, container, True)
    scene.publish()
    assert (len(scene.world.published()), made(scene)) == (1, 1)


@pytest.mark.parametrize("after", [SETTLE, DAY], ids=["settled", "expired"])
def test_a_person_s_word_goes_for_park_too_and_only_for_that_attempt(after: timedelta) -> None:
    scene = Scene(WORKLOADS["text"], publishing=PublishingSettings(on_ambiguous="park"))
    scene.faulty.arm([{"call": "publish", "fault": "500", "times": 2}])
    for attempt in (1, 2):
        report = scene.publish()
        assert report is not None
        assert (report.exit_code, scene.memory.state().posts["a"].phase) == (4, Phase.PARKED)
        assert scene.memory.state().posts["a"].parts[0].attempt == (attempt if after == SETTLE else 1)
        forget(ready(later(scene, after)), "a")
    scene.publish()
    assert (len(scene.world.published()), made(scene)) == (1, 1 if after == SETTLE else 3)


@pytest.mark.parametrize("policy", ["retry", "park"])
@pytest.mark.parametrize("waits", [1, 299, 598])
def test_nothing_is_forgotten_while_the_attempt_could_still_act(policy: str, waits: int) -> None:
    """The effect of the call comes after the person's word."""
    scene = Scene(WORKLOADS["text"], publishing=PublishingSettings(on_ambiguous=policy))  # type: ignore[arg-type]
    scene.publish(Deaths(scene.transport(), 2, after=False))
    later(scene, timedelta(seconds=waits))
    with pytest.raises(TryAgain) as refused:
        forget(ready(scene), "a")
    assert (refused.value.code, refused.value.exit_code) == ("E701", 5)
    assert refused.value.fix == "from 2026-12-01 09:10:31 UTC on: publisher reconcile --forget a"
    container = scene.memory.state().posts["a"].parts[0].container
    scene.world.answer(Request("POST", "/me/threads_publish", {"creation_id": container or ""}), scene.token)
    scene.until_done()
    assert (len(scene.world.published()), made(scene)) == (1, 1)


def test_nothing_is_forgotten_while_threads_works_on_the_container() -> None:
    scene = later(left_open(after=False))
    container = scene.world.data.containers[scene.memory.state().posts["a"].parts[0].container or ""]
    container.ready_at = scene.clock.now() + DAY
    with pytest.raises(TryAgain, match="IN_PROGRESS") as refused:
        forget(ready(scene), "a")
    assert refused.value.fix == "later: publisher reconcile --forget a"


def test_a_container_that_expired_frees_the_part_for_another_one() -> None:
    scene = later(left_open(after=False), DAY)
    (part,) = forget(ready(scene), "a").parts
    assert (part.phase, part.container) == (Phase.PLANNED, None)
    scene.publish()
    assert len(scene.world.published()) == 1


@pytest.mark.parametrize("purged", [False, True])
def test_what_is_recorded_as_live_is_not_forgotten_whatever_became_of_its_container(purged: bool) -> None:
    scene = Scene(WORKLOADS["text"], list_lag=9e6)
    scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
    scene.publish()
    assert scene.memory.state().posts["a"].phase is Phase.UNBOUND
    if purged:
        scene.world.data.containers.clear()
    with pytest.raises(Refused) as refused:
        forget(ready(later(scene, DAY)), "a")
    assert refused.value.code == "E428"
    assert "--adopt a=MEDIA_ID" in refused.value.fix
    assert "--abandon a" in refused.value.fix


@pytest.mark.parametrize("workload", ["text", "untexted"])
def test_what_the_lists_show_is_not_forgotten_and_is_named(workload: str) -> None:
    untexted = Post("a", "posts/a.yaml", "acme", (Part(index=1, text=None, media=(picture("a"),)),))
    scene = Scene((untexted,) if workload == "untexted" else WORKLOADS[workload])
    scene.publish(Deaths(scene.transport(), 2, after=True))
    later(scene)
    scene.world.data.containers.clear()
    (live,) = scene.world.published()
    with pytest.raises(Refused) as refused:
        forget(ready(scene), "a")
    assert (refused.value.code, refused.value.fix) == ("E428", f"publisher reconcile --adopt a={live.id}")


def test_a_prepared_container_that_nobody_tried_to_publish_is_forgotten_at_once() -> None:
    scene = left_open(after=False)
    record = scene.memory.state().posts["a"]
    prepared = replace(record.parts[0], phase=Phase.PREPARED, attempt=0, attempt_at=None)
    session = ready(scene)
    session.ledger.keep("a", record.with_part(1, prepared))
    assert forget(session, "a").parts[0].container is None


def test_what_the_container_says_is_live_is_not_forgotten() -> None:
    scene = left_open()
    with pytest.raises(Refused) as refused:
        forget(ready(scene), "a")
    assert refused.value.code == "E428"


def test_what_the_container_says_is_live_is_not_forgotten_though_no_list_shows_it() -> None:
    scene = left_open()
    scene.world.settings.list_lag = 9e6
    with pytest.raises(Refused, match="says PUBLISHED") as refused:
        forget(ready(later(scene)), "a")
    assert refused.value.fix.startswith("publisher reconcile --adopt a=MEDIA_ID   or, if it was taken down since:")


def test_what_is_finished_is_not_forgotten() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.publish()
    with pytest.raises(Refused) as refused:
        forget(ready(scene), "a")
    assert refused.value.code == "E425"


def test_a_container_that_vanished_can_be_forgotten() -> None:
    scene = later(left_open(after=False))
    scene.world.data.containers.clear()
    assert forget(ready(scene), "a").parts[0].phase is Phase.PLANNED


@pytest.mark.parametrize("call", ["me", "status", "posts"])
def test_nothing_is_forgotten_while_something_cannot_be_asked(call: str) -> None:
    scene = later(left_open(after=False))
    session = ready(scene)
    scene.faulty.arm([{"call": call, "fault": "500", "times": 99}])
    with pytest.raises(PublisherError) as failed:
        forget(session, "a")
    assert failed.value.exit_code == 5


def test_a_post_without_a_record_has_nothing_to_forget() -> None:
    with pytest.raises(PublisherError) as refused:
        forget(ready(Scene(WORKLOADS["text"])), "a")
    assert refused.value.code == "E424"


# --- look again -------------------------------------------------------------------------------------------------


def test_looking_again_settles_what_is_live_and_sends_nothing() -> None:
    scene = left_open()
    posts = scene.posted
    settled = settle_open(ready(scene))
    assert [journey.record.parts[0].phase for journey in settled.journeys] == [LIVE]
    assert scene.posted == posts


def parked() -> Scene:
    """The answer was lost, the container is known no more, and no list showed the post yet."""
    scene = Scene(WORKLOADS["text"], list_lag=7200.0, forget_after=0.0)
    scene.faulty.arm([{"call": "publish", "fault": "reset_after"}])
    scene.publish()
    assert scene.memory.state().posts["a"].phase is Phase.PARKED
    return scene


def test_what_was_parked_is_looked_for_again_and_bound_by_the_one_match() -> None:
    scene, posts = parked(), 2
    (journey,) = settle_open(ready(scene)).journeys
    assert (journey.record.phase, scene.posted) == (Phase.PARKED, posts)
    (journey,) = settle_open(ready(later(scene, timedelta(hours=3)))).journeys
    assert (journey.record.phase, scene.posted) == (LIVE, posts)
    assert scene.publish() is not None
    assert len(scene.world.published()) == 1


def test_what_was_parked_and_whose_file_was_removed_is_abandoned_as_the_message_says_and_never_sent() -> None:
    scene = left_open(after=False)
    scene.publishing = PublishingSettings(on_ambiguous="park")
    scene.posts = ()
    later(scene, timedelta(hours=1))
    for _ in range(2):  # the run that parks it, and the next one
        report = scene.publish()
        assert report is not None
        (told,) = report.posts
        assert told.problem is not None
        assert (report.exit_code, scene.memory.state().posts["a"].phase) == (4, Phase.PARKED)
        assert told.problem.fix == "publisher reconcile --adopt a=MEDIA_ID   or   publisher reconcile --abandon a"
    abandon(ready(scene), "a")
    posted = scene.posted
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, scene.posted, scene.live()) == (0, posted, [])


def test_of_two_that_a_parked_post_could_be_none_is_taken() -> None:
    scene = parked()
    later(scene, timedelta(hours=3))
    by_hand(scene, "a: some words")
    scene.world.settings.list_lag = 0.0
    (journey,) = settle_open(ready(scene)).journeys
    assert journey.ended is not None
    assert journey.ended.problem is not None
    assert "2 posts could be it, oldest first" in journey.ended.problem.message
    assert (journey.record.phase, scene.posted) == (Phase.PARKED, 2)
    with pytest.raises(Refused, match=", "):
        forget(ready(scene), "a")


def test_a_parked_chain_whose_next_part_was_never_sent_is_only_told() -> None:
    scene = half_a_chain()
    asked = scene.posted
    (journey,) = settle_open(ready(scene)).journeys
    assert (journey.record.parts[1].phase, scene.posted) == (Phase.PARKED, asked)


# --- resume and abandon -----------------------------------------------------------------------------------------


def half_a_chain() -> Scene:
    """The first part is live; the second has a container that nobody tried to publish."""
    scene = left_open("chain-2", calls=3)
    stopped(scene)
    return scene


def test_a_resumed_chain_goes_on_after_the_part_that_is_live() -> None:
    scene = half_a_chain()
    resume(ready(scene), "a")
    scene.publish()
    assert [post.text for post in scene.world.published()] == ["a: part 1", "a: part 2"]


def test_a_part_whose_outcome_is_unknown_is_not_resumed() -> None:
    scene = left_open("chain-2", calls=4)
    stopped(scene)
    with pytest.raises(Refused) as refused:
        resume(ready(scene), "a")
    assert refused.value.code == "E429"


def test_a_part_that_is_live_and_unbound_is_adopted_or_abandoned_but_not_resumed_or_forgotten() -> None:
    scene = left_open("chain-2", calls=4)
    stopped(scene, Phase.UNBOUND)
    with pytest.raises(Refused) as refused:
        resume(ready(scene), "a")
    assert "--forget" not in refused.value.fix
    assert "--abandon a" in refused.value.fix


def test_an_abandoned_chain_stays_as_it_is() -> None:
    scene = half_a_chain()
    record = abandon(ready(scene), "a")
    assert [part.phase for part in record.parts] == [LIVE, Phase.SKIPPED]
    scene.publish()
    assert len(scene.world.published()) == 1


def test_a_chain_whose_next_part_is_live_already_is_not_abandoned() -> None:
    scene = left_open("chain-2", calls=4)
    stopped(scene)
    with pytest.raises(Refused) as refused:
        abandon(ready(scene), "a")
    assert refused.value.code == "E428"


def test_what_was_taken_down_before_any_run_looked_for_it_is_looked_for_first() -> None:
    scene = left_open("chain-2", calls=4)
    scene.world.answer(Request("DELETE", f"/{scene.live()[-1]['id']}", {}), scene.token)
    with pytest.raises(Refused) as refused:
        abandon(ready(scene), "a")
    assert refused.value.fix.endswith("publisher reconcile   which looks for it first")


def test_a_finished_chain_has_nothing_to_go_on_with() -> None:
    scene = Scene(WORKLOADS["chain-2"])
    scene.publish()
    with pytest.raises(Refused) as refused:
        resume(ready(scene), "a")
    assert refused.value.code == "E425"


@pytest.mark.parametrize("target", ["", "#1", "a#", "a#0", "a#x", "a#²"])
def test_a_target_is_an_id_or_an_id_and_a_part(target: str) -> None:
    with pytest.raises(PublisherError) as refused:
        parse_target(target)
    assert refused.value.code == "E424"


@pytest.mark.parametrize("word", ["forget", "abandon"])
def test_what_was_parked_went_live_and_was_taken_down_has_a_way_out(word: str) -> None:
    """Its container says PUBLISHED and no list shows it: nothing can be adopted, and nothing may be sent again."""
    scene = Scene(WORKLOADS["text"], publishing=PublishingSettings(on_ambiguous="park"))
    scene.faulty.arm([{"call": "publish", "fault": "slow_effect", "seconds": 900}])
    scene.publish()
    scene.faulty.arm([])
    later(scene)
    scene.faulty.catch_up()
    (live,) = scene.live()
    with pytest.raises(Refused, match="the lists show"):
        (abandon if word == "abandon" else forget)(ready(scene), "a")
    scene.world.answer(Request("DELETE", f"/{live['id']}", {}), scene.token)
    if word == "forget":
        with pytest.raises(Refused, match="says PUBLISHED") as refused:
            forget(ready(scene), "a")
        assert refused.value.fix.endswith("publisher reconcile --abandon a")
    abandon(ready(scene), "a")
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    assert not scene.live()
