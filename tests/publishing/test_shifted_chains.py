"""A chain that stopped half way, and whose file gained or lost parts before what had gone out, or got another name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from publisher.content.post import Part, Post
from publisher.publishing.reconcile import abandon
from publisher.publishing.results import RunReport
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import START, Scene
from tests.publishing.test_reconcile import ready

FOUR = ("one", "two", "three", "four")


def said(*words: str, as_id: str = "a", path: str = "posts/a.yaml") -> Post:
    parts = tuple(Part(index=number, text=text) for number, text in enumerate(words, 1))
    return Post(id=as_id, path=path, account="acme", parts=parts)


def stopped(nth: int, death: str) -> Scene:
    scene = Scene((said(*FOUR),))
    scene.publish(NamedTrouble(scene, [("publish", nth, death)]))
    return scene


def live(scene: Scene) -> list[str]:
    return [item["text"] for item in scene.live()]


def run(scene: Scene) -> RunReport:
    """Three runs, twenty minutes apart; what the last one came to."""
    for _ in range(3):
        scene.clock.sleep(1200)
        scene.publish()
    return scene.reports[-1]


@pytest.mark.parametrize("death", ["killed_before", "killed_after"])
@pytest.mark.parametrize("nth", [2, 3])
@pytest.mark.parametrize(
    "words",
    [
        ("one", "new", "two", "three", "four"),
        ("new", *FOUR),
        ("one and two", "three", "four"),
        ("two", "three", "four"),
        ("one and two and three", "four"),
        ("on", "e", "two", "three", "four"),
        ("zero", "ONE", "TWO", "THREE", "four"),
        ("ONE", "three, mended", "four"),
        ("another", "chain", "altogether"),
    ],
)
def test_nothing_is_said_twice_or_left_out_and_putting_it_back_goes_on(
    words: tuple[str, ...], nth: int, death: str
) -> None:
    scene = stopped(nth, death)
    scene.posts = (said(*words),)
    report = run(scene)
    assert report.exit_code == 4
    assert live(scene) == list(FOUR[:nth])
    scene.posts = (said(*FOUR),)
    assert run(scene).exit_code == 0
    assert live(scene) == list(FOUR)
    assert scene.count().clean


def test_the_command_that_is_named_leaves_the_rest_unsent() -> None:
    scene = stopped(2, "killed_after")
    scene.posts = (said("one", "new", *FOUR[1:]),)
    (result,) = run(scene).posts
    assert result.problem is not None
    assert result.problem.fix.endswith("publisher reconcile --abandon a")
    abandon(ready(scene), "a")
    assert run(scene).exit_code == 0
    assert live(scene) == ["one", "two"]


@pytest.mark.parametrize(
    "words",
    [
        ("one", "two", "three", "new", "four"),
        ("ONE", "TWO", "three", "four"),
        ("one", "two", "four", "three"),
        ("one", "two", "two", "three"),
    ],
)
def test_what_is_changed_behind_it_or_in_its_place_goes_on(words: tuple[str, ...]) -> None:
    """Also words that are said twice on purpose: what went out is still in its place."""
    scene = stopped(2, "killed_after")
    scene.posts = (said(*words),)
    assert run(scene).exit_code == 0
    assert live(scene) == ["one", "two", *words[2:]]


@pytest.mark.parametrize("death", ["killed_before", "killed_after"])
def test_two_that_changed_their_names_go_on_under_them(death: str) -> None:
    """Nothing goes out under a post that is not its own; what one of them also says anew is asked about."""
    names = {"a": ("a1", "a2", "a3"), "b": ("b1", "b2", "b3")}
    right = tuple(said(*words, as_id=name, path=f"posts/{name}.yaml") for name, words in names.items())
    scene = Scene(right)
    scene.publish(NamedTrouble(scene, [("publish", 3, death)]))
    swapped = (("a", names["b"]), ("b", names["a"]))
    scene.posts = tuple(said(*words, as_id=name, path=f"posts/{name}.yaml") for name, words in swapped)
    first, second = scene.posts
    scene.posts = (said("b1", "b2", "B3", path=first.path), second)
    assert run(scene).exit_code == 4
    assert not {"b2", "B3", "a3"} & set(live(scene))
    scene.posts = (first, second)
    assert run(scene).exit_code == 0
    assert sorted(live(scene)) == ["a1", "a2", "a3", "b1", "b2", "b3"]
    counted = scene.count()
    assert (counted.wrong, counted.restless) == (0, 0)


RENAMED = ("one", "two", "THREE", "four", "five")


@pytest.mark.parametrize("death", ["killed_before", "killed_after"])
@pytest.mark.parametrize("words", [RENAMED, ("ONE", "two", "three", "four")])
def test_one_that_was_renamed_and_changed_is_not_begun_again_and_its_old_id_goes_on_with_it(
    words: tuple[str, ...], death: str
) -> None:
    scene = stopped(2, death)
    scene.posts = (said(*words, as_id="b", path="posts/b.yaml"),)
    report = run(scene)
    assert report.exit_code == 4
    assert "id: a goes on with that" in report.posts[-1].planned.reason
    assert live(scene) == ["one", "two"]
    scene.posts = (said(*words, path="posts/b.yaml"),)
    assert run(scene).exit_code == 0
    assert live(scene) == ["one", "two", *words[2:]]


WHOLE = ("one", "two", "three")
LATER = START + timedelta(minutes=10)


def renamed_when_whole(*words: str, **changes: Any) -> tuple[Scene, RunReport]:
    """Published whole; then its file is renamed and says `words`."""
    scene = Scene((said(*WHOLE),))
    scene.publish()
    scene.posts = (replace(said(*words, as_id="b", path="posts/b.yaml"), **changes),)
    return scene, run(scene)


@pytest.mark.parametrize("words", [("one", "TWO", "THREE"), ("ONE", "two", "three"), ("one",), ("two", "three")])
def test_what_a_whole_chain_has_said_does_not_go_out_again_under_another_name_unasked(words: tuple[str, ...]) -> None:
    scene, report = renamed_when_whole(*words)
    assert report.exit_code == 4
    assert "id: a stands by that" in report.posts[-1].planned.reason
    scene.posts = (said(*words, path="posts/b.yaml"),)
    assert run(scene).exit_code == 0
    assert live(scene) == list(WHOLE)


@pytest.mark.parametrize(
    ("words", "changes"),
    [(("four", "five", "three"), {}), (("one", "TWO", "THREE"), {"allow_repeat": True, "publish_at": LATER})],
)
def test_one_that_ends_as_others_do_or_may_repeat_goes_out(words: tuple[str, ...], changes: dict[str, Any]) -> None:
    scene, report = renamed_when_whole(*words, **changes)
    assert report.exit_code == 0
    assert live(scene) == [*WHOLE, *words]


def test_what_was_said_long_ago_may_be_said_again() -> None:
    scene = Scene((said(*WHOLE),))
    scene.publish()
    scene.clock.sleep(31 * 24 * 3600)
    scene.posts = (said("one", "TWO", as_id="b"),)
    assert run(scene).exit_code == 0
    assert live(scene) == [*WHOLE, "one", "TWO"]


def test_one_that_begins_as_what_was_abandoned_is_a_post_of_its_own() -> None:
    scene = stopped(2, "killed_after")
    scene.posts = (said(*RENAMED, as_id="b"),)
    assert run(scene).exit_code == 4
    abandon(ready(scene), "a")
    assert run(scene).exit_code == 0
    assert live(scene) == ["one", "two", *RENAMED]
