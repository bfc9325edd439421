"""Whoever stands before an exit code 4 or 8 gets out with what the message says; docs/ways-out.md shows each way."""

from pathlib import Path

import pytest

from publisher.sandbox.serve import Sandbox
from tests.flow.situations import SITUATIONS
from tests.flow.ways import INTRO, Situation, walk

PAGE = Path(__file__).parents[2] / "docs" / "ways-out.md"


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
