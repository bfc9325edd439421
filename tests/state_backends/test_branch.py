"""State on a branch: what is on it, and that the user's repository is left as it is."""

import os
import re
import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.errors import Refused
from publisher.git import Git
from publisher.planning.state import State
from publisher.state_backends.branch import BranchState
from publisher.state_backends.plumbing import StateBranch
from tests.state_backends.branches import BRANCH, another, commits, listed, opened, put
from tests.state_backends.places import BEGUN, ENDPOINT, NOON, BranchPlace, clone, git, record, repository


@pytest.fixture
def place(tmp_path: Path) -> BranchPlace:
    return BranchPlace(*repository(tmp_path))


@pytest.fixture
def saved(place: BranchPlace) -> State:
    earlier = place.open("0/1")
    return put(earlier, put(earlier, earlier.create(BEGUN), "launch"), "more")


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


def test_f58_a_head_that_is_empty_or_gone_is_refused(place: BranchPlace, saved: State) -> None:
    place.replace("head.json", b"")
    with pytest.raises(Refused, match="empty"):
        place.open().load()
    git(place.bare, "update-ref", f"refs/heads/{BRANCH}", "refs/heads/main")
    with pytest.raises(Refused, match=r"no head\.json"):
        place.open().load()


def test_a_branch_of_content_is_no_state_branch_and_nobody_is_told_to_overwrite_it(place: BranchPlace) -> None:
    ours = BranchPlace(place.bare, place.clone, "main").open()
    for attempt in (ours.load, lambda: ours.create(BEGUN), lambda: ours.lock("1/1").__enter__()):
        with pytest.raises(Refused, match="branch main is none for a state: it is there, and has no head") as caught:
            attempt()
        assert caught.value.code == "E436"
        assert "--force" not in caught.value.fix
        assert "path: publisher-state" in caught.value.fix


def test_a_state_branch_that_has_lost_its_head_is_told_how_to_be_put_back(place: BranchPlace, saved: State) -> None:
    entries = [line for line in git(place.bare, "ls-tree", BRANCH).splitlines() if b"head.json" not in line]
    tree = git(place.bare, "mktree", stdin=b"\n".join(entries) + b"\n").decode().strip()
    commit = git(place.bare, "commit-tree", tree, "-p", BRANCH, "-m", "lost").decode().strip()
    git(place.bare, "update-ref", f"refs/heads/{BRANCH}", commit)
    git(place.clone, "update-ref", "-d", f"refs/publisher/seen/{BRANCH}")
    with pytest.raises(Refused, match=r"no head\.json") as caught:
        place.open().load()
    assert caught.value.code == "E401"
    assert "git push --force" in caught.value.fix


def test_neither_the_branch_checked_out_nor_the_main_one_is_for_a_state(place: BranchPlace) -> None:
    place.open().check_apart()
    on_main = BranchPlace(place.bare, place.clone, "main").open()
    with pytest.raises(Refused, match="main is none for a state: it is the branch that is checked out") as caught:
        on_main.check_apart()
    assert caught.value.code == "E436"
    git(place.clone, "remote", "set-head", "origin", "main")
    git(place.clone, "checkout", "--quiet", "--detach")
    with pytest.raises(Refused, match="main is none for a state: it is the main branch"):
        on_main.check_apart()


def test_what_is_to_be_typed_holds_for_any_name_of_a_branch(place: BranchPlace) -> None:
    ours = BranchPlace(place.bare, place.clone, "it's;here").open()
    state = ours.create(BEGUN)
    put(ours, state, "launch")
    git(place.bare, "update-ref", "-d", "refs/heads/it's;here")
    with pytest.raises(Refused) as caught:
        ours.load()
    push, forget = re.findall(r"git (.*?)(?:; or|, then)", caught.value.fix)
    assert shlex.split(forget) == ["update-ref", "-d", "refs/publisher/seen/it's;here"]
    assert shlex.split(push)[-1].endswith(":refs/heads/it's;here")


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


def test_a_repository_whose_ids_are_sha256_can_hold_a_state(tmp_path: Path) -> None:
    author = tmp_path / "author"
    author.mkdir()
    git(author, "init", "-q", "--object-format=sha256")
    git(author, "commit", "-q", "--allow-empty", "-m", "First")
    git(author, "clone", "-q", "--bare", str(author), str(tmp_path / "remote.git"))
    place = BranchPlace(tmp_path / "remote.git", clone(tmp_path / "remote.git", tmp_path / "clone"))
    ours = place.open()
    state = put(ours, ours.create(BEGUN), "launch")
    assert place.open().load() == state
    assert git(place.clone, "for-each-ref", "refs/publisher/new") == b""


def test_a_clone_without_an_identity_can_write(place: BranchPlace) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    ours = BranchState(Git(place.clone, environ), BRANCH, account="acme", endpoint=ENDPOINT, run="1/1")
    begun = ours.create(BEGUN)
    assert place.open().load() == begun


def test_an_object_that_is_missing_is_refused(place: BranchPlace) -> None:
    with pytest.raises(Refused, match="missing"):
        StateBranch(Git(place.clone), "origin", BRANCH).contents(["0" * 40])


def test_a_machine_that_has_lost_its_git_cannot_write(place: BranchPlace, tmp_path: Path) -> None:
    branch = StateBranch(Git(place.clone, {"PATH": str(tmp_path)}), "origin", BRANCH)
    with pytest.raises(Refused, match="no program git"):
        branch.commit(None, {}, lambda _: b"{}", folders=(), message="x", at=NOON)
