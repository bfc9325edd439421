"""A state branch that was set back, forked or spoilt, seen from a clone that knows its history, and from one that
saw it last long ago: nothing that was recorded is given up by what a message names."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from publisher.errors import Refused
from publisher.planning.state import State
from publisher.state_backends.branch import BranchState
from tests.state_backends.branches import BRANCH, another, put
from tests.state_backends.places import BEGUN, BranchPlace, clone, git, repository


@pytest.fixture
def place(tmp_path: Path) -> BranchPlace:
    return BranchPlace(*repository(tmp_path))


@pytest.fixture
def desk(place: BranchPlace, tmp_path: Path) -> BranchPlace:
    """A person's clone: whole."""
    return BranchPlace(place.bare, clone(place.bare, tmp_path / "desk", shallow=False))


def refused(backend: BranchState, code: str) -> Refused:
    with pytest.raises(Refused) as caught:
        backend.load()
    assert caught.value.code == code
    return caught.value


def pushed(error: Refused, folder: Path) -> int:
    """Do the push that a message names; its exit code."""
    command = re.search(r"git (push .*?)(?=; or|, then|$)", error.fix)
    assert command is not None
    words = shlex.split(command[1])
    assert not {"--force", "-f"} & set(words), "nothing is pushed over what nobody has looked at"
    return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False).returncode


def tip(place: BranchPlace) -> str:
    return git(place.bare, "rev-parse", BRANCH).decode().strip()


def moved_to(place: BranchPlace, commit: str) -> None:
    git(place.bare, "update-ref", f"refs/heads/{BRANCH}", commit)


def written(place: BranchPlace, folder: Path, *posts: str) -> State:
    """By a fresh runner."""
    run = another(place, folder, "2/1")
    state = run.load()
    for post in posts:
        state = put(run, state, post, post)
    return state


# --- back to the last good commit -------------------------------------------------------------------------------


def test_a_clone_that_saw_the_branch_long_ago_puts_it_back_to_the_last_good_commit(
    place: BranchPlace, desk: BranchPlace, tmp_path: Path
) -> None:
    desk.open().create(BEGUN)
    newest = written(place, tmp_path / "runner", "one", "two")
    place.replace("posts/2026-11/one.json", b"{}")
    place.replace("posts/2026-11/two.json", b"{}")
    assert pushed(refused(desk.open(), "E402"), desk.clone) == 0
    assert desk.open().load() == newest
    assert another(place, tmp_path / "next").load() == newest


def test_a_clone_that_has_seen_nothing_yet_finds_the_last_good_commit_too(
    place: BranchPlace, desk: BranchPlace
) -> None:
    newest = put(place.open(), place.open().create(BEGUN), "one")
    place.replace("head.json", b"")
    assert pushed(refused(desk.open(), "E401"), desk.clone) == 0
    assert desk.open().load() == newest


def test_what_was_seen_goes_before_a_good_commit_that_it_follows(place: BranchPlace, desk: BranchPlace) -> None:
    """Set back, and then spoilt by hand."""
    newest = put(desk.open(), put(desk.open(), desk.open().create(BEGUN), "one"), "two")
    place.set_back()
    place.replace("head.json", b"{}")
    assert pushed(refused(desk.open(), "E401"), desk.clone) == 0
    assert desk.open().load() == newest


def test_what_was_seen_is_all_there_is_where_no_commit_is_good(
    place: BranchPlace, desk: BranchPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = put(desk.open(), desk.open().create(BEGUN), "one")
    monkeypatch.setattr("publisher.state_backends.branch_reading.LOOKED_AT", 3)
    for n in range(3):
        place.replace("head.json", b" " * n)
    assert pushed(refused(desk.open(), "E401"), desk.clone) == 0
    assert desk.open().load() == newest


def test_where_nothing_is_known_to_be_good_a_person_finds_the_commit(
    place: BranchPlace, desk: BranchPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.open().create(BEGUN)
    monkeypatch.setattr("publisher.state_backends.branch_reading.LOOKED_AT", 1)
    place.replace("head.json", b"")
    error = refused(desk.open(), "E401")
    assert "put branch publisher-state back to the last commit that publisher made" in error.fix
    assert "COMMIT:refs/heads/publisher-state" in error.fix


def test_a_second_person_who_does_the_same_takes_back_nothing_that_was_written_since(
    place: BranchPlace, desk: BranchPlace, tmp_path: Path
) -> None:
    put(desk.open(), desk.open().create(BEGUN), "one")
    good = tip(place)
    place.set_back()
    error = refused(desk.open(), "E404")
    moved_to(place, good)  # a colleague was faster
    newest = written(place, tmp_path / "runner", "two")
    assert pushed(error, desk.clone) == 1
    assert desk.open().load() == newest


def test_a_branch_that_is_gone_is_put_back_only_while_it_is_gone(
    place: BranchPlace, desk: BranchPlace, tmp_path: Path
) -> None:
    put(desk.open(), desk.open().create(BEGUN), "one")
    good = tip(place)
    place.wipe()
    error = refused(desk.open(), "E400")
    moved_to(place, good)
    newest = written(place, tmp_path / "runner", "two")
    assert pushed(error, desk.clone) == 1
    assert desk.open().load() == newest


# --- forks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("posts", [("a", "b"), ("a", "b", "c")], ids=["of the same serial", "of a higher serial"])
def test_a_branch_set_back_and_written_anew_is_refused_and_the_commits_that_were_seen_stay(
    place: BranchPlace, desk: BranchPlace, tmp_path: Path, posts: tuple[str, ...]
) -> None:
    ours = desk.open()
    begun = ours.create(BEGUN)
    seen = put(ours, put(ours, begun, "one"), "two")
    place.set_back()
    place.set_back()
    theirs = written(place, tmp_path / "runner", *posts)
    error = refused(desk.open(), "E404")
    assert f"was set back and written anew: serial {theirs.serial} ({theirs.write_id})" in error.message
    assert f"serial {seen.serial} ({seen.write_id}), which has been seen here" in error.message
    on = re.search(r"if this one is meant: git (.*), then: publisher reconcile", error.fix)
    assert on is not None
    assert pushed(error, desk.clone) == 0
    assert desk.open().load() == seen
    moved_to(place, git(tmp_path / "runner", "rev-parse", f"refs/publisher/seen/{BRANCH}").decode().strip())
    git(desk.clone, *shlex.split(on[1]))
    assert desk.open().load() == theirs


def test_a_fork_of_the_same_serial_shows_in_a_shallow_clone_as_well(place: BranchPlace, tmp_path: Path) -> None:
    ours = place.open()
    put(ours, ours.create(BEGUN), "one")
    place.set_back()
    written(place, tmp_path / "runner", "a")
    error = refused(place.open(), "E404")
    assert "COMMIT" in error.fix


def test_a_run_whose_branch_is_forked_under_it_stops(place: BranchPlace, desk: BranchPlace, tmp_path: Path) -> None:
    ours = desk.open()
    state = put(ours, ours.create(BEGUN), "one")
    place.set_back()
    written(place, tmp_path / "runner", "a", "b", "c")
    with pytest.raises(Refused) as caught:
        put(ours, state, "two")
    assert caught.value.code == "E404"


def test_words_for_people_changed_by_hand_are_no_fork(place: BranchPlace, desk: BranchPlace, tmp_path: Path) -> None:
    seen = put(desk.open(), desk.open().create(BEGUN), "one")
    place.replace("README.md", b"Ask Jo before you touch this.\n")
    assert desk.open().load() == seen
    newest = written(place, tmp_path / "runner", "two")
    assert desk.open().load() == newest


def test_a_history_cut_off_by_hand_is_no_fork_while_the_write_that_was_seen_is_in_it(
    place: BranchPlace, desk: BranchPlace, tmp_path: Path
) -> None:
    put(desk.open(), desk.open().create(BEGUN), "one")
    moved_to(place, git(place.bare, "commit-tree", f"{BRANCH}^{{tree}}", "-m", "Tidy up").decode().strip())
    newest = written(place, tmp_path / "runner", "two", "three")
    assert desk.open().load() == newest
