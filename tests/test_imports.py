"""A command loads what it needs and no more: a hook, an editor and a person at a prompt all wait for imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import repository

NETWORK = {"boto3", "botocore", "requests", "urllib3"}
SANDBOX = {"flask", "moto", "werkzeug"}
EXPLAINER = {"jsonschema"}
PICTURES = {"PIL", "pymediainfo"}
TERMINAL = {"rich"}
PLANNING = {"publisher.planning", "publisher.publishing", "publisher.report.run"}
WIRING = {f"publisher.wiring.{module}" for module in ("destination", "session", "state", "token")}
RARE = {"decimal", "hashlib", "regex", "zoneinfo"}  # of files with media, emoji or a time zone
MISTAKES = {"publisher.content.catalogue", "publisher.content.slips", "publisher.report.text.frame", "difflib"}
MISTAKES |= {"publisher.content.schema_errors", "publisher.content.salvage", "publisher.content.waivers"}
EVERYTHING = NETWORK | SANDBOX | EXPLAINER | PICTURES | TERMINAL

LIGHT = {
    "--help": EVERYTHING | {"yaml"},
    "--version": EVERYTHING | {"yaml"},
    "validate": EVERYTHING | PLANNING | WIRING | MISTAKES | RARE,
    "validate --format json": EVERYTHING | PLANNING | WIRING | MISTAKES | RARE,
    "plan --offline": EVERYTHING,
    "plan --offline --format json": EVERYTHING,
    "explain E203": NETWORK | SANDBOX | PICTURES,
    "schema print post": EVERYTHING,
    "state init": NETWORK | SANDBOX | PICTURES,
    "demo --help": EVERYTHING,
    "publish --help": EVERYTHING,
    "auth login --help": EVERYTHING,
    "sandbox serve --help": EVERYTHING,
}
PROGRAM = """
import sys
from publisher.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print("exit", end.code or 0, file=sys.stderr)
ours = {name for name in sys.modules if name.startswith("publisher.")}
print("loaded", *sorted({name.partition(".")[0] for name in sys.modules} | ours), file=sys.stderr)
"""


@pytest.mark.parametrize("command", LIGHT)
def test_a_command_loads_nothing_that_it_does_not_need(command: str, tmp_path: Path) -> None:
    repository(tmp_path, hello="text: Hello from a folder of posts\ntopic: News\n")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    *_, ended, loaded = done.stderr.splitlines()
    assert ended == "exit 0", done.stderr
    assert set(loaded.split()) & LIGHT[command] == set()


def test_the_client_loads_nothing_else_of_ours() -> None:
    code = "import sys, publisher.threads_api; print(*(n for n in sys.modules if n.startswith('publisher.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    others = [name for name in done.stdout.split() if not name.startswith("publisher.threads_api")]
    assert others == []
