"""The catalogue keeps its word: each bad example gives its code, each good one gives nothing."""

import re
from pathlib import Path

import pytest

import publisher
from publisher.content.catalogue import all_entries
from publisher.content.catalogue.entry import Entry
from publisher.content.findings import Finding
from publisher.content.validate import Context, Source, check_posts
from publisher.settings import AccountSettings, Rules
from tests.content.looks import look

_CONTEXT = Context((AccountSettings("acme"),), Rules())
# Configuration has examples of its own, which are files of another kind.
_WITH_EXAMPLE = [entry for entry in all_entries() if entry.bad and entry.code[1] in "123"]


def _findings(text: str) -> tuple[Finding, ...]:
    return check_posts([Source("posts/example.yaml", text.encode())], _CONTEXT, look).findings


@pytest.mark.parametrize("entry", _WITH_EXAMPLE, ids=lambda entry: entry.code)
def test_a_bad_example_gives_its_code(entry: Entry) -> None:
    assert entry.code in [finding.code for finding in _findings(entry.bad)]


@pytest.mark.parametrize("entry", _WITH_EXAMPLE, ids=lambda entry: entry.code)
def test_a_good_example_gives_nothing(entry: Entry) -> None:
    assert _findings(entry.good) == ()


@pytest.mark.parametrize("entry", all_entries(), ids=lambda entry: entry.code)
def test_every_code_has_a_title_a_reason_and_a_fix(entry: Entry) -> None:
    assert entry.title
    assert entry.why
    assert entry.fix
    assert not entry.fix.endswith(":")  # as if something were to follow


def test_every_code_that_the_package_uses_is_in_the_catalogue() -> None:
    package = Path(publisher.__file__).parent
    used = {
        code
        for path in package.rglob("*.py")
        for code in re.findall(r'"([EW][1-7]\d\d)"', path.read_text())
        if path.parent.name != "catalogue"
    }
    assert used - {entry.code for entry in all_entries()} == set()


def test_every_code_is_named_by_a_test_or_a_case() -> None:
    tests = Path(__file__).parents[1]
    named = {
        code
        for pattern in ("test_*.py", "*.findings")
        for path in tests.rglob(pattern)
        for code in re.findall(r"\b[EW][1-7]\d\d\b", path.read_text())
    }
    assert {entry.code for entry in all_entries()} - named == set()


def test_a_code_is_listed_once() -> None:
    codes = [entry.code for entry in all_entries()]
    assert len(codes) == len(set(codes))
