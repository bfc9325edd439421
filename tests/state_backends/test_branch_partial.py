"""A clone that lacks objects: one made with a filter, and one that has lost some. What is not here is not gone."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import Refused
from publisher.git import Answer, Git
from publisher.state_backends.branch import BranchState
from publisher.state_backends.plumbing import StateBranch
from tests.state_backends.branches import BRANCH
from tests.state_backends.places import BEGUN, ENDPOINT, BranchPlace, git, record, repository


@pytest.fixture
def place(tmp_path: Path) -> BranchPlace:
    place = BranchPlace(*repository(tmp_path))
    git(place.bare, "config", "uploadpack.allowFilter", "true")
    git(place.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
    place.open().create(replace(BEGUN, posts={f"post-{n}": record(f"said {n}") for n in range(5)}))
    return place


def test_a_runner_without_blobs_gets_those_of_the_state_at_once_and_with_the_token(
    place: BranchPlace, tmp_path: Path
) -> None:
    """As actions/checkout leaves it with `filter: blob:none` and `persist-credentials: false`."""
    runner = tmp_path / "runner"
    git(place.bare, "clone", "-q", "--depth=1", "--branch=main", "--filter=blob:none", place.bare.as_uri(), str(runner))
    private = tmp_path / "upload-pack"
    private.write_text(
        f"#!/bin/sh\necho >> {tmp_path}/asked\n"
        'test -n "$GITHUB_TOKEN" || { echo "fatal: could not read Username" >&2; exit 128; }\n'
        'exec git-upload-pack "$@"\n'
    )
    private.chmod(0o755)
    git(runner, "config", "remote.origin.uploadpack", str(private))
    with_token = Git(runner, {**os.environ, "GITHUB_TOKEN": "not-a-real-one"})
    ours = BranchState(with_token, BRANCH, account="acme", endpoint=ENDPOINT, run="1/1", sleep=lambda _: None)
    assert ours.load() == place.open().load()
    assert (tmp_path / "asked").read_text() == "\n"


def test_a_head_that_this_clone_has_lost_is_no_head_that_is_missing(place: BranchPlace) -> None:
    blob = git(place.clone, "rev-parse", f"refs/publisher/seen/{BRANCH}:head.json").decode().strip()
    (place.clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(Refused, match="git failed") as caught:
        StateBranch(Git(place.clone), "origin", BRANCH).content(f"refs/publisher/seen/{BRANCH}", "head.json")
    assert caught.value.code == "E430"
    assert "push" not in caught.value.fix


@pytest.mark.parametrize("path", ["posts", "nothing"], ids=["a folder", "nothing"])
def test_what_is_no_file_of_a_commit_has_no_content(place: BranchPlace, path: str) -> None:
    branch = StateBranch(Git(place.clone), "origin", BRANCH)
    assert branch.content(f"refs/publisher/seen/{BRANCH}", path) is None


def test_a_clone_that_cannot_get_what_was_left_out_is_told_to_leave_nothing_out(place: BranchPlace) -> None:
    said = "fatal: could not fetch 1234 from promisor remote"
    error = Git(place.clone).local_failure(Answer(128, b"", said))
    assert error.code == "E430"
    assert "without --filter" in error.fix
