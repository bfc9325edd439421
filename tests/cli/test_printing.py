"""Whatever is printed passes one place: no word of anybody else's moves a cursor or commands a runner."""

import errno
import re
from io import StringIO
from pathlib import Path

import click
import pytest

from publisher.cli.chosen_options import Options
from publisher.cli.console import Console, write
from publisher.cli.failures import end_of
from tests.cli.calling import Caller, repository

HOSTILE = "a\x1b[2J\n::error::b ##[group]c\x9b"
_MOVING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def harmless(said: str) -> bool:
    return not _MOVING.search(said) and "##[" not in said and not re.search(r"(?m)^\s*::", said)


@pytest.fixture
def call(tmp_path: Path) -> Caller:
    caller = repository(tmp_path, a="text: A\n")
    assert caller("state", "init", "--baseline").code == 0
    return caller


@pytest.mark.parametrize(
    "arguments",
    [
        (HOSTILE,),
        ("explain", HOSTILE),
        ("validate", HOSTILE),
        ("plan", "--now", HOSTILE),
        ("state", "show", HOSTILE),
        ("state", "rm", HOSTILE),
        ("init", "--account-name", HOSTILE),
    ],
)
def test_what_was_typed_is_told_back_spelled_out(call: Caller, arguments: tuple[str, ...]) -> None:
    called = call(*arguments)
    assert called.code != 0
    assert "error::b" in called.err
    assert harmless(called.out + called.err)


@pytest.mark.parametrize(
    "arguments", [("list",), ("show", HOSTILE), ("list", "--format", "json"), ("export",), ("rm", HOSTILE, "--yes")]
)
def test_nor_does_an_id_in_the_state_command_anything(call: Caller, arguments: tuple[str, ...]) -> None:
    moved = call("state", "mv", "a", HOSTILE)
    assert moved.code == 0
    called = call("state", *arguments)
    assert called.code == 0
    assert "error::b" in called.out
    assert harmless(moved.out + called.out + called.err)
    assert moved.out.count("\n") == 1


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", f"posts/{HOSTILE}"),
        OSError(errno.ENOSPC, "No space left on device", f"posts/{HOSTILE}".encode()),
        RuntimeError(HOSTILE),
        click.UsageError(HOSTILE),
    ],
    ids=["name", "bytes", "bug", "usage"],
)
def test_nor_does_what_nobody_expected(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert end_of(error) > 0
    said = capsys.readouterr().err
    assert "error::b" in said
    assert harmless(said)


def test_of_a_coloured_text_only_the_colours_stay() -> None:
    out = StringIO()
    write(f"{click.style('  ', bold=True, fg='red')}::error::a\x1b[8mhidden\x1b[2J", out, coloured=True)
    said = out.getvalue()
    assert said == "\x1b[31m\x1b[1m  \x1b[0m\\x3a:error::a\\x1b[8mhidden\\x1b[2J\n"


def test_a_command_that_is_meant_reaches_the_runner(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(Options(), {})
    console.command("::error title=a::b")
    console.show("::error title=a::b")
    console.note("::error title=a::b")
    shown = capsys.readouterr()
    assert shown.out == "::error title=a::b\n\\x3a:error title=a::b\n"
    assert shown.err == "\\x3a:error title=a::b\n"


def test_a_dry_run_that_would_be_refused_is_one_document_all_the_same(tmp_path: Path) -> None:
    call = repository(tmp_path)
    call.write("posts/a.yaml", "text: Hello\n")
    called = call("publish", "--sandbox", "--dry-run", "--format", "json", PUBLISHER_PAUSE="1")
    assert (called.code, [post["id"] for post in called.document["posts"]]) == (8, ["a"])
    assert "PUBLISHER_PAUSE" in called.err


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_no_key_of_a_file_is_printed_whoever_it_is_for(tmp_path: Path, form: str) -> None:
    key = "ghp_" + "a1" * 18
    call = repository(tmp_path)
    call.write("posts/a.yaml", f"text: @{key}\n")
    call.write("posts/b.yaml", f"text: Hello\nmedia: [{{file: {key}.jpg, alt: A}}]\n")
    call.write("posts/c.yaml", f"note: {key}\ntext: Hello\n")
    for arguments in (("validate",), ("fmt", "--diff")):
        called = call("--format", form, *arguments)
        assert called.code == 3
        assert key not in called.out + called.err
