"""Some posts are named on the command line: what was begun of the others is settled first all the same (I5)."""

import pytest

from publisher.planning.records import Phase
from publisher.publishing.run import Desired, RunReport, carry_out, look
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import Scene, chain, finished, text


def only(scene: Scene, *ids: str) -> RunReport:
    session = scene.session()
    with session.backend.lock(session.run):
        return carry_out(session, look(session, Desired(scene.posts, only=frozenset(ids))))


@pytest.mark.parametrize("death", ["killed_before", "killed_after"])
def test_an_open_intent_of_another_is_settled_before_it(death: str) -> None:
    scene = Scene((text("a"), text("b")))
    scene.publish(NamedTrouble(scene, [("publish", 1, death)]))
    assert only(scene, "b").exit_code == 0
    assert finished(scene).clean


def test_nothing_else_of_what_is_not_named_is_sent() -> None:
    scene = Scene((chain("a", 3), text("b"), text("c")))
    scene.publish(NamedTrouble(scene, [("publish", 1, "killed_after")]))
    only(scene, "b")
    phases = {key: [part.phase for part in record.parts] for key, record in scene.memory.state().posts.items()}
    assert phases == {"a": [Phase.PUBLISHED, Phase.PLANNED, Phase.PLANNED], "b": [Phase.PUBLISHED]}
    assert finished(scene).clean
