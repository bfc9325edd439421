"""Making sure that a lock outlasts what is about to be done: nothing for a file, a write for a branch, a PUT for S3."""

import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import LostRace, TryAgain
from publisher.state_backends.objects import Conflict, Objects
from tests.state_backends.branches import commits, opened, put
from tests.state_backends.places import BEGUN, NOON, BranchPlace, FilePlace, S3Place, repository


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOON).total_seconds()

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


def test_a_file_is_locked_by_the_system_and_that_does_not_run_out(tmp_path: Path) -> None:
    ours = FilePlace(tmp_path / "publisher-state.json", small=200).open()
    state = ours.create(BEGUN)
    with ours.lock("1/1"):
        assert ours.hold(state, 330) is state
        assert ours.left() == math.inf


def test_a_branch_is_written_only_where_its_lease_would_run_out(tmp_path: Path) -> None:
    place, hands = BranchPlace(*repository(tmp_path)), Hands()
    ours = opened(place, "1/1", hands.now)
    assert ours.left() == math.inf  # no lock, nothing to run out
    state = ours.create(BEGUN)
    with ours.lock("1/1"):
        assert ours.left() == 0  # it travels with the first write
        state = ours.hold(ours.load(), 330)
        assert ours.left() == 1800
        hands.turn(minutes=20)
        before = commits(place)
        assert ours.hold(state, 330) is state
        assert commits(place) == before
        hands.turn(minutes=6)
        state = ours.hold(state, 330)
        assert (commits(place), ours.left()) == (before + 1, 1800)
        assert ours.load() == state
        state = ours.hold(state, 3600)  # longer than the lease that was asked for
        assert ours.left() >= 3600
        put(ours, state, "launch")


def test_a_branch_that_another_run_has_taken_over_is_not_held(tmp_path: Path) -> None:
    place, hands = BranchPlace(*repository(tmp_path)), Hands()
    ours, theirs = opened(place, "1/1", hands.now), opened(place, "2/1", hands.now)
    ours.create(BEGUN)
    with ours.lock("1/1"):
        state = ours.hold(ours.load(), 330)
        hands.turn(minutes=31)
        with theirs.lock("2/1"):
            put(theirs, theirs.load(), "launch")
            with pytest.raises(LostRace):
                ours.hold(state, 330)


def test_a_branch_that_another_run_has_had_and_given_back_is_not_held(tmp_path: Path) -> None:
    place, hands = BranchPlace(*repository(tmp_path)), Hands()
    ours, theirs = opened(place, "1/1", hands.now), opened(place, "2/1", hands.now)
    ours.create(BEGUN)
    with ours.lock("1/1"):
        state = ours.hold(ours.load(), 330)
        hands.turn(minutes=31)
        with theirs.lock("2/1"):
            put(theirs, theirs.load(), "launch")
        with pytest.raises(LostRace) as caught:
            ours.hold(state, 330)
    assert caught.value.code == "E702"


@pytest.mark.parametrize("takes_s", [0.02, 20])
def test_a_branch_with_a_lease_shorter_than_a_call_is_held_for_longer(tmp_path: Path, takes_s: float) -> None:
    place, hands = BranchPlace(*repository(tmp_path)), Hands()

    def now() -> datetime:
        hands.turn(seconds=takes_s)
        return hands.at

    ours = opened(place, "1/1", now, lease=timedelta(minutes=5))
    ours.create(BEGUN)
    with ours.lock("1/1"):
        state = ours.hold(ours.load(), 330)
        assert ours.left() >= 330
        assert ours.load() == state


def test_a_branch_whose_push_outlasts_what_was_asked_for_is_not_held(tmp_path: Path) -> None:
    place, hands = BranchPlace(*repository(tmp_path)), Hands()

    def now() -> datetime:
        hands.turn(minutes=5)
        return hands.at

    ours = opened(place, "1/1", now, lease=timedelta(minutes=5))
    ours.create(BEGUN)
    with ours.lock("1/1"):
        state = ours.load()
        with pytest.raises(TryAgain, match="took too long"):
            ours.hold(state, 330)


def s3_place(s3: Any, bucket: str, hands: Hands) -> Any:
    return S3Place(s3, bucket).open("1/1", monotonic=hands.monotonic)


def version(place: S3Place) -> str:
    """Of the lock: another one for each write of it."""
    found: str = place.client.head_object(Bucket=place.bucket, Key=f"{place.prefix}/lock.json")["VersionId"]
    return found


def test_a_lock_in_a_bucket_is_renewed_only_where_it_would_run_out(s3: Any, bucket: str) -> None:
    hands, place = Hands(), S3Place(s3, bucket)
    ours = s3_place(s3, bucket, hands)
    assert ours.left() == math.inf
    state = ours.create(BEGUN)
    with ours.lock("1/1"):
        put = version(place)
        hands.turn(minutes=20)
        assert ours.hold(state, 330) is state
        assert version(place) == put
        assert ours.left() == 600
        hands.turn(minutes=6)
        assert ours.hold(state, 330) is state
        assert ours.left() == 1800
        assert version(place) != put
        ours.hold(state, 3600)
        assert ours.left() >= 3600


def test_a_lock_in_a_bucket_that_another_run_has_taken_over_is_not_held(s3: Any, bucket: str) -> None:
    hands, place = Hands(), S3Place(s3, bucket)
    ours, theirs = s3_place(s3, bucket, hands), place.open("2/1")
    state = ours.create(BEGUN)
    with ours.lock("1/1"):
        theirs.unlock()
        with theirs.lock("2/1"):
            hands.turn(minutes=31)
            with pytest.raises(LostRace, match="run 2/1"):
                ours.hold(state, 330)


def test_a_lock_in_a_bucket_that_another_run_has_had_and_given_back_is_not_held(s3: Any, bucket: str) -> None:
    hands, place = Hands(), S3Place(s3, bucket)
    ours, theirs = s3_place(s3, bucket, hands), place.open("2/1")
    state = ours.create(BEGUN)
    with ours.lock("1/1"):
        theirs.unlock()
        with theirs.lock("2/1"):
            put(theirs, theirs.load(), "launch")
        hands.turn(minutes=31)
        with pytest.raises(LostRace) as caught:
            ours.hold(state, 330)
    assert caught.value.code == "E702"


def fails(error: Exception) -> Any:
    def put(*_: Any, **__: Any) -> Any:
        raise error

    return put


@pytest.mark.parametrize("error", [Conflict("lock.json"), TryAgain("no answer", code="E441")], ids=["conflict", "lost"])
def test_a_lock_in_a_bucket_that_cannot_be_renewed_is_not_believed(s3: Any, bucket: str, error: Exception) -> None:
    hands = Hands()
    ours = s3_place(s3, bucket, hands)
    state = ours.create(BEGUN)
    with ours.lock("1/1"):
        hands.turn(minutes=26)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Objects, "put", fails(error))
            with pytest.raises(TryAgain, match="could not be renewed"):
                ours.hold(state, 330)
        assert ours.hold(state, 330) is state
        assert ours.left() == 1800
