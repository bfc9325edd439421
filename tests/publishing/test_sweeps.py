"""Something goes wrong at every call, in every way, for every kind of post: never twice, never lost, never wrong.

Each sweep prints how many runs it made and what it counted (`pytest -s`, or the summary of `-rP`). A failure names
the workload, the world and the fault: `pytest -k` with those words runs it again.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from publisher.sandbox.faults import AFTER, BEFORE
from publisher.settings import PublishingSettings
from tests.publishing.harness import WORKLOADS, Count, Deaths, Scene, finished

SMALL = ("text", "image", "video", "carousel-2", "chain-2", "ghost", "mix")
WORLDS: dict[str, dict[str, object]] = {
    "plain": {},
    "same": {"second_publish": "same"},
    "duplicate": {"second_publish": "duplicate"},
    "lag": {"list_lag": 120.0},
    "ghosts apart": {"ghosts_listed": False},
}
FAULTS = [{"fault": name} for name in (*BEFORE, *AFTER, "container_error")] + [
    {"fault": "slow_effect", "seconds": 222},
    {"fault": "slow", "seconds": 222},
]


def check(total: Count, what: str) -> None:
    print(f"{what}: {total}")
    assert total.runs > 0
    assert total.clean, what


def deaths(name: str, *, after: bool, gap: timedelta = timedelta(hours=1), **world: object) -> Iterator[Count]:
    """The workload, killed once at each call that changes something."""
    at = 1
    while True:
        scene = Scene(WORKLOADS[name], **world)
        deadly = Deaths(scene.transport(), at, after)
        scene.publish(deadly)
        if deadly.calls < at:
            return
        assert scene.deaths == 1
        yield finished(scene, gap)
        at += 1


@pytest.mark.parametrize("name", WORKLOADS)
def test_without_faults_everything_goes_out_in_one_run(name: str) -> None:
    scene = Scene(WORKLOADS[name])
    report = scene.publish()
    assert report is not None
    assert report.exit_code == 0
    check(scene.count(), name)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ["text", "image", "video", "carousel-2", "carousel-20", "chain-5", "ghost", "mix"])
def test_a_death_at_any_call_that_changes_something_costs_nothing(name: str, after: bool) -> None:
    total = sum(deaths(name, after=after), Count())
    check(total, f"killed {'after' if after else 'before'} each call, {name}")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_death_followed_by_a_day_of_silence_costs_nothing(after: bool) -> None:
    total = sum(deaths("mix", after=after, gap=timedelta(hours=26)), Count())
    # A chain that stopped a day ago is not continued unasked: that is a question, not a loss.
    print(total)
    assert (total.duplicates, total.wrong, total.disorder, total.unfinished, total.restless) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("fault", ["killed_before", "killed_after", "not_written", "answer_lost"])
@pytest.mark.parametrize("name", SMALL)
def test_a_state_write_that_fails_or_kills_costs_nothing(name: str, fault: str) -> None:
    total = Count()
    for write in range(2, 40):
        scene = Scene(WORKLOADS[name])
        scene.memory.faults[write] = fault  # type: ignore[assignment]
        scene.publish()
        if scene.memory.writes < write:
            break
        total += finished(scene)
    check(total, f"{fault} at each state write, {name}")


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault["fault"]))
def test_every_lie_at_every_publish_call_costs_nothing(fault: dict[str, object], world: str) -> None:
    total = Count()
    for name in SMALL:
        nth = 1
        while True:
            scene = Scene(WORKLOADS[name], **WORLDS[world])
            scene.faulty.arm([{"call": "publish", "nth": nth, **fault}])
            scene.publish()
            if scene.faulty.faults[0].seen < nth:
                break
            scene.faulty.arm([])
            total += finished(scene)
            nth += 1
    check(total, f"{fault['fault']} at each publish call, {world}")


@pytest.mark.parametrize("world", ["plain", "duplicate"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault["fault"]))
def test_every_fault_at_any_call_costs_nothing(fault: dict[str, object], world: str) -> None:
    total = Count()
    for name in ("image", "carousel-2", "chain-2"):
        nth = 1
        while True:
            scene = Scene(WORKLOADS[name], **WORLDS[world])
            scene.faulty.arm([{"call": "any", "nth": nth, **fault}])
            scene.publish()
            if scene.faulty.faults[0].seen < nth:
                break
            scene.faulty.arm([])
            total += finished(scene)
            nth += 1
    check(total, f"{fault['fault']} at each call, {world}")


def test_the_state_wiped_before_any_call_posts_nothing_twice() -> None:
    """The last net: a post that is live and in no record stops the run, and a person is told how to adopt it."""
    for name in SMALL:
        published = Scene(WORKLOADS[name])
        published.publish()
        live = len(published.world.published())
        published.memory.wipe()
        published.memory.forget_mark()
        refused = published.publish()
        assert refused is None
        assert published.refused[-1].exit_code == 8
        from tests.publishing.harness import ENDPOINT, State

        published.backend().create(State(lineage="anew", account="acme", endpoint=ENDPOINT))
        report = published.publish()
        assert report is not None
        assert report.exit_code == 4
        assert len(published.world.published()) == live


def test_under_park_no_world_however_evil_gets_a_second_post() -> None:
    """The one hole of the protocol, by name: a second publish makes a second post, and the first acts very late."""
    late = {"call": "publish", "fault": "slow_effect", "seconds": 900}
    evil = {"second_publish": "duplicate"}
    hole = Scene(WORKLOADS["text"], **evil)
    hole.faulty.arm([late])
    hole.publish()
    hole.until_done()
    assert finished(hole).duplicates == 1, "the hole is where the documentation says it is"
    parked = Scene(WORKLOADS["text"], publishing=PublishingSettings(on_ambiguous="park"), **evil)
    parked.faulty.arm([late])
    parked.publish()
    parked.until_done()
    assert finished(parked).duplicates == 0
