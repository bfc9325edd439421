"""`publisher fmt`: files in one style, written only where they differ."""

import os
from pathlib import Path

import pytest

from tests.cli.calling import Caller, repository

UNTIDY = "# why\ntopic: News   # one\n\ntext: 'two\n\n  lines'\n"
TIDY = "text: |-\n  two\n  lines\n# why\n\ntopic: News   # one\n"


@pytest.fixture
def untidy(tmp_path: Path) -> Caller:
    return repository(tmp_path, tidy="text: Hello\n", untidy=UNTIDY)


def text_of(caller: Caller, name: str) -> str:
    return (caller.folder / "posts" / f"{name}.yaml").read_text("utf-8")


def test_what_differs_is_written_and_named(untidy: Caller) -> None:
    called = untidy("fmt")
    assert (called.code, called.out) == (0, "posts/untidy.yaml\n")
    assert "2 posts: 1 file written" in called.err
    assert text_of(untidy, "untidy").replace("\n\n", "\n") == TIDY.replace("\n\n", "\n")


def test_a_second_run_has_nothing_to_do(untidy: Caller) -> None:
    untidy("fmt")
    called = untidy("fmt", "--check")
    assert (called.code, called.out) == (0, "")


def test_a_check_writes_nothing_and_is_exit_3(untidy: Caller) -> None:
    called = untidy("fmt", "--check")
    assert (called.code, called.out) == (3, "posts/untidy.yaml\n")
    assert text_of(untidy, "untidy") == UNTIDY


def test_a_diff_writes_nothing(untidy: Caller) -> None:
    called = untidy("fmt", "--diff")
    assert called.code == 0
    assert "+++ b/posts/untidy.yaml" in called.out
    assert "+text: |-" in called.out
    assert text_of(untidy, "untidy") == UNTIDY


def test_only_the_files_that_are_named_are_written(untidy: Caller) -> None:
    assert untidy("fmt", "posts/tidy.yaml").out == ""
    assert text_of(untidy, "untidy") == UNTIDY


def test_a_file_that_is_not_yaml_is_left_alone_and_its_mistake_shown(untidy: Caller) -> None:
    broken = "text: a: b\n"
    untidy.write("posts/broken.yaml", broken)
    called = untidy("fmt")
    assert called.code == 3
    assert "E100" in called.err
    assert text_of(untidy, "broken") == broken
    assert text_of(untidy, "untidy") != UNTIDY


def test_a_file_keeps_its_mode(untidy: Caller) -> None:
    file = untidy.folder / "posts" / "untidy.yaml"
    file.chmod(0o640)
    untidy("fmt")
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(file.parent)) == ["tidy.yaml", "untidy.yaml"]


def test_line_ends_and_the_byte_order_mark_stay(untidy: Caller) -> None:
    file = untidy.folder / "posts" / "untidy.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + UNTIDY.replace("\n", "\r\n").encode())
    untidy("fmt")
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbftext: |-\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")


def test_a_file_learns_where_its_schema_is_once_the_repository_has_one(untidy: Caller) -> None:
    untidy.write(".vscode/publisher/post.schema.json", "{}")
    untidy("fmt")
    modeline = "# yaml-language-server: $schema=../.vscode/publisher/post.schema.json"
    assert text_of(untidy, "tidy") == f"{modeline}\ntext: Hello\n"


def test_a_key_in_brackets_is_said_to_stay(untidy: Caller) -> None:
    untidy.write("posts/flow.yaml", "{text: Hello}\n")
    assert "posts/flow.yaml stays as it is" in untidy("fmt").err


def test_the_result_is_there_for_machines(untidy: Caller) -> None:
    document = untidy("fmt", "--check", "--format", "json").document
    assert (document["changed"], document["written"]) == (["posts/untidy.yaml"], False)
