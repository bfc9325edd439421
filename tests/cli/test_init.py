"""`publisher init`: a repository in which everything works at once, and nothing that was there is touched."""

import subprocess
from pathlib import Path

import yaml

from tests.cli.calling import Caller


def test_what_is_written_is_valid_and_can_be_rehearsed_at_once(tmp_path: Path) -> None:
    call = Caller(tmp_path)
    assert call("init", "--account-name", "acme", "--timezone", "Europe/Berlin").code == 0
    assert call("validate", "--strict").code == 0
    assert call("plan", "--detailed-exitcode").code == 10
    assert call("publish", "--sandbox").code == 0
    for file in tmp_path.rglob("*.y*ml"):
        yaml.safe_load(file.read_text("utf-8"))


def test_the_account_of_every_command_is_the_name_here_too(tmp_path: Path) -> None:
    called = Caller(tmp_path)("--account", "acme", "init", "--minimal")
    assert called.code == 0
    assert "account: acme" in (tmp_path / "publisher.yaml").read_text("utf-8")
    assert "The state begins" in called.out


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    call = Caller(tmp_path)
    call("init", "--account-name", "acme")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    called = call("init", "--account-name", "other")
    assert called.code == 0
    assert "written" not in called.out
    assert {file: file.read_bytes() for file in before} == before


def test_what_the_author_has_is_kept_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.psd\n")
    called = Caller(tmp_path)("init", "--account-name", "acme")
    assert (tmp_path / ".gitignore").read_text() == "*.psd\n"
    assert ".publisher/" in called.err


def test_minimal_is_the_file_and_a_post(tmp_path: Path) -> None:
    Caller(tmp_path)("init", "--account-name", "acme", "--minimal")
    assert {file.name for file in tmp_path.iterdir()} >= {"publisher.yaml", "posts", ".gitignore"}
    assert not (tmp_path / ".github").exists()


def test_a_name_that_is_none_is_a_usage_error_and_nothing_is_written(tmp_path: Path) -> None:
    assert Caller(tmp_path)("init", "--account-name", "a b").code == 2
    assert Caller(tmp_path)("init", "--account-name", "a", "--timezone", "Mars/Olympus").code == 2
    assert list(tmp_path.iterdir()) == []


def test_where_the_remote_is_on_github_the_state_goes_to_a_branch(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    # No network in tests: the address is GitHub's, the way to it is not.
    subprocess.run(["git", "remote", "add", "origin", "https://github.com/acme/social.git"], cwd=tmp_path, check=True)
    called = Caller(tmp_path)("init", "--account-name", "acme", GIT_ALLOW_PROTOCOL="file")
    assert called.code == 0
    assert "backend: branch" in (tmp_path / "publisher.yaml").read_text()
    assert "publisher state init" in called.err


def test_new_posts_know_the_schema_that_init_left(tmp_path: Path) -> None:
    call = Caller(tmp_path)
    call("init", "--account-name", "acme")
    file = tmp_path / call("new", "Hello again").out.strip()
    first = file.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (file.parent / first.partition("=")[2]).exists()
