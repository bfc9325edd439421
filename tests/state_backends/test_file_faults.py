"""A disk that fails, or a process that dies, leaves a whole state behind."""

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from filelock import FileLock

from publisher.errors import LostRace, NotAllowed, Refused, TryAgain
from publisher.planning.state import State
from publisher.state_backends.durable import OS, Durable
from publisher.state_backends.file import FileState
from tests.state_backends.files import NAME, backend, with_post
from tests.state_backends.places import BEGUN, ENDPOINT, record


class Killed(BaseException):
    """The process ends here: no `except Exception` of ours may notice."""


@dataclass
class FaultyDisk(OS):
    """A disk whose n-th call fails with `failure`, counted from 1; `torn`: half of a write is done before."""

    nth: int
    failure: BaseException
    torn: bool = False
    calls: list[str] = field(default_factory=list)

    def _fail(self, call: str) -> bool:
        self.calls.append(call)
        return len(self.calls) == self.nth

    def write(self, handle: int, data: bytes) -> None:
        if self._fail("write"):
            if self.torn:
                super().write(handle, data[: len(data) // 2])
            raise self.failure
        super().write(handle, data)

    def fsync(self, handle: int) -> None:
        if self._fail("fsync"):
            raise self.failure
        super().fsync(handle)

    def replace(self, source: Path, target: Path) -> None:
        if self._fail("replace"):
            raise self.failure
        super().replace(source, target)


@pytest.fixture(params=[200, 0], ids=["whole", "journal"])
def small(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


@pytest.fixture
def saved(path: Path, small: int) -> State:
    """A state of one post, written twice."""
    ours = backend(path, "0/1", small=small)
    return ours.save(with_post(ours.save(with_post(ours.create(BEGUN), "first"), ("launch",)), "old"), ("launch",))


FAILURES = {
    "disk full": (OSError(errno.ENOSPC, "No space left on device"), TryAgain, "E411"),
    "broken disk": (OSError(errno.EIO, "Input/output error"), TryAgain, "E411"),
    "quota": (OSError(errno.EDQUOT, "Disk quota exceeded"), TryAgain, "E411"),
    "read-only": (OSError(errno.EROFS, "Read-only file system"), NotAllowed, "E410"),
    "forbidden": (OSError(errno.EACCES, "Permission denied"), NotAllowed, "E410"),
}


@pytest.mark.parametrize("torn", [False, True], ids=["clean", "torn"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("name", FAILURES)
def test_f59_a_failing_disk_leaves_a_whole_state_and_the_next_try_succeeds(
    path: Path, small: int, saved: State, name: str, nth: int, torn: bool
) -> None:
    failure, error_type, code = FAILURES[name]
    disk = FaultyDisk(nth, failure, torn)
    ours = backend(path, disk=Durable(disk), small=small)
    state = ours.load()
    if nth > (4 if small else 2):
        kept = ours.save(with_post(state, "new"), ("launch",))  # an append is over before the third call
    else:
        with pytest.raises(error_type) as caught:
            ours.save(with_post(state, "new"), ("launch",))
        assert caught.value.code == code
        assert caught.value.fix
        assert backend(path).load().posts["launch"] in (record("old"), record("new"))
        kept = ours.save(with_post(state, "new"), ("launch",))
    assert backend(path).load() == kept
    assert kept.posts["launch"] == record("new")
    assert not list(path.parent.glob(".*.part"))


@pytest.mark.parametrize("torn", [False, True], ids=["clean", "torn"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_process_killed_at_any_step_leaves_the_old_state_or_the_new(
    path: Path, small: int, saved: State, nth: int, torn: bool
) -> None:
    ours = backend(path, disk=Durable(FaultyDisk(nth, Killed(), torn)), small=small)
    state = ours.load()
    with suppress(Killed):
        ours.save(with_post(state, "new"), ("launch",))
    found = backend(path).load()
    assert found in (saved, replace(found, posts={"launch": record("new")}))
    again = backend(path, "2/1", small=small)
    kept = again.save(with_post(again.load(), "newer"), ("launch",))
    assert backend(path).load() == kept


def test_a_write_whose_end_was_not_seen_is_made_again_before_it_counts(path: Path, saved: State, small: int) -> None:
    """After a failed fsync the system may have dropped the pages: reading them back proves nothing."""
    disk = FaultyDisk(4, OSError(errno.EIO, "Input/output error"))
    ours = backend(path, disk=Durable(disk))
    state = ours.load()
    with pytest.raises(TryAgain):
        ours.save(with_post(state, "new"), ("launch",))
    before = len(disk.calls)
    ours.save(with_post(state, "new"), ("launch",))
    assert disk.calls[before:] == ["write", "fsync", "replace", "fsync"]


def test_what_a_killed_writer_left_is_swept_away(path: Path) -> None:
    ours = backend(path)
    state = ours.create(BEGUN)
    path.with_name(f".{NAME}.0123456789ab.part").write_text("half")
    ours.save(with_post(state, "new"), ("launch",))
    assert not list(path.parent.glob(".*.part"))


def test_a_file_shared_with_a_group_stays_shared(path: Path) -> None:
    ours = backend(path)
    state = ours.create(BEGUN)
    path.chmod(0o664)
    ours.save(with_post(state, "new"), ("launch",))
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_a_folder_that_is_gone_is_temporary(path: Path) -> None:
    with pytest.raises(TryAgain):
        Durable().replace(path.parent / "gone" / NAME, b"{}")
    with pytest.raises(TryAgain):
        Durable().append(path.parent / "gone" / NAME, 0, b"{}")


def test_a_write_waits_for_another_process_only_so_long(path: Path) -> None:
    state = backend(path).create(BEGUN)
    ours = FileState(path, account="acme", endpoint=ENDPOINT, run="1/1", wait_s=0)
    with FileLock(path.parent / ".publisher" / f"{NAME}.write.lock"), pytest.raises(TryAgain, match="another process"):
        ours.save(with_post(state, "new"), ("launch",))
    assert backend(path).load() == state


@pytest.mark.parametrize("lock", ["write", "run"])
def test_a_lock_that_cannot_be_made_is_no_lock(path: Path, lock: str) -> None:
    (path.parent / ".publisher" / f"{NAME}.{lock}.lock").mkdir(parents=True)
    with pytest.raises(Refused, match=rf"{lock}\.lock cannot be made") as caught, backend(path).lock("1/1"):
        backend(path).create(BEGUN)
    assert caught.value.code == "E412"
    assert f"what is in the way, {path.parent}/.publisher/{NAME}.{lock}.lock, or" in caught.value.fix
    assert not path.exists()


def test_a_lock_that_is_a_folder_is_told_by_unlock_too(path: Path) -> None:
    (path.parent / ".publisher" / f"{NAME}.run.lock").mkdir(parents=True)
    with pytest.raises(Refused) as caught:
        backend(path).unlock()
    assert caught.value.code == "E412"


def test_a_note_of_the_holder_that_is_a_folder_keeps_no_lock(path: Path) -> None:
    backend(path).create(BEGUN)
    (path.parent / ".publisher" / f"{NAME}.holder.json").mkdir()
    for run in ("1/1", "2/1"):
        with backend(path).lock(run):
            backend(path).load()
    assert backend(path).unlock() == "held by nobody"


def test_whatever_fails_at_the_end_of_a_run_its_lock_is_released(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: FileState) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(FileState, "_fold", failing)
    with pytest.raises(ZeroDivisionError), backend(path).lock("1/1"):
        pass
    monkeypatch.undo()
    with backend(path, "2/1").lock("2/1"):
        pass


@pytest.mark.parametrize("note", [b"[" * 200_000, b'{"run": 1}', b"[]", b"\xff", b""])
def test_a_note_of_the_holder_that_cannot_be_read_names_nobody(path: Path, note: bytes) -> None:
    ours = backend(path)
    with ours.lock("1/1"):
        ours._holder_path.write_bytes(note)
        with pytest.raises(LostRace, match="held by nobody"), backend(path, "2/1").lock("2/1"):
            pass


@pytest.mark.parametrize(
    "mark", [b"[" * 200_000, b'{"lineage": "6f0c2b1a", "serial": Infinity}', b'{"lineage": "6f0c2b1a"}', b"\xff"]
)
def test_a_mark_that_cannot_be_read_is_one_safeguard_fewer(path: Path, mark: bytes) -> None:
    state = backend(path).create(BEGUN)
    path_of_mark = path.parent / ".publisher" / f"{NAME}.mark.json"
    sound = path_of_mark.read_bytes()
    path_of_mark.write_bytes(mark)
    assert backend(path).load() == state
    assert path_of_mark.read_bytes() == sound


def test_a_folder_of_ours_that_cannot_be_made_is_told(path: Path) -> None:
    (path.parent / ".publisher").write_text("in the way")
    with pytest.raises(Refused, match="File exists") as caught:
        backend(path).create(BEGUN)
    assert caught.value.code == "E412"
    assert f"what is in the way, {path.parent}/.publisher, or" in caught.value.fix


def test_a_place_under_a_file_is_told_before_anything_is_begun(path: Path) -> None:
    file = path.parent / "publisher.yaml"
    file.write_text("version: 1\n")
    for attempt in (backend(file / NAME).load, lambda: backend(file / "a" / NAME).create(BEGUN)):
        with pytest.raises(Refused, match="Not a directory") as caught:
            attempt()
        assert caught.value.code == "E412"
        assert f"what is in the way, {file}, or" in caught.value.fix


def test_a_name_that_is_too_long_is_to_be_shortened(path: Path) -> None:
    for length in (300, 250):  # too long itself, or with what is kept beside it
        with pytest.raises(Refused, match="File name too long") as caught:
            backend(path.with_name("n" * length)).create(BEGUN)
        assert (caught.value.code, caught.value.fix) == ("E412", "shorten the name in state.path")


def test_where_no_lock_can_be_made_a_state_is_read_without(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = backend(path).create(BEGUN)

    def forbidden(lock: FileLock) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(FileLock, "acquire", forbidden)
    assert backend(path).load() == state


def test_a_journal_written_by_another_run_meanwhile_is_not_folded_over(path: Path) -> None:
    ours, theirs = backend(path, small=0), backend(path, "2/1", small=0)
    with ours.lock("1/1"):
        state = ours.save(with_post(ours.create(BEGUN), "ours"), ("launch",))
        theirs.load()
        kept = theirs.save(with_post(state, "theirs"), ("launch",))
    assert backend(path).load() == kept


@pytest.mark.parametrize("nth", [1, 2])
def test_an_append_that_fails_leaves_no_torn_line(path: Path, nth: int) -> None:
    first = backend(path, small=0)
    state = first.save(with_post(first.create(BEGUN), "old"), ("launch",))
    journal = path.with_name(f"{NAME}.journal")
    before = journal.read_bytes()
    failing = FaultyDisk(nth, OSError(errno.ENOSPC, "No space left on device"), torn=True)
    with pytest.raises(TryAgain):
        backend(path, disk=Durable(failing), small=0).save(with_post(state, "new"), ("launch",))
    assert journal.read_bytes() == before


@pytest.mark.parametrize("refused", ["unlink", "close"])
def test_a_disk_that_turns_read_only_amid_a_write_is_told_by_what_it_said_first(
    path: Path, saved: State, small: int, refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ext4 does after an error: what tidies up fails as well."""

    class Failing(OS):
        def fsync(self, handle: int) -> None:
            monkeypatch.setattr(*target, forbidden)
            raise OSError(errno.EIO, "Input/output error")

    def forbidden(*arguments: object, **options: object) -> None:
        if refused == "close":
            close(arguments[0])  # type: ignore[arg-type]  # it is closed whatever is answered
        raise OSError(errno.EROFS, "Read-only file system")

    target = (Path, "unlink") if refused == "unlink" else (os, "close")
    close = os.close
    ours = backend(path, disk=Durable(Failing()), small=small)
    state = ours.load()
    with pytest.raises((TryAgain, NotAllowed)) as caught:
        ours.save(with_post(state, "new"), ("launch",))
    monkeypatch.undo()
    assert caught.value.code in ("E411", "E410")
    assert backend(path, small=small).load() == saved
