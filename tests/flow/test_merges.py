"""The merge flow without a forge: a bare repository, a fresh shallow clone for each run as a runner has, CI=true."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.calling import Called
from tests.flow.desk import CONFIG, Desk

BRANCH = CONFIG + "state: {backend: branch, path: publisher-state}\n"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Author", "-c", "user.email=author@acme.example", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@dataclass(frozen=True)
class Forge:
    """A bare repository, an author's clone of it, and the runners that clone it afresh."""

    desk: Desk
    runners: list[Path]

    @property
    def author(self) -> Path:
        return self.desk.folder / "author"

    @property
    def bare(self) -> Path:
        return self.desk.folder / "acme.git"

    def push(self, message: str) -> str:
        git(self.author, "add", "--all")
        git(self.author, "commit", "--quiet", "--message", message)
        git(self.author, "push", "--quiet", "origin", "main")
        return git(self.author, "rev-parse", "HEAD")

    def post(self, name: str, text: str) -> None:
        self.desk.write(f"author/posts/{name}.yaml", text)

    def checkout(self, commit: str | None = None) -> Path:
        """A runner's clone: one branch, one commit; or, run again, an older commit of it."""
        folder = self.desk.folder / f"runner-{len(self.runners)}"
        self.runners.append(folder)
        depth = () if commit else ("--depth", "1")
        git(self.desk.folder, "clone", "--quiet", "--branch", "main", *depth, f"file://{self.bare}", folder.name)
        if commit:
            git(folder, "reset", "--quiet", "--hard", commit)
        return folder

    def publish(self, *arguments: str, at: str | None = None) -> Called:
        return self.desk.at(self.checkout(at))("publish", "--yes", "--format", "json", *arguments, CI="true")


@pytest.fixture
def forge(desk: Desk) -> Forge:
    """One post published from the branch, with its state on another one."""
    forge = Forge(desk, [])
    git(desk.folder, "init", "--quiet", "--bare", "--initial-branch", "main", "acme.git")
    git(desk.folder, "clone", "--quiet", f"file://{forge.bare}", "author")
    git(forge.author, "checkout", "--quiet", "-b", "main")
    desk.write("author/publisher.yaml", BRANCH)
    forge.post("hello", "text: Hello\n")
    forge.push("Say hello")
    assert desk.at(forge.checkout())("state", "init").code == 0
    called = forge.publish("--require-tip")
    assert called.code == 0, called.err
    assert desk.texts() == ["Hello"]
    return forge


def outcomes(called: Called) -> dict[str, str]:
    return {post["id"]: post["outcome"] for post in called.document["posts"]}


def test_what_is_merged_is_published_and_a_run_again_is_idle(forge: Forge) -> None:
    forge.post("second", "text: Second\n")
    forge.push("Add a post")
    assert outcomes(forge.publish("--require-tip")) == {"hello": "unchanged", "second": "published"}
    before = forge.desk.writes()
    assert forge.publish("--require-tip").code == 0
    assert forge.desk.writes() == before
    assert forge.desk.texts() == ["Hello", "Second"]


def test_a_renamed_file_is_the_same_post(forge: Forge) -> None:
    git(forge.author, "mv", "posts/hello.yaml", "posts/2026-hello.yaml")
    forge.push("Rename")
    called = forge.publish()
    assert [post["verdict"] for post in called.document["posts"]] == ["moved"]
    assert forge.publish().document["summary"] == {"unchanged": 1}
    assert forge.desk.texts() == ["Hello"]


def test_a_reverted_and_restored_post_is_not_posted_again(forge: Forge) -> None:
    git(forge.author, "rm", "--quiet", "posts/hello.yaml")
    forge.push("Remove it")
    assert forge.publish().document["summary"] == {"removed": 1}
    git(forge.author, "revert", "--no-edit", "HEAD")
    git(forge.author, "push", "--quiet", "origin", "main")
    assert forge.publish().document["summary"] == {"unchanged": 1}
    assert forge.desk.texts() == ["Hello"]


def test_a_squashed_branch_publishes_what_it_ends_with(forge: Forge) -> None:
    git(forge.author, "checkout", "--quiet", "-b", "draft")
    for words in ("First try", "Second try", "Third try"):
        forge.post("try", f"text: {words}\n")
        git(forge.author, "add", "--all")
        git(forge.author, "commit", "--quiet", "--message", words)
    git(forge.author, "checkout", "--quiet", "main")
    git(forge.author, "merge", "--quiet", "--squash", "draft")
    forge.push("Add a post (#2)")
    assert forge.publish("--require-tip").code == 0
    assert forge.desk.texts() == ["Hello", "Third try"]


def test_an_older_checkout_is_refused_at_the_tip_and_harmless_without(forge: Forge) -> None:
    old = git(forge.author, "rev-parse", "HEAD")
    forge.post("second", "text: Second\n")
    forge.push("Add a post")
    assert forge.publish().code == 0
    refused = forge.publish("--require-tip", at=old)
    assert refused.code == 7
    assert refused.document["error"]["code"] == "E703"
    assert forge.publish(at=old).code == 0
    assert forge.desk.texts() == ["Hello", "Second"]


def test_two_runs_at_the_same_time_post_everything_once(forge: Forge) -> None:
    for number in range(3):
        forge.post(f"p{number}", f"text: Number {number}\n")
    forge.push("Add three")
    folders = [forge.checkout(), forge.checkout()]
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda folder: _process(forge.desk, folder), folders))
    assert set(ended) <= {0, 5, 7}, ended
    assert 0 in ended
    last = forge.publish()
    assert last.code == 0
    assert sorted(filter(None, forge.desk.texts())) == ["Hello", "Number 0", "Number 1", "Number 2"]
    recorded = [media_id for post in last.document["posts"] for media_id in post["media_ids"]]
    assert sorted(recorded) == sorted(item["id"] for item in forge.desk.live()), "no record is lost either"


def _process(desk: Desk, folder: Path) -> int:
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.folder), "CI": "true", **desk.environ}
    command = [sys.executable, "-m", "publisher", "publish", "--yes"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False).returncode
