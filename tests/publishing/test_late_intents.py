"""An intent that takes long to write: its call comes later than it says, and `settle` counts from it."""

from itertools import repeat

from publisher.publishing.run import Desired, carry_out, look
from tests.proof.cases import NamedTrouble
from tests.proof.sweeps import slow_intents, slowly
from tests.publishing.harness import Scene, finished, text


def test_a_second_attempt_waits_for_what_the_late_call_may_still_do() -> None:
    counts = list(slow_intents())
    assert len(counts) == 6
    assert all(count.clean for count in counts)


def test_nothing_is_sent_where_every_write_takes_too_long() -> None:
    scene = Scene((text("a"),))
    session = scene.session(NamedTrouble(scene, [("publish", 1, "late_effect")]))
    slowly(scene, session, repeat(100.0))
    with session.backend.lock("1/1"):
        report = carry_out(session, look(session, Desired(scene.posts)))
    assert report.exit_code == 5
    assert not scene.live()
    assert scene.memory.state().posts["a"].parts[0].attempt == 0
    assert finished(scene).clean
