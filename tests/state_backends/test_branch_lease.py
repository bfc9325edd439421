"""The lease on the state branch: who may publish, until when, and who may take over."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.errors import LostRace, Refused
from publisher.planning.state import State
from publisher.state_backends.lease import Lease
from tests.state_backends.branches import BRANCH, another, commits, hook, opened, put
from tests.state_backends.places import BEGUN, NOON, BranchPlace, clone, git, record, repository


@pytest.fixture
def place(tmp_path: Path) -> BranchPlace:
    return BranchPlace(*repository(tmp_path))


@pytest.fixture
def saved(place: BranchPlace) -> State:
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


def test_the_lease_travels_with_the_first_write_and_is_given_back(place: BranchPlace, saved: State) -> None:
    ours = place.open("9123/1")
    before = commits(place)
    with ours.lock("9123/1"):
        assert commits(place) == before
        put(ours, ours.load(), "launch", "changed")
        head = json.loads(git(place.bare, "cat-file", "blob", f"{BRANCH}:head.json"))
        assert head["lease"] == {
            "owner": "9123/1",
            "run_id": "9123",
            "run_attempt": 1,
            "acquired": "2026-11-23T12:00:00Z",
            "expires": "2026-11-23T12:30:00Z",
        }
    assert "lease" not in json.loads(git(place.bare, "cat-file", "blob", f"{BRANCH}:head.json"))
    assert commits(place) == before + 2


def left_by_a_dead_run(place: BranchPlace, run: str) -> State:
    ours = place.open(run)
    lock = ours.lock(run)
    lock.__enter__()
    state = put(ours, ours.load(), "launch", "changed")
    ours._holding = None  # so that collecting the generator gives nothing back
    ours._tip = None
    return state


def test_f46_the_lease_of_a_dead_run_ends_by_itself(place: BranchPlace, saved: State) -> None:
    left_by_a_dead_run(place, "7/1")
    with pytest.raises(LostRace, match="run 7/1"), opened(place, "8/1", lambda: NOON).lock("8/1"):
        pass
    with opened(place, "8/1", lambda: NOON + timedelta(minutes=31)).lock("8/1"):
        pass


def test_f46_a_higher_attempt_of_the_same_run_takes_over_at_once(place: BranchPlace, saved: State) -> None:
    left_by_a_dead_run(place, "7/1")
    ours = place.open("7/2")
    with ours.lock("7/2"):
        put(ours, ours.load(), "more", "changed")
    with place.open("8/1").lock("8/1"):
        pass


def test_f47_a_lease_taken_away_is_gone_and_writes_stay_conditional(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours, theirs = place.open("7/1"), another(place, tmp_path / "second", "8/1")
    with ours.lock("7/1"):
        mine = put(ours, ours.load(), "launch", "ours")
        assert "run 7/1" in place.open("9/1").unlock()
        with theirs.lock("8/1"):
            put(theirs, theirs.load(), "launch", "theirs")
            with pytest.raises(LostRace, match="run 8/1"):
                put(ours, mine, "more", "ours")
    assert place.open().load().posts["launch"] == record("theirs")


def test_f45_a_run_that_slept_past_its_lease_stops_at_its_next_write(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours = place.open("7/1")
    with ours.lock("7/1"):
        mine = put(ours, ours.load(), "launch", "ours")
        fresh = clone(place.bare, tmp_path / "second")
        theirs = opened(BranchPlace(place.bare, fresh), "8/1", lambda: NOON + timedelta(hours=2))
        with theirs.lock("8/1"):
            put(theirs, theirs.load(), "theirs")
            with pytest.raises(LostRace):
                put(ours, mine, "ours")


def test_f44_of_two_runs_that_start_together_the_first_write_decides(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours, theirs = place.open("7/1"), another(place, tmp_path / "second", "8/1")
    with ours.lock("7/1"), theirs.lock("8/1"):
        mine, other = ours.load(), theirs.load()
        put(ours, mine, "ours", "by us")
        with pytest.raises(LostRace) as caught:
            put(theirs, other, "theirs")
        assert caught.value.code == "E700"


def test_someone_without_a_lock_leaves_the_lease_as_it_is(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, person = place.open("7/1"), another(place, tmp_path / "second", "desk/1")
    with ours.lock("7/1"):
        mine = put(ours, ours.load(), "launch", "ours")
        put(person, person.load(), "more", "by a person")
        assert json.loads(git(place.bare, "cat-file", "blob", f"{BRANCH}:head.json"))["lease"]["owner"] == "7/1"
        state = put(ours, mine, "launch", "ours again")
    assert state.posts["more"] == record("by a person")
    assert place.open().unlock() == "held by nobody"


def test_unlocking_what_is_not_there_is_refused(place: BranchPlace) -> None:
    with pytest.raises(Refused, match="no state"):
        place.open().unlock()


def test_a_lineage_can_be_begun_under_a_lock(place: BranchPlace) -> None:
    ours = place.open("1/1")
    with ours.lock("1/1"):
        begun = ours.create(BEGUN)
    assert place.open().load() == begun


def test_a_lease_that_cannot_be_given_back_fails_no_run(place: BranchPlace, saved: State) -> None:
    ours = place.open("7/1")
    with ours.lock("7/1"):
        put(ours, ours.load(), "launch", "changed")
        hook(place, "pre-receive", "exit 1")


@pytest.mark.parametrize("lease", ["mine", {}, {"owner": "7/1", "acquired": "yesterday", "expires": "tomorrow"}])
def test_a_lease_that_cannot_be_read_holds_nobody_up(place: BranchPlace, saved: State, lease: object) -> None:
    place.edit(lease=lease)
    ours = place.open("8/1")
    with ours.lock("8/1"):
        put(ours, ours.load(), "launch", "changed")


def test_a_write_after_the_lease_was_given_back_goes_on_from_there(place: BranchPlace, saved: State) -> None:
    ours = place.open("7/1")
    with ours.lock("7/1"):
        state = put(ours, ours.load(), "launch", "changed")
    state = put(ours, state, "launch", "changed again")
    assert place.open().load() == state


@pytest.mark.parametrize(
    ("run", "owner", "waits"),
    [
        ("7/1", "7/1", False),
        ("7/2", "7/1", False),
        ("7/10", "7/9", False),
        ("7/1", "7/2", True),
        ("8/2", "7/1", True),
        ("desk", "desk", False),
        ("desk", "7", True),
        ("7", "7/1", True),
        ("desk/x", "desk/y", True),
        ("7/2", f"7/{'9' * 5000}", True),
        (f"7/{'9' * 5000}", "7/1", True),
    ],
)
def test_only_a_later_attempt_of_the_same_run_need_not_wait(run: str, owner: str, waits: bool) -> None:
    assert Lease(owner, NOON, NOON + timedelta(minutes=30)).blocks(run, NOON) is waits
