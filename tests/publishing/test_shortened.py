"""A file that loses parts while its chain is half out: what was begun is settled, nothing else is sent or asked."""

from dataclasses import replace

import pytest

from publisher.planning.records import Phase
from tests.publishing.harness import WORKLOADS, Deaths, Scene, chain

LIVE = Phase.PUBLISHED


def died(at: int, *, after: bool) -> Scene:
    """A chain of two whose run died at the `at`-th call that changes something; then its file lost the second part."""
    scene = Scene(WORKLOADS["chain-2"])
    scene.publish(Deaths(scene.transport(), at, after=after))
    scene.posts = (replace(chain("a", 2), parts=chain("a", 1).parts),)
    return scene


def ends(scene: Scene) -> tuple[list[Phase], list[str]]:
    """Phases on record and texts that are live, once a run ended well and the one after it had nothing to do."""
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    asked = scene.posted
    again = scene.publish()
    assert again is not None
    assert (again.exit_code, scene.posted) == (0, asked)
    return [part.phase for part in scene.memory.state().posts["a"].parts], [item["text"] for item in scene.live()]


@pytest.mark.parametrize("after", [False, True])
def test_with_the_first_part_in_doubt_the_chain_ends_with_it(after: bool) -> None:
    assert ends(died(2, after=after)) == ([LIVE], ["a: part 1"])


def test_with_the_first_part_live_nothing_is_left_to_do() -> None:
    phases, live = ends(died(3, after=False))
    assert (phases[0], live) == (LIVE, ["a: part 1"])


@pytest.mark.parametrize("after", [False, True])
def test_a_part_in_doubt_is_finished_as_it_was_begun(after: bool) -> None:
    assert ends(died(4, after=after)) == ([LIVE, LIVE], ["a: part 1", "a: part 2"])


def test_a_part_in_doubt_whose_container_died_is_not_made_again() -> None:
    scene = died(4, after=False)
    scene.clock.sleep(26 * 3600)
    first = scene.publish()
    assert first is not None
    assert [item["text"] for item in scene.live()] == ["a: part 1"]
    assert ends(scene)[1] == ["a: part 1"]
