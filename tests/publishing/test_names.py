"""Files that get each other's names: whose record it is is told by the words, and what never went out gives way."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.content.post import Part, Post, Reference
from publisher.errors import Refused
from publisher.planning.beginning import begin
from publisher.planning.records import Phase
from publisher.planning.takedown import takedown_plan
from publisher.planning.verdicts import Verdict
from publisher.publishing.reconcile import abandon, adopt
from publisher.publishing.results import RunReport
from publisher.publishing.run import Desired, carry_out, look
from publisher.publishing.takedown import carry_out_takedown, deletion_quotas
from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request
from tests.proof.cases import NamedTrouble
from tests.proof.people import moved, say
from tests.publishing.harness import Scene, carousel, chain, text
from tests.publishing.test_reconcile import ready
from tests.state_backends.fakes import Fault


def named(post: Post, post_id: str) -> Post:
    return replace(post, id=post_id, path=f"posts/{post_id}.yaml")


def run(scene: Scene, *posts: Post) -> RunReport:
    """Two runs, an hour apart."""
    scene.posts = posts
    for _ in range(2):
        scene.clock.sleep(3600)
        scene.publish()
    return scene.reports[-1]


def live(scene: Scene) -> list[str]:
    return [item["text"] for item in scene.live()]


def with_a_failed(*posts: Post, death: str | None = None) -> Scene:
    """After a run in which Threads refused `a` for good; `death` is how publishing the other one ended."""
    scene = Scene((text("a", "A"), *posts))
    faults = [("create", 1, "container_error"), ("create", 2 + len(posts), "container_error")]
    scene.publish(NamedTrouble(scene, [*faults, ("publish", 1, death)] if death is not None else faults))
    assert scene.memory.state().posts["a"].phase is Phase.FAILED
    return scene


def test_a_rename_that_is_taken_back_sends_nothing_again() -> None:
    """Stopped with nothing but a container, sent under the new name, and back again."""
    scene = Scene((carousel("a", 2),))
    scene.publish(NamedTrouble(scene, [("status", 3, "killed_before")]))
    assert not scene.memory.state().posts["a"].begun
    assert run(scene, named(carousel("a", 2), "b")).exit_code == 0
    report = run(scene, carousel("a", 2))
    assert (report.exit_code, len(live(scene))) == (0, 1)
    assert list(scene.memory.state().posts) == ["a"]


@pytest.mark.parametrize("death", [None, "killed_before", "killed_after"])
def test_a_file_that_is_put_over_one_that_failed_is_still_the_post_that_it_was(death: str | None) -> None:
    scene = with_a_failed(text("b", "B"), death=death)
    report = run(scene, text("a", "B"))
    assert (report.exit_code, live(scene)) == (0, ["B"])
    assert [part.phase for part in scene.memory.state().posts["a"].parts] == [Phase.PUBLISHED]


def by_hand(scene: Scene, words: str, **params: Any) -> str:
    send = scene.transport().send
    made = send(Request("POST", "/me/threads", {"media_type": "TEXT", "text": words, **params})).json()["id"]
    scene.clock.sleep(30)
    media_id: str = send(Request("POST", "/me/threads_publish", {"creation_id": made})).json()["id"]
    return media_id


def test_what_was_adopted_with_other_words_is_known_by_them_when_it_is_renamed() -> None:
    scene = with_a_failed()
    media_id = by_hand(scene, "mended")
    mended = text("a", "mended")
    adopt(ready(scene), Desired((mended,)), "a", media_id)
    assert run(scene, named(mended, "c")).posts[-1].planned.verdict is Verdict.UNCHANGED
    assert live(scene) == ["mended"]


def test_a_chain_that_was_ended_by_hand_is_known_by_its_words_when_it_is_renamed() -> None:
    scene = Scene((chain("a", 2),))
    scene.publish(NamedTrouble(scene, [("create", 2, "killed_before")]))
    (first,) = scene.live()
    mended = replace(chain("a", 2), parts=(chain("a", 2).parts[0], replace(chain("a", 2).parts[1], text="mended")))
    media_id = by_hand(scene, "mended", reply_to_id=first["id"])
    adopt(ready(scene), Desired((mended,)), "a#2", media_id)
    assert run(scene, named(mended, "c")).exit_code == 0
    assert live(scene) == ["a: part 1", "mended"]


def test_what_was_abandoned_and_renamed_is_no_repeat_of_itself() -> None:
    scene = Scene((text("a"),), publishing=PublishingSettings(on_ambiguous="park"))
    when = scene.clock.now()
    scene.posts = (replace(text("a"), publish_at=when, allow_repeat=True),)
    scene.publish(NamedTrouble(scene, [("publish", 1, "reset")]))
    assert run(scene, *scene.posts).exit_code == 4
    abandon(ready(scene), "a")
    assert run(scene, named(scene.posts[0], "c")).exit_code == 0
    assert live(scene) == []


@pytest.mark.parametrize("how", ["quote", "reply_to"])
def test_what_points_at_a_post_by_its_new_name_goes_out_in_the_run_that_learns_the_name(how: str) -> None:
    scene = Scene((text("a"),))
    scene.publish()
    pointing = text("b", **{how: Reference("post", "c")})
    scene.posts = (named(text("a"), "c"), pointing)
    assert scene.publish() is not None
    assert live(scene) == ["a: some words", "b: some words"]


POINTING = (text("a"), text("b", quote=Reference("post", "a")), text("c", reply_to=Reference("post", "b")))
RENAMED = (
    named(text("a"), "1-a"),
    named(text("b", quote=Reference("post", "1-a")), "2-b"),
    named(text("c", reply_to=Reference("post", "2-b")), "3-c"),
)


@pytest.mark.parametrize("fault", [None, "not_written", "answer_lost", "killed_before", "killed_after"])
@pytest.mark.parametrize("write", [1, 2])
def test_posts_that_point_at_each_other_are_moved_together(write: int, fault: Fault | None) -> None:
    """All renamed in one push, and what pointed at them with them; wherever the run that learns it dies."""
    scene = Scene(POINTING)
    scene.publish()
    said = live(scene)
    if fault is not None:
        scene.memory.faults = {scene.memory.writes + write: fault}
    scene.posts = RENAMED
    scene.publish()
    assert run(scene, *RENAMED).exit_code == 0
    assert live(scene) == said
    assert list(scene.memory.state().posts) == ["1-a", "2-b", "3-c"]
    assert {post.planned.verdict for post in scene.reports[-1].posts} == {Verdict.UNCHANGED}
    assert run(scene, *RENAMED[:2], named(RENAMED[2], "4-c")).exit_code == 0
    assert live(scene) == said


def test_what_points_at_a_renamed_post_is_known_by_that_when_it_is_renamed_later() -> None:
    scene = Scene(POINTING[:2])
    scene.publish()
    pointing = named(RENAMED[1], "b")
    assert run(scene, RENAMED[0], pointing).posts[-1].planned.verdict is Verdict.UNCHANGED
    assert run(scene, RENAMED[0], named(pointing, "9-b")).exit_code == 0
    assert live(scene) == ["a: some words", "b: some words"]


def test_what_points_at_a_renamed_post_is_known_by_that_when_its_file_was_gone_meanwhile() -> None:
    """No file says its words in the run that learns the new name."""
    scene = Scene(POINTING)
    scene.publish()
    said = live(scene)
    assert run(scene, RENAMED[0]).exit_code == 0
    assert run(scene, *RENAMED).exit_code == 0
    assert live(scene) == said
    assert list(scene.memory.state().posts) == ["1-a", "2-b", "3-c"]
    assert {post.planned.verdict for post in scene.reports[-1].posts} == {Verdict.UNCHANGED}


def test_a_chain_that_stopped_goes_on_when_what_it_quotes_is_renamed() -> None:
    def quoting(name: str) -> Post:
        parts = (replace(part, quote=Reference("post", name)) for part in chain("c", 3).parts)
        return replace(chain("c", 3), parts=tuple(parts))

    scene = Scene((text("a"), quoting("a")))
    scene.publish(NamedTrouble(scene, [("publish", 3, "killed_before")]))
    assert len(live(scene)) == 2
    assert run(scene, named(text("a"), "z"), quoting("z")).exit_code == 0
    assert live(scene) == ["a: some words", "c: part 1", "c: part 2", "c: part 3"]


# --- names that another file has by now --------------------------------------------------------------------------


def pointing_at(post: Post, target: str) -> Post:
    first = replace(post.parts[0], quote=Reference("post", target))
    return replace(post, parts=(first, *post.parts[1:]))


def move(scene: Scene, old: str, new: str) -> None:
    say(scene, lambda session: session.ledger.write(*moved(session.ledger.state, old, new)))


def way_out(scene: Scene) -> RunReport:
    """As often as a message names `state mv`, it is typed."""
    for _ in range(6):
        scene.clock.sleep(3600)
        report = scene.publish()
        assert report is not None
        asked = [post.problem.fix for post in report.posts if post.problem is not None]
        if not asked:
            return report
        typed = {match.groups() for match in map(MOVE.search, asked) if match is not None}
        assert typed, asked
        for old, new in sorted(typed):
            move(scene, old, new)
    raise AssertionError("still asked")


MOVE = re.compile(r"publisher state mv (\S+) (\S+)$")
DAY = 24 * 3600


@pytest.mark.parametrize("days", [0, 60])
@pytest.mark.parametrize("in_doubt", [False, True])
def test_files_that_are_renumbered_ask_and_the_command_that_is_named_settles_it(in_doubt: bool, days: int) -> None:
    """A new file in front, and what points at the others follows their names."""
    first, second = text("ep1", "first"), pointing_at(text("ep2", "second"), "ep1")
    scene = Scene((first, second))
    scene.publish(NamedTrouble(scene, [("publish", 2, "killed_after")]) if in_doubt else None)
    scene.clock.sleep(days * DAY)
    scene.posts = (text("ep1", "zero"), named(first, "ep2"), pointing_at(named(second, "ep3"), "ep2"))
    scene.clock.sleep(3600)
    asked = scene.publish()
    assert asked is not None
    assert (asked.exit_code, sorted(live(scene))) == (4, ["first", "second"])
    assert way_out(scene).exit_code == 0
    assert sorted(live(scene)) == ["first", "second", "zero"]
    assert scene.memory.state().posts["ep3"].parts[0].media_id == scene.live()[1]["id"]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("broken", [True, False])
def test_a_chain_that_was_renamed_and_changed_is_known_though_its_old_name_is_taken(broken: bool, whole: bool) -> None:
    scene = Scene((chain("a", 3),))
    scene.publish(None if whole else NamedTrouble(scene, [("create", 2, "killed_before")]))
    before = live(scene)
    changed = named(chain("a", 3), "b")
    changed = replace(changed, parts=(*changed.parts[:2], replace(changed.parts[2], text="mended")))
    scene.posts = (changed,) if broken else (text("a", "other"), changed)
    scene.clock.sleep(3600)
    session = scene.session()
    desired = Desired(scene.posts, broken=frozenset({"a"}) if broken else frozenset())
    with session.backend.lock(session.run):
        report = carry_out(session, look(session, desired))
    asked = next(post for post in report.posts if post.planned.id == "b")
    assert asked.problem is not None
    assert asked.problem.fix == "if it is that post under a new name: publisher state mv a b"
    assert "says what a" in asked.problem.message
    assert live(scene) == before
    move(scene, "a", "b")
    scene.publish()
    assert sorted(live(scene)) == sorted(
        [*before, *([] if whole else ["a: part 2", "mended"]), *([] if broken else ["other"])]
    )


def test_the_rest_of_a_chain_is_not_to_be_given_up_under_a_name_that_another_file_got() -> None:
    scene = Scene((chain("a", 3),))
    scene.publish(NamedTrouble(scene, [("create", 2, "killed_before")]))
    report = run(scene, text("a", "other"), named(chain("a", 3), "b"))
    told = {post.planned.id: post.problem.fix for post in report.posts if post.problem is not None}
    assert "--abandon" not in told["a"]
    assert told["b"] == "if it is that post under a new name: publisher state mv a b"
    assert way_out(scene).exit_code == 0
    assert sorted(live(scene)) == ["a: part 1", "a: part 2", "a: part 3", "other"]


def test_words_that_no_file_says_under_their_name_may_be_said_again_on_purpose() -> None:
    scene = Scene((text("a", "words"),))
    scene.publish()
    again = replace(text("b", "words"), allow_repeat=True)
    assert run(scene, text("a", "mended"), again).exit_code == 4  # the key may be as old as the words
    assert live(scene) == ["words"]
    again = replace(again, publish_at=scene.clock.now())
    assert run(scene, text("a", "mended"), again).exit_code == 0
    assert live(scene) == ["words", "words"]


def test_names_that_were_swapped_or_passed_on_are_moved_together() -> None:
    """Every record is said by a file, and every file that lost its name by another one's: nothing is left to ask."""
    posts = (text("a", "x"), text("b", "y"), text("c", "z"), pointing_at(text("d", "w"), "a"))
    scene = Scene(posts)
    scene.publish()
    said = live(scene)
    passed_on = (
        named(posts[2], "a"),
        named(posts[0], "b"),
        named(posts[1], "c"),
        pointing_at(named(posts[3], "e"), "b"),
    )
    assert run(scene, *passed_on).exit_code == 0
    assert live(scene) == said
    assert {post.planned.verdict for post in scene.reports[-1].posts} == {Verdict.UNCHANGED}
    known = scene.memory.state().posts
    assert [known[name].parts[0].media_id for name in "bcae"] == [item["id"] for item in scene.live()]


def test_what_points_at_a_file_that_says_what_another_record_says_waits_for_a_person() -> None:
    """Its new words are those of a post that is gone: a post that answers it would go out under the wrong one."""
    scene = Scene((text("a", "x"), text("b", "y")))
    scene.publish()
    report = run(scene, text("b", "x"), pointing_at(text("c", "z"), "b"))
    by_name, asked = (post.problem for post in report.posts if post.problem is not None)
    assert "says what went out as a, not what went out as b" in by_name.message
    assert "not clear which post b is" in asked.message
    assert asked.fix.startswith("write the media id")
    assert live(scene) == ["x", "y"]
    media_id = scene.live()[1]["id"]
    meant = replace(text("c", "z"), parts=(replace(text("c", "z").parts[0], quote=Reference("media_id", media_id)),))
    assert run(scene, text("b", "x"), meant).exit_code == 4
    assert live(scene) == ["x", "y", "z"]
    first, second, _ = (item["id"] for item in scene.live())
    assert way_out(scene).exit_code == 0
    assert ids_of(scene, "b", "b-removed") == [first, second]
    assert live(scene) == ["x", "y", "z"]


def test_what_points_at_a_moved_post_is_known_though_its_own_name_is_still_another_file_s() -> None:
    """Renumbered around one that is still to come: the moves are recorded one after the other, as a person says."""
    later = replace(text("p2", "two"), publish_at=datetime(2026, 12, 24, tzinfo=UTC))
    posts = (text("p1", "one"), later, pointing_at(text("p3", "three"), "p1"), pointing_at(text("p4", "four"), "p3"))
    scene = Scene(posts)
    scene.publish()
    said = live(scene)
    scene.posts = (
        named(posts[0], "p2"),
        named(later, "p3"),
        pointing_at(named(posts[2], "p4"), "p2"),
        pointing_at(named(posts[3], "p5"), "p4"),
    )
    assert way_out(scene).exit_code == 0
    assert live(scene) == said == ["one", "three", "four"]
    assert {post.planned.verdict for post in scene.reports[-1].posts} == {Verdict.UNCHANGED, Verdict.SCHEDULED}


def test_a_post_whose_target_is_not_valid_now_waits_since_nobody_knows_what_became_of_that_one() -> None:
    """Renumbered, with a typo: it would answer itself."""
    answer = text("ep2", "two", reply_to=Reference("post", "ep1"))
    scene = Scene((text("ep1", "one"), answer))
    scene.publish()
    renumbered = named(text("ep2", "two", reply_to=Reference("post", "ep2")), "ep3")
    after = named(text("x", "three", quote=Reference("post", "ep3")), "x")
    session = scene.session()
    with session.backend.lock(session.run):
        report = carry_out(session, look(session, Desired((renumbered, after), broken=frozenset({"ep2"}))))
    assert [post.planned.verdict for post in report.posts if post.planned.id in ("ep3", "x")] == [Verdict.HELD] * 2
    assert live(scene) == ["one", "two"]
    assert run(scene, text("ep2", "one"), renumbered, after).exit_code == 0
    assert live(scene) == ["one", "two", "three"]
    assert list(scene.memory.state().posts) == ["ep2", "ep3", "x"]


def test_what_points_at_a_file_whose_own_target_is_not_valid_waits_too() -> None:
    posts = (text("a", "one"), pointing_at(text("b", "two"), "a"), pointing_at(text("c", "three"), "b"))
    scene = Scene(posts)
    scene.publish()
    renumbered = (pointing_at(text("c", "two"), "b"), pointing_at(text("d", "three"), "c"))  # and "one" is "b" by now
    session = scene.session()
    with session.backend.lock(session.run):
        carry_out(session, look(session, Desired(renumbered, broken=frozenset({"b"}))))
    assert live(scene) == ["one", "two", "three"]
    assert run(scene, text("b", "one"), *renumbered).exit_code == 0
    assert live(scene) == ["one", "two", "three"]
    assert list(scene.memory.state().posts) == ["b", "c", "d"]


@pytest.mark.parametrize("dated", [True, False])
def test_a_post_that_once_was_a_repeat_is_none_when_it_is_renumbered(dated: bool) -> None:
    scene = Scene((text("g1"),))
    due = scene.clock.now() if dated else None
    repeat = replace(text("g2", "Good morning"), allow_repeat=True, publish_at=due)
    scene.posts = (*scene.posts, repeat)
    scene.publish()
    said = live(scene)
    scene.posts = (text("g1"), text("g2", "something new"), named(repeat, "g3"))
    assert way_out(scene).exit_code == 0
    assert live(scene) == [*said, "something new"]


@pytest.mark.parametrize("stopped", [False, True])
def test_a_renamed_and_changed_chain_is_known_though_what_it_quotes_is_renamed_with_it(stopped: bool) -> None:
    def quoting(post_id: str, target: str, *words: str) -> Post:
        parts = (Part(index=n, text=said, quote=Reference("post", target)) for n, said in enumerate(words, start=1))
        return replace(text(post_id), parts=tuple(parts))

    scene = Scene((text("a"), quoting("x", "a", "one", "two", "three")))
    scene.publish(NamedTrouble(scene, [("create", 4, "killed_before")]) if stopped else None)
    said = live(scene)
    report = run(scene, named(text("a"), "c"), quoting("x2", "c", "one", "two", "mended"))
    assert report.exit_code == 4
    assert live(scene) == said


def test_posts_with_the_same_words_keep_their_places_when_all_are_renamed() -> None:
    scene = Scene((text("a1", "Good morning"),))
    scene.publish()
    scene.clock.sleep(3600)
    second = replace(text("a2", "Good morning"), allow_repeat=True, publish_at=scene.clock.now())
    quoting = pointing_at(text("r", "quoted"), "a1")
    assert run(scene, text("a1", "Good morning"), second, quoting).exit_code == 0
    before = scene.memory.state().posts
    ids = [before[name].parts[0].media_id for name in ("a1", "a2", "r")]
    renamed = (named(text("a1", "Good morning"), "b1"), named(second, "b2"), named(pointing_at(quoting, "b1"), "r2"))
    assert run(scene, *renamed).exit_code == 0
    known = scene.memory.state().posts
    assert [known[name].parts[0].media_id for name in ("b1", "b2", "r2")] == ids
    assert len(scene.live()) == 3


def test_the_same_words_about_others_stay_with_what_they_are_about() -> None:
    """Two targets swap their names, and so do, with other targets and equal words, what points at them."""
    posts = (
        text("a"),
        text("b"),
        *(pointing_at(text(name, "new episode"), at) for name, at in (("p", "a"), ("q", "b"))),
    )
    scene = Scene(posts)
    scene.publish()
    allowed = replace(posts[3], allow_repeat=True)
    scene.posts = (*posts[:3], allowed)
    scene.publish()
    known = {name: record.parts[0].media_id for name, record in scene.memory.state().posts.items()}
    swapped = (named(text("a"), "b"), named(text("b"), "a"), pointing_at(posts[2], "b"), pointing_at(allowed, "a"))
    answer = text("n", "to p", reply_to=Reference("post", "p"))
    assert run(scene, *swapped, answer).exit_code == 0
    assert scene.live()[-1]["reply_to_id"] == known["p"]
    now = {name: record.parts[0].media_id for name, record in scene.memory.state().posts.items()}
    assert {name: now[name] for name in "abpq"} == {"a": known["b"], "b": known["a"], "p": known["p"], "q": known["q"]}


@pytest.mark.parametrize("how", ["replace", "adopt"])
def test_what_is_written_beside_moves_has_the_new_names(how: str) -> None:
    scene = Scene((text("e1"), text("e2"), pointing_at(text("p"), "e1")))
    scene.publish(NamedTrouble(scene, [("create", 3, "container_error"), ("create", 4, "container_error")]))
    if how == "replace":
        scene.posts = (*scene.posts[:2], pointing_at(text("p", "first"), "e1"))
        scene.publish()
    scene.clock.sleep(3600)
    scene.posts = (named(text("e1"), "e2"), named(text("e2"), "e3"), pointing_at(text("p", "mended"), "e2"))
    if how == "replace":
        session = scene.session()
        with session.backend.lock(session.run):
            plan = look(session, Desired(scene.posts))
            plan = takedown_plan(plan, ["p"], Verdict.REPLACE, deletion_quotas(session))
            assert carry_out_takedown(session, plan).exit_code == 0
    else:
        media_id = scene.by_hand(text="mended", quote_post_id=scene.live()[0]["id"])
        say(scene, lambda session: adopt(session, Desired(scene.posts), "p", media_id))
    said = live(scene)
    report = run(scene, *scene.posts)
    assert {post.planned.verdict for post in report.posts} == {Verdict.UNCHANGED}
    assert run(scene, *scene.posts[:2], named(scene.posts[2], "p2")).exit_code == 0
    assert live(scene) == said


def test_nothing_is_taken_down_while_the_moves_cannot_be_written() -> None:
    scene = Scene((text("e1"), text("e2"), pointing_at(text("p"), "e1")))
    scene.publish()
    scene.clock.sleep(3600)
    said = live(scene)
    scene.posts = (named(text("e1"), "e2"), named(text("e2"), "e3"), pointing_at(text("p", "mended"), "e2"))
    session = scene.session()
    with session.backend.lock(session.run):
        plan = takedown_plan(look(session, Desired(scene.posts)), ["p"], Verdict.REPLACE, deletion_quotas(session))
        scene.memory.faults = {scene.memory.writes + n: "not_written" for n in range(1, 20)}
        report = carry_out_takedown(session, plan)
    assert (report.exit_code, live(scene)) == (5, said)


@pytest.mark.parametrize("how", ["quote", "reply_to"])
def test_a_renamed_post_is_known_though_what_it_points_at_was_renamed_and_changed_at_once(how: str) -> None:
    scene = Scene((text("t", "teh post"), text("q", "I said", **{how: Reference("post", "t")})))
    scene.publish()
    corrected = text("r", "I said", **{how: Reference("post", "t2")})
    scene.clock.sleep(3600)
    scene.posts = (text("t2", "the post"), corrected, text("s", "see there", quote=Reference("post", "r")))
    asked = scene.publish()
    assert asked is not None
    assert (asked.exit_code, live(scene)) == (4, ["teh post", "I said", "the post"])
    quoted = ids_of(scene, "q")
    assert way_out(scene).exit_code == 0
    assert live(scene) == ["teh post", "I said", "the post", "see there"]
    assert ids_of(scene, "r") == quoted == [scene.live()[-1]["quoted_post"]["id"]]


def test_a_renamed_post_is_told_as_one_though_it_would_be_late() -> None:
    """A new `publish_at`, which a late post is to get, would make another post of it."""
    due = Scene(()).clock.now()
    quoting = replace(pointing_at(text("q", "I said"), "t"), publish_at=due)
    scene = Scene((text("t", "teh post"), quoting))
    scene.publish()
    scene.clock.sleep(2 * DAY)
    report = run(scene, text("t2", "the post"), named(pointing_at(quoting, "t2"), "r"))
    fixes = [post.problem.fix for post in report.posts if post.problem is not None]
    assert fixes == ["if it is that post under a new name: publisher state mv q r"]
    assert way_out(scene).exit_code == 0
    assert live(scene) == ["teh post", "I said", "the post"]


def test_a_renamed_post_is_known_though_in_the_series_that_it_quotes_names_were_passed_on() -> None:
    scene = Scene(())
    (first,) = daily(scene, "c")
    scene.posts = (first, pointing_at(text("q"), "c"))
    scene.publish()
    said = live(scene)
    scene.clock.sleep(DAY)
    now = scene.clock.now()
    second, third = (replace(first, publish_at=now + timedelta(hours=hours)) for hours in (1, 48))
    scene.posts = (named(second, "b"), third, pointing_at(named(text("q"), "r"), "b"))
    assert run(scene, *scene.posts).exit_code == 4
    assert live(scene) == [*said, "weekly"]


def test_the_same_words_about_another_post_are_another_post() -> None:
    """What the first one pointed at is where it was, under its old name or a new one."""
    first = pointing_at(text("p", "new episode"), "e1")
    scene = Scene((text("e1"), text("e2"), first))
    scene.publish()
    scene.clock.sleep(3600)
    assert run(scene, text("e1"), text("e2"), pointing_at(text("q", "new episode"), "e2")).exit_code == 0
    assert run(scene, named(text("e1"), "e9"), text("e2"), pointing_at(text("r", "new episode"), "e2")).exit_code == 0
    assert live(scene)[2:] == ["new episode", "new episode"]


def with_parts(post_id: str, *words: str) -> Post:
    parts = (Part(index=n, text=said) for n, said in enumerate(words, start=1))
    return replace(text(post_id), parts=tuple(parts))


@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("words", [("hello", "more"), ("before it", "hello"), ("hello", "two"), ("two", "hello")])
def test_a_single_post_that_was_renamed_and_got_parts_is_known_by_its_words(
    words: tuple[str, str], in_doubt: bool
) -> None:
    scene = Scene((text("a", "hello"), text("b", "two")))
    scene.publish(NamedTrouble(scene, [("publish", 2, "killed_after")]) if in_doubt else None)
    scene.posts = (with_parts("c", *words),)
    assert run(scene, *scene.posts).exit_code == 4
    assert live(scene) == ["hello", "two"]
    assert way_out(scene).exit_code == 0
    assert live(scene) == ["hello", "two"]
    assert {post.planned.verdict for post in scene.reports[-1].posts} == {Verdict.EDITED, Verdict.REMOVED}


@pytest.mark.parametrize("target", ["y", "w"])  # the old name of what points at it, or one that nobody had
@pytest.mark.parametrize(
    ("before", "after"), [(["Y"], ["Y", "Y2"]), (["Y", "Y2"], ["Y"]), (["Y", "Y2"], ["Y", "Y3", "Y4"])]
)
def test_a_renamed_post_whose_parts_changed_is_known_though_what_it_points_at_was_renamed_and_changed_too(
    before: list[str], after: list[str], target: str
) -> None:
    scene = Scene((text("x", "X"), pointing_at(with_parts("y", *before), "x")))
    scene.publish()
    scene.clock.sleep(3600)
    scene.posts = (with_parts(target, "X", "X2"), pointing_at(with_parts("z", *after), target))
    scene.publish()
    assert way_out(scene).exit_code == 0
    assert live(scene) == ["X", *before]
    assert {post.planned.verdict for post in scene.reports[-1].posts} <= {Verdict.EDITED, Verdict.REMOVED}


@pytest.mark.parametrize("words", [("N", "C", "D", "E", "F"), ("N", "N2", "N3", "C", "D"), ("N", "C", "N2", "N3", "D")])
def test_a_whole_chain_in_a_longer_new_one_is_asked_about(words: tuple[str, ...]) -> None:
    scene = Scene((with_parts("c", "C", "D"), with_parts("e", "E", "F")))
    scene.publish()
    said = live(scene)
    assert run(scene, with_parts("k", *words)).exit_code == 4
    assert way_out(scene).exit_code == 0
    assert live(scene) == said


def test_a_closing_line_that_others_have_does_not_make_it_a_chain_that_went_out() -> None:
    scene = Scene((with_parts("c", "C", "bye"),))
    scene.publish()
    assert run(scene, with_parts("k", "N", "N2", "bye")).exit_code == 0
    assert len(live(scene)) == 5


def test_the_same_words_about_another_post_at_another_time_are_another_post() -> None:
    """As those of a series whose old files are cleared away."""
    scene = Scene((text("e1"), pointing_at(text("p", "new episode"), "e1")))
    scene.publish()
    scene.clock.sleep(7 * DAY)
    dated = replace(pointing_at(text("q", "new episode"), "e2"), publish_at=scene.clock.now())
    assert run(scene, text("e2"), dated).exit_code == 0
    assert live(scene)[1::2] == ["new episode"] * 2


def test_a_chain_may_say_again_on_purpose_what_a_single_post_said() -> None:
    scene = Scene((text("a", "hello"),))
    scene.publish()
    scene.clock.sleep(3600)
    again = replace(with_parts("c", "hello", "more"), allow_repeat=True, publish_at=scene.clock.now())
    assert run(scene, again).exit_code == 0
    assert live(scene) == ["hello", "hello", "more"]


# --- series of equal words ---------------------------------------------------------------------------------------


def series(scene: Scene, *names: str) -> list[Post]:
    """The same words, an hour apart, each after the first a repeat on purpose; all live."""
    posts: list[Post] = []
    for name in names:
        post = text(name, "the same words")
        if posts:
            post = replace(post, allow_repeat=True, publish_at=scene.clock.now())
        posts.append(post)
        scene.posts = tuple(posts)
        scene.publish()
        scene.clock.sleep(3600)
    return posts


def ids_of(scene: Scene, *names: str) -> list[str | None]:
    posts = scene.memory.state().posts
    return [posts[name].parts[0].media_id for name in names]


@pytest.mark.parametrize("new", [("b", "c"), ("b", "a"), ("c", "d"), ("a", "c")])
def test_a_series_of_equal_posts_is_told_apart_by_their_times_when_it_is_renamed(new: tuple[str, str]) -> None:
    scene = Scene(())
    posts = series(scene, "a", "b")
    quoting = pointing_at(text("q"), "a")
    assert run(scene, *posts, quoting).exit_code == 0
    before, said = ids_of(scene, "a", "b", "q"), live(scene)
    renamed = [named(post, name) for post, name in zip(posts, new, strict=True)]
    assert run(scene, *renamed, named(pointing_at(quoting, new[0]), "q2")).exit_code == 0
    assert (ids_of(scene, *new, "q2"), live(scene)) == (before, said)


@pytest.mark.parametrize("broken", [False, True])
def test_one_of_a_series_is_renamed_while_the_file_of_another_is_away(broken: bool) -> None:
    scene = Scene(())
    first, second = series(scene, "a", "b")
    before = ids_of(scene, "a", "b")
    session = scene.session()
    with session.backend.lock(session.run):
        gone = frozenset({"b"} if broken else ())
        carry_out(session, look(session, Desired((named(first, "c"),), broken=gone)))
    assert run(scene, named(first, "c"), second).exit_code == 0
    assert (ids_of(scene, "c", "b"), len(live(scene))) == (before, 2)


def test_the_repeat_of_a_chain_is_known_when_both_are_renamed_and_changed() -> None:
    scene = Scene((chain("x", 3),))
    scene.publish()
    scene.clock.sleep(3600)
    again = replace(named(chain("x", 3), "y"), allow_repeat=True, publish_at=scene.clock.now())
    assert run(scene, chain("x", 3), again).exit_code == 0

    def mended(post: Post, name: str) -> Post:
        return named(replace(post, parts=(*post.parts[:2], replace(post.parts[2], text="mended"))), name)

    assert run(scene, mended(chain("x", 3), "x2"), mended(again, "y2")).exit_code == 4
    assert len(live(scene)) == 6


def test_posts_of_equal_words_keep_their_records_when_only_what_they_point_at_is_renamed() -> None:
    p = pointing_at(text("p", "read this"), "a")
    q = replace(pointing_at(text("q", "read this"), "a"), allow_repeat=True)
    scene = Scene((text("a"), p))
    scene.publish()
    assert run(scene, text("a"), p, q).exit_code == 0
    before = ids_of(scene, "p", "q")
    again = pointing_at(replace(text("r", "read this"), allow_repeat=True), "z")
    assert run(scene, named(text("a"), "z"), pointing_at(p, "z"), pointing_at(q, "z"), again).exit_code == 0
    assert ids_of(scene, "p", "q") == before
    assert len(live(scene)) == 4


def daily(scene: Scene, *names: str) -> list[Post]:
    """Equal words, a day apart, the first of them now."""
    days = (scene.clock.now() + timedelta(days=number) for number in range(len(names)))
    again = (replace(text(name, "weekly"), publish_at=day) for name, day in zip(names, days, strict=True))
    return [replace(post, allow_repeat=True, if_late="publish") for post in again]


@pytest.mark.parametrize("passed_on", [True, False])
@pytest.mark.parametrize("gone", [(), ("a-removed", "a-removed2")])
def test_a_series_whose_first_file_is_removed_and_whose_others_move_up_loses_none(
    gone: tuple[str, ...], passed_on: bool
) -> None:
    scene = Scene(tuple(text(name) for name in gone))
    a, b, c, d = daily(scene, "a", "b", "c", "d")
    scene.posts = (*scene.posts, a, b, c, d)
    scene.publish()
    for _ in range(2):
        scene.clock.sleep(DAY)
        scene.publish()
    before = ids_of(scene, "a", "b", "c")
    scene.posts = (*scene.posts[: len(gone)], named(b, "a"), named(c, "b"), named(d, "c"))
    asked = scene.publish()
    assert asked is not None
    held = [(post.planned.id, post.problem.fix) for post in asked.posts if post.problem is not None]
    free = "a-removed3" if gone else "a-removed"
    fix = f"if its name was passed on: publisher state mv a {free}"
    assert (asked.exit_code, held) == (4, [("a", fix), ("b", fix), ("c", fix)])
    if passed_on:
        scene.clock.sleep(DAY)
        assert way_out(scene).exit_code == 0
        assert ids_of(scene, free, "a", "b") == before
    else:
        assert run(scene, *scene.posts[: len(gone)], a, b, c).exit_code == 0
        assert ids_of(scene, "a", "b", "c") == before
    assert live(scene).count("weekly") == (4 if passed_on else 3)
    assert run(scene, *scene.posts).exit_code == 0
    assert live(scene).count("weekly") == (4 if passed_on else 3)


def test_what_was_put_over_another_of_its_series_is_not_taken_down_by_its_old_name() -> None:
    scene = Scene(())
    c, e = daily(scene, "c", "e")
    scene.posts = (c, e)
    scene.publish()
    scene.clock.sleep(DAY)
    scene.publish()
    before = ids_of(scene, "c", "e")
    assert run(scene, named(e, "c"), pointing_at(text("q"), "c")).exit_code == 4
    with pytest.raises(Refused, match="not clear which post e is"):
        take_down(scene, "e")
    assert way_out(scene).exit_code == 0
    assert ids_of(scene, "c-removed", "c") == before
    assert scene.live()[-1]["quoted_post"]["id"] == before[1]
    take_down(scene, "c-removed")
    assert live(scene) == ["weekly", "q: some words"]


def test_a_ring_of_names_in_which_one_got_another_time_asks_and_is_settled() -> None:
    scene = Scene(())
    a, b = daily(scene, "a", "b")
    a, b = (replace(post, parts=text(post.id).parts) for post in (a, b))
    scene.posts = (a, b)
    scene.publish()
    scene.clock.sleep(DAY)
    scene.publish()
    before = ids_of(scene, "a", "b")
    swapped = (named(a, "b"), replace(named(b, "a"), publish_at=scene.clock.now() - timedelta(hours=1)))
    assert run(scene, *swapped).exit_code == 4
    assert way_out(scene).exit_code == 0
    assert (ids_of(scene, "b", "a"), len(scene.live())) == (before, 2)


@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("renamed", [False, True])
def test_the_next_of_a_series_is_not_taken_for_one_that_went_out_late_and_was_removed(
    renamed: bool, in_doubt: bool
) -> None:
    start = Scene(()).clock.now()
    first = replace(text("a", "weekly"), allow_repeat=True, publish_at=start, if_late="publish")
    scene = Scene((first,))
    scene.clock.sleep(12 * 3600)
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]) if in_doubt else None)
    second = replace(named(first, "b"), publish_at=start + timedelta(hours=6))
    assert run(scene, second).exit_code == 4
    assert live(scene) == ["weekly"]
    if renamed:
        assert way_out(scene).exit_code == 0
        assert list(scene.memory.state().posts) == ["b"]
    else:
        later = replace(second, publish_at=scene.clock.now())
        assert run(scene, later).exit_code == 0
        assert list(scene.memory.state().posts) == ["a", "b"]
    assert len(live(scene)) == (1 if renamed else 2)


@pytest.mark.parametrize("passed_on", [False, True])
def test_a_post_of_a_series_that_is_given_a_later_time_is_asked_about(passed_on: bool) -> None:
    """It is the next one under an old name, or the old one with a new time: the first was never sent, and none knew."""
    scene = Scene(())
    first, second, third = series(scene, "x", "a", "b")
    before = ids_of(scene, "x", "a", "b")
    again = replace(third, publish_at=scene.clock.now() + timedelta(hours=12))
    posts = (first, named(again, "a"), third) if passed_on else (first, second, again)
    held = run(scene, *posts)
    assert (held.exit_code, len(live(scene))) == (4, 3)
    assert "for a later time" in next(post.problem.message for post in held.posts if post.problem is not None)
    assert run(scene, first, second, third).exit_code == 0, "with its old time it is the post that it was"
    assert ids_of(scene, "x", "a", "b") == before
    run(scene, *posts)
    way_out(scene)
    scene.clock.sleep(12 * 3600)
    last = scene.publish()
    assert last is not None
    assert (last.exit_code, len(live(scene))) == (0, 4)
    records = scene.memory.state().posts.values()
    assert {record.parts[0].media_id for record in records} > set(before)


def test_the_next_of_a_series_that_gets_the_name_of_the_first_which_had_no_time_is_asked_about() -> None:
    first = replace(text("x", "weekly"), allow_repeat=True)
    scene = Scene((first,))
    scene.publish()
    scene.clock.sleep(3600)
    again = replace(first, publish_at=scene.clock.now() + timedelta(hours=12))
    assert run(scene, again).exit_code == 4
    way_out(scene)
    scene.clock.sleep(12 * 3600)
    last = scene.publish()
    assert last is not None
    assert (last.exit_code, live(scene)) == (0, ["weekly", "weekly"])


def test_a_post_of_a_series_that_is_given_an_earlier_time_is_the_post_that_it_was() -> None:
    scene = Scene(())
    first, second = series(scene, "a", "b")
    before = ids_of(scene, "a", "b")
    assert run(scene, first, replace(second, publish_at=first.publish_at)).exit_code == 0
    assert (ids_of(scene, "a", "b"), len(live(scene))) == (before, 2)


@pytest.mark.parametrize("days", [1, 40])
@pytest.mark.parametrize("dated", [False, True])
def test_an_old_post_is_put_away_and_a_repeat_of_it_gets_its_name(days: int, dated: bool) -> None:
    scene = Scene(())
    first = replace(text("a", "a greeting"), publish_at=scene.clock.now() if dated else None, if_late="skip")
    scene.posts = (first,)
    scene.publish()
    (old,) = ids_of(scene, "a")
    scene.clock.sleep(days * 24 * 3600)
    due = scene.clock.now() + timedelta(hours=5)
    again = replace(text("a", "a greeting"), allow_repeat=True, publish_at=due)
    quoting = pointing_at(text("q"), "a")
    assert run(scene, named(first, "z"), again, quoting).exit_code == 0
    assert live(scene) == ["a greeting"]
    scene.clock.sleep(5 * 3600)
    assert run(scene, *scene.posts).exit_code == 0
    assert sorted(live(scene)) == ["a greeting", "a greeting", "q: some words"]
    assert ids_of(scene, "z") == [old]
    assert scene.live()[-1]["quoted_post"]["id"] == ids_of(scene, "a")[0]


def take_down(scene: Scene, post_id: str, verdict: Verdict = Verdict.DELETE) -> None:
    session = scene.session()
    with session.backend.lock(session.run):
        plan = takedown_plan(look(session, Desired(scene.posts)), [post_id], verdict, deletion_quotas(session))
        assert carry_out_takedown(session, plan).exit_code == 0


def test_what_is_live_keeps_its_file_before_what_was_taken_down() -> None:
    first, second = text("a", "the same words"), replace(text("b", "the same words"), allow_repeat=True)
    scene = Scene((first, second))
    scene.publish()
    scene.clock.sleep(3600)
    scene.posts = (second,)
    take_down(scene, "a")
    (kept,) = ids_of(scene, "b")
    assert run(scene, named(second, "c"), pointing_at(text("q"), "c")).exit_code == 0
    assert ids_of(scene, "c") == [kept]
    assert scene.live()[-1]["quoted_post"]["id"] == kept


def test_new_words_under_the_name_of_what_was_taken_down_are_a_new_post_once_a_person_said_so() -> None:
    scene = Scene((text("a", "old"),))
    scene.publish()
    scene.clock.sleep(3600)
    scene.posts = ()
    take_down(scene, "a")
    assert run(scene, text("a", "old")).exit_code == 0
    report = run(scene, text("a", "new"))
    assert [post.problem.fix for post in report.posts if post.problem is not None] == [
        "if it is a new post: publisher state mv a a-removed"
    ]
    assert (report.exit_code, live(scene)) == (4, [])
    assert way_out(scene).exit_code == 0
    assert live(scene) == ["new"]


def test_posts_of_equal_words_that_went_out_late_are_told_apart_by_when_they_were_due() -> None:
    start = Scene(()).clock.now()
    posts = [
        replace(text(name, "hello"), allow_repeat=True, publish_at=start - timedelta(hours=hours))
        for name, hours in (("a", 20), ("b", 10))
    ]
    scene = Scene(posts)
    scene.publish()
    before = ids_of(scene, "a", "b")
    assert run(scene, named(posts[0], "a2"), posts[1]).exit_code == 0
    assert (ids_of(scene, "a2", "b"), len(live(scene))) == (before, 2)


def test_what_was_dated_before_its_own_time_is_no_repeat_of_itself() -> None:
    """The clock of Threads was a minute behind."""
    scene = Scene((replace(text("a"), allow_repeat=True, publish_at=Scene(()).clock.now()),))
    scene.publish()
    record = scene.memory.state().posts["a"]
    early = replace(record.parts[0], published_at=scene.posts[0].publish_at - timedelta(seconds=21))  # type: ignore[operator]
    say(
        scene,
        lambda session: session.ledger.write(session.ledger.state.with_post("a", record.with_part(1, early)), ("a",)),
    )
    assert run(scene, named(scene.posts[0], "z")).exit_code == 0
    assert len(live(scene)) == 1


def test_what_was_there_before_the_state_stays_unsent_under_another_name() -> None:
    post = replace(text("a"), allow_repeat=True, publish_at=Scene(()).clock.now() + timedelta(hours=1))
    scene = Scene((post,))
    state = scene.memory.state()
    say(
        scene,
        lambda session: session.ledger.write(
            replace(state, posts=begin("acme", "x", lineage="l", skipped=(post,)).posts), ("a",)
        ),
    )
    assert run(scene, named(post, "z")).exit_code == 0
    assert live(scene) == []
