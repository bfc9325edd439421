"""State on a branch: by real git, on a bare repository on disk, from clones as runners have them."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import InvalidContent, LostRace, NotAllowed, Refused, TryAgain
from publisher.git import Git
from publisher.planning.state import State
from publisher.state_backends.branch import BranchState
from tests.state_backends.places import BEGUN, ENDPOINT, NOON, BranchPlace, clone, git, record, repository

BRANCH = "publisher-state"


@pytest.fixture
def place(tmp_path: Path) -> BranchPlace:
    return BranchPlace(*repository(tmp_path))


@pytest.fixture
def saved(place: BranchPlace) -> State:
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


def put(backend: BranchState, state: State, post_id: str, text: str = "fingerprint") -> State:
    return backend.save(state.with_post(post_id, record(text)), (post_id,))


def another(place: BranchPlace, folder: Path, run: str = "2/1", *, shallow: bool = True) -> BranchState:
    """A run with a clone of its own."""
    return BranchPlace(place.bare, clone(place.bare, folder, shallow=shallow)).open(run)


def opened(place: BranchPlace, run: str, now: Callable[[], datetime]) -> BranchState:
    return BranchState(place.clone, BRANCH, account="acme", endpoint=ENDPOINT, run=run, now=now, sleep=lambda _: None)


def hook(place: BranchPlace, name: str, text: str) -> None:
    path = place.bare / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def listed(place: BranchPlace) -> list[str]:
    return git(place.bare, "ls-tree", "-r", "--name-only", BRANCH).decode().splitlines()


def commits(place: BranchPlace) -> int:
    return int(git(place.bare, "rev-list", "--count", BRANCH))


# --- what is on the branch --------------------------------------------------------------------------------------


def test_the_branch_shares_nothing_with_the_content(place: BranchPlace, saved: State) -> None:
    unrelated = subprocess.run(
        ["git", "-C", str(place.bare), "merge-base", "main", BRANCH], capture_output=True, check=False
    )
    assert unrelated.returncode == 1
    assert listed(place) == [
        ".gitattributes", "README.md", "head.json", "posts/2026-11/launch.json", "posts/2026-11/more.json",
    ]  # fmt: skip


def test_f49_git_is_told_never_to_merge_a_record(place: BranchPlace, saved: State) -> None:
    assert git(place.bare, "cat-file", "blob", f"{BRANCH}:.gitattributes") == b"* -merge\n"


def test_a_post_keeps_the_month_of_its_first_write(place: BranchPlace, saved: State) -> None:
    later = opened(place, "5/1", lambda: datetime(2027, 2, 1, tzinfo=UTC))
    state = put(later, later.load(), "launch", "changed")
    put(later, state, "february")
    assert [path for path in listed(place) if path.startswith("posts/")] == [
        "posts/2026-11/launch.json", "posts/2026-11/more.json", "posts/2027-02/february.json",
    ]  # fmt: skip


def test_a_folder_that_is_full_is_followed_by_another(
    place: BranchPlace, saved: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.state_backends.branch.FULL", 3)
    ours = place.open()
    ids = tuple(f"post-{n}" for n in range(5))
    state = ours.load()
    state = ours.save(replace(state, posts={**state.posts, **{key: record() for key in ids}}), ids)
    folders = [path.split("/")[1] for path in listed(place) if path.startswith("posts/")]
    assert sorted(folders) == ["2026-11"] * 3 + ["2026-11-2"] * 3 + ["2026-11-3"]
    assert place.open().load() == state


def test_a_write_touches_only_what_changed(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    put(ours, ours.load(), "launch", "changed")
    changed = git(place.bare, "diff-tree", "-r", "--name-only", f"{BRANCH}~1", BRANCH).decode().splitlines()
    assert changed == ["head.json", "posts/2026-11/launch.json"]


def test_a_commit_says_what_it_records_and_for_which_run(place: BranchPlace, saved: State) -> None:
    message = git(place.bare, "log", "-1", "--format=%B", BRANCH).decode()
    assert message.startswith("Record more\n")
    assert "serial 3, run 0/1" in message


@pytest.mark.parametrize(("mode", "what"), [("120000", "a link"), ("160000", "a submodule")])
def test_what_is_no_record_is_refused(place: BranchPlace, saved: State, mode: str, what: str) -> None:
    target = git(place.bare, "hash-object", "-w", "--stdin", stdin=b"../../etc/passwd").decode().strip()
    if mode == "160000":
        target = git(place.bare, "rev-parse", "main").decode().strip()
    entries = (
        git(place.bare, "ls-tree", BRANCH) + f"{mode} {'commit' if mode == '160000' else 'blob'} {target}\tx\n".encode()
    )
    tree = git(place.bare, "mktree", "--missing", stdin=entries).decode().strip()
    commit = git(place.bare, "commit-tree", tree, "-p", BRANCH, "-m", what).decode().strip()
    git(place.bare, "update-ref", f"refs/heads/{BRANCH}", commit)
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E401"


def test_f58_a_head_that_is_gone_is_refused(place: BranchPlace, saved: State) -> None:
    place.replace("head.json", b"")
    with pytest.raises(Refused, match="empty"):
        place.open().load()


def test_two_files_of_one_post_are_refused(place: BranchPlace, saved: State) -> None:
    place.replace("posts/2026-12/launch.json", b"{}")
    tree = git(place.bare, "rev-parse", f"{BRANCH}:posts").decode().strip()
    place.edit(posts_tree=tree)
    with pytest.raises(Refused, match="both of post launch"):
        place.open().load()


def test_a_record_added_or_removed_by_hand_shows(place: BranchPlace, saved: State) -> None:
    """Each file is whole and the head's checksum is right: only together they are wrong."""
    place.replace(
        "posts/2026-11/other.json", git(place.bare, "cat-file", "blob", f"{BRANCH}:posts/2026-11/launch.json")
    )
    with pytest.raises(Refused) as caught:
        place.open().load()
    assert caught.value.code == "E402"


# --- the user's repository --------------------------------------------------------------------------------------


def test_work_tree_index_head_and_branches_of_the_user_stay_as_they_are(place: BranchPlace) -> None:
    (place.clone / "posts" / "launch.yaml").write_text("text: changed\n")
    (place.clone / "staged.txt").write_text("staged")
    (place.clone / "untracked.txt").write_text("untracked")
    git(place.clone, "add", "staged.txt")

    def seen() -> tuple[bytes, ...]:
        status = git(place.clone, "status", "--porcelain=v2", "--branch")
        kept = git(place.clone, "for-each-ref", "refs/heads", "refs/remotes", "refs/tags")
        return status, kept, (place.clone / ".git" / "index").read_bytes(), (place.clone / ".git" / "HEAD").read_bytes()

    before = seen()
    ours = place.open()
    with ours.lock("1/1"):
        ours.create(BEGUN)
        put(ours, ours.load(), "launch")
    assert seen() == before
    assert not (place.clone / ".git" / "FETCH_HEAD").exists()
    assert sorted(git(place.clone, "for-each-ref", "--format=%(refname)", "refs/publisher").decode().split()) == [
        f"refs/publisher/seen/{BRANCH}", f"refs/publisher/tip/{BRANCH}",
    ]  # fmt: skip


def test_b47_hooks_of_the_repository_are_not_run(place: BranchPlace, tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in (
        "pre-push",
        "reference-transaction",
        "post-checkout",
        "pre-commit",
        "post-commit",
        "post-index-change",
    ):
        for folder in (hooks, place.clone / ".git" / "hooks"):
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
            (folder / name).chmod(0o755)
    git(place.clone, "config", "core.fsmonitor", f"touch {tmp_path}/ran")
    git(place.clone, "config", "core.hooksPath", str(hooks))
    ours = place.open()
    state = put(ours, ours.create(BEGUN), "launch")
    assert place.open().load() == state
    assert not (tmp_path / "ran").exists()


def test_a_shallow_clone_fetches_one_commit_of_the_branch(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    runner = another(place, tmp_path / "runner")
    assert runner.load() == saved
    state = put(runner, saved, "launch", "changed")
    assert place.open().load() == state
    assert Git(tmp_path / "runner").is_shallow()
    assert commits(place) == 4


def test_a_whole_clone_is_not_made_shallow(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    desk = another(place, tmp_path / "desk", shallow=False)
    put(desk, desk.load(), "launch", "changed")
    assert not Git(tmp_path / "desk").is_shallow()
    assert another(place, tmp_path / "third", "3/1").load().posts["launch"] == record("changed")


def test_a_clone_without_an_identity_can_write(place: BranchPlace) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    ours = BranchState(Git(place.clone, environ), BRANCH, account="acme", endpoint=ENDPOINT, run="1/1")
    begun = ours.create(BEGUN)
    assert place.open().load() == begun


# --- others write, too ------------------------------------------------------------------------------------------


def test_f48_two_runs_with_different_posts_keep_both(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    put(theirs, put(theirs, other, "theirs"), "more", "changed by them")
    state = put(ours, mine, "ours")
    assert set(state.posts) == {"launch", "more", "ours", "theirs"}
    assert state.posts["more"] == record("changed by them")
    assert place.open().load() == state


def test_f48_two_runs_with_the_same_post_do_not_mix(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    won = put(theirs, other, "new", "theirs")
    with pytest.raises(LostRace) as caught:
        put(ours, mine, "new", "ours")
    assert caught.value.code == "E702"
    assert place.open().load() == won


def test_a_post_removed_here_and_changed_there_stops_the_loser(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    put(theirs, other, "launch", "theirs")
    with pytest.raises(LostRace):
        ours.save(replace(mine, posts={"more": mine.posts["more"]}), ("launch",))


def test_two_runs_that_record_the_account_do_not_mix(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, theirs = place.open("1/1"), another(place, tmp_path / "second")
    mine, other = ours.load(), theirs.load()
    theirs.save(replace(other, user_id="17841400000000000"), ())
    with pytest.raises(LostRace):
        put(ours, mine, "launch")


def test_a_lineage_begun_anew_meanwhile_is_refused(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours = place.open("1/1")
    mine = ours.load()
    place.wipe()
    another(place, tmp_path / "second").create(replace(BEGUN, lineage="another"))
    with pytest.raises(Refused) as caught:
        put(ours, mine, "launch")
    assert caught.value.code == "E408"


def test_f56_a_branch_deleted_under_a_run_is_refused(place: BranchPlace, saved: State) -> None:
    ours = place.open("1/1")
    state = ours.load()
    place.wipe()
    with pytest.raises(Refused) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E400"


def test_a_branch_deleted_under_a_run_with_a_whole_clone_is_made_whole(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    """Nothing is forgotten: the commit that is pushed has the whole state and its history."""
    desk = another(place, tmp_path / "desk", shallow=False)
    state = desk.load()
    place.wipe()
    state = put(desk, state, "launch", "changed")
    assert place.open().load() == state
    assert commits(place) == 4


def test_f55_a_branch_set_back_under_a_run_is_refused(place: BranchPlace, saved: State) -> None:
    ours = place.open("1/1")
    state = ours.load()
    place.set_back()
    with pytest.raises(Refused) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E404"


def test_f55_a_branch_set_back_and_written_by_another_is_refused(
    place: BranchPlace, saved: State, tmp_path: Path
) -> None:
    ours = place.open("1/1")
    state = ours.load()
    place.set_back()
    place.set_back()
    other = another(place, tmp_path / "second")
    put(other, other.load(), "new")
    with pytest.raises(Refused) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E404"
    assert "git update-ref -d" in caught.value.fix


def test_what_the_refusal_of_an_older_state_names_works(place: BranchPlace, saved: State) -> None:
    place.set_back()
    with pytest.raises(Refused) as caught:
        place.open().load()
    command = next(part for part in caught.value.fix.split(": ") if part.startswith("git update-ref"))
    git(place.clone, *command.removesuffix(", then").split()[1:])
    assert place.open().load().serial == saved.serial - 1


# --- answers that are lost, and refusals ------------------------------------------------------------------------


def test_f50_a_push_that_was_kept_and_whose_answer_was_lost_is_a_success(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    hook(place, "reference-transaction", 'test "$1" = committed && kill -9 $PPID; exit 0')
    kept = put(ours, state, "launch", "changed")
    (place.bare / "hooks" / "reference-transaction").unlink()
    assert place.open().load() == kept
    assert kept.serial == saved.serial + 1


def test_f50_a_lineage_whose_answer_was_lost_has_begun(place: BranchPlace) -> None:
    hook(place, "reference-transaction", 'test "$1" = committed && kill -9 $PPID; exit 0')
    begun = place.open().create(BEGUN)
    assert place.open("2/1").load() == begun


def test_a_push_cut_off_before_it_was_kept_is_made_again(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    hook(place, "pre-receive", f"test -e {place.bare}/cut || {{ touch {place.bare}/cut; kill -9 $PPID; }}; exit 0")
    kept = put(ours, state, "launch", "changed")
    assert place.open().load() == kept
    assert kept.serial == saved.serial + 1


def test_f41_a_remote_that_goes_away_is_temporary_and_the_next_try_continues(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    away = place.bare.rename(place.bare.with_name("away.git"))
    with pytest.raises(TryAgain):
        put(ours, state, "launch", "changed")
    with pytest.raises(TryAgain):
        place.open().load()
    away.rename(place.bare)
    assert place.open().load() == saved
    assert put(ours, state, "launch", "changed") == place.open().load()


def test_a_write_that_was_kept_unseen_is_found_by_the_next_try(place: BranchPlace, saved: State) -> None:
    """The answer is lost, and the remote is gone before we can look."""
    ours = place.open()
    state = ours.load()
    gone = f"mv {place.bare}/HEAD {place.bare}/gone && kill -9 $PPID"
    hook(place, "reference-transaction", f'test "$1" = committed && {gone}; exit 0')
    with pytest.raises(TryAgain):
        put(ours, state, "launch", "changed")
    (place.bare / "gone").rename(place.bare / "HEAD")
    (place.bare / "hooks" / "reference-transaction").unlink()
    kept = put(ours, state, "launch", "changed")
    assert kept.serial == saved.serial + 1, "what is durable already is not written again"
    assert place.open().load() == kept


def test_a_remote_that_declines_is_a_matter_of_permission(place: BranchPlace, saved: State) -> None:
    ours = place.open()
    state = ours.load()
    hook(place, "pre-receive", "echo 'GH013: Repository rule violations found' >&2; exit 1")
    with pytest.raises(NotAllowed) as caught:
        put(ours, state, "launch", "changed")
    assert caught.value.code == "E432"
    assert "contents: write" in caught.value.fix
    assert place.open().load() == saved


def test_a_lineage_that_may_not_begin_says_so(place: BranchPlace) -> None:
    hook(place, "pre-receive", "echo declined >&2; exit 1")
    with pytest.raises(NotAllowed):
        place.open().create(BEGUN)


def test_a_repository_without_the_remote_is_told_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(TryAgain, match="origin"):
        BranchState(tmp_path, BRANCH, account="acme", endpoint=ENDPOINT, run="1/1").load()


@pytest.mark.parametrize("name", ["a..b", "-x y", "x.lock", "", "a b"])
def test_a_branch_that_cannot_be_is_a_matter_of_configuration(place: BranchPlace, name: str) -> None:
    ours = BranchState(place.clone, name, account="acme", endpoint=ENDPOINT, run="1/1")
    with pytest.raises(InvalidContent) as caught:
        ours.load()
    assert "state.path" in caught.value.fix


# --- the lease --------------------------------------------------------------------------------------------------


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
        put(ours, mine, "ours")
        with pytest.raises(LostRace) as caught:
            put(theirs, other, "theirs")
        assert caught.value.code == "E700"


def test_someone_without_a_lock_leaves_the_lease_as_it_is(place: BranchPlace, saved: State, tmp_path: Path) -> None:
    ours, person = place.open("7/1"), another(place, tmp_path / "second", "desk/1")
    with ours.lock("7/1"):
        mine = put(ours, ours.load(), "launch", "ours")
        put(person, person.load(), "more", "by a person")
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
