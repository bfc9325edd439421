"""The workflow that opens a pull request of a filled-in form: its shell, run as GitHub runs it.

Git, the repository it pushes to, `publisher` and the event are real; `gh` is a stub that notes how it is called.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.github.scaffold import Options, scaffold

PATH = ".github/workflows/threads-new-post.yml"
OPTIONS = Options(account="acme", timezone="Europe/Berlin", on_github=True, forms=True)
BODY = "### Text\n\nShip it: $(touch pwned) `touch pwned`\n\n### Pictures\n\n_No response_\n\n### Topic\n\nNews"
# https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues, without what nobody here reads
EVENT: dict[str, Any] = {
    "action": "opened",
    "issue": {
        "url": "https://api.github.com/repos/acme/social/issues/7",
        "id": 2473591823,
        "number": 7,
        "title": 'Post: "; touch pwned; ../$(touch pwned)',
        "user": {"login": "ada", "id": 1, "type": "User"},
        "labels": [{"id": 208045946, "name": "threads-post", "color": "ededed", "default": False}],
        "state": "open",
        "author_association": "COLLABORATOR",
        "body": BODY.replace("\n", "\r\n"),
    },
    "repository": {"full_name": "acme/social", "fork": False, "default_branch": "main"},
    "sender": {"login": "ada", "id": 1, "type": "User"},
}
GH = """\
#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >> "$GH_CALLS"
printf '\\n' >> "$GH_CALLS"
test "$1" != pr || exit "$GH_PR_EXIT"
"""


def _workflow() -> Any:
    return yaml.load(scaffold(OPTIONS)[PATH], Loader=yaml.BaseLoader)


@dataclass
class Runner:
    """A checkout of a repository that `init` made, on a machine of GitHub's."""

    folder: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder / "checkout", env=self._environ(), capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def run(self, event: Any, *, gh_pr_exit: int = 0) -> "subprocess.CompletedProcess[str]":
        """The step, with the shell that GitHub takes when none is named."""
        (self.folder / "event.json").write_text(json.dumps(event))
        step = _workflow()["jobs"]["new-post"]["steps"][-1]
        (self.folder / "step.sh").write_text(step["run"])
        given = {"ISSUE": str(event["issue"]["number"]), "BASE": step["env"]["BASE"], "GH_TOKEN": "of this run"}
        assert given.keys() == step["env"].keys()
        environ = {**self._environ(), **given, "GH_PR_EXIT": str(gh_pr_exit)}
        command = ["bash", "-e", str(self.folder / "step.sh")]
        return subprocess.run(
            command, cwd=self.folder / "checkout", env=environ, capture_output=True, text=True, timeout=60
        )

    def gh_calls(self) -> list[list[str]]:
        lines = (self.folder / "gh.calls").read_text().split("\0\n")
        return [line.split("\0") for line in lines if line]

    def _environ(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GH_CALLS": str(self.folder / "gh.calls"),
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/social",
            "GITHUB_ACTIONS": "true",
        }


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    runner = Runner(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH)
    (tmp_path / "bin" / "gh").chmod(0o755)
    for path, data in scaffold(OPTIONS).items():
        file = tmp_path / "checkout" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "origin.git"], check=True)
    runner.git("init", "--quiet", "--initial-branch", "main")
    runner.git("add", "--all")
    runner.git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message", "init")
    runner.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    runner.git("push", "--quiet", "origin", "main")
    return runner


def test_a_form_becomes_a_branch_with_the_post_file_and_a_pull_request(runner: Runner) -> None:
    done = runner.run(EVENT)
    assert done.returncode == 0, done.stderr
    assert runner.git("ls-remote", "--heads", "origin", "refs/heads/threads-post-7")
    (path,) = runner.git("diff", "--name-only", "origin/main", "origin/threads-post-7").splitlines()
    assert path.startswith("posts/")
    assert path.endswith("-touch-pwned-touch-pwned.yaml")
    post = yaml.safe_load(runner.git("show", f"origin/threads-post-7:{path}"))
    assert post == {"text": "Ship it: $(touch pwned) `touch pwned`", "topic": "News"}
    login, create = runner.gh_calls()
    assert login == ["auth", "setup-git"]
    assert create[:8] == ["pr", "create", "--base", "main", "--head", "threads-post-7", "--title", "Post of issue #7"]
    assert create[9].startswith("Closes #7.\n\n")
    assert not list(runner.folder.rglob("pwned"))


def test_the_second_event_of_the_same_issue_changes_nothing(runner: Runner) -> None:
    runner.run(EVENT)
    before = runner.git("ls-remote", "origin")
    runner.git("switch", "--quiet", "main")
    done = runner.run({**EVENT, "action": "labeled", "label": {"name": "threads-post"}})
    assert done.returncode == 0
    assert "::notice::The branch threads-post-7 is there already" in done.stdout
    assert runner.git("ls-remote", "origin") == before
    assert sum(call[0] == "pr" for call in runner.gh_calls()) == 1


def test_what_is_not_the_form_is_refused_and_nothing_is_pushed(runner: Runner) -> None:
    done = runner.run({**EVENT, "issue": {**EVENT["issue"], "body": "Please post something nice"}})
    assert done.returncode == 3
    assert "the issue was not written with the form" in done.stderr
    assert "threads-post-7" not in runner.git("ls-remote", "origin")


def test_where_workflows_may_open_none_the_setting_and_the_address_are_named(runner: Runner) -> None:
    done = runner.run(EVENT, gh_pr_exit=1)
    assert done.returncode == 1
    assert "::error::Allow it in Settings, Actions, General" in done.stdout
    assert "https://github.com/acme/social/compare/main...threads-post-7?expand=1" in done.stdout


def test_a_post_with_something_to_mend_is_shown_and_fails(runner: Runner) -> None:
    body = BODY.replace("_No response_", "![image](https://github.com/user-attachments/assets/1)")
    done = runner.run({**EVENT, "issue": {**EVENT["issue"], "body": body}})
    assert done.returncode == 3
    assert "::error file=posts/" in done.stdout
    assert [call[0] for call in runner.gh_calls()] == ["auth", "pr"]  # all the same there is something to mend it in


def test_nothing_of_the_event_reaches_a_shell_but_a_number() -> None:
    (job,) = _workflow()["jobs"].values()
    for step in job["steps"]:
        assert "${{" not in step.get("run", "")
        values = [value for value in step.get("env", {}).values() if "${{" in value]
        assert set(values) <= {"${{ github.event.issue.number }}", "${{ github.token }}"}


def test_it_may_write_branches_and_pull_requests_and_listens_to_people_of_the_repository_alone() -> None:
    (job,) = _workflow()["jobs"].values()
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert (
        """contains(fromJSON('["OWNER", "MEMBER", "COLLABORATOR"]'), github.event.issue.author_association) &&"""
        in job["if"]
    )
    assert "secrets." not in scaffold(OPTIONS)[PATH].decode()
    assert "environment" not in job


def test_without_workflows_there_is_only_the_form() -> None:
    minimal = scaffold(Options("acme", "UTC", on_github=True, minimal=True, forms=True))
    assert ".github/ISSUE_TEMPLATE/threads-post.yml" in minimal
    assert PATH not in minimal
