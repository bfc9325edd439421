"""A file that is changed while its attempt is open: what is recorded is what went out, whichever words that were."""

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.content.post import Part, Post
from publisher.planning.records import Phase
from publisher.publishing.results import RunReport
from publisher.threads_api.messages import Transport
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import START, Scene, carousel, finished, text
from tests.publishing.test_reconcile import by_hand

SOON, EXPIRED = timedelta(minutes=20), timedelta(hours=26)


def left_open(death: str, *posts: Post) -> Scene:
    scene = Scene(posts or (text("a", "old"),))
    scene.publish(NamedTrouble(scene, [("publish", 1, death)]))
    return scene


def run(scene: Scene, later: timedelta = SOON, transport: Transport | None = None) -> RunReport | None:
    scene.clock.sleep(later.total_seconds())
    return scene.publish(transport)


def live(scene: Scene) -> list[str]:
    return [item["text"] for item in scene.live()]


# --- begun in vain: the new words go out -------------------------------------------------------------------------


@pytest.mark.parametrize("new", [text("a", "new"), carousel("a", 3)])
@pytest.mark.parametrize("death", ["killed_before", "killed_after", None])
def test_new_words_that_go_out_in_the_place_of_a_dead_attempt_are_recorded_as_such(
    new: Post, death: str | None
) -> None:
    scene = left_open("killed_before")
    scene.posts = (new,)
    run(scene, EXPIRED, NamedTrouble(scene, [("publish", 1, death)] if death else []))
    assert finished(scene).clean
    record = scene.memory.state().posts["a"]
    assert (record.fingerprint, record.parts[0].fingerprint) == (new.fingerprint, new.parts[0].fingerprint)


def test_new_words_that_are_live_already_are_not_sent_again() -> None:
    scene = left_open("killed_before")
    by_hand(scene, "new")
    scene.posts = (text("a", "new"),)
    report = run(scene, EXPIRED)
    assert report is not None
    assert report.exit_code == 4
    assert live(scene) == ["new"]


# --- the old words went out --------------------------------------------------------------------------------------


def test_a_copy_of_what_went_out_is_held_also_after_it_was_settled() -> None:
    scene = left_open("killed_after")
    scene.posts = (text("a", "new"), text("b", "old"))
    for _ in range(3):
        report = run(scene)
        assert report is not None
        assert report.exit_code == 4
    assert live(scene) == ["old"]


def test_the_new_words_are_sent_under_a_name_of_their_own() -> None:
    scene = left_open("killed_after")
    scene.posts = (text("a", "new"),)
    run(scene)
    scene.posts = (text("b", "new"),)
    run(scene)
    assert live(scene) == ["old", "new"]


def test_a_part_that_was_refused_is_not_offered_again_beside_one_that_went_out_with_other_words() -> None:
    chain = Post("a", "posts/a.yaml", "acme", (Part(index=1, text="one"), Part(index=2, text="two")))
    scene = left_open("killed_after", chain)
    scene.posts = (replace(chain, parts=(Part(index=1, text="ONE"), chain.parts[1])),)
    run(scene, SOON, NamedTrouble(scene, [("create", number, "container_error") for number in (1, 2)]))
    assert scene.memory.state().posts["a"].phase is Phase.FAILED
    posted = scene.posted
    report = run(scene)
    assert report is not None
    assert (report.exit_code, scene.posted) == (1, posted)


@pytest.mark.parametrize("death", ["killed_before", "killed_after", None])
def test_of_two_files_with_the_words_of_one_that_is_gone_one_was_renamed_and_the_other_is_held(
    death: str | None,
) -> None:
    scene = left_open(death) if death else Scene((text("a", "old"),))
    if death is None:
        scene.publish()
    scene.posts = (text("b", "old"), text("c", "old"))
    for _ in range(3):
        report = run(scene)
        assert report is not None
        assert report.exit_code == 4
    assert live(scene) == ["old"]


# --- and its file would not have it sent now ---------------------------------------------------------------------

UNWANTED = {
    "draft": {"draft": True},
    "scheduled": {"publish_at": START + timedelta(days=9)},
    "late": {"publish_at": START},
}


@pytest.mark.parametrize("wish", UNWANTED)
def test_nothing_is_begun_anew_that_would_not_be_begun_now(wish: str) -> None:
    scene = left_open("killed_before")
    scene.posts = (replace(text("a", "old"), **UNWANTED[wish]),)
    run(scene, EXPIRED)
    report = run(scene)
    assert report is not None
    assert report.posts[0].planned.verdict == wish
    assert report.exit_code == (4 if wish == "late" else 0)
    assert live(scene) == []
    scene.posts = (text("a", "old"),)
    assert finished(scene).clean


def test_what_another_post_says_by_now_is_not_begun_anew() -> None:
    scene = left_open("killed_before")
    scene.publish()
    scene.posts = (text("a", "old"), text("b", "b"))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_before")]))
    scene.posts = (text("a", "old"), text("b", "old"))
    for later in (EXPIRED, SOON):
        report = run(scene, later)
    assert report is not None
    assert report.exit_code == 4
    assert live(scene) == ["old"]
