"""`publisher state`: begun once, read whole, repaired by hand."""

from pathlib import Path

import pytest

from tests.cli.calling import Caller, repository


@pytest.fixture
def call(tmp_path: Path) -> Caller:
    """Two posts that were there before the state."""
    caller = repository(tmp_path, a="text: A\n", b="text: B\n")
    assert caller("state", "init", "--baseline").code == 0
    return caller


def test_a_state_begins_once(call: Caller) -> None:
    called = call("state", "init")
    assert called.code == 8
    assert "E405" in called.err


def test_what_is_listed_shown_and_exported_agrees(call: Caller) -> None:
    listed = call("state", "list", "--format", "json").document
    shown = call("state", "show", "a", "--format", "json").document
    exported = call("state", "export").document
    assert listed["posts"][0] == shown
    assert exported["posts"]["a"] == {key: value for key, value in shown.items() if key != "id"}
    assert shown["phase"] == "skipped"


def test_a_record_moves_and_goes_by_hand(call: Caller) -> None:
    assert call("state", "mv", "a", "c").code == 0
    assert call("state", "rm", "b").code == 8
    assert call("state", "rm", "b", "--yes").code == 0
    assert [post["id"] for post in call("state", "list", "--format", "json").document["posts"]] == ["c"]


def test_a_record_does_not_move_onto_another(call: Caller) -> None:
    assert call("state", "mv", "a", "b").code == 1
    assert call("state", "verify").code == 0


@pytest.mark.parametrize("arguments", [("show", "z"), ("mv", "z", "y"), ("rm", "z", "--yes")])
def test_a_post_that_is_not_recorded_is_said_so(call: Caller, arguments: tuple[str, ...]) -> None:
    called = call("state", *arguments)
    assert called.code == 1
    assert "E424" in called.err


def test_a_damaged_state_is_named_and_left(call: Caller) -> None:
    file = call.folder / "publisher-state.json"
    file.write_text(file.read_text().replace('"A"', '"B"').replace("serial", "sirial", 1))
    assert call("state", "verify").code == 8


def test_unlock_says_what_it_found(call: Caller) -> None:
    assert call("state", "unlock", "--yes").out == "publisher-state.json: held by nobody\n"
