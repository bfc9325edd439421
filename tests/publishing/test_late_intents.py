"""An intent that takes long to write: its call comes later than it says, and `settle` counts from it."""

from collections.abc import Callable

import pytest

from publisher.planning.records import Phase
from publisher.planning.state import State
from publisher.publishing.run import Desired, RunReport, carry_out, look
from tests.proof.cases import NamedTrouble
from tests.publishing.harness import Scene, finished, text


def published(scene: Scene, slowness: Callable[[], float]) -> RunReport:
    """A run in which writing an intent takes so many seconds, and the first call acts 500 s late, unanswered."""
    session = scene.session(NamedTrouble(scene, [("publish", 1, "late_effect")]))
    save = session.backend.save

    def slowly(state: State, changed: tuple[str, ...]) -> State:
        if any(part.phase is Phase.INTENT for record in state.posts.values() for part in record.parts):
            scene.clock.sleep(slowness())
        return save(state, changed)

    session.backend.save = slowly  # type: ignore[method-assign]
    with session.backend.lock("1/1"):
        return carry_out(session, look(session, Desired(scene.posts)))


@pytest.mark.parametrize("group", [1, 4])
@pytest.mark.parametrize("seconds", [50, 150, 400])
def test_a_second_attempt_waits_for_what_the_late_call_may_still_do(seconds: float, group: int) -> None:
    scene = Scene((text("a"), text("b")), second_publish="duplicate")
    scene.group = group
    once = iter([seconds])
    published(scene, lambda: next(once, 0))
    assert finished(scene).clean


def test_nothing_is_sent_where_every_write_takes_too_long() -> None:
    scene = Scene((text("a"),))
    report = published(scene, lambda: 100)
    assert report.exit_code == 5
    assert not scene.live()
    assert scene.memory.state().posts["a"].parts[0].attempt == 0
    assert finished(scene).clean
