"""What a state file costs, and who holds it."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import LostRace, Refused
from publisher.planning.records import Phase
from publisher.state_backends import checks, durable
from tests.state_backends.files import NAME, backend, with_post
from tests.state_backends.places import BEGUN, record


@pytest.fixture(params=[0, 200], ids=["with a journal", "whole"])
def small(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


# --- what it costs ----------------------------------------------------------------------------------------------


def test_a_large_state_grows_by_what_changed(path: Path) -> None:
    ours = backend(path)
    state = ours.create(replace(BEGUN, posts={f"post-{n}": record() for n in range(3000)}))
    whole = path.stat()
    with ours.lock("1/1"):
        for n in range(5):
            state = ours.save(state.with_post(f"post-{n}", record("new")), (f"post-{n}",))
        journal = path.with_name(f"{NAME}.journal")
        assert path.stat().st_ino == whole.st_ino
        assert journal.stat().st_size < 5 * 1500
    assert not journal.exists()
    assert backend(path).load() == state


def test_a_small_state_can_be_read_by_people(path: Path) -> None:
    ours = backend(path)
    ours.save(with_post(ours.create(BEGUN), "new"), ("launch",))
    assert len(path.read_text().splitlines()) > 20
    assert json.loads(path.read_text())["posts"]["launch"]["phase"] == "published"


def test_a_long_journal_is_folded_in_between(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.state_backends.file.LONGEST_JOURNAL", 2000)
    ours = backend(path, small=0)
    state = ours.create(BEGUN)
    for n in range(10):
        state = ours.save(with_post(state, str(n)), ("launch",))
    assert path.with_name(f"{NAME}.journal").stat().st_size < 4000
    assert backend(path).load() == state


def test_a_crash_between_folding_and_removing_the_journal_harms_nothing(path: Path) -> None:
    ours = backend(path, small=0)
    state = ours.save(with_post(ours.create(BEGUN), "new"), ("launch",))
    journal = path.with_name(f"{NAME}.journal")
    lines = journal.read_bytes()
    with ours.lock("1/1"):
        ours.load()
    journal.write_bytes(lines)
    folded = backend(path).load()
    assert folded.posts == state.posts
    again = backend(path, "2/1", small=0)
    kept = again.save(with_post(again.load(), "newer"), ("launch",))
    assert backend(path).load() == kept


# --- locks ------------------------------------------------------------------------------------------------------


def test_a_lock_is_free_when_its_process_is_dead_and_unlock_says_whose_it_was(path: Path) -> None:
    state = backend(path).create(BEGUN)
    child = os.fork()
    if not child:
        with backend(path).lock("7/1"):
            os._exit(9)
    os.waitpid(child, 0)
    assert "run 7/1" in backend(path).unlock()
    assert backend(path).unlock() == "held by nobody"
    with backend(path).lock("8/1"):
        assert backend(path).load() == state


def test_a_lock_of_a_run_that_lives_is_not_taken_away(path: Path) -> None:
    backend(path).create(BEGUN)
    with backend(path).lock("7/1"), pytest.raises(LostRace, match="alive"):
        backend(path).unlock()


def test_a_state_never_grows_beyond_what_is_read_and_what_was_begun_is_still_recorded(
    path: Path, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (checks, durable):
        monkeypatch.setattr(module, "LARGEST", 20_000)
    monkeypatch.setattr("publisher.state_backends.file.ROOM", 5000)
    ours = backend(path, small=small)
    state = ours.create(BEGUN)
    with ours.lock("1/1"):
        for n in range(100):
            new = state.with_post(f"post-{n}", record(phase=Phase.INTENT))
            try:
                state = ours.save(new, (f"post-{n}",))
            except Refused as refused:
                error = refused
                break
            state = ours.save(state.with_post(f"post-{n}", record(str(n))), (f"post-{n}",))
    assert "bytes, and a state has at most 20,000" in error.message
    assert (error.code, error.exit_code) == ("E411", 8)
    assert "publisher state rm ID" in error.fix
    assert n > 5
    assert backend(path, small=small).load() == state
    later = backend(path, "2/1", small=small)
    with later.lock("2/1"):
        state = later.save(later.load().with_post("post-1", record("changed")), ("post-1",))
        for n in range(4):
            state = later.save(state.without(f"post-{n}"), (f"post-{n}",))
        state = later.save(state.with_post("next", record(phase=Phase.INTENT)), ("next",))
    assert backend(path, small=small).load() == state


# --- what has been seen here ------------------------------------------------------------------------------------


def test_a_file_set_back_and_written_anew_elsewhere_is_refused_until_a_person_means_it(path: Path, small: int) -> None:
    ours = backend(path, small=small)
    begun = ours.create(BEGUN)
    older = path.read_bytes()
    seen = ours.save(with_post(begun, "ours"), ("launch",))
    elsewhere = path.parent / "elsewhere" / NAME
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(older)
    other = backend(elsewhere)
    theirs = other.save(with_post(other.load(), "theirs"), ("launch",))
    path.with_name(f"{NAME}.journal").unlink(missing_ok=True)
    path.write_bytes(elsewhere.read_bytes())
    with pytest.raises(Refused, match=f"{theirs.write_id}.* does not go on from serial 2 .{seen.write_id}") as caught:
        backend(path).load()
    assert caught.value.code == "E404"
    mark = path.parent / ".publisher" / f"{NAME}.mark.json"
    assert f"if this one is meant: rm {mark}, then: publisher reconcile" in caught.value.fix
    mark.unlink()
    assert backend(path).load() == theirs


@pytest.mark.parametrize("write_id", [None, 5], ids=["none", "no text"])
def test_a_mark_that_names_no_write_is_held_against_the_serial_alone(path: Path, write_id: int | None) -> None:
    """As an earlier version left it."""
    ours = backend(path)
    state = ours.save(with_post(ours.create(BEGUN), "ours"), ("launch",))
    mark = path.parent / ".publisher" / f"{NAME}.mark.json"
    facts = {"lineage": state.lineage, "serial": state.serial}
    mark.write_text(json.dumps(facts if write_id is None else {**facts, "write_id": write_id}))
    assert backend(path).load() == state
    assert json.loads(mark.read_text())["write_id"] == state.write_id
