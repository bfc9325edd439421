"""State in S3 when answers are lost, late or wrong, and when others hold the lock."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.errors import LostRace, NotAllowed, Refused, TryAgain
from publisher.planning.state import State
from publisher.state_backends.s3 import S3State
from tests.state_backends.faulty import Failure, FaultyS3, answer, connect_timeout, refused, timeout
from tests.state_backends.places import BEGUN, S3Place, record


@pytest.fixture
def place(s3: Any, bucket: str) -> S3Place:
    return S3Place(s3, bucket)


@pytest.fixture
def saved(place: S3Place) -> State:
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


def put(backend: S3State, state: State, post_id: str, text: str = "fingerprint") -> State:
    return backend.save(state.with_post(post_id, record(text)), (post_id,))


def faulty(
    place: S3Place, faults: dict[tuple[str, int], tuple[str, Failure]], run: str = "1/1", **more: Any
) -> S3State:
    return S3Place(FaultyS3(place.client, faults), place.bucket, place.prefix).open(run, **more)


FAILURES: dict[str, tuple[str, Failure]] = {
    "refused": ("before", refused),
    "connect timeout": ("before", connect_timeout),
    "500 before": ("before", answer(500, "InternalError")),
    "503 slow down": ("before", answer(503, "SlowDown")),
    "400 request timeout": ("before", answer(400, "RequestTimeout")),
    "429": ("before", answer(429, "TooManyRequests")),
    "409 for nothing": ("before", answer(409, "ConditionalRequestConflict")),
    "412 for nothing": ("before", answer(412, "PreconditionFailed")),
    "read timeout after": ("after", timeout),
    "reset after": ("after", lambda: ConnectionResetError(104, "reset")),
    "500 after": ("after", answer(500, "InternalError")),
    "own 412": ("after", answer(412, "PreconditionFailed")),
    "own 409": ("after", answer(409, "ConditionalRequestConflict")),
}


@pytest.mark.parametrize("name", FAILURES)
def test_f42_f43_a_write_is_done_once_whatever_is_answered(place: S3Place, saved: State, name: str) -> None:
    ours = faulty(place, {("put_object", 1): FAILURES[name]})
    kept = put(ours, ours.load(), "launch", "changed")
    assert kept.serial == saved.serial + 1
    assert place.open().load() == kept
    assert place.read("journal/4.json") == place.read("head.json")


@pytest.mark.parametrize("name", FAILURES)
def test_a_lineage_begins_or_is_told_that_it_did_not(place: S3Place, name: str) -> None:
    ours = faulty(place, {("put_object", 1): FAILURES[name]})
    if FAILURES[name][0] == "after":
        begun = ours.create(BEGUN)
    else:
        with pytest.raises(TryAgain):
            ours.create(BEGUN)
        begun = ours.create(BEGUN)
    assert place.open().load() == begun


@pytest.mark.parametrize("name", FAILURES)
def test_a_copy_that_is_not_kept_fails_no_write(place: S3Place, saved: State, name: str) -> None:
    ours = faulty(place, {("put_object", 2): FAILURES[name]})
    kept = put(ours, ours.load(), "launch", "changed")
    assert put(ours, kept, "more", "changed") == place.open().load()


def test_of_two_lineages_begun_at_once_one_wins(place: S3Place) -> None:
    client = FaultyS3(place.client)
    begun: list[State] = []

    def between(operation: str, n: int) -> None:
        if operation == "put_object" and not begun:
            begun.append(place.open("2/1").create(BEGUN))

    client.between = between
    with pytest.raises(Refused) as caught:
        S3Place(client, place.bucket, place.prefix).open().create(BEGUN)
    assert caught.value.code == "E405"
    assert place.open().load() == begun[0]


def test_f44_a_foreign_412_is_a_race_lost(place: S3Place, saved: State) -> None:
    ours, theirs = place.open("1/1"), place.open("2/1")
    mine = ours.load()
    won = put(theirs, theirs.load(), "launch", "theirs")
    with pytest.raises(LostRace) as caught:
        put(ours, mine, "more", "ours")
    assert caught.value.code == "E702"
    assert place.open().load() == won


def test_f41_an_s3_that_stays_away_is_temporary_and_the_next_try_continues(place: S3Place, saved: State) -> None:
    faults = {("put_object", n): FAILURES["503 slow down"] for n in range(1, 6)}
    ours = faulty(place, faults)
    state = ours.load()
    with pytest.raises(TryAgain) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E441"
    assert put(ours, state, "launch", "changed") == place.open().load()


def test_a_write_kept_unseen_is_found_by_the_next_try(place: S3Place, saved: State) -> None:
    """The answer is lost, and S3 cannot be reached when we look."""
    faults = {("get_object", n): ("before", refused) for n in range(2, 7)}
    ours = faulty(place, {("put_object", 1): ("after", timeout), **faults})
    state = ours.load()
    with pytest.raises(TryAgain):
        put(ours, state, "launch", "changed")
    kept = put(ours, state, "launch", "changed")
    assert kept.serial == saved.serial + 1
    assert place.open().load() == kept


def test_what_an_unseen_write_changed_is_as_its_caller_has_it_after_the_next(place: S3Place, saved: State) -> None:
    faults = {("get_object", n): ("before", refused) for n in range(2, 7)}
    ours = faulty(place, {("put_object", 1): ("after", timeout), **faults})
    state = ours.load()
    with pytest.raises(TryAgain):
        put(ours, state, "unseen")
    kept = put(ours, state, "launch", "changed")
    assert place.open().load() == kept
    assert set(kept.posts) == {"launch", "more"}


def test_a_state_loaded_by_another_object_is_written_only_if_it_is_still_there(place: S3Place, saved: State) -> None:
    kept = put(place.open("2/1"), saved, "launch", "changed")
    assert place.open().load() == kept
    with pytest.raises(LostRace):
        put(place.open("3/1"), saved, "launch", "changed again")


def test_f56_a_state_wiped_under_a_run_is_not_written_again(place: S3Place, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    place.wipe()
    with pytest.raises(Refused) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E400"
    assert place.listed() == []


def test_permission_lost_between_two_writes_is_told(place: S3Place, saved: State) -> None:
    ours = faulty(place, {("put_object", 1): ("before", answer(403, "AccessDenied"))})
    with pytest.raises(NotAllowed):
        put(ours, ours.load(), "launch", "changed")


def test_what_is_no_failure_of_s3_is_a_bug_and_shows_itself(place: S3Place, saved: State) -> None:
    ours = faulty(place, {("get_object", 1): ("before", ZeroDivisionError)})
    with pytest.raises(ZeroDivisionError):
        ours.load()


# --- the lock ---------------------------------------------------------------------------------------------------


def lock_of(place: S3Place) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(place.read("lock.json"))
    return document


def left_by_a_dead_run(place: S3Place, run: str, *, ago: timedelta = timedelta()) -> None:
    """A lock whose lease began `ago`, by the server's clock."""
    since = datetime.now(UTC) - ago
    facts = {"owner": run, "acquired": since.isoformat(), "expires": (since + timedelta(minutes=30)).isoformat()}
    place.write("lock.json", json.dumps(facts).encode())


def test_the_lock_says_who_holds_it_until_when(place: S3Place, saved: State) -> None:
    ours = place.open("9123/2")
    ours.load()
    with ours.lock("9123/2"):
        lock = lock_of(place)
        assert (lock["owner"], lock["run_id"], lock["run_attempt"], lock["serial"]) == ("9123/2", "9123", 2, 3)
        length = datetime.fromisoformat(lock["expires"]) - datetime.fromisoformat(lock["acquired"])
        assert length == timedelta(minutes=30)
    assert "lock.json" not in place.listed()


def test_f46_the_lock_of_a_dead_run_ends_with_its_lease(place: S3Place, saved: State) -> None:
    left_by_a_dead_run(place, "7/1", ago=timedelta(minutes=29))
    with pytest.raises(LostRace, match="run 7/1"), place.open("8/1").lock("8/1"):
        pass
    left_by_a_dead_run(place, "7/1", ago=timedelta(minutes=31))
    with place.open("8/1").lock("8/1"):
        assert lock_of(place)["owner"] == "8/1"


def test_f46_a_higher_attempt_of_the_same_run_takes_over_at_once(place: S3Place, saved: State) -> None:
    left_by_a_dead_run(place, "7/1")
    with place.open("7/2").lock("7/2"):
        assert lock_of(place)["owner"] == "7/2"


@pytest.mark.parametrize("spoilt", [b"\xff", b"[" * 200_000, b""])
def test_a_lock_that_cannot_be_read_holds_nobody_up(place: S3Place, saved: State, spoilt: bytes) -> None:
    place.write("lock.json", spoilt)
    with place.open("8/1").lock("8/1"):
        assert lock_of(place)["owner"] == "8/1"


@pytest.mark.parametrize("name", FAILURES)
def test_a_lock_is_taken_whatever_is_answered(place: S3Place, saved: State, name: str) -> None:
    ours = faulty(place, {("put_object", 1): FAILURES[name]}, "8/1")
    with ours.lock("8/1"):
        assert lock_of(place)["owner"] == "8/1"
    assert "lock.json" not in place.listed()


def test_a_lock_that_cannot_be_taken_is_temporary(place: S3Place, saved: State) -> None:
    faults = {("put_object", n): FAILURES["409 for nothing"] for n in range(1, 9)}
    with pytest.raises(TryAgain), faulty(place, faults).lock("1/1"):
        pass


def test_a_lock_without_a_server_time_goes_by_our_own(place: S3Place, saved: State) -> None:
    class Silent(FaultyS3):
        def __getattr__(self, operation: str) -> Callable[..., Any]:
            call = super().__getattr__(operation)

            def without_date(**arguments: Any) -> Any:
                result = call(**arguments)
                result["ResponseMetadata"]["HTTPHeaders"]["date"] = "soon"
                return result

            return without_date

    left_by_a_dead_run(place, "7/1")
    ours = S3Place(Silent(place.client), place.bucket, place.prefix).open("8/1")
    with pytest.raises(LostRace, match="run 7/1"), ours.lock("8/1"):
        pass


def test_f47_unlock_takes_the_lock_away_and_says_whose_it_was(place: S3Place, saved: State) -> None:
    left_by_a_dead_run(place, "7/1")
    assert "run 7/1" in place.open().unlock()
    assert place.open().unlock() == "held by nobody"
    for spoilt in (b"{}", b"[" * 200_000):
        place.write("lock.json", spoilt)
        assert "nobody we can name" in place.open().unlock()
        assert "lock.json" not in place.listed()


def test_a_lock_renewed_this_moment_is_not_taken_away(place: S3Place, saved: State) -> None:
    left_by_a_dead_run(place, "7/1")
    client = FaultyS3(place.client)
    client.between = lambda operation, n: left_by_a_dead_run(place, "7/1") if operation == "delete_object" else None
    with pytest.raises(LostRace):
        S3Place(client, place.bucket, place.prefix).open().unlock()


def test_a_lock_given_back_late_is_left_to_who_has_it_now(place: S3Place, saved: State) -> None:
    with place.open("7/1").lock("7/1"):
        left_by_a_dead_run(place, "8/1")
    assert lock_of(place)["owner"] == "8/1"


def test_a_lock_that_cannot_be_given_back_fails_no_run(place: S3Place, saved: State) -> None:
    with faulty(place, {("delete_object", 1): ("before", refused)}).lock("1/1"):
        pass
    assert lock_of(place)["owner"] == "1/1"


class Stopwatch:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_long_run_renews_its_lease(place: S3Place, saved: State) -> None:
    watch = Stopwatch()
    ours = place.open("7/1", monotonic=watch)
    state = ours.load()
    with ours.lock("7/1"):
        first = place.read("lock.json")
        state = put(ours, state, "launch", "changed")
        assert place.read("lock.json") == first
        watch.now = 16 * 60.0
        state = put(ours, state, "launch", "again")
        assert place.read("lock.json") != first
        assert lock_of(place)["owner"] == "7/1"
    assert "lock.json" not in place.listed()


def test_a_long_run_whose_lock_was_taken_away_takes_it_again(place: S3Place, saved: State) -> None:
    watch = Stopwatch()
    ours = place.open("7/1", monotonic=watch)
    state = ours.load()
    with ours.lock("7/1"):
        place.open().unlock()
        watch.now = 16 * 60.0
        put(ours, state, "launch", "changed")
        assert lock_of(place)["owner"] == "7/1"


def test_f45_a_run_that_slept_past_its_lease_stops_at_its_next_write(place: S3Place, saved: State) -> None:
    watch = Stopwatch()
    ours, theirs = place.open("7/1", monotonic=watch), place.open("8/1")
    state = ours.load()
    with ours.lock("7/1"):
        left_by_a_dead_run(place, "7/1", ago=timedelta(hours=2))
        watch.now = 7200.0
        with theirs.lock("8/1"):
            with pytest.raises(LostRace, match="run 8/1"):
                put(ours, state, "launch", "ours")
            put(theirs, theirs.load(), "launch", "theirs")
    assert place.open().load().posts["launch"] == record("theirs")


def test_a_renewal_that_fails_leaves_the_decision_to_the_head(place: S3Place, saved: State) -> None:
    watch = Stopwatch()
    ours = faulty(place, {("put_object", 2): FAILURES["503 slow down"]}, "7/1", monotonic=watch)
    state = ours.load()
    with ours.lock("7/1"):
        watch.now = 16 * 60.0
        kept = put(ours, state, "launch", "changed")
    assert place.open().load() == kept


class Unconditional:
    """An S3 that takes every write, whatever its condition."""

    def __init__(self, client: Any, ignored: str) -> None:
        self._client = client
        self._ignored = ignored

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_object(self, **parameters: Any) -> Any:
        parameters.pop(self._ignored, None)
        return self._client.put_object(**parameters)


@pytest.mark.parametrize("ignored", ["IfNoneMatch", "IfMatch"])
def test_an_s3_that_ignores_conditions_is_refused_before_anything_is_published(
    place: S3Place, saved: State, ignored: str
) -> None:
    before = place.read("head.json")
    deaf = S3Place(Unconditional(place.client, ignored), place.bucket, place.prefix)
    with pytest.raises(Refused) as caught, deaf.open(trusted=False).lock("1/1"):
        pytest.fail("the lock was given")
    assert caught.value.code == "E449"
    assert ignored.removeprefix("If") in caught.value.message.replace("-", "")
    assert place.read("head.json") == before
    assert "lock.json" not in place.listed()


class TakenAway:
    """Somebody takes the lock away before our second write to it."""

    def __init__(self, place: S3Place) -> None:
        self._place = place
        self._puts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._place.client, name)

    def put_object(self, **parameters: Any) -> Any:
        self._puts += 1
        if self._puts == 2:
            self._place.open().unlock()
        return self._place.client.put_object(**parameters)


def test_a_lock_that_is_taken_away_while_an_s3_is_tried_says_nothing_against_it(place: S3Place, saved: State) -> None:
    ours = S3Place(TakenAway(place), place.bucket, place.prefix).open(trusted=False)
    with ours.lock("1/1"):
        assert put(ours, ours.load(), "launch", "changed").serial == saved.serial + 1
    assert "lock.json" not in place.listed()


def test_an_s3_that_says_it_has_no_conditions_is_told_as_that(place: S3Place, saved: State) -> None:
    """Not as one that may be there later: it would be tried for ever."""
    ours = faulty(place, {("put_object", 1): ("before", answer(501, "NotImplemented"))}, "1/1")
    with pytest.raises(Refused, match="If-None-Match") as caught, ours.lock("1/1"):
        pytest.fail("the lock was given")
    assert caught.value.code == "E449"


def test_an_s3_that_keeps_to_conditions_is_used_after_it_was_tried(place: S3Place, saved: State) -> None:
    ours = place.open(trusted=False)
    with ours.lock("1/1"):
        assert put(ours, ours.load(), "launch", "changed").serial == saved.serial + 1
    assert "lock.json" not in place.listed()


@pytest.mark.parametrize("spelled", [str.title, str.upper], ids=["as Go spells it", "in capitals"])
def test_a_proxy_may_spell_the_names_of_headers_as_it_likes(place: S3Place, spelled: Callable[[str], str]) -> None:
    """The journal says in the metadata of each copy whose it is."""

    class Proxied(FaultyS3):
        def __getattr__(self, operation: str) -> Callable[..., Any]:
            call = super().__getattr__(operation)

            def answered(**arguments: Any) -> Any:
                answer = call(**arguments)
                if "Metadata" in answer:
                    answer["Metadata"] = {spelled(name): value for name, value in answer["Metadata"].items()}
                return answer

            return answered

    behind = S3Place(Proxied(place.client), place.bucket)
    ours = behind.open()
    state = put(ours, ours.create(BEGUN), "launch")
    assert behind.open("2/1").load() == state
    assert place.open("3/1").load() == state
