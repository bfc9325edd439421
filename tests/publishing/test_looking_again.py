"""`reconcile` as it looks again, and runs whose files are gone: evidence settles what it can, and nothing is sent."""

import pytest

from publisher.planning.records import Phase
from publisher.publishing.apply import Applied
from publisher.publishing.reconcile import settle_open
from tests.publishing.harness import WORKLOADS, Deaths, Scene

LIVE, PLANNED = Phase.PUBLISHED, Phase.PLANNED


def died(workload: str, at: int, *, after: bool) -> Scene:
    scene = Scene(WORKLOADS[workload])
    scene.publish(Deaths(scene.transport(), at, after=after))
    scene.clock.sleep(3600)
    return scene


def settled(scene: Scene) -> Applied:
    """What looking again came to; it never sends."""
    session, sent = scene.session(), scene.posted
    session.ledger.load()
    with session.backend.lock(session.run):
        applied = settle_open(session)
    assert scene.posted == sent
    return applied


def phases(scene: Scene) -> list[Phase]:
    return [part.phase for part in scene.memory.state().posts["a"].parts]


def test_what_is_live_is_bound_and_the_rest_of_the_chain_is_left_to_publish() -> None:
    scene = died("chain-2", 2, after=True)
    (journey,) = settled(scene).journeys
    assert journey.ended is not None
    assert (journey.ended.outcome, phases(scene)) == ("skipped", [LIVE, PLANNED])
    assert scene.publish() is not None
    assert phases(scene) == [LIVE, LIVE]


def test_what_is_surely_not_live_is_told_so_and_left_to_publish() -> None:
    scene = died("text", 2, after=False)
    (journey,) = settled(scene).journeys
    assert journey.ended is not None
    assert journey.ended.problem is not None
    assert journey.ended.problem.message == "a is not live"
    assert phases(scene) == [Phase.INTENT]


@pytest.mark.parametrize("after", [False, True])
def test_a_chain_whose_file_is_gone_is_settled_and_goes_no_further(after: bool) -> None:
    scene = died("chain-2", 2, after=after)
    scene.posts = ()
    for _ in range(2):
        assert scene.publish() is not None
    assert phases(scene) == [LIVE, PLANNED]
    assert [item["text"] for item in scene.live()] == ["a: part 1"]


def test_a_container_that_died_unpublished_is_not_made_again_for_a_file_that_is_gone() -> None:
    scene = died("text", 2, after=False)
    scene.clock.sleep(26 * 3600)
    scene.posts = ()
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, phases(scene), scene.live()) == (0, [PLANNED], [])
