"""What every backend promises, whatever it keeps the state in: one suite for all of them and for their fake."""

import re
import shlex
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import LostRace, Refused, TryAgain
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.tombstones import begun
from publisher.state_backends.backend import StateBackend
from tests.state_backends.fakes import Memory
from tests.state_backends.places import (
    BEGUN,
    NOON,
    BranchPlace,
    FilePlace,
    MemoryPlace,
    Place,
    S3Place,
    record,
    repository,
)

PLACES: dict[str, Callable[[pytest.FixtureRequest, Path], Place]] = {
    "memory": lambda request, folder: MemoryPlace(Memory()),
    "file": lambda request, folder: FilePlace(folder / "publisher-state.json", small=200),
    "journal": lambda request, folder: FilePlace(folder / "publisher-state.json", small=0),
    "branch": lambda request, folder: BranchPlace(*repository(folder)),
    "branch, all sealed": lambda request, folder: BranchPlace(*repository(folder), most_files=0),
    "s3": lambda request, folder: S3Place(request.getfixturevalue("s3"), request.getfixturevalue("bucket")),
    "s3, all sealed": lambda request, folder: S3Place(
        request.getfixturevalue("s3"), request.getfixturevalue("bucket"), largest_head=0
    ),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return PLACES[request.param](request, tmp_path)


@pytest.fixture
def saved(place: Place) -> State:
    """A state of two posts, written by an earlier run."""
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


def put(backend: StateBackend, state: State, post_id: str, text: str = "fingerprint") -> State:
    return backend.save(state.with_post(post_id, record(text)), (post_id,))


def refusal(backend: StateBackend) -> Refused:
    with pytest.raises(Refused) as caught:
        backend.load()
    assert caught.value.exit_code == 8
    assert caught.value.fix
    return caught.value


def test_what_was_saved_is_what_is_loaded(place: Place, saved: State) -> None:
    assert place.open().load() == saved


def test_a_lineage_begins_with_serial_one_and_each_write_adds_one(place: Place) -> None:
    ours = place.open()
    states = [ours.create(BEGUN)]
    states += [put(ours, states[-1], "launch")]
    states += [put(ours, states[-1], "more")]
    assert [state.serial for state in states] == [1, 2, 3]
    assert len({state.write_id for state in states}) == 3


def test_a_baseline_of_many_posts_is_there_from_the_first_write(place: Place) -> None:
    posts = {f"post-{n}": record(phase=Phase.SKIPPED) for n in range(250)}
    place.open().create(replace(BEGUN, posts=posts))
    assert place.open().load().posts == posts


def test_the_write_id_names_the_run(place: Place) -> None:
    assert place.open("9123/2").create(BEGUN).write_id.startswith("9123.2.")


def test_a_missing_state_is_refused_and_init_named(place: Place) -> None:
    error = refusal(place.open())
    assert error.code == "E400"
    assert "publisher state init" in error.fix


def test_f56_a_wiped_state_is_not_an_empty_one(place: Place, saved: State) -> None:
    place.wipe()
    assert refusal(place.open()).code == "E400"


def test_a_lineage_is_not_begun_twice(place: Place, saved: State) -> None:
    with pytest.raises(Refused) as caught:
        place.open().create(BEGUN)
    assert caught.value.code == "E405"
    assert place.open().load() == saved


def test_after_a_loss_nothing_is_begun_anew_unasked(place: Place, saved: State) -> None:
    if not isinstance(place, FilePlace | BranchPlace):
        pytest.skip("what was wiped there is all that knew of it")
    place.wipe()
    with pytest.raises(Refused) as caught:
        place.open("2/1").create(replace(BEGUN, lineage="another"))
    assert caught.value.code == "E400"
    assert f"serial {saved.serial} of it has been seen here" in caught.value.message
    assert caught.value.fix == refusal(place.open()).fix
    command = re.search(r"begin anew on purpose: (\S.+), then: publisher state init$", caught.value.fix)
    assert command is not None
    folder = place.path.parent if isinstance(place, FilePlace) else place.clone
    subprocess.run(shlex.split(command[1]), cwd=folder, check=True)
    begun = place.open("2/1").create(replace(BEGUN, lineage="another"))
    assert place.open().load() == begun


def test_after_a_wipe_a_new_lineage_can_be_begun_on_purpose(place: Place, saved: State) -> None:
    place.wipe()
    place.forget()
    begun = place.open().create(replace(BEGUN, lineage="another"))
    assert place.open().load() == begun


def test_f55_a_state_set_back_betrays_itself(place: Place, saved: State) -> None:
    place.set_back()
    assert refusal(place.open()).code == "E404"


def test_f56_the_state_of_another_account_is_refused(place: Place, saved: State) -> None:
    error = refusal(place.open(account="blog"))
    assert error.code == "E406"
    assert "acme" in error.message
    assert "blog" in error.message


def test_the_state_of_another_endpoint_is_refused(place: Place, saved: State) -> None:
    backend = place.open()
    backend.save(replace(backend.load(), user_id="17841400000000001"), ())
    error = refusal(place.open(endpoint="http://127.0.0.1:9/"))
    assert error.code == "E407"


def test_a_state_through_which_nothing_was_published_may_begin_anywhere(place: Place, saved: State) -> None:
    assert saved.user_id is None
    assert place.open(endpoint="http://127.0.0.1:9/").load() == saved


def test_a_slash_at_the_end_makes_no_other_endpoint(place: Place, saved: State) -> None:
    assert place.open(endpoint=f"{saved.endpoint}/").load() == saved


def test_another_lineage_is_refused(place: Place, saved: State) -> None:
    place.edit(lineage="somebody-elses")
    assert refusal(place.open()).code == "E408"


def test_f61_a_format_of_the_future_is_refused(place: Place, saved: State) -> None:
    place.edit(format_version="2.0")
    assert refusal(place.open()).code == "E403"


def test_f61_keys_of_a_newer_minor_version_are_written_back(place: Place, saved: State) -> None:
    place.edit(format_version="1.7", mood="cheerful")
    ours = place.open()
    put(ours, ours.load(), "launch", "edited")
    assert place.open().load().extra == {"mood": "cheerful"}


def test_f58_b77_a_state_edited_by_hand_is_refused(place: Place, saved: State) -> None:
    place.spoil()
    assert refusal(place.open()).code == "E402"


def test_f44_of_two_writers_one_wins_and_the_other_is_told(place: Place, saved: State) -> None:
    ours, theirs = place.open("1/1"), place.open("2/1")
    mine, other = ours.load(), theirs.load()
    won = put(ours, mine, "launch", "ours")
    with pytest.raises(LostRace):
        put(theirs, other, "launch", "theirs")
    assert place.open().load() == won


@pytest.mark.parametrize("opening", [record(phase=Phase.INTENT), begun(record(), 1, NOON, replacing=False)])
def test_f48_what_a_call_follows_is_not_written_where_another_run_has_written_of_any_post(
    place: Place, saved: State, opening: PostRecord
) -> None:
    ours, theirs = place.open("1/1"), place.open("2/1")
    mine = ours.load()
    won = put(theirs, theirs.load(), "renamed")
    with pytest.raises(LostRace) as caught:
        ours.save(mine.with_post("launch", opening), ("launch",))
    assert (caught.value.code, caught.value.exit_code) == ("E702", 7)
    assert place.open().load() == won


def test_a_loser_that_loads_again_can_write(place: Place, saved: State) -> None:
    ours, theirs = place.open("1/1"), place.open("2/1")
    mine = ours.load()
    put(theirs, theirs.load(), "launch", "theirs")
    with pytest.raises(LostRace):
        put(ours, mine, "launch", "ours")
    assert put(ours, ours.load(), "launch", "ours").posts["launch"] == record("ours")


def test_a_state_older_than_what_this_run_wrote_is_not_written(place: Place, saved: State) -> None:
    ours = place.open()
    old = ours.load()
    put(ours, old, "launch", "first")
    new = put(ours, ours.load(), "launch", "second")
    with pytest.raises(LostRace):
        ours.save(replace(old, serial=old.serial - 1, write_id="9.1.x:1"), ("launch",))
    assert place.open().load() == new


def test_a_post_can_be_renamed_and_removed(place: Place, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    state = ours.save(state.moved("launch", "launch-2026", "posts/launch-2026.yaml"), ("launch", "launch-2026"))
    kept = {key: value for key, value in state.posts.items() if key != "more"}
    state = ours.save(replace(state, posts=kept), ("more",))
    assert place.open().load() == state
    assert list(state.posts) == ["launch-2026"]


def test_the_account_is_recorded_without_touching_a_post(place: Place, saved: State) -> None:
    ours = place.open()
    state = ours.save(replace(ours.load(), user_id="17841400000000000"), ())
    assert place.open().load() == state


@pytest.mark.parametrize("post_id", ["ümlaut & more", "a/b", "..", "%41", "日本語", "x" * 120, "con", "a'b\"c"])
def test_any_id_can_be_kept(place: Place, post_id: str) -> None:
    ours = place.open()
    state = put(ours, ours.create(BEGUN), post_id)
    assert place.open().load() == state


def test_f44_the_second_run_is_told_who_holds_the_account(place: Place, saved: State) -> None:
    ours, theirs = place.open("1/1"), place.open("2/1")
    with ours.lock("1/1"):
        put(ours, ours.load(), "launch", "ours")
        with pytest.raises(LostRace, match="run 1/1") as caught, theirs.lock("2/1"):
            pass
        assert caught.value.code == "E700"
        assert "state unlock" in caught.value.fix


def test_a_lock_given_back_is_free(place: Place, saved: State) -> None:
    ours, theirs = place.open("1/1"), place.open("2/1")
    with ours.lock("1/1"):
        put(ours, ours.load(), "launch", "ours")
    with theirs.lock("2/1"):
        put(theirs, theirs.load(), "launch", "theirs")


def test_a_lock_is_given_back_when_the_run_fails(place: Place, saved: State) -> None:
    ours = place.open("1/1")

    def fail() -> None:
        with ours.lock("1/1"):
            put(ours, ours.load(), "launch", "ours")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with place.open("2/1").lock("2/1"):
        pass


def test_a_run_that_finds_nothing_to_do_writes_nothing(place: Place, saved: State) -> None:
    ours = place.open()
    with ours.lock("1/1"):
        ours.load()
    assert place.open().load() == saved


def test_a_lock_nobody_holds_can_be_taken_away_in_vain(place: Place, saved: State) -> None:
    assert "nobody" in place.open().unlock()


def test_racing_runs_lose_no_write(place: Place, saved: State) -> None:
    runs, rounds = 8, 2
    failures: list[BaseException] = []

    def work(n: int) -> None:
        try:
            ours = place.open(f"{n}/1")
            for turn in range(rounds):
                while True:
                    try:
                        put(ours, ours.load(), f"post-{n}-{turn}")
                        break
                    except (LostRace, TryAgain):
                        continue
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    state = place.open().load()
    assert set(state.posts) == {"launch", "more"} | {f"post-{n}-{turn}" for n in range(runs) for turn in range(rounds)}
    assert state.serial == saved.serial + runs * rounds


def test_racing_runs_agree_on_one_counter(place: Place, saved: State) -> None:
    """Each adds one to the same record: a lost update would show in the sum."""
    runs, rounds = 4, 4

    def work(n: int) -> None:
        ours = place.open(f"{n}/1")
        for _ in range(rounds):
            while True:
                try:
                    state = ours.load()
                    put(ours, state, "launch", str(int(state.posts["launch"].fingerprint) + 1))
                    break
                except (LostRace, TryAgain):
                    continue

    ours = place.open()
    put(ours, ours.load(), "launch", "0")
    threads = [threading.Thread(target=work, args=(n,)) for n in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert place.open().load().posts["launch"].fingerprint == str(runs * rounds)
