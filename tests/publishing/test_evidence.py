"""What is taken for ours, and since when it is live: of strangers' words nothing, of a state set back no more than it
says, of posts without words what their pictures say.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.content.post import Part, Post, Reference
from publisher.errors import PublisherError, Refused, TryAgain
from publisher.planning.records import PartRecord, Phase
from publisher.planning.state import State
from publisher.planning.takedown import takedown_plan
from publisher.planning.verdicts import Verdict
from publisher.publishing import reconcile
from publisher.publishing.results import RunReport
from publisher.publishing.run import Desired, look
from publisher.publishing.takedown import carry_out_takedown, deletion_quotas
from publisher.threads_api.messages import Request
from tests.proof.cases import NamedTrouble
from tests.proof.people import say
from tests.publishing.harness import START, Scene, carousel, chain, picture, repost, text


def run(scene: Scene, *, hours: float = 1.0) -> RunReport:
    scene.clock.sleep(hours * 3600)
    report = scene.publish()
    assert report is not None
    return report


def texts(scene: Scene) -> list[str]:
    return [item.get("text") or "" for item in scene.live()]


def part(scene: Scene, index: int = 1, post_id: str = "a") -> PartRecord:
    return scene.memory.state().posts[post_id].parts[index - 1]


def told(report: RunReport) -> tuple[str, str]:
    """Code and fix of the one post that has a problem."""
    (problem,) = (post.problem for post in report.posts if post.problem is not None)
    return problem.code, problem.fix


def refusal(scene: Scene, word: Callable[..., object], *arguments: object) -> PublisherError:
    with pytest.raises((Refused, TryAgain)) as refused:
        say(scene, lambda session: word(session, *arguments))
    return refused.value


# --- strangers --------------------------------------------------------------------------------------------------


def test_the_answer_of_a_stranger_with_the_words_of_the_next_part_is_not_that_part() -> None:
    scene = Scene((chain("a", 3),))
    scene.publish(NamedTrouble(scene, [("publish", 2, "killed_before")]))
    theirs = scene.by_hand(scene.stranger(), text="a: part 2", reply_to_id=scene.live()[0]["id"])
    assert run(scene).exit_code == 0
    assert texts(scene) == ["a: part 1", "a: part 2", "a: part 3"]
    assert part(scene, 2).media_id != theirs
    assert scene.count().clean


@pytest.mark.parametrize("fault", ["500", "500_after"])
def test_the_same_word_of_another_fan_is_not_our_answer(fault: str) -> None:
    scene = Scene(())
    match = scene.by_hand(scene.stranger(), text="We won!")
    scene.posts = (text("a", "Congratulations!", reply_to=Reference("media_id", match)),)
    scene.by_hand(scene.stranger(), text="Congratulations!", reply_to_id=match)
    scene.publish(NamedTrouble(scene, [("publish", 1, fault)]))
    run(scene)
    assert texts(scene) == ["Congratulations!"]
    assert part(scene).media_id == scene.live()[0]["id"]


# --- what is live and was never recorded as attempted -----------------------------------------------------------


def with_a_carousel() -> Post:
    middle = Part(index=2, text="a: part 2", media=(picture("x"), picture("y")))
    return replace(chain("a", 3), parts=(chain("a", 3).parts[0], middle, chain("a", 3).parts[2]))


@pytest.mark.parametrize(("post", "index"), [(carousel("a", 2), 1), (with_a_carousel(), 2)], ids=["one", "chain"])
def test_what_a_state_set_back_does_not_know_of_is_looked_for_and_never_sent_again(post: Post, index: int) -> None:
    """Its container is on record, and no attempt on it."""
    scene = Scene((post,), list_lag=3600.0)
    scene.publish(NamedTrouble(scene, [("publish", index, "killed_after")]))
    scene.memory.set_back()
    scene.memory.forget_mark()
    live = texts(scene)
    assert told(run(scene, hours=0.02))[0] == "E714"
    assert part(scene, index).phase is Phase.UNBOUND
    assert refusal(scene, reconcile.resume, "a").code == "E429"
    for _ in range(3):
        run(scene)
    assert texts(scene) == [*live, *(item.text for item in post.parts[index:])]


def test_what_is_found_live_is_dated_by_its_own_time() -> None:
    scene = Scene((text("a"),))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    assert run(scene, hours=20).exit_code == 0
    when = part(scene).published_at
    assert when is not None
    assert when - START < timedelta(minutes=2)


@pytest.mark.parametrize(("lag", "hours"), [(0.0, 20.0), (7200.0, 144.0)], ids=["at once", "after a look in vain"])
def test_the_rest_of_a_chain_whose_part_was_found_too_late_waits_for_a_person(lag: float, hours: float) -> None:
    scene = Scene((chain("a", 2),), list_lag=lag)
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    if lag:
        assert told(run(scene, hours=0.2))[0] == "E714"
    report = run(scene, hours=hours)
    assert report.exit_code == 4
    assert "--resume a" in told(report)[1]
    assert texts(scene) == ["a: part 1"]
    say(scene, lambda session: reconcile.resume(session, "a"))
    assert run(scene).exit_code == 0
    assert texts(scene) == ["a: part 1", "a: part 2"]


def test_a_chain_whose_part_is_found_in_time_goes_on_in_the_next_run() -> None:
    scene = Scene((chain("a", 2),), list_lag=1200.0)
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    assert told(run(scene, hours=0.02))[0] == "E714"
    report = run(scene)
    assert (report.exit_code, told(report)[0]) == (0, "W718")
    assert run(scene).exit_code == 0
    assert texts(scene) == ["a: part 1", "a: part 2"]


# --- without words ----------------------------------------------------------------------------------------------


def wordless(post_id: str, *media: str, alt: bool = True) -> Post:
    items = tuple(picture(name) if alt else replace(picture(name), alt=None) for name in media)
    return Post(post_id, f"posts/{post_id}.yaml", "acme", (Part(index=1, media=items),))


def test_a_picture_without_words_is_not_the_other_one_that_its_owner_posted() -> None:
    scene = Scene((wordless("a", "x"),))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_before")]))
    theirs = scene.by_hand(media_type="IMAGE", image_url="https://media.test/h.jpg", alt_text="My holiday")
    scene.posts = ()
    say(scene, reconcile.settle_open)  # nor where no file tells what it was
    assert part(scene).media_id is None
    scene.posts = (wordless("a", "x"),)
    assert run(scene).exit_code == 0
    assert part(scene).media_id != theirs
    assert [item.get("alt_text") for item in scene.live()] == ["My holiday", "Alt of x"]


@pytest.mark.parametrize("post", [wordless("a", "x", "y"), wordless("a", "x", alt=False), wordless("a", "x")])
def test_what_has_no_words_and_was_live_when_the_state_was_lost_is_asked_about(post: Post) -> None:
    scene = Scene((post,))
    scene.publish()
    scene.memory.wipe()
    scene.memory.forget_mark()
    scene.backend().create(State(lineage="anew", account="acme", endpoint=scene.endpoint))
    report = run(scene)
    assert told(report)[0] == "E707"
    assert len(scene.live()) == 1
    say(scene, lambda session: reconcile.adopt(session, Desired(scene.posts), "a", scene.live()[0]["id"]))
    assert run(scene).exit_code == 0
    assert len(scene.live()) == 1


# --- what says the same and is on no record ---------------------------------------------------------------------


def test_a_post_that_waits_for_a_person_sends_nothing_more_while_it_waits() -> None:
    scene = Scene((text("a"),))
    scene.by_hand(text="a: some words")
    assert told(run(scene))[0] == "E707"
    before = scene.posted, scene.memory.writes
    for _ in range(3):
        assert told(run(scene))[0] == "E707"
    assert (scene.posted, scene.memory.writes) == before


@pytest.mark.parametrize(("hours", "sent"), [(24, 2), (-1, 1)])
def test_what_is_to_be_said_again_on_purpose_goes_out_beside_what_was_said_before(hours: int, sent: int) -> None:
    due = START + timedelta(hours=hours)
    scene = Scene((replace(text("a"), allow_repeat=True, publish_at=due, if_late="publish"),))
    scene.by_hand(text="a: some words")
    run(scene, hours=25)
    assert texts(scene) == ["a: some words"] * sent


# --- words of a person ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("posts", [(text("a"),), (text("z"), repost("a", "z"))], ids=["post", "repost"])
def test_what_the_lists_show_is_not_abandoned(posts: tuple[Post, ...]) -> None:
    scene = Scene(posts, forget_after=0.0)
    scene.publish(NamedTrouble(scene, [("publish" if len(posts) == 1 else "repost", 1, "killed_after")]))
    scene.clock.sleep(3600)
    refused = refusal(scene, reconcile.abandon, "a")
    assert (refused.code, refused.fix) == ("E428", f"publisher reconcile --adopt a={scene.live()[-1]['id']}")


def test_what_may_still_go_live_is_not_abandoned() -> None:
    scene = Scene((text("a"), text("b")))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_before")]))
    scene.clock.sleep(60)
    refused = refusal(scene, reconcile.abandon, "a")
    assert refused.code == "E701"
    assert refused.fix.endswith("publisher reconcile --abandon a")
    scene.clock.sleep(3600)
    say(scene, lambda session: reconcile.abandon(session, "a"))
    assert run(scene).exit_code == 0
    assert texts(scene) == ["b: some words"]


def test_a_part_that_was_refused_is_named() -> None:
    scene = Scene((chain("a", 3, picture_in=2),))
    scene.publish(NamedTrouble(scene, [("create", 2, "container_error"), ("create", 3, "container_error")]))
    fix = told(run(scene))[1]
    assert fix.endswith("publisher reconcile --forget a#2")
    say(scene, lambda session: reconcile.forget(session, "a#2"))
    assert run(scene).exit_code == 0
    assert len(texts(scene)) == 3


def test_what_a_person_said_came_to_nothing_can_be_replaced_once_it_is_left() -> None:
    scene = Scene((chain("a", 2),))
    scene.publish(NamedTrouble(scene, [("publish", 2, "killed_before")]))
    scene.clock.sleep(3600)
    scene.posts = (text("a", "mended"),)

    def replaced() -> None:
        session = scene.session()
        with session.backend.lock(session.run):
            plan = look(session, Desired(scene.posts))
            plan = takedown_plan(plan, ["a"], Verdict.REPLACE, deletion_quotas(session))
            assert carry_out_takedown(session, plan).exit_code == 0

    with pytest.raises(Refused) as refused:
        replaced()
    assert refused.value.fix == "publisher reconcile"
    say(scene, lambda session: reconcile.forget(session, "a#2"))
    with pytest.raises(Refused) as refused:
        replaced()
    assert refused.value.fix == "publisher reconcile --abandon a"
    say(scene, lambda session: reconcile.abandon(session, "a"))
    replaced()
    assert texts(scene) == ["mended"]


def test_a_post_of_somebody_else_is_no_answer_to_what_is_unbound() -> None:
    """Two strangers say it and we do not: nothing of ours is live."""
    scene = Scene((chain("a", 2),))
    scene.publish(NamedTrouble(scene, [("publish", 2, "killed_before")]))
    for _ in range(2):
        scene.by_hand(scene.stranger(), text="a: part 2", reply_to_id=scene.live()[0]["id"])
    assert run(scene).exit_code == 0
    assert texts(scene) == ["a: part 1", "a: part 2"]


# --- files that change while an id is looked for ----------------------------------------------------------------


@pytest.mark.parametrize("words", [("new", "one", "two", "three"), ("one two", "three"), ("two", "three")])
def test_a_chain_that_was_bound_late_is_known_by_what_went_out_and_not_by_its_file(words: tuple[str, ...]) -> None:
    def said(*lines: str) -> Post:
        return Post(
            "a", "posts/a.yaml", "acme", tuple(Part(index=n, text=line) for n, line in enumerate(lines, start=1))
        )

    scene = Scene((said("one", "two", "three"),), list_lag=1200.0)
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    assert told(run(scene, hours=0.02))[0] == "E714"
    scene.posts = (said(*words),)
    run(scene)
    report = run(scene)
    assert (report.exit_code, told(report)[0]) == (4, "E716")
    assert texts(scene) == ["one"]
    scene.posts = (said("one", "two", "three"),)
    assert run(scene).exit_code == 0
    assert texts(scene) == ["one", "two", "three"]


# --- a state that was set back to a container and no attempt ----------------------------------------------------


def set_back_before_part_2(lag: float = 0.0) -> Scene:
    scene = Scene((with_a_carousel(),), list_lag=lag)
    scene.publish(NamedTrouble(scene, [("publish", 2, "killed_after")]))
    scene.memory.set_back()
    scene.memory.forget_mark()
    assert (part(scene, 2).phase, part(scene, 2).attempt) == (Phase.PREPARED, 0)
    return scene


@pytest.mark.parametrize("nth", [2, 3])
@pytest.mark.parametrize("answer", ["not_found", "killed_before"])
def test_what_was_once_seen_live_is_not_made_again_whatever_the_next_answer_is(nth: int, answer: str) -> None:
    scene = set_back_before_part_2(lag=7200.0)
    scene.clock.sleep(60)
    scene.publish(NamedTrouble(scene, [("status", nth, answer)]))
    for _ in range(4):
        run(scene)
    assert texts(scene) == ["a: part 1", "a: part 2", "a: part 3"]


@pytest.mark.parametrize("word", [reconcile.resume, reconcile.abandon, reconcile.forget])
def test_no_word_of_a_person_makes_again_what_threads_knows_to_be_live(word: Callable[..., object]) -> None:
    scene = set_back_before_part_2()
    assert told(run(scene, hours=7))[0] == "E715"
    refused = refusal(scene, word, "a#2" if word is reconcile.forget else "a")
    assert refused.code in ("E428", "E429")
    live = scene.live()[1]["id"]
    say(scene, lambda session: reconcile.adopt(session, Desired(scene.posts), "a#2", live))
    assert "--resume a" in told(run(scene))[1]
    say(scene, lambda session: reconcile.resume(session, "a"))
    assert run(scene).exit_code == 0
    assert texts(scene) == ["a: part 1", "a: part 2", "a: part 3"]


def test_what_is_live_and_not_on_record_is_not_left_behind_when_the_rest_is_taken_down() -> None:
    scene = set_back_before_part_2()
    scene.clock.sleep(3600)
    scene.posts = ()

    def deleted() -> RunReport:
        session = scene.session()
        with session.backend.lock(session.run):
            plan = look(session, Desired(()))
            return carry_out_takedown(session, takedown_plan(plan, ["a"], Verdict.DELETE, deletion_quotas(session)))

    stopped = deleted().stopped_by
    assert stopped is not None
    assert (stopped.code, stopped.fix) == ("E446", "publisher reconcile")
    assert len(texts(scene)) == 2
    say(scene, reconcile.settle_open)
    assert deleted().exit_code == 0
    assert texts(scene) == []


# --- ways out that were named -----------------------------------------------------------------------------------


def test_a_repost_that_its_owner_made_is_made_again_on_purpose() -> None:
    scene = Scene((text("z"),))
    scene.publish()
    scene.transport().send(Request("POST", f"/{scene.live()[0]['id']}/repost", {}))
    scene.posts = (*scene.posts, repost("a", "z"))
    assert told(run(scene))[0] == "E707"
    later = replace(repost("a", "z"), allow_repeat=True, publish_at=scene.clock.now())
    scene.posts = (scene.posts[0], later)
    assert run(scene).exit_code == 0
    assert len(scene.live()) == 3


def test_a_chain_whose_parent_is_gone_is_not_told_to_go_on() -> None:
    scene = Scene((chain("a", 2),))
    scene.publish(NamedTrouble(scene, [("create", 2, "killed_before")]))
    scene.world.answer(Request("DELETE", f"/{scene.live()[0]['id']}", {}), scene.token)
    for _ in range(3):
        assert told(run(scene, hours=0.2)) == ("E715", "publisher reconcile --abandon a")
    say(scene, lambda session: reconcile.abandon(session, "a"))
    assert run(scene).exit_code == 0


def test_a_clock_that_is_ahead_does_not_make_a_post_older_than_its_own_time() -> None:
    scene = Scene((replace(text("a"), allow_repeat=True, publish_at=START + timedelta(minutes=3)),))
    scene.by_hand(text="a: some words")  # as a state that was lost had it: dated two minutes before it was due
    report = run(scene, hours=0.1)
    assert told(report)[0] == "E707"


def test_the_twin_of_a_post_whose_target_was_replaced_is_known() -> None:
    quoting = text("a", quote=Reference("post", "t"))
    scene = Scene((text("t"), quoting))
    scene.publish()
    first = scene.live()[0]["id"]
    scene.memory.wipe()
    scene.memory.forget_mark()
    scene.backend().create(State(lineage="anew", account="acme", endpoint=scene.endpoint))
    run(scene)
    say(scene, lambda session: reconcile.adopt(session, Desired(scene.posts), "t", first))
    scene.posts = (text("t", "mended"), quoting)
    session = scene.session()
    with session.backend.lock(session.run):
        plan = takedown_plan(look(session, Desired(scene.posts)), ["t"], Verdict.REPLACE, deletion_quotas(session))
        assert carry_out_takedown(session, plan).exit_code == 0
    assert told(run(scene))[0] == "E707"
    assert texts(scene) == ["a: some words", "mended"]


def test_what_is_found_late_has_its_permalink_at_once() -> None:
    scene = Scene((text("a"),))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    run(scene, hours=25)
    assert part(scene).permalink == scene.live()[0]["permalink"]


# --- a way out of what only Threads knows -----------------------------------------------------------------------


def prepared_and_taken_down() -> Scene:
    """The state is older than the attempt, the file was removed, and the live post taken down in the app."""
    scene = Scene((text("a", media=(picture("a", "video"),)),))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    scene.memory.set_back()
    scene.memory.forget_mark()
    assert (part(scene).phase, part(scene).attempt) == (Phase.PREPARED, 0)
    scene.session().client.publishing.delete(scene.live()[0]["id"])
    scene.posts = ()
    assert run(scene).exit_code == 0
    return scene


@pytest.mark.parametrize("word", [reconcile.abandon, reconcile.forget, reconcile.resume])
def test_what_is_said_of_a_part_that_only_threads_knows_to_be_live_leads_out(word: Callable[..., object]) -> None:
    scene = prepared_and_taken_down()
    assert refusal(scene, word, "a").code in ("E428", "E429")
    assert part(scene).phase is Phase.INTENT
    say(scene, reconcile.settle_open)
    assert part(scene).phase is Phase.UNBOUND
    say(scene, lambda session: reconcile.abandon(session, "a"))
    assert run(scene).exit_code == 0
    assert part(scene).phase is Phase.SKIPPED
