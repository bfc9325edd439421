"""`publisher validate --fix`: what has one certain remedy is mended, told, and nothing else is touched."""

from pathlib import Path

import pytest

from tests.cli.calling import Caller, repository

SLIPS = "txet: Hello  # a greeting\n# for the feed\ntopic_tag: News\npublish_at: 2026/12/01 9:00\n"
MENDED = "text: Hello  # a greeting\n# for the feed\ntopic: News\npublish_at: 2026-12-01T09:00\n"


@pytest.fixture
def slips(tmp_path: Path) -> Caller:
    return repository(tmp_path, slips=SLIPS, sound="text: Hello\n")


def text_of(caller: Caller, name: str) -> str:
    return (caller.folder / "posts" / f"{name}.yaml").read_text("utf-8")


def test_slips_are_mended_and_told_one_by_one(slips: Caller) -> None:
    called = slips("validate", "--fix")
    assert (called.code, called.out) == (0, "2 posts: ok\n")
    assert text_of(slips, "slips") == MENDED
    assert called.err.splitlines() == [
        "posts/slips.yaml:1: E203: txet → text",
        "posts/slips.yaml:3: E203: topic_tag → topic",
        "posts/slips.yaml:4: E224: 2026/12/01 9:00 → 2026-12-01T09:00",
    ]


def test_a_second_run_has_nothing_to_do(slips: Caller) -> None:
    slips("validate", "--fix")
    called = slips("validate", "--fix")
    assert (called.code, called.err) == (0, "")
    assert text_of(slips, "slips") == MENDED


def test_a_diff_shows_the_remedies_and_writes_nothing(slips: Caller) -> None:
    called = slips("validate", "--fix", "--diff")
    assert called.code == 0
    assert "-txet: Hello  # a greeting\n+text: Hello  # a greeting" in called.out
    assert text_of(slips, "slips") == SLIPS


def test_what_is_not_certain_is_left_and_shown(slips: Caller) -> None:
    slips.write("posts/guess.yaml", "text: Hello\ncaption: World\n")
    called = slips("validate", "--fix", "posts/guess.yaml")
    assert called.code == 3
    assert "E203" in called.out
    assert text_of(slips, "guess") == "text: Hello\ncaption: World\n"
    assert text_of(slips, "slips") == SLIPS


def test_the_document_for_machines_is_what_is_left(slips: Caller) -> None:
    assert slips("validate", "--fix", "--format", "json").document["findings"] == []
