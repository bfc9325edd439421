"""A chain stopped half way, and what a later part of it points at is not there: the part waits, and never goes bare."""

from dataclasses import replace

import pytest

from publisher.content.post import Part, Post, Reference
from publisher.publishing.reconcile import abandon
from publisher.publishing.results import RunReport
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import Scene, text
from tests.publishing.test_reconcile import ready

LOST = "https://www.threads.com/@acme/post/AAAAAAAAAAA"
QUOTED = text("q", "quoted")


def quoting(kind: str = "post", value: str = "q") -> Post:
    parts = Part(index=1, text="one"), Part(index=2, text="two", quote=Reference(kind, value))  # type: ignore[arg-type]
    return Post(id="c", path="posts/c.yaml", account="acme", parts=parts)


def half_sent(death: str) -> Scene:
    """Its first part is live; it had no second part that quotes anything by then."""
    plain = quoting()
    scene = Scene((replace(plain, parts=(plain.parts[0], Part(index=2, text="two"))),))
    scene.publish(NamedTrouble(scene, [("publish", 1, death)]))
    return scene


def run(scene: Scene) -> RunReport:
    scene.clock.sleep(1200)
    report = scene.publish()
    assert report is not None
    return report


def live(scene: Scene) -> list[tuple[str, bool]]:
    """What is live, and whether it quotes something."""
    return [(item["text"], bool(item.get("quoted_post"))) for item in scene.live()]


@pytest.mark.parametrize("death", ["killed_before", "killed_after"])
def test_a_part_waits_for_the_post_that_it_quotes(death: str) -> None:
    scene = half_sent(death)
    scene.posts = (quoting(), replace(QUOTED, draft=True))
    for _ in range(2):
        report = run(scene)
        assert report.exit_code == 0
        assert live(scene) == [("one", False)]
    assert report.posts[-1].planned.reason == "waits until q is live; that is draft"
    scene.posts = (quoting(), QUOTED)
    assert run(scene).exit_code == 0
    assert live(scene) == [("one", False), ("quoted", False), ("two", True)]


def test_a_part_waits_also_where_what_it_quotes_was_refused() -> None:
    scene = Scene((quoting(), QUOTED))
    trouble = NamedTrouble(scene, [("create", number, "container_error") for number in (1, 3)])  # q, and q again
    for transport in (trouble, None, None):
        report = scene.publish(transport)
        assert report is not None
        assert report.exit_code == 1
    assert live(scene) == [("one", False)]


def test_a_permalink_that_is_not_found_asks_a_person_who_leaves_the_rest_unsent() -> None:
    scene = half_sent("killed_after")
    scene.posts = (quoting("permalink", LOST),)
    run(scene)
    (result,) = run(scene).posts
    assert result.problem is not None
    assert (result.problem.code, result.exit_code) == ("E716", 4)
    assert result.problem.fix == "change the post file as the reason says   or   publisher reconcile --abandon c"
    abandon(ready(scene), "c")
    assert run(scene).exit_code == 0
    assert live(scene) == [("one", False)]


def test_what_a_part_that_is_live_pointed_at_holds_nothing() -> None:
    """And the later part keeps its own quote."""
    first = Part(index=1, text="one", quote=Reference("post", "q"))
    second = Part(index=2, text="two", quote=Reference("post", "r"))
    scene = Scene((QUOTED, text("r", "also quoted"), Post("z", "posts/z.yaml", "acme", (first, second))))
    scene.publish(NamedTrouble(scene, [("publish", 3, "killed_after")]))
    lost = replace(first, quote=Reference("permalink", LOST))
    scene.posts = (*scene.posts[:2], Post("z", "posts/z.yaml", "acme", (lost, second)))
    assert run(scene).exit_code == 0
    assert live(scene)[-2:] == [("one", True), ("two", True)]
