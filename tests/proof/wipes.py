"""The state lost, or set back to an earlier version, before each call: nothing goes out twice, and a person is told.

The run is stopped at a call (the process dies), the state is wiped or set back, and publishing goes on as a person
would: with a fresh state where there is none.
"""

from collections.abc import Iterator, Sequence

from publisher.planning.state import State
from tests.proof.cases import Trouble, calls_of
from tests.publishing.harness import WORKLOADS, Count, Scene


def all_wipes(workloads: Sequence[str]) -> Iterator[Count]:
    for name in workloads:
        for call in range(1, calls_of(name, "plain", 1) + 1):
            yield wiped(name, call)
            yield set_back(name, call)


def wiped(name: str, call: int) -> Count:
    """Wiped when the run died at `call`, begun anew by hand."""
    scene = _stopped(name, call)
    scene.memory.wipe()
    scene.memory.forget_mark()
    report = scene.publish()
    refused = report is None and scene.refused[-1].exit_code == 8
    if report is None:
        scene.backend().create(State(lineage="anew", account="acme", endpoint=scene.endpoint))
    return _gone_on(scene) + Count(runs=0, wrong=int(report is None and not refused))


def set_back(name: str, call: int) -> Count:
    """Set back by one write, seen from a machine that does not know."""
    scene = _stopped(name, call)
    if len(scene.memory.versions) > 1:
        scene.memory.set_back()
    scene.memory.forget_mark()
    return _gone_on(scene)


def _stopped(name: str, call: int) -> Scene:
    scene = Scene(WORKLOADS[name])
    scene.publish(Trouble(scene, ((call, "killed_after"),)))
    return scene


def _gone_on(scene: Scene) -> Count:
    """A person is asked about what is live and in no record; what waits for an answer sends and writes nothing more."""
    for _ in range(3):
        scene.clock.sleep(3600)
        scene.publish()
    counted = scene.count()
    asked = bool(scene.reports) and scene.reports[-1].exit_code == 4
    return Count(
        runs=1, duplicates=counted.duplicates, wrong=counted.wrong, restless=counted.restless, asked=int(asked)
    )
