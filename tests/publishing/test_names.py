"""Files that get each other's names: whose record it is is told by the words, and what never went out gives way."""

from dataclasses import replace
from typing import Any

import pytest

from publisher.content.post import Post, Reference
from publisher.planning.records import Phase
from publisher.planning.verdicts import Verdict
from publisher.publishing.reconcile import abandon, adopt
from publisher.publishing.results import RunReport
from publisher.publishing.run import Desired
from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request
from tests.proof.cases import NamedTrouble
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


def test_a_chain_that_stopped_goes_on_when_what_it_quotes_is_renamed() -> None:
    def quoting(name: str) -> Post:
        parts = (replace(part, quote=Reference("post", name)) for part in chain("c", 3).parts)
        return replace(chain("c", 3), parts=tuple(parts))

    scene = Scene((text("a"), quoting("a")))
    scene.publish(NamedTrouble(scene, [("publish", 3, "killed_before")]))
    assert len(live(scene)) == 2
    assert run(scene, named(text("a"), "z"), quoting("z")).exit_code == 0
    assert live(scene) == ["a: some words", "c: part 1", "c: part 2", "c: part 3"]
