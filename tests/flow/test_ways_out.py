"""Whoever stands before an exit code 4 or 8 gets out with what the message says; docs/ways-out.md shows each way."""

import ast
from pathlib import Path

import pytest

from publisher.sandbox.serve import Sandbox
from tests.flow.situations import SITUATIONS
from tests.flow.ways import INTRO, Situation, walk

PAGE = Path(__file__).parents[2] / "docs" / "ways-out.md"
PACKAGE = Path(__file__).parents[2] / "publisher"


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.title)
def test_what_the_message_names_is_the_way_out_and_the_page_shows_it(
    situation: Situation, running: Sandbox, tmp_path: Path
) -> None:
    section = walk(situation, tmp_path, running)
    assert section in PAGE.read_text("utf-8"), "out of date: python -m tests.flow.ways > docs/ways-out.md"


def test_the_page_has_these_ways_and_no_other() -> None:
    text = PAGE.read_text("utf-8")
    assert text.startswith(INTRO)
    titles = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    assert titles == [situation.title for situation in SITUATIONS]


def test_whatever_asks_a_person_or_refuses_says_what_to_do() -> None:
    """In the code: no `NeedsPerson` and no `Refused` without a fix."""
    silent = [
        f"{file.relative_to(PACKAGE.parent)}:{call.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("NeedsPerson", "Refused")
        and "fix" not in {keyword.arg for keyword in call.keywords}
    ]
    assert silent == []
