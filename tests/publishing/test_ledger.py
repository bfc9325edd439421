"""The ledger: what is kept stays kept, and a state that cannot be written ends the run without losing anything."""

import errno
from dataclasses import replace
from typing import Any

import pytest

from publisher.errors import LostRace, NotAllowed, TryAgain
from publisher.planning.records import PartRecord, Phase, PostRecord
from publisher.planning.state import State
from publisher.publishing.ledger import Ledger
from tests.publishing.harness import WORKLOADS, Scene, VirtualClock
from tests.state_backends.fakes import Fault, Memory, MemoryState
from tests.state_backends.places import BEGUN, ENDPOINT, record

PLANNED = PartRecord(Phase.PLANNED, "f")


def opened(*, faults: dict[int, Fault] | None = None, **options: Any) -> Ledger:
    """A ledger on a state that fails at the writes named; the first one is its beginning."""
    memory = Memory()
    backend = MemoryState(memory, account="acme", endpoint=ENDPOINT, run="1/1")
    backend.create(BEGUN)
    memory.faults = faults or {}
    ledger = Ledger(backend, VirtualClock(), **options)
    ledger.load()
    return ledger


def always(kind: Fault) -> dict[int, Fault]:
    return dict.fromkeys(range(100), kind)


def test_a_write_that_fails_once_is_made_again() -> None:
    ledger = opened(faults={2: "not_written"})
    ledger.keep("launch", record())
    assert ledger.load().posts["launch"] == record()


def test_f48_what_came_along_from_another_run_ends_what_is_begun_and_not_what_is_recorded() -> None:
    memory = Memory(reapplies=True)
    ours, theirs = (MemoryState(memory, account="acme", endpoint=ENDPOINT, run=run) for run in ("1/1", "2/1"))
    ours.create(BEGUN)
    ledger = Ledger(ours, VirtualClock())
    ledger.load()
    theirs.save(theirs.load().with_post("renamed", record()), ("renamed",))
    ledger.keep("clip", record(phase=Phase.PREPARED))
    assert set(ledger.state.posts) == {"clip", "renamed"}
    with pytest.raises(LostRace) as caught:
        ledger.keep("launch", record(phase=Phase.INTENT))
    assert (caught.value.code, caught.value.exit_code) == ("E702", 7)
    with pytest.raises(LostRace):
        ledger.confirm()
    ledger.keep("clip", record())
    assert memory.state() == ledger.state
    assert set(ledger.state.posts) == {"clip", "renamed"}
    ledger.load()
    ledger.confirm()
    ledger.keep("launch", record(phase=Phase.INTENT))


def test_a_write_whose_answer_was_lost_is_not_made_twice() -> None:
    ledger = opened(faults={2: "answer_lost"})
    ledger.keep("launch", record())
    assert ledger.load().serial == 2


def test_a_state_that_cannot_be_written_is_rescued_and_the_file_is_named() -> None:
    rescued: list[State] = []

    def rescue(state: State) -> str:
        rescued.append(state)
        return "rescued.json"

    ledger = opened(faults=always("not_written"), rescue=rescue)
    with pytest.raises(TryAgain) as failed:
        ledger.keep("launch", record())
    assert "rescued.json" in failed.value.why
    assert [set(state.posts) for state in rescued] == [{"launch"}]


def test_without_a_place_for_it_the_run_ends_all_the_same() -> None:
    with pytest.raises(TryAgain) as failed:
        opened(faults=always("not_written")).keep("launch", record())
    assert "is in" not in failed.value.why


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), NotAllowed("read-only", code="E410")]
)
def test_a_disk_that_takes_no_rescue_either_ends_the_run_with_what_it_said_of_the_state(failure: Exception) -> None:
    def full(state: State) -> str:
        raise failure

    with pytest.raises(TryAgain, match="the state could not be written") as failed:
        opened(faults=always("not_written"), rescue=full).keep("launch", record())
    assert failed.value.code == "E411"
    assert "is in" not in failed.value.why


def test_a_state_that_cannot_be_written_ends_the_run_before_anything_is_published() -> None:
    scene = Scene(WORKLOADS["text"])
    scene.memory.faults = always("not_written")
    report = scene.publish()
    assert report is not None
    assert (report.exit_code, scene.world.published()) == (5, [])


@pytest.mark.parametrize(
    "after",
    [
        replace(record(), parts=(replace(record().parts[0], media_id="18"),)),
        replace(record(), parts=(replace(record().parts[0], phase=Phase.PLANNED),)),
        replace(record(), parts=()),
    ],
    ids=["another id", "an earlier phase", "no part"],
)
def test_what_is_finished_never_changes(after: PostRecord) -> None:
    ledger = opened()
    ledger.keep("launch", record())
    with pytest.raises(AssertionError, match="finished part"):
        ledger.keep("launch", after)


def test_a_part_that_is_not_finished_may_be_dropped() -> None:
    ledger = opened()
    longer = replace(record(), parts=(*record().parts, PLANNED))
    ledger.keep("launch", longer)
    ledger.keep("launch", record())
    assert ledger.state.posts["launch"] == record()


def test_whose_account_it_is_is_written_once() -> None:
    ledger = opened()
    ledger.with_user("1784", "http://127.0.0.1:1")
    ledger.with_user("1785", ENDPOINT)
    state = ledger.state
    assert (state.user_id, state.endpoint, state.serial) == ("1784", "http://127.0.0.1:1", 2)


def test_a_ledger_is_not_asked_before_it_is_loaded() -> None:
    backend = MemoryState(Memory(), account="acme", endpoint=ENDPOINT, run="1/1")
    with pytest.raises(AssertionError, match="not loaded"):
        _ = Ledger(backend, VirtualClock()).state
