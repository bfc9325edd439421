"""The overview: short, quick, and true."""

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from publisher.cli.lazy import program
from publisher.cli.table import ROWS
from tests.cli.calling import Caller

HEAVY = ("boto3", "requests", "jsonschema", "PIL", "flask", "rich", "yaml", "jinja2", "moto")


def commands() -> list[tuple[str, click.Command]]:
    """Every command and subcommand by its full name."""
    ctx = click.Context(program)
    found: list[tuple[str, click.Command]] = []
    for row in ROWS:
        command = program.get_command(ctx, row.name)
        assert command is not None, row.name
        if isinstance(command, click.Group):
            found += [(f"{row.name} {name}", below) for name, below in command.commands.items()]
        else:
            found.append((row.name, command))
    return found


COMMANDS = commands()


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_the_overview_fits_on_a_screen_and_has_examples(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    called = Caller(tmp_path)(*arguments)
    text = called.out + called.err
    assert len(text.splitlines()) <= 25
    assert "publisher demo" in text
    assert all(row.name in text for row in ROWS)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_the_overview_loads_click_and_nothing_else(arguments: list[str]) -> None:
    code = f"""
import sys
from publisher.cli import main
try:
    main({arguments})
except SystemExit:
    pass
print([name for name in {(*HEAVY, "dataclasses", "shutil")} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_every_command_says_what_it_does_and_shows_how(name: str, command: click.Command) -> None:
    assert command.help, name
    assert command.epilog, name
    for line in command.epilog.strip().splitlines():
        assert line.strip().startswith(f"publisher {name}") or "publisher" in line


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_the_examples_of_a_command_are_ones_that_it_takes(name: str, command: click.Command, tmp_path: Path) -> None:
    for line in (command.epilog or "").strip().splitlines():
        words = shlex.split(line.partition(">")[0])[1:]
        if words[: len(name.split())] != name.split():
            continue
        for word in words:
            if word.endswith((".jpg", ".json")):
                (tmp_path / word).touch()
        arguments = [str(tmp_path / word) if word.endswith((".jpg", ".json")) else word for word in words]
        command.make_context(name, arguments[len(name.split()) :], resilient_parsing=False)


def test_an_unknown_command_is_a_usage_error_with_a_suggestion(tmp_path: Path) -> None:
    called = Caller(tmp_path)("validat")
    assert called.code == 2
    assert "validate" in called.err


def test_an_option_of_every_command_may_stand_on_either_side(tmp_path: Path) -> None:
    before = Caller(tmp_path)("--format", "json", "explain", "E203")
    after = Caller(tmp_path)("explain", "E203", "--format", "json")
    assert before.document == after.document
