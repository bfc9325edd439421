"""State in a file: whole or not at all, and refused when anything about it is doubtful."""

import errno
import json
import os
import shutil
import stat
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from publisher.errors import LostRace, NotAllowed, Refused, TryAgain
from publisher.planning.state import State
from publisher.state_backends import durable
from publisher.state_backends.durable import OS, Durable
from publisher.state_backends.file import FileState
from tests.state_backends.places import BEGUN, ENDPOINT, record

NAME = "publisher-state.json"


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


def backend(path: Path, run: str = "1/1", disk: Durable | None = None, small: int = 200) -> FileState:
    return FileState(path, account="acme", endpoint=ENDPOINT, run=run, disk=disk, small=small)


def with_post(state: State, text: str) -> State:
    return state.with_post("launch", record(text))


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


# --- what cannot be read ----------------------------------------------------------------------------------------


def made_link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def made_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def made_huge(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(durable.LARGEST + 1)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(len(path.read_bytes())))


def made_list(path: Path) -> None:
    path.write_text("[]")


def made_deep(path: Path) -> None:
    path.write_text("[" * 200_000)


def made_binary(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0JFIF")


SPOILED = [made_link, made_folder, made_pipe, made_huge, cut_off, emptied, zeroed, made_list, made_deep, made_binary]


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_f58_a_state_that_cannot_be_read_is_refused_and_left_alone(path: Path, spoil: Callable[[Path], None]) -> None:
    ours = backend(path)
    state = ours.create(BEGUN)
    spoil(path)
    before = os.lstat(path)
    attempts: list[Callable[[], object]] = [
        backend(path).load,
        lambda: ours.save(with_post(state, "new"), ("launch",)),
        lambda: backend(path).create(BEGUN),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "E401"
        assert NAME in caught.value.message
        assert "publisher state verify" in caught.value.fix
    after = os.lstat(path)
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that any user may enter: the test's own is closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_ordinary_user(check: Callable[[], None]) -> None:
    """Root may do anything: where it runs the tests, `check` runs in a child that is nobody."""
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            check()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_state_that_may_not_be_read_is_refused(public: Path) -> None:
    backend(public / NAME).create(BEGUN)
    (public / NAME).chmod(0)

    def check() -> None:
        with pytest.raises(Refused, match="Permission denied"):
            backend(public / NAME).load()

    as_ordinary_user(check)


def test_a_folder_of_ours_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".publisher").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="symbolic link"):
        backend(tmp_path / NAME).create(BEGUN)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_looking_for_a_missing_state_makes_nothing(path: Path) -> None:
    with pytest.raises(Refused):
        backend(path).load()
    assert not list(path.parent.iterdir())


def test_a_journal_without_its_file_is_no_missing_state(path: Path) -> None:
    ours = backend(path, small=0)
    ours.save(with_post(ours.create(BEGUN), "new"), ("launch",))
    path.unlink()
    with pytest.raises(Refused) as caught:
        backend(path).load()
    assert caught.value.code == "E401"


def test_a_journal_beside_the_wrong_file_is_refused(path: Path) -> None:
    ours = backend(path, small=0)
    state = ours.create(BEGUN)
    older = path.read_bytes()
    state = ours.save(with_post(state, "one"), ("launch",))
    with ours.lock("1/1"):
        ours.load()
    ours.save(with_post(state, "two"), ("launch",))
    path.write_bytes(older)
    with pytest.raises(Refused) as caught:
        backend(path).load()
    assert caught.value.code == "E402"


def test_a_last_line_cut_off_was_never_acknowledged(path: Path) -> None:
    ours = backend(path, small=0)
    first = ours.save(with_post(ours.create(BEGUN), "one"), ("launch",))
    ours.save(with_post(first, "two"), ("launch",))
    journal = path.with_name(f"{NAME}.journal")
    journal.write_bytes(journal.read_bytes()[:-5])
    (path.parent / ".publisher" / f"{NAME}.mark.json").unlink()
    again = backend(path, "2/1", small=0)
    assert again.load() == first
    third = again.save(with_post(first, "three"), ("launch",))
    assert backend(path).load() == third


def test_a_line_in_the_middle_changed_by_hand_is_refused(path: Path) -> None:
    ours = backend(path, small=0)
    first = ours.save(with_post(ours.create(BEGUN), "one"), ("launch",))
    ours.save(with_post(first, "two"), ("launch",))
    journal = path.with_name(f"{NAME}.journal")
    journal.write_bytes(journal.read_bytes().replace(b'"one"', b'"six"'))
    with pytest.raises(Refused) as caught:
        backend(path).load()
    assert caught.value.code == "E402"


# --- the disk ---------------------------------------------------------------------------------------------------

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


def test_f59_a_state_where_we_may_only_read_is_read_and_not_written(public: Path) -> None:
    state = backend(public / NAME).create(BEGUN)
    for folder in (public / ".publisher", public):
        folder.chmod(0o555)

    def check() -> None:
        ours = backend(public / NAME)
        assert ours.load() == state
        with pytest.raises(NotAllowed, match="Permission denied"):
            ours.save(with_post(state, "new"), ("launch",))
        with pytest.raises(NotAllowed), ours.lock("1/1"):
            pass

    as_ordinary_user(check)
    assert backend(public / NAME).load() == state


def test_a_file_shared_with_a_group_stays_shared(path: Path) -> None:
    ours = backend(path)
    state = ours.create(BEGUN)
    path.chmod(0o664)
    ours.save(with_post(state, "new"), ("launch",))
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


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
