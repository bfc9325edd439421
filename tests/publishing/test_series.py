"""The same words several times: which live post is which, when the state or an answer was lost."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.content.post import Part, Post, Reference
from publisher.errors import PublisherError, Refused, TryAgain
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.publishing import reconcile
from publisher.publishing.results import RunReport
from publisher.publishing.rivals import rivals
from publisher.publishing.run import Desired
from publisher.settings import PublishingSettings
from tests.proof.cases import NamedTrouble
from tests.proof.people import say
from tests.publishing.harness import ENDPOINT, START, Deaths, Scene, picture, text, wordless

WORDS = "weekly"
ADOPT = re.compile(r"--adopt (\S+)=(\d+)")


def weekly(post_id: str, hours: float) -> Post:
    return replace(text(post_id, WORDS), allow_repeat=True, publish_at=START + timedelta(hours=hours))


def series() -> Scene:
    """Three files of equal words, each sent by a run of its own."""
    scene = Scene((weekly("a", 0), weekly("b", 6), weekly("c", 12)))
    for hours in (0.02, 6.0, 6.0):
        run(scene, hours=hours)
    return scene


def run(scene: Scene, *, hours: float = 1.0) -> RunReport:
    scene.clock.sleep(hours * 3600)
    report = scene.publish()
    assert report is not None
    return report


def lose_state(scene: Scene) -> None:
    scene.memory.wipe()
    scene.memory.forget_mark()
    scene.backend().create(State(lineage="anew", account="acme", endpoint=ENDPOINT))


def ids(scene: Scene) -> list[str]:
    """Of what is live, oldest first."""
    return [item["id"] for item in scene.live()]


def record(scene: Scene, post_id: str = "a") -> PostRecord:
    return scene.memory.state().posts[post_id]


def part(scene: Scene, post_id: str = "a") -> PartRecord:
    return record(scene, post_id).parts[0]


def told(report: RunReport, post_id: str = "a") -> tuple[str, str, str]:
    """Code, message and fix."""
    (problem,) = (post.problem for post in report.posts if post.planned.id == post_id)
    assert problem is not None
    return problem.code, problem.message, problem.fix


def refusal(scene: Scene, word: Callable[..., object], *arguments: object) -> PublisherError:
    with pytest.raises((Refused, TryAgain)) as refused:
        say(scene, lambda session: word(session, *arguments))
    return refused.value


def adopt(scene: Scene, target: str, media_id: str) -> None:
    say(scene, lambda session: reconcile.adopt(session, Desired(scene.posts), target, media_id))


def follow(scene: Scene) -> None:
    """Say the first command that a run names, until none is named."""
    for _ in range(5):
        fixes = [post.problem.fix for post in run(scene, hours=0.2).posts if post.problem is not None]
        if not fixes:
            return
        named = ADOPT.search(fixes[0])
        assert named is not None
        adopt(scene, named[1], named[2])
    raise AssertionError("no end of questions")


# --- which one is named -----------------------------------------------------------------------------------------


def bare(post_id: str) -> Post:
    return wordless(post_id, replace(picture(post_id), alt=None))


def test_a_series_whose_state_was_lost_is_adopted_as_the_messages_say_and_nothing_is_sent_again() -> None:
    scene = series()
    live = ids(scene)
    lose_state(scene)
    follow(scene)
    assert ids(scene) == live
    assert [part(scene, post.id).media_id for post in scene.posts] == live


def test_what_has_no_words_at_all_is_adopted_in_the_order_of_its_files() -> None:
    scene = Scene((bare("a"), bare("bb"), bare("ccc")))
    scene.publish()
    follow(scene)
    live = ids(scene)
    lose_state(scene)
    follow(scene)
    assert (len(live), ids(scene)) == (3, live)
    assert [part(scene, post.id).media_id for post in scene.posts] == live


def test_several_posts_that_say_the_same_are_named_oldest_first_with_their_times() -> None:
    scene = series()
    first, second, third = ids(scene)
    lose_state(scene)
    code, message, fix = told(run(scene))
    assert code == "E707"
    assert (
        f"3 posts that say the same as a are live already, and no record knows them; oldest first: {first} (" in message
    )
    assert re.findall(r"\d{17}", message) == [first, second, third]
    assert "2026-12-01 15:0" in message
    assert fix.startswith(f"publisher reconcile --adopt a={first}   or, if")
    assert fix.endswith("more than 5 minutes after the newest of them")


def test_of_two_that_could_be_it_ours_is_named_and_not_what_its_owner_said_later() -> None:
    scene = Scene((text("a", WORDS),))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    scene.clock.sleep(600)
    scene.by_hand(text=WORDS)
    ours, by_hand = ids(scene)
    assert told(run(scene))[2] == f"publisher reconcile --adopt a={ours}"
    both = f"oldest first: {ours} (2026-12-01 09:00:30 UTC), {by_hand} (2026-12-01 09:10:31 UTC)"
    assert told(run(scene))[1].endswith(both)
    refused = refusal(scene, reconcile.abandon, "a")
    assert (refused.code, refused.fix) == ("E428", f"publisher reconcile --adopt a={ours}")
    assert refused.message.endswith(both)


def test_what_goes_out_more_than_five_minutes_after_what_was_said_before_is_no_riddle() -> None:
    scene = Scene(())
    scene.by_hand(text=WORDS)
    (said,) = scene.session().client.media.threads(limit=1)
    assert said.timestamp is not None
    later = said.timestamp + timedelta(minutes=5)
    scene.posts = (replace(text("a", WORDS), allow_repeat=True, publish_at=later),)
    assert told(run(scene))[2].endswith("more than 5 minutes after that one")
    scene.posts = (replace(scene.posts[0], publish_at=later + timedelta(seconds=1)),)
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 2


# --- two attempts to say the same, and one live post ------------------------------------------------------------


def taken_down(*parts: str) -> Scene:
    """`a` is live, the answer was lost, and its owner took it down in the app: it is `unbound`."""
    said = tuple(Part(index=number, text=words) for number, words in enumerate((WORDS, *parts), start=1))
    scene = Scene((Post("a", "posts/a.yaml", "acme", said),))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    scene.session().client.publishing.delete(ids(scene)[0])
    run(scene)
    assert part(scene).phase is Phase.UNBOUND
    return scene


def never_live(*, park: bool = False) -> Scene:
    """`a` was never live, and nothing that can be observed says so: it is `parked`."""
    scene = Scene((text("a", WORDS),), publishing=PublishingSettings(on_ambiguous="park") if park else None)
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_before")]))
    if not park:
        scene.world.data.containers.clear()
    run(scene, hours=1 if park else 30)
    assert part(scene).phase is Phase.PARKED
    return scene


def said_again(scene: Scene, days: float = 1.0) -> str:
    """Another file says the same, and its run dies after the call; the media id."""
    due = scene.clock.now() + timedelta(days=days)
    scene.posts = (*scene.posts, replace(text("b", WORDS, link="https://example.com/b"), publish_at=due))
    scene.posts = (scene.posts[0], replace(scene.posts[1], allow_repeat=True))
    scene.clock.sleep(days * 86_400 + 60)
    scene.publish(Deaths(scene.transport(), 2, after=True))
    assert part(scene, "b").phase is Phase.INTENT
    scene.clock.sleep(60)
    return ids(scene)[-1]


def ends_with_b(scene: Scene, live: str) -> None:
    """`live` is b's, and a person lets `a` be."""
    report = run(scene)
    assert (part(scene, "b").media_id, part(scene).phase) == (live, Phase.UNBOUND)
    assert "--abandon a" in told(report)[2]
    say(scene, lambda session: reconcile.abandon(session, "a"))
    assert run(scene).exit_code == 0
    assert ids(scene) == [live]


def test_what_was_taken_down_does_not_take_the_post_of_a_later_attempt() -> None:
    scene = taken_down()
    live = said_again(scene)
    ends_with_b(scene, live)


def test_no_part_of_a_chain_goes_out_under_the_post_of_another_attempt() -> None:
    scene = taken_down("the second part")
    live = said_again(scene, days=3)
    for _ in range(2):
        run(scene)
    assert ids(scene) == [live]
    assert part(scene, "b").media_id == live


@pytest.mark.parametrize("park", [True, False])
def test_reconcile_settles_what_is_open_before_it_looks_for_what_is_parked(park: bool) -> None:
    scene = never_live(park=park)
    live = said_again(scene)
    say(scene, reconcile.settle_open)
    assert (part(scene, "b").media_id, part(scene).media_id) == (live, None)
    say(scene, lambda session: reconcile.forget(session, "a"))
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 2


def both_unbound() -> tuple[Scene, str]:
    """Both were live, `a` is not any more; the lists showed nothing while each was looked for."""
    scene = taken_down()
    scene.world.settings.list_lag = 7200.0
    live = said_again(scene)
    run(scene, hours=0.2)
    assert part(scene, "b").phase is Phase.UNBOUND
    return scene, live


def test_one_post_that_two_could_be_is_that_of_the_later_attempt() -> None:
    scene, live = both_unbound()
    scene.clock.sleep(3 * 3600)
    refused = refusal(scene, reconcile.abandon, "a")
    fix = f"publisher reconcile --adopt a={live}   or, if it is b:  publisher reconcile --adopt b={live}"
    assert (refused.code, refused.fix) == ("E428", fix)
    ends_with_b(scene, live)


@pytest.mark.parametrize("entry", ["publish", "reconcile"])
def test_an_old_attempt_that_a_person_dismissed_does_not_take_the_post_of_a_later_one(entry: str) -> None:
    scene = never_live(park=True)
    live = said_again(scene)
    scene.world.settings.list_lag = 7200.0
    run(scene, hours=0.2)
    assert part(scene, "b").phase is Phase.UNBOUND
    say(scene, lambda session: reconcile.forget(session, "a"))
    scene.clock.sleep(3 * 3600)
    if entry == "reconcile":
        say(scene, reconcile.settle_open)
    run(scene)
    assert part(scene, "b").media_id == live
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 2
    assert part(scene).media_id not in (None, live)


def test_an_attempt_is_not_recorded_as_live_for_a_post_that_a_later_one_may_have_become() -> None:
    """Both are in doubt, and the older one is asked first."""
    scene = never_live(park=True)
    scene.world.settings.list_lag = 120.0
    live = said_again(scene, days=0.1)
    say(scene, lambda session: reconcile.forget(session, "a"))
    report = run(scene, hours=0.2)
    assert (part(scene).phase, part(scene, "b").media_id) == (Phase.INTENT, live)
    assert told(report)[0] == "E701"
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 2
    assert part(scene).media_id not in (None, live)


def test_a_post_that_went_live_before_an_attempt_is_not_taken_for_it_while_an_earlier_one_is_open() -> None:
    """Threads' clock is ahead, and what says nothing can be told by its time alone."""
    scene = Scene((bare("a"), bare("bb")), list_lag=480.0)
    scene.world.clock = lambda: scene.clock.now() + timedelta(seconds=90)
    scene.publish(NamedTrouble(scene, [("publish", 1, "reset_after"), ("publish", 2, "reset")]))
    report = run(scene)
    (live,) = ids(scene)
    fix = f"publisher reconcile --adopt a={live}   or, if it is bb:  publisher reconcile --adopt bb={live}"
    assert (told(report)[2], told(report, "bb")[2]) == (fix, fix)
    assert told(report, "bb")[1].startswith("whether bb is live is not known: one post could be it, or a: ")
    adopt(scene, "a", live)
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 2
    assert (part(scene).media_id, part(scene, "bb").media_id) == tuple(ids(scene))


def test_two_attempts_in_doubt_do_not_wait_for_each_other() -> None:
    """Threads' clock is behind, so that the post seems to be older than the attempt that made it."""
    scene = never_live(park=True)
    scene.world.clock = lambda: scene.clock.now() - timedelta(seconds=2)
    scene.world.settings.list_lag = 120.0
    live = said_again(scene, days=0.1)
    say(scene, lambda session: reconcile.forget(session, "a"))
    scene.world.data.containers.clear()
    report = run(scene)
    assert told(report)[0] == "E701"
    fix = f"publisher reconcile --adopt a={live}   or, if it is b:  publisher reconcile --adopt b={live}"
    assert told(report, "b")[::2] == ("E714", fix)
    adopt(scene, "b", live)
    run(scene)
    assert (part(scene, "b").media_id, part(scene).phase) == (live, Phase.PARKED)


def test_an_answer_is_no_rival_of_what_answers_nothing() -> None:
    """Its post is in other lists."""
    scene = never_live(park=True)
    target = scene.by_hand(text="something")
    due = scene.clock.now() + timedelta(hours=2)
    answer = replace(text("b", WORDS, reply_to=Reference("media_id", target)), allow_repeat=True, publish_at=due)
    scene.posts = (*scene.posts, answer)
    scene.clock.sleep(7260)
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_before")]))
    live = scene.by_hand(text=WORDS)
    assert part(scene, "b").phase is Phase.INTENT
    say(scene, reconcile.settle_open)
    assert part(scene).media_id == live
    assert rivals(scene.memory.state(), ("a", 1), scene.session().client.media.threads(limit=1)) == {}


def test_what_is_parked_is_not_taken_for_what_is_unbound() -> None:
    scene = never_live()
    scene.world.settings.list_lag = 7200.0
    live = said_again(scene)
    run(scene, hours=0.2)
    scene.clock.sleep(3 * 3600)
    refused = refusal(scene, reconcile.forget, "a")
    assert refused.fix.endswith(f"   or, if it is b:  publisher reconcile --adopt b={live}")
    say(scene, reconcile.settle_open)
    assert (part(scene, "b").media_id, part(scene).phase) == (live, Phase.PARKED)
    say(scene, lambda session: reconcile.forget(session, "a"))
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 2


def test_a_new_post_is_told_whose_its_twin_may_be() -> None:
    """`a` is live and could not be found in time; the one that says the same is not to take it."""
    scene = Scene((text("a", WORDS),), list_lag=8 * 86_400.0)
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    run(scene, hours=0.2)
    scene.world.settings.list_lag = 0.0
    scene.clock.sleep(40 * 86_400)
    scene.posts = (*scene.posts, text("b", WORDS))
    code, _, fix = told(run(scene), "b")
    assert code == "E707"
    assert f"   or, if it is a:  publisher reconcile --adopt a={ids(scene)[0]}   or, if it is to be" in fix


# --- names and times that no run has written yet ----------------------------------------------------------------


def test_what_is_said_again_on_purpose_and_late_may_be_live_already_and_its_hold_says_so() -> None:
    scene = Scene((weekly("a", 0),))
    run(scene, hours=0.02)
    lose_state(scene)
    code, message, fix = told(run(scene, hours=72))
    assert (code, "set a new publish_at" in message) == ("E716", True)
    assert fix.startswith("publisher reconcile --adopt a=MEDIA_ID  if it is live already")
    adopt(scene, "a", *ids(scene))
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 1


def test_what_is_said_once_and_late_is_only_told_to_change_its_file() -> None:
    scene = Scene((replace(weekly("a", 0), allow_repeat=False),))
    assert told(run(scene, hours=72))[2] == "change the post file as the reason says"


def word_by_a_new_name(word: Callable[..., object]) -> Callable[[Scene], None]:
    return lambda scene: say(scene, lambda session: word(session, "b", Desired(scene.posts)))


def test_a_word_is_taken_by_the_name_that_a_file_has_by_now() -> None:
    for word, phase in ((reconcile.forget, Phase.PLANNED), (reconcile.abandon, Phase.SKIPPED)):
        scene = never_live()
        scene.posts = (text("b", WORDS),)
        word_by_a_new_name(word)(scene)
        assert list(scene.memory.state().posts) == ["b"]
        assert part(scene, "b").phase is phase


def test_a_chain_goes_on_by_the_name_that_its_file_has_by_now() -> None:
    scene = Scene((Post("a", "posts/a.yaml", "acme", (Part(1, WORDS), Part(2, "and more"))),))
    scene.publish(NamedTrouble(scene, [("create", 2, "killed_before")]))
    assert run(scene, hours=7).exit_code == 4
    scene.posts = (replace(scene.posts[0], id="b", path="posts/b.yaml"),)
    word_by_a_new_name(reconcile.resume)(scene)
    assert run(scene).exit_code == 0
    assert len(ids(scene)) == 2
