"""A new repository is right from the first minute: for us, for editors, and for whoever reads its workflows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.github.scaffold import Options, scaffold
from publisher.version import __version__
from tests.cli.calling import Called, Caller

GITHUB = Options(account="acme", timezone="Europe/Berlin", on_github=True, forms=True)
DESK = Options(account="acme", timezone="Europe/Berlin", on_github=False)
WORKFLOWS = (
    ".github/workflows/threads-validate.yml",
    ".github/workflows/threads-publish.yml",
    ".github/workflows/threads-new-post.yml",
)


def written(folder: Path, options: Options) -> Caller:
    for path, data in scaffold(options).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return Caller(folder)


def workflow(path: str) -> Any:
    # YAML 1.1 takes the key `on` for a boolean; every string stays a string here.
    return yaml.load(scaffold(GITHUB)[path], Loader=yaml.BaseLoader)


@pytest.mark.parametrize("options", [GITHUB, DESK, Options("acme", "UTC", on_github=False, minimal=True)])
def test_what_is_written_is_valid_without_a_warning(options: Options, tmp_path: Path) -> None:
    called: Called = written(tmp_path, options)("validate", "--strict", "--format", "json")
    assert called.document == {"format_version": "1.0", "posts": 1, "findings": []}


@pytest.mark.parametrize("name", ["acme", "acme.dev", "1984", "1e3", "no", "a-b_c"])
def test_any_account_name_stays_the_name_it_is(name: str, tmp_path: Path) -> None:
    files = scaffold(Options(account=name, timezone="UTC", on_github=False))
    assert yaml.safe_load(files["publisher.yaml"])["account"] == name  # as an editor reads it
    assert written(tmp_path, Options(account=name, timezone="UTC", on_github=False))("validate").code == 0


def test_the_state_goes_to_a_branch_on_github_and_to_a_file_elsewhere() -> None:
    assert yaml.safe_load(scaffold(GITHUB)["publisher.yaml"])["state"] == {
        "backend": "branch",
        "path": "publisher-state",
    }
    assert yaml.safe_load(scaffold(DESK)["publisher.yaml"])["state"]["backend"] == "file"


def test_the_suggested_bucket_settings_are_ones_that_are_taken(tmp_path: Path) -> None:
    caller = written(tmp_path, GITHUB)
    config = (tmp_path / "publisher.yaml").read_text()
    block = config.partition("# media:\n")[2].partition("\n\n")[0]
    uncommented = "media:\n" + "\n".join(line.removeprefix("# ") for line in block.splitlines())
    uncommented = uncommented.replace("https://…", "https://s3.example.com")
    (tmp_path / "publisher.yaml").write_text(f"version: 1\naccount: acme\n{uncommented}\n")
    assert caller("validate", "--strict").code == 0


@pytest.mark.parametrize("options", [GITHUB, Options("acme", "UTC", on_github=True, minimal=True)])
def test_every_schema_that_a_first_line_names_is_there(options: Options) -> None:
    files = scaffold(options)
    for path, data in files.items():
        for named in re.findall(rb"\$schema=(\S+)", data):
            target = (Path("/repository", path).parent / named.decode()).resolve()
            assert str(target.relative_to("/repository")) in files, path


def test_the_editor_s_settings_name_schemas_that_are_there() -> None:
    files = scaffold(GITHUB)
    settings = json.loads(files[".vscode/settings.json"])
    assert set(settings["yaml.schemas"]) <= set(files)
    assert json.loads(files[".vscode/extensions.json"])["recommendations"] == ["redhat.vscode-yaml"]


def test_every_snippet_is_a_post_once_it_is_filled_in(tmp_path: Path) -> None:
    caller = written(tmp_path, GITHUB)
    snippets = json.loads(scaffold(GITHUB)[".vscode/publisher.code-snippets"])
    picture = (tmp_path / "posts" / "hello.jpg").read_bytes()
    for name in ("picture.jpg", "first.png", "second.png"):
        (tmp_path / "posts" / name).write_bytes(picture)
    caller.write("posts/other-post.yaml", "text: Another post\n")
    for number, snippet in enumerate(snippets.values()):
        body = "\n".join(snippet["body"]).replace("png", "jpg")
        body = body.replace("first.jpg", "picture.jpg").replace("second.jpg", "hello.jpg")
        today = {"$CURRENT_YEAR": "2031", "$CURRENT_MONTH": "03", "$CURRENT_DATE": "20"}
        for variable, value in today.items():
            body = body.replace(variable, value)
        body = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", body).replace("$0", "")
        caller.write(f"posts/snippet-{number}.yaml", body)
    called = caller("validate", "--format", "json")
    assert called.document["findings"] == []
    assert called.document["posts"] == len(snippets) + 2


@pytest.mark.parametrize("path", WORKFLOWS)
def test_every_action_is_pinned_by_its_full_hash_and_says_its_version(path: str) -> None:
    uses = [line.strip() for line in scaffold(GITHUB)[path].decode().splitlines() if "uses:" in line]
    assert uses
    assert all(re.fullmatch(r"- uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in uses)


@pytest.mark.parametrize("path", WORKFLOWS)
def test_a_workflow_installs_what_the_lock_names_and_keeps_no_credentials(path: str) -> None:
    (job,) = workflow(path)["jobs"].values()
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    assert "--require-hashes --only-binary :all: -r .github/publisher.txt" in commands
    assert f"threads-publisher=={__version__}" in commands
    assert "${{" not in commands  # what an event carries never reaches a shell
    assert job["steps"][0]["with"]["persist-credentials"] == "false"
    assert workflow(path)["permissions"] == {}


def test_pull_requests_are_checked_without_a_secret_and_without_a_right_to_write() -> None:
    text = scaffold(GITHUB)[WORKFLOWS[0]].decode()
    (job,) = workflow(WORKFLOWS[0])["jobs"].values()
    assert "secrets." not in text
    assert "environment" not in job
    assert job["permissions"] == {"contents": "read"}
    assert list(workflow(WORKFLOWS[0])["on"]) == ["pull_request"]


def test_publishing_waits_its_turn_is_never_cut_off_and_takes_the_tip() -> None:
    flow = workflow(WORKFLOWS[1])
    assert flow["concurrency"] == {"group": "threads-publish", "cancel-in-progress": "false", "queue": "max"}
    (job,) = flow["jobs"].values()
    assert job["environment"] == "threads"
    assert job["steps"][0]["with"]["ref"] == "main"
    assert job["steps"][-1]["run"] == "publisher ci publish"
    assert set(flow["on"]) == {"push", "schedule", "workflow_dispatch"}


def test_the_lock_is_the_one_this_version_was_tested_with() -> None:
    lock = scaffold(GITHUB)[".github/publisher.txt"].decode()
    root = Path(__file__).resolve().parents[2]
    assert re.findall(r"^\S+==\S+", lock, re.M) == re.findall(
        r"^\S+==\S+", (root / "requirements" / "runtime.txt").read_text(), re.M
    )
    assert lock.count("--hash=sha256:") > lock.count("==")


def test_nothing_is_left_to_be_filled_in() -> None:
    for path, data in scaffold(GITHUB).items():
        if path.endswith((".jpg", ".json", ".txt")):
            continue
        assert not re.search(rb"(?<![\w/])@[a-z_]+@", data), path


def test_beside_the_token_nothing_is_unpacked_from_a_cache_unless_the_caller_asks_for_it() -> None:
    """A cache is whatever a job of the same branch has written, and may hold any path."""
    assert all(b"cache" not in scaffold(GITHUB)[path] for path in WORKFLOWS)
    callable_one = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "publish.yml"
    flow = yaml.load(callable_one.read_text("utf-8"), Loader=yaml.BaseLoader)
    assert flow["on"]["workflow_call"]["inputs"]["cache-archives"]["default"] == "false"
    steps = [step for step in flow["jobs"]["publish"]["steps"] if "cache" in step.get("uses", "")]
    assert [step["uses"].partition("@")[0] for step in steps] == ["actions/cache/restore", "actions/cache/save"]
    for step in steps:
        assert step["if"].startswith("${{ inputs.cache-archives ")
        assert step["with"]["path"] == ".publisher/archives/*.json"  # no lock, no journal, no sandbox
