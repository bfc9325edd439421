"""What a comment points to is there to be read."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_POINTER = re.compile(r"(?<![\w/])(docs/[\w/.-]+\.md)(?:, ([A-Z]\w+))?")
_SOURCES = [
    path for folder in ("publisher", "tests", "tools", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))
]


def _pointers() -> set[tuple[str, str]]:
    return {found for path in _SOURCES for found in _POINTER.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize("page", sorted({page for page, _ in _pointers()}))
def test_every_page_that_a_comment_names_exists_with_the_sections_named(page: str) -> None:
    headings = re.findall(r"^#+ (\w+)", (ROOT / page).read_text("utf-8"), re.M)
    missing = {section for named, section in _pointers() if named == page and section} - set(headings)
    assert missing == set()


def test_no_comment_names_a_page_that_is_not_in_the_repository() -> None:
    elsewhere = re.compile(r"\b(?:design|threads-api|performance|product|peers|style)(?:\.md|: \d)")
    naming = [path.relative_to(ROOT).as_posix() for path in _SOURCES if path != Path(__file__)]
    assert [name for name in naming if elsewhere.search((ROOT / name).read_text("utf-8"))] == []
