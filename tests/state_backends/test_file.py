"""State in a file: whole or not at all, conditional, and refused when anything about it is doubtful."""

from pathlib import Path

import pytest

from publisher.errors import LostRace, Refused
from publisher.planning.state import State
from publisher.state_backends.file import FileState

BEGUN = State(lineage="6f0c", account="acme", endpoint="https://graph.threads.net")


def backend(path: Path, run: str = "1/1") -> FileState:
    return FileState(path, account="acme", endpoint="https://graph.threads.net", run=run)


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "publisher-state.json"
    ours = backend(path)
    saved = ours.save(ours.create(BEGUN), ())
    assert backend(path).load() == saved
    assert saved.serial == 2


def test_a_second_writer_loses(tmp_path: Path) -> None:
    path = tmp_path / "publisher-state.json"
    backend(path).create(BEGUN)
    ours, theirs = backend(path), backend(path, "2/1")
    mine, other = ours.load(), theirs.load()
    ours.save(mine, ())
    with pytest.raises(LostRace):
        theirs.save(other, ())


def test_a_missing_state_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        backend(tmp_path / "publisher-state.json").load()
    assert caught.value.code == "E400"


def test_the_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "publisher-state.json"
    with backend(path).lock("1/1"), pytest.raises(LostRace, match="run 1/1"), backend(path).lock("2/1"):
        pass
